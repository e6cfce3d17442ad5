import { describe, expect, test } from 'vitest';
import { aPerson } from '../../../../tests/factories/index.ts';
import { anAidSetting, on } from '../../../../tests/support/aids.ts';
import { addDays } from '../territories/calendar.ts';
import { answerDelay, emptyFigures, figuresOf, tellableCents } from './statistics.ts';

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
	test('is not said of ten decisions: one would be a family; nor of decisions older than a year', async () => {
		const few = await decided([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
		expect(await answerDelay(few.db.read, of(few.territoryId))).toBeNull();
		const old = await decided(Array.from({ length: 11 }, () => 3));
		expect(await answerDelay(old.db.read, of(old.territoryId, '2027-01-08'))).toEqual({ median: 3, ninety: 3 });
		expect(await answerDelay(old.db.read, of(old.territoryId, '2027-01-09'))).toBeNull();
	});
});

test('figures of a year count each decision once, paid or not, with refusals by reason', async () => {
	const { db, territoryId } = await decided([1, 2, 3, 4]);
	expect(await figuresOf(db.read, territoryId, '2026')).toEqual([
		{ kind: 'childcare', granted: 2, partly: 1, refused: 1, reasons: { too_late: 1 }, spentCents: 90_000 },
	]);
	expect(await figuresOf(db.read, territoryId, '2025')).toEqual([]);
});

test('a sum is told from five families on, to the nearest hundred euros', () => {
	const of = (granted: number, spentCents: number) =>
		tellableCents({ ...emptyFigures('childcare'), granted, spentCents });
	expect([of(0, 0), of(4, 160_000), of(5, 204_999), of(5, 205_000)]).toEqual([null, null, 200_000, 210_000]);
});
