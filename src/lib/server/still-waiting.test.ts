import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent, aRequest, aTerritory, NOW } from '../../../tests/factories/index.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { need, pathway, supportRequest } from './db/schema/index.ts';
import { saidWaitingAt } from './pathway/queries.ts';
import { sayWaiting } from './still-waiting.ts';

async function aRequestSent(status: 'submitted' | 'assigned') {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	const referent = await aReferent(db, { territoryId });
	const person = await aPerson(db, { territoryId, referent, lastContactAt: NOW });
	const personId = person.id;
	const request = await aRequest(db, { personId, status, submittedAt: NOW, respondBy: '2026-03-01' });
	const by = { accountId: person.account.id, role: 'beneficiary' as const, structureId: null };
	const say = (reference = request.reference!) =>
		db.write((tx) => sayWaiting(tx, { personId, reference, by, now: NOW }));
	const said = async () => ({
		request: (await db.read.select().from(supportRequest).where(eq(supportRequest.id, request.id)))[0]!.stillWaitingAt,
		pathway: await saidWaitingAt(db.read, personId),
	});
	return { db, personId, request, say, said };
}

test('of a request that nobody took, the team reads it', async () => {
	const { say, said } = await aRequestSent('submitted');
	await say();
	expect(await said()).toEqual({ request: NOW, pathway: undefined });
});

test('of one that was taken and holds a need past its day, who follows the person reads it', async () => {
	const { db, personId, request, say, said } = await aRequestSent('assigned');
	await expect(say()).rejects.toThrow('no_pathway');
	const way = await aPathway(db, { personId, stages: [], startedAt: NOW });
	await expect(say()).rejects.toThrow('not_late_yet');
	await db.write((tx) => tx.update(need).set({ expectedOn: '2026-03-01' }).where(eq(need.requestId, request.id)));
	await expect(say('99-AAAA')).rejects.toThrow('not_found');
	await say();
	expect(await said()).toEqual({ request: null, pathway: NOW });
	await db.write((tx) => tx.update(pathway).set({ endedAt: NOW }).where(eq(pathway.id, way.id)));
	expect(await said()).toMatchObject({ pathway: undefined });
});
