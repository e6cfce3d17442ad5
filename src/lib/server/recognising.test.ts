import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { aPerson, aReferent, aRequest, NOW, theTerritory } from '../../../tests/factories/index.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import type { SignedIn } from './accounts/sessions.ts';
import type { Db } from './db/client.ts';
import { auditEntry, person, supportRequest } from './db/schema/index.ts';
import { movePerson } from './moving.ts';
import { answerMove, openMove } from './people/moves.ts';
import { followUpOf, personOf } from './people/queries.ts';
import { recogniseVisitor } from './recognising.ts';
import { takeRequest } from './requests/commands.ts';
import { inbox } from './requests/inbox.ts';
import { findOpenRequest, goesOnAs, needsOf } from './requests/queries.ts';

const CHARLEVILLE = '08105';
const BESANCON = '25056';

let db: Db;
let known: Awaited<ReturnType<typeof aPerson>>;
let lead: Awaited<ReturnType<typeof aReferent>>;
beforeEach(async () => {
	db = await testDatabase();
	await theTerritory(db, 'ardennes');
	await theTerritory(db, 'doubs');
	lead = await aReferent(db, { territoryId: 'ardennes' });
	known = await aPerson(db, { territoryId: 'ardennes', inseeCode: CHARLEVILLE, referent: lead });
});

const by = () => ({ accountId: known.account.id, role: 'beneficiary' as const, structureId: null });
/** Asked from Besançon, by somebody nobody recognised yet. */
async function asked() {
	const visitor = await aPerson(db, { territoryId: 'doubs', inseeCode: BESANCON });
	const request = await aRequest(db, { personId: visitor.id, themes: ['mobility'] });
	const recognise = () =>
		db.write((tx) =>
			recogniseVisitor(tx, { requestId: request.id, visitorId: visitor.id, personId: known.id, by: by(), now: NOW }),
		);
	return { visitor, request, recognise };
}
const listed = async (territoryId: string) =>
	(await inbox(db.read, territoryId, { show: 'all', today: '2026-03-02' })).map(({ id }) => id);
const themes = async (id: string) => (await needsOf(db.read, id)).map(({ theme }) => theme);

describe('« C’est moi », from a commune of another territory', () => {
	test('nobody is moved before they agree: the request waits where they are known', async () => {
		const { request, recognise } = await asked();
		expect(await recognise()).toEqual({ requestId: request.id, movesTo: BESANCON });
		expect(await personOf(db.read, known.id)).toMatchObject({ territoryId: 'ardennes', inseeCode: CHARLEVILLE });
		expect((await followUpOf(db.read, known.id)).map(({ accountId }) => accountId)).toEqual([lead.id]);
		expect(await findOpenRequest(db.read, known.id)).toMatchObject({ id: request.id, territoryId: 'ardennes' });
		expect([await listed('ardennes'), await listed('doubs')]).toEqual([[request.id], []]);
		expect(await openMove(db.read, known.id)).toMatchObject({ inseeCode: BESANCON, byName: null });
	});

	test('« j’attends toujours », said of the other territory, is not said of this one', async () => {
		const { request, recognise } = await asked();
		await db.write((tx) => tx.update(supportRequest).set({ stillWaitingAt: NOW }));
		await recognise();
		expect(await findOpenRequest(db.read, known.id)).toMatchObject({ id: request.id, stillWaitingAt: null });
	});

	test('what was asked is added to the request that is open there', async () => {
		const open = await aRequest(db, { personId: known.id, themes: ['housing'] });
		const { recognise, request } = await asked();
		expect(await recognise()).toEqual({ requestId: open.id, movesTo: BESANCON });
		expect((await themes(open.id)).sort()).toEqual(['housing', 'mobility']);
		expect(await goesOnAs(db.read, request.id)).toBe(open.id);
	});

	test('once they agree, the request is transferred whole', async () => {
		const { request, recognise } = await asked();
		await recognise();
		await db.write((tx) => movePerson(tx, { personId: known.id, inseeCode: BESANCON, by: by(), now: NOW }));
		const [former] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, request.id)).limit(1);
		expect(former!.status).toBe('transferred');
		const open = (await findOpenRequest(db.read, known.id))!;
		expect(open).toMatchObject({ territoryId: 'doubs', status: 'submitted', continuesId: request.id });
		expect(await themes(open.id)).toEqual(['mobility']);
		expect((await personOf(db.read, known.id)).territoryId).toBe('doubs');
		expect(await openMove(db.read, known.id)).toBeUndefined();
	});

	test('refused, nothing changes and nothing is lost', async () => {
		const { request, recognise } = await asked();
		await recognise();
		await db.write((tx) => answerMove(tx, { personId: known.id, inseeCode: null, now: NOW }));
		expect(await findOpenRequest(db.read, known.id)).toMatchObject({ id: request.id, territoryId: 'ardennes' });
		expect(await openMove(db.read, known.id)).toBeUndefined();
	});

	test('a professional of the other territory who took it meanwhile no longer follows anybody', async () => {
		const { request, recognise } = await asked();
		const there = await aReferent(db, { territoryId: 'doubs' });
		const account = { ...there, accountId: there.id } as unknown as SignedIn;
		await db.write((tx) => takeRequest(tx, { reference: request.reference!, account, now: NOW }));
		await recognise();
		expect((await followUpOf(db.read, known.id)).map(({ accountId }) => accountId)).toEqual([lead.id]);
		// Who leads them where they are known has it.
		expect(await findOpenRequest(db.read, known.id)).toMatchObject({ status: 'assigned', assignedToId: lead.id });
		const journal = await db.read.select().from(auditEntry).where(eq(auditEntry.subjectId, request.id));
		expect(journal.map(({ action }) => action)).toContain('request.adopted');
	});
});

test('« C’est moi » in one territory: the request is theirs, and no move is spoken of', async () => {
	const visitor = await aPerson(db, { territoryId: 'ardennes', inseeCode: CHARLEVILLE });
	const { id: requestId } = await aRequest(db, { personId: visitor.id });
	const input = { requestId, visitorId: visitor.id, personId: known.id, by: by(), now: NOW };
	expect(await db.write((tx) => recogniseVisitor(tx, input))).toEqual({ requestId, movesTo: null });
	expect(await openMove(db.read, known.id)).toBeUndefined();
	expect(await db.read.select().from(person).where(eq(person.id, visitor.id))).toEqual([]);
});
