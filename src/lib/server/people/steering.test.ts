import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
	aFollowUp,
	aMunicipality,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStructure,
	aTerritory,
	NOW,
} from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans, plansOf } from '../../../../tests/support/plans.ts';
import { account, catchment, employmentArea, stage } from '../db/schema/index.ts';
import { distribution, masked, maskParts, trend, type Part } from './steering-rules.ts';
import { contactDelays, stageDelays, teamOf, teamPage } from './steering.ts';

test('counts under 5 and delays of fewer than 11 people are not said', () => {
	expect([0, 1, 4, 5].map(masked)).toEqual([0, null, null, 5]);
	const days = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
	expect(distribution(days)).toEqual({ count: 10, median: null, ninetieth: null });
	expect(distribution([...days, 40])).toEqual({ count: 11, median: 6, ninetieth: 10 });
	expect(distribution([1, 2, 3])).toEqual({ count: null, median: null, ninetieth: null });
});

/** Every territory of so many people in three parts. */
function* parts(most: number): Generator<number[]> {
	for (let total = 0; total <= most; total += 1)
		for (let one = 0; one <= total; one += 1)
			for (let two = 0; one + two <= total; two += 1) yield [one, two, total - one - two];
}

test('no sum of what is shown of parts and their total gives a number that is not shown', () => {
	const pages = new Map<string, { shown: Part[]; values: Set<number>[] }>();
	for (const counts of parts(36)) {
		const shown = maskParts(counts);
		const total = counts.reduce((sum, count) => sum + count, 0);
		const key = JSON.stringify([masked(total), shown]);
		const page = pages.get(key) ?? { shown, values: counts.map(() => new Set<number>()) };
		pages.set(key, page);
		counts.forEach((count, index) => page.values[index]!.add(count));
	}
	for (const [key, { shown, values }] of pages)
		shown.forEach((part, index) => {
			if (typeof part === 'number') expect([...values[index]!], key).toEqual([part]);
			else expect(values[index]!.size, `${key}, ${index}`).toBeGreaterThan(1);
		});
	expect(maskParts([12, 3, 20, 30])).toEqual([12, 'few', 'hidden', 30]);
	expect(maskParts([12, 0, 20])).toEqual([12, 0, 20]);
	expect(maskParts([12, 1, 3])).toEqual([12, 'few', 'few']);
});

