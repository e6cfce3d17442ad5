import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent, aRequest, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { pathway, supportRequest } from '../db/schema/index.ts';
import { addMonths } from '../territories/calendar.ts';
import { mayReplace, toldOfRate, rateOf } from './indicator-rules.ts';
import { indicatorsOf } from './indicators.ts';
import { publishedIndicators, publishIndicators } from './publication.ts';

async function setting() {
	const db = await testDatabase();
	const { id: territoryId, zone } = await aTerritory(db);
	const referent = await aReferent(db, { territoryId });
	/** Filed on that day, taken up the next; oriented a week later, or not. @returns the id of the request */
	async function somebody(day: string, isOriented: boolean) {
		const person = await aPerson(db, { referent });
		const { id } = await aRequest(db, { personId: person.id, status: 'in_pathway' });
		const submittedAt = new Date(`${day}T09:00:00Z`);
		const assignedAt = new Date(submittedAt.getTime() + 86_400_000);
		await db.write((tx) => tx.update(supportRequest).set({ submittedAt, assignedAt }).where(eq(supportRequest.id, id)));
		if (isOriented) {
			const opened = await aPathway(db, { personId: person.id });
			const startedAt = new Date(submittedAt.getTime() + 7 * 86_400_000);
			await db.write((tx) => tx.update(pathway).set({ startedAt }).where(eq(pathway.id, opened.id)));
		}
		return id;
	}
	/** What the page shows on that day. */
	async function shownOn(day: string) {
		const month = { territoryId, zone, now: new Date(`${day}T10:00:00Z`) };
		const standing = await publishedIndicators(db.read, month);
		if (standing) return standing;
		const computed = await indicatorsOf(db.read, month);
		return db.write((tx) => publishIndicators(tx, month, computed));
	}
	const orientedOn = async (day: string) => (await shownOn(day)).rates.find(({ code }) => code === 'oriented')!;
	return { db, territoryId, zone, somebody, shownOn, orientedOn };
}

test('whoever notes the figures of each month for a year cannot tell what became of one newcomer', async () => {
	const { somebody, shownOn } = await setting();
	for (let index = 0; index < 20; index += 1) await somebody('2026-01-12', index < 10);
	for (let month = 1; month < 12; month += 1) await somebody(addMonths('2026-01-12', month), month % 3 === 0);
	const noted = [];
	for (let month = 0; month < 14; month += 1) {
		const { rates, delays } = await shownOn(addMonths('2026-05-15', month));
		const oriented = rates.find(({ code }) => code === 'oriented')!;
		noted.push({ n: oriented.n!, percent: oriented.percent, contact: delays[0]!.count! });
	}
	expect(noted[0]).toMatchObject({ n: 20, percent: 50 });
	for (const [index, { n, percent, contact }] of noted.entries()) {
		const before = noted[index - 1];
		if (!before) continue;
		expect([1, 2, 3, 4]).not.toContain(Math.abs(n - before.n));
		expect([1, 2, 3, 4]).not.toContain(Math.abs(contact - before.contact));
		if (percent === null || before.percent === null) continue;
		const [oriented, orientedBefore] = [(n * percent) / 100, (before.n * before.percent) / 100].map(Math.round);
		expect([1, 2, 3, 4]).not.toContain(Math.abs(oriented! - orientedBefore!));
	}
	// They go on all the same: those of January left the cohort, and the last figure is not that of May.
	expect(noted.at(-1)!.n).not.toBe(20);
});

test('a figure that stays says which requests it is made of; one that nothing changed is that of the page', async () => {
	const { somebody, shownOn, orientedOn } = await setting();
	for (let index = 0; index < 20; index += 1) await somebody('2026-01-12', index < 10);
	await somebody('2026-02-12', true);
	expect(await orientedOn('2026-05-15')).toEqual({ code: 'oriented', n: 20, percent: 50, low: 30, high: 70 });
	const june = await shownOn('2026-06-15');
	expect(june).toMatchObject({ from: '2025-03-01', to: '2026-02-28' });
	expect(june.rates[0]).toMatchObject({ n: 20, percent: 50, older: { from: '2025-02-01', to: '2026-01-31' } });
	expect(june.rates.find(({ code }) => code === 'reach_sms')).not.toHaveProperty('older');
	for (let index = 0; index < 5; index += 1) await somebody('2026-03-12', true);
	// Six more, all oriented: nobody more who is not.
	expect((await orientedOn('2026-07-15')).n).toBe(26);
});

test('nothing moves within a month, not even when somebody withdraws; the next month is not their month either', async () => {
	const { db, somebody, shownOn, orientedOn } = await setting();
	const ids: string[] = [];
	for (let index = 0; index < 20; index += 1) ids.push(await somebody('2026-01-12', index < 10));
	const first = await shownOn('2026-05-02');
	await db.write((tx) => tx.update(supportRequest).set({ status: 'withdrawn' }).where(eq(supportRequest.id, ids[0]!)));
	expect(await shownOn('2026-05-30')).toEqual(first);
	expect(await orientedOn('2026-06-01')).toMatchObject({ n: 20, percent: 50 });
});

test('two who look first at once are shown the same', async () => {
	const { db, territoryId, zone, somebody, shownOn } = await setting();
	for (let index = 0; index < 12; index += 1) await somebody('2026-01-12', index < 6);
	const month = { territoryId, zone, now: new Date('2026-05-15T10:00:00Z') };
	const late = await indicatorsOf(db.read, month);
	const early = await shownOn('2026-05-15');
	await somebody('2026-01-13', true);
	expect(await db.write((tx) => publishIndicators(tx, month, late))).toEqual(early);
});

test('a share takes the place of another when n and both sides moved by nobody, or by five and more', () => {
	const told = (part: number, n: number) => toldOfRate(rateOf(part, n), [part], n);
	const may = (from: [number, number], to: [number, number]) => mayReplace(told(...from), told(...to));
	expect(may([10, 20], [11, 21])).toBe(false);
	expect(may([10, 20], [10, 20])).toBe(false);
	expect(may([10, 20], [15, 25])).toBe(true);
	expect(may([10, 20], [14, 25])).toBe(false);
	expect(may([10, 20], [15, 20])).toBe(true);
	// The percent was not told: what it was made of is not known, and how many they are is.
	expect(may([3, 20], [6, 21])).toBe(false);
	expect(may([3, 20], [9, 26])).toBe(true);
	expect(may([1, 3], [6, 12])).toBe(true);
});
