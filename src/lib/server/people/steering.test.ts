import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent, aRequest, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans, plansOf } from '../../../../tests/support/plans.ts';
import { account, followUpMember, stage } from '../db/schema/index.ts';
import { distribution, masked, trend } from './steering-rules.ts';
import { contactDelays, peopleWithoutLead, stageDelays, teamOf, teamPage } from './steering.ts';

test('counts under 5 and delays of fewer than 11 people are not said', () => {
	expect([0, 1, 4, 5].map(masked)).toEqual([0, null, null, 5]);
	const days = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
	expect(distribution(days)).toEqual({ count: 10, median: null, ninetieth: null });
	expect(distribution([...days, 40])).toEqual({ count: 11, median: 6, ninetieth: 10 });
	expect(distribution([1, 2, 3])).toEqual({ count: null, median: null, ninetieth: null });
});

test('a median says better or worse from two days of difference, and nothing when it is masked', () => {
	const of = (median: number | null) => ({ count: 11, median, ninetieth: null });
	expect(trend(of(9), of(7))).toBe('better');
	expect(trend(of(7), of(9))).toBe('worse');
	expect(trend(of(7), of(8))).toBe('same');
	expect(trend(of(null), of(8))).toBeNull();
});

test('when a professional is disabled or leaves, their people show as having nobody', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const referent = await aReferent(db, { territoryId: territory.id });
	const person = await aPerson(db, { referent });
	await aRequest(db, { personId: person.id, status: 'assigned', assignedToId: referent.id });
	const waiting = await aPerson(db, { territoryId: territory.id });
	await aRequest(db, { personId: waiting.id });
	const without = async () => (await peopleWithoutLead(db.read, territory.id)).map(({ id }) => id);
	expect(await without()).toEqual([]);
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, referent.id)));
	expect(await without()).toEqual([person.id]);
	await db.write((tx) => tx.update(account).set({ status: 'active' }).where(eq(account.id, referent.id)));
	await db.write((tx) => tx.update(followUpMember).set({ endedAt: NOW }));
	expect(await without()).toEqual([person.id]);
});

test('the team shows what each person carries, and only this territory', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const second = await aReferent(db, { territoryId: referent.territoryId, displayName: 'Zoé Seconde' });
	await aReferent(db);
	await aPerson(db, { referent, second });
	await aPerson(db, { referent });
	expect(await teamOf(db.read, referent.territoryId)).toMatchObject([
		{ id: referent.id, leads: 2, seconds: 0 },
		{ id: second.id, leads: 0, seconds: 1 },
	]);
});

test('the team comes in pages: those who work by name, then those who left and still carry somebody', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db, { displayName: 'Anne Partie' });
	const { territoryId } = referent;
	await aReferent(db, { territoryId, displayName: 'Bruno Parti', status: 'disabled' });
	for (let index = 10; index < 60; index++) await aReferent(db, { territoryId, displayName: `Camille ${index}` });
	await aPerson(db, { referent });
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, referent.id)));
	const names = async (page: number) => {
		const { rows, more } = await teamPage(db.read, territoryId, page);
		return { names: rows.map(({ name }) => name), more };
	};
	const first = await names(1);
	expect(first).toMatchObject({ more: true });
	expect([first.names.length, first.names[0], first.names.at(-1)]).toEqual([50, 'Camille 10', 'Camille 59']);
	expect(await names(2)).toEqual({ names: ['Anne Partie'], more: false });
	const plan = (await plansOf(db, () => teamPage(db.read, territoryId, 1))).flat().join('\n');
	expect(plan).toContain('account_staff_idx');
	expect(plan).not.toContain('TEMP B-TREE');
});

test('a stage takes the days between entering and leaving it, in the zone, skipped ones left out', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db, { zone: 'America/Cayenne' });
	const now = new Date('2026-03-20T12:00:00Z');
	for (let index = 0; index < 11; index++) {
		const person = await aPerson(db, { territoryId: territory.id, account: false });
		const pathway = await aPathway(db, { personId: person.id, current: 3 });
		const [first, skipped] = pathway.stages;
		await db.write(async (tx) => {
			// 23:30 on 1 March in Cayenne is already the 2nd in Paris.
			const enteredAt = new Date('2026-03-02T02:30:00Z');
			await tx
				.update(stage)
				.set({ enteredAt, leftAt: new Date('2026-03-11T12:00:00Z') })
				.where(eq(stage.id, first!.id));
			await tx.update(stage).set({ state: 'skipped', leftAt: NOW }).where(eq(stage.id, skipped!.id));
		});
	}
	const context = { territoryId: territory.id, zone: territory.zone, now };
	expect(await stageDelays(db.read, context)).toMatchObject([{ position: 1, count: 11, median: 10, ninetieth: 10 }]);
});

test('no figure of the coordinator reads a whole table', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const context = { territoryId: territory.id, zone: territory.zone, now: NOW };
	const scans = await fullScans(db, async () => {
		await teamOf(db.read, territory.id);
		await peopleWithoutLead(db.read, territory.id);
		await contactDelays(db.read, context);
		await stageDelays(db.read, context);
	});
	expect(scans).toEqual([]);
});