test('a median says better or worse from two days of difference, and nothing when it is masked', () => {
	const of = (median: number | null) => ({ count: 11, median, ninetieth: null });
	expect(trend(of(9), of(7))).toBe('better');
	expect(trend(of(7), of(9))).toBe('worse');
	expect(trend(of(7), of(8))).toBe('same');
	expect(trend(of(null), of(8))).toBeNull();
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

test('of a basin or a structure, a small number is not the territory’s minus the others', async () => {
	const db = await testDatabase();
	const { id: territoryId, zone } = await aTerritory(db);
	const now = new Date('2026-03-20T12:00:00Z');
	const basin = async (name: string, people: number) => {
		const area = await insertOne(db, employmentArea, { id: name, territoryId, name });
		const { inseeCode } = await aMunicipality(db);
		await insertOne(db, catchment, { inseeCode, territoryId, employmentAreaId: area.id, startsOn: '2026-01-01' });
		const referent = await aReferent(db, {
			territoryId,
			structureId: (await aStructure(db, { territoryId, id: name })).id,
		});
		for (let index = 0; index < people; index += 1) {
			const someone = await aPerson(db, { territoryId, inseeCode, referent, account: false });
			const { stages } = await aPathway(db, { personId: someone.id, current: 2 });
			await db.write((tx) => tx.update(stage).set({ enteredAt: NOW, leftAt: now }).where(eq(stage.id, stages[0]!.id)));
		}
	};
	for (const [name, people] of [
		['nord', 12],
		['ouest', 3],
		['sud', 11],
	] as const)
		await basin(name, people);
	const shown = async (scope: { structureId?: string; employmentAreaId?: string }) =>
		(await stageDelays(db.read, { territoryId, zone, now, ...scope })).map(({ count, median, isHidden }) => ({
			...{ count, median, isHidden },
		}));
	expect(await shown({})).toEqual([{ count: 26, median: 18, isHidden: false }]);
	const hidden = { count: null, median: null, isHidden: true };
	for (const by of ['employmentAreaId', 'structureId'] as const) {
		expect(await shown({ [by]: 'nord' })).toEqual([{ count: 12, median: 18, isHidden: false }]);
		expect(await shown({ [by]: 'ouest' })).toEqual([{ ...hidden, isHidden: false }]);
		expect(await shown({ [by]: 'sud' })).toEqual([hidden]);
	}
	expect(await shown({ structureId: 'nord', employmentAreaId: 'nord' })).toEqual([]);
	const scans = await fullScans(db, () =>
		stageDelays(db.read, { territoryId, zone, now: NOW, employmentAreaId: 'nord' }).then(() =>
			stageDelays(db.read, { territoryId, zone, now: NOW, structureId: 'nord' }),
		),
	);
	expect(scans).toEqual([]);
});

test('who still waits counts in the time of a first contact: taking the easy requests only is not going faster', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const now = new Date('2026-03-20T12:00:00Z');
	const context = { territoryId: territory.id, zone: territory.zone, now };
	const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
	const ask = async (submitted: number, waited: number | null) => {
		const person = await aPerson(db, { territoryId: territory.id });
		const submittedAt = daysAgo(submitted);
		const assignedAt = waited === null ? undefined : daysAgo(submitted - waited);
		await aRequest(db, {
			personId: person.id,
			submittedAt,
			...(assignedAt && { status: 'assigned' as const, assignedAt }),
		});
	};
	for (let index = 0; index < 11; index += 1) {
		await ask(150, 10);
		await ask(60, 3);
		await ask(60, null);
		// Not old enough to be told.
		await ask(2, 1);
	}
	const found = await contactDelays(db.read, context);
	expect(found.before).toMatchObject({ count: 11, median: 10 });
	expect(found.now).toMatchObject({ count: 22, ninetieth: 60 });
	await ask(60, null);
	const { now: later, before } = await contactDelays(db.read, { ...context, now: new Date(now.getTime() + 60_000) });
	expect(trend(before, later)).toBe('worse');
});

test('what was its lead’s from the start was answered by nobody: it makes no first contact fast', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const now = new Date('2026-03-20T12:00:00Z');
	const submittedAt = new Date('2026-02-20T12:00:00Z');
	for (let index = 0; index < 22; index += 1) {
		const { id: personId } = await aPerson(db, { territoryId: territory.id });
		const waited = index < 11 ? 0 : 6;
		const assignedAt = new Date(submittedAt.getTime() + waited * 86_400_000);
		await aRequest(db, { personId, status: 'assigned', submittedAt, assignedAt });
	}
	const found = await contactDelays(db.read, { territoryId: territory.id, zone: territory.zone, now });
	expect(found.now).toEqual({ count: 11, median: 6, ninetieth: 6 });
});

test('a stage counts where it was left: not in the structure that led before, nor in the one that leads since', async () => {
	const db = await testDatabase();
	const { id: territoryId, zone } = await aTerritory(db);
	const left = new Date('2026-03-10T12:00:00Z');
	const [before, during, since] = [
		await aReferent(db, { territoryId }),
		await aReferent(db, { territoryId }),
		await aReferent(db, { territoryId }),
	];
	const day = (text: string) => new Date(`${text}T12:00:00Z`);
	for (let index = 0; index < 11; index += 1) {
		const { id: personId } = await aPerson(db, { territoryId, account: false });
		const { stages } = await aPathway(db, { personId, current: 2 });
		await db.write((tx) => tx.update(stage).set({ enteredAt: NOW, leftAt: left }).where(eq(stage.id, stages[0]!.id)));
		await aFollowUp(db, { personId, member: before, startedAt: day('2026-01-05'), endedAt: day('2026-03-05') });
		await aFollowUp(db, { personId, member: during, startedAt: day('2026-03-05'), endedAt: day('2026-03-15') });
		await aFollowUp(db, { personId, member: since, startedAt: day('2026-03-15') });
	}
	const counted = async ({ structureId }: { structureId: string }) =>
		(await stageDelays(db.read, { territoryId, zone, now: day('2026-03-20'), structureId })).map(({ count }) => count);
	expect([await counted(before), await counted(during), await counted(since)]).toEqual([[], [11], []]);
});

test('no figure of the coordinator reads a whole table', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const context = { territoryId: territory.id, zone: territory.zone, now: NOW };
	const scans = await fullScans(db, async () => {
		await teamOf(db.read, territory.id);
		await contactDelays(db.read, context);
		await stageDelays(db.read, context);
	});
	expect(scans).toEqual([]);
});
