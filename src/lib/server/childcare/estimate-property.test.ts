import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addDays, addMonths } from '../territories/calendar.ts';
import { estimate, type Situation } from './estimate.ts';
import { currentLeadAges, currentScale } from './scale.ts';

/** Drawn with a fixed seed: what fails once fails again. */
function drawer(seed: number) {
	let state = seed;
	const next = () => {
		state = (state * 1_664_525 + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
	const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
	return { whole, chance: (share: number) => next() < share };
}

const TODAY = '2026-03-02';
const published = JSON.parse(readFileSync('reference/aide-garde-enfants/aide-garde-enfants.json', 'utf8')) as {
	montants_eur: {
		zone: string;
		heures_semaine: string;
		enfants_1: number;
		enfants_2: number;
		enfants_3_et_plus: number;
	}[];
};
const amounts = published.montants_eur.flatMap((row) => [row.enfants_1, row.enfants_2, row.enfants_3_et_plus]);
const inCents = new Set(amounts.map((euros) => Math.round(euros * 100)));

function situations(count: number): Situation[] {
	const { whole, chance } = drawer(20260101);
	return Array.from({ length: count }, () => ({
		ages: Array.from({ length: whole(1, 6) }, () => whole(0, 17)),
		activity: chance(0.5) ? 'job' : 'training',
		startsOn: addDays(TODAY, whole(-150, 120)),
		hoursPerWeek: whole(1, 120) / 2,
		longEnough: chance(0.9),
		paysCare: chance(0.9),
		hadItThisYear: chance(0.1),
		benefit: chance(0.9) ? 'low' : 'high',
		registration: chance(0.9) ? 'usual' : 'no',
		singleParent: chance(0.5),
		mayotte: chance(0.3),
	}));
}
const of = (situation: Situation) => {
	const { range, ...found } = estimate(currentScale(), situation, TODAY, currentLeadAges());
	// All is known: there is one amount.
	expect(range?.leastCents).toBe(range?.mostCents);
	return { ...found, amountCents: range?.mostCents ?? null };
};
const drawn = situations(2_000);

test('an amount is one of the published table, or there is none and at least one condition is said', () => {
	for (const situation of drawn) {
		const { amountCents, unmet } = of(situation);
		if (amountCents === null) expect(unmet.length).toBeGreaterThan(0);
		else expect([inCents.has(amountCents), unmet]).toEqual([true, []]);
	}
});

test('the order in which children are named changes nothing', () => {
	for (const situation of drawn)
		expect(of({ ...situation, ages: [...situation.ages!].reverse() })).toEqual(of(situation));
});

test('one more young child, or one more hour, never lowers the amount; a child past the age changes nothing', () => {
	const { ageLimit } = currentScale();
	for (const situation of drawn) {
		const { amountCents } = of(situation);
		if (amountCents === null) continue;
		expect(of({ ...situation, ages: [...situation.ages!, 3] }).amountCents!).toBeGreaterThanOrEqual(amountCents);
		expect(of({ ...situation, hoursPerWeek: situation.hoursPerWeek! + 1 }).amountCents!).toBeGreaterThanOrEqual(
			amountCents,
		);
		expect(of({ ...situation, ages: [...situation.ages!, ageLimit] }).amountCents).toBe(amountCents);
	}
});

test('days left are those to the same date three months later, and « too late » is said exactly when none is left', () => {
	for (const situation of drawn) {
		const { askBefore, daysLeft, unmet } = of(situation);
		expect(askBefore).toBe(addMonths(situation.startsOn!, currentScale().askWithinMonths));
		expect(addDays(TODAY, daysLeft!)).toBe(askBefore);
		expect(unmet.includes('too_late')).toBe(askBefore! < TODAY);
	}
});

test('Mayotte has half of what the others have', () => {
	for (const situation of drawn) {
		const [there, elsewhere] = [true, false].map((mayotte) => of({ ...situation, mayotte }).amountCents);
		if (elsewhere !== null) expect(there! * 2).toBe(elsewhere);
	}
});

test('an answer that is taken back widens the range around the amount, and never makes a condition met or unmet', () => {
	const keys = [
		'ages',
		'startsOn',
		'hoursPerWeek',
		'longEnough',
		'paysCare',
		'hadItThisYear',
		'benefit',
		'registration',
	] as const;
	const { whole } = drawer(7);
	for (const situation of drawn) {
		const known = estimate(currentScale(), situation, TODAY, currentLeadAges());
		const key = keys[whole(0, keys.length - 1)]!;
		const less = estimate(currentScale(), { ...situation, [key]: null }, TODAY, currentLeadAges());
		expect(known.unmet).toEqual(expect.arrayContaining(less.unmet));
		if (!known.range) continue;
		expect(less.range!.leastCents).toBeLessThanOrEqual(known.range.leastCents);
		expect(less.range!.mostCents).toBeGreaterThanOrEqual(known.range.mostCents);
		expect(less.unknown.length).toBe(key === 'hoursPerWeek' ? 0 : 1);
	}
});
