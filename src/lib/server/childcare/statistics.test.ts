import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { aPerson } from '../../../../tests/factories/index.ts';
import { anAidSetting, on } from '../../../../tests/support/aids.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import { childcareAid } from '../db/schema/index.ts';
import { addDays } from '../territories/calendar.ts';
import { answerDelay, emptyFigures, figuresOf } from './statistics.ts';

async function decided(days: number[]) {
	const given = await anAidSetting();
	for (const [index, after] of days.entries()) {
		const { id: personId } = await aPerson(given.db, { territoryId: given.territoryId });
		const { id } = (await given.open({ personId, now: on('2026-01-05') }))!;
		const now = on(addDays('2026-01-05', after));
		await given.change(id, 'under_review', { now });
		if (index === 0) await given.change(id, 'refused', { reason: 'too_late', now });
		else if (index === 1)
			await given.change(id, 'partially_granted', { reason: 'other_aid', amountCents: 10_000, now });
		else await given.change(id, 'granted', { amountCents: 40_000, now });
		if (index === 1) await given.change(id, 'paid', { now });
	}
	return given;
}
const of = (territoryId: string, today = '2026-03-02') => ({
	...{ territoryId, kind: 'childcare', zone: 'Europe/Paris', today },
});

describe('« 9 familles sur 10 »', () => {
	test('is the delay within which nine decisions out of ten were made', async () => {
		const { db, territoryId } = await decided([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30]);
		expect(await answerDelay(db.read, of(territoryId))).toEqual({ median: 6, ninety: 10 });
	});
	test('counts a family that silence refused as one without an answer', async () => {
		const { db, territoryId, open } = await decided([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
		const silent = async () => open({ personId: (await aPerson(db, { territoryId })).id, now: on('2026-01-05') });
		const { id } = (await silent())!;
		expect(await answerDelay(db.read, of(territoryId, '2026-03-04'))).toBeNull();
		expect(await answerDelay(db.read, of(territoryId, '2026-03-05'))).toEqual({ median: 6, ninety: 10 });
		await silent();
		expect(await answerDelay(db.read, of(territoryId, '2026-03-05'))).toBeNull();
		await db.write((tx) => tx.delete(childcareAid).where(eq(childcareAid.id, id)));
		expect(await answerDelay(db.read, of(territoryId, '2026-03-05'))).toEqual({ median: 6, ninety: 10 });
	});
	test('is not said of ten decisions: one would be a family; nor of decisions older than a year', async () => {
		const few = await decided([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
		expect(await answerDelay(few.db.read, of(few.territoryId))).toBeNull();
		const old = await decided(Array.from({ length: 11 }, () => 3));
		expect(await answerDelay(old.db.read, of(old.territoryId, '2027-01-08'))).toEqual({ median: 3, ninety: 3 });
		expect(await answerDelay(old.db.read, of(old.territoryId, '2027-01-09'))).toBeNull();
	});
});

/** So many files granted, granted in part and refused on a day, of families of their own. */
async function decideOn(
	given: Awaited<ReturnType<typeof anAidSetting>>,
	day: string,
	{ granted = 0, partly = 0, refused = 0 },
) {
	const now = on(day);
	const decide = async (to: 'granted' | 'partially_granted' | 'refused', more: object) => {
		const { id: personId } = await aPerson(given.db, { territoryId: given.territoryId });
		const { id } = (await given.open({ personId, now }))!;
		await given.change(id, 'under_review', { now });
		await given.change(id, to, { now, ...more });
		return id;
	};
	for (let index = 0; index < granted; index += 1) await decide('granted', { amountCents: 40_000 });
	for (let index = 0; index < refused; index += 1) await decide('refused', { reason: 'too_late' });
	for (let index = 0; index < partly; index += 1) {
		const id = await decide('partially_granted', { amountCents: 10_000, reason: 'other_aid' });
		await given.change(id, 'paid', { now });
	}
}

test('figures of a year count each decision once, paid or not, with refusals by reason', async () => {
	const given = await anAidSetting();
	await decideOn(given, '2026-01-06', { granted: 6, partly: 5, refused: 5 });
	const of = (year: string, today = '2026-02-01') =>
		figuresOf(given.db.read, { territoryId: given.territoryId, year, today });
	expect(await of('2026')).toEqual([
		{ kind: 'childcare', granted: 6, partly: 5, refused: 5, reasons: { too_late: 5 }, spentCents: 290_000 },
	]);
	expect(await of('2025')).toEqual([]);
	expect(await of('2026', '2027-03-01')).toEqual(await of('2026'));
	expect(await fullScans(given.db, () => of('2026'))).toEqual([]);
});

test('whoever looks at the figures every day of a year cannot tell one decision: they move by five or more', async () => {
	const given = await anAidSetting();
	await decideOn(given, '2026-01-06', { granted: 10, refused: 6 });
	for (let month = 2; month <= 9; month += 1)
		await decideOn(given, `2026-0${month}-10`, { granted: month % 2 ? 1 : 2, refused: month === 5 ? 3 : 0, partly: 1 });
	const seen: number[][] = [];
	for (let day = '2026-01-31'; day < '2027-02-01'; day = addDays(day, 1)) {
		const [line] = await figuresOf(given.db.read, { territoryId: given.territoryId, year: '2026', today: day });
		const { granted, partly, refused, reasons, spentCents } = line ?? emptyFigures('childcare');
		seen.push([granted, partly, refused, reasons.too_late ?? 0, spentCents / 10_000]);
	}
	const moves = seen.slice(1).flatMap((row, index) => row.map((value, cell) => value - seen[index]![cell]!));
	expect(new Set(moves).size).toBeGreaterThan(2);
	for (const move of moves) expect(move === 0 || move >= 5).toBe(true);
	// What moved is what was decided, up to four of each.
	expect(seen.at(-1)!.slice(0, 3)).toEqual([22 - 1, 8 - 3, 9 - 3]);
});
