import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDecision, parseSituation } from './forms.ts';
import { estimate, type Situation } from './estimate.ts';
import { currentLeadAges, currentResources, currentScale, readScale } from './scale.ts';

const TODAY = '2026-03-02';
const published = JSON.parse(readFileSync('reference/aide-garde-enfants/aide-garde-enfants.json', 'utf8')) as {
	montants_eur: Record<string, number | string>[];
};
const entitled: Situation = {
	ages: [4],
	activity: 'job',
	startsOn: TODAY,
	hoursPerWeek: 35,
	longEnough: true,
	paysCare: true,
	hadItThisYear: false,
	benefit: 'none',
	registration: 'usual',
	singleParent: true,
	mayotte: false,
};
const of = (change: Partial<Situation>, today = TODAY) =>
	estimate(currentScale(), { ...entitled, ...change }, today, currentLeadAges());
const exactly = (cents: number) => ({ leastCents: cents, mostCents: cents });

test('every number of children, hours and zone gives the amount of the published table', () => {
	for (const mayotte of [false, true])
		for (let hoursPerWeek = 1; hoursPerWeek <= 60; hoursPerWeek += 0.5)
			for (let children = 1; children <= 8; children += 1) {
				const row = published.montants_eur.find(
					(line) =>
						line.zone === (mayotte ? 'Mayotte' : 'hors Mayotte') &&
						String(line.heures_semaine).startsWith(hoursPerWeek >= 15 ? '>=15' : '<15'),
				)!;
				const column = ['enfants_1', 'enfants_2', 'enfants_3_et_plus'][Math.min(children, 3) - 1]!;
				const ages = Array.from({ length: children }, (_, index) => index % 12);
				expect(of({ mayotte, hoursPerWeek, ages }).range).toEqual(exactly(Math.round(Number(row[column]) * 100)));
			}
});

test('only children under 12 on the first day count; the 12th birthday ends the right', () => {
	expect(of({ ages: [11] }).range).toEqual(exactly(41_600));
	expect(of({ ages: [12] })).toMatchObject({ range: null, unmet: ['age'], children: 0 });
	expect(of({ ages: [11, 12, 17] })).toMatchObject({ range: exactly(41_600), children: 1 });
});

test('one condition that is not met is enough, and all of them are said', () => {
	expect(of({ longEnough: false }).unmet).toEqual(['too_short']);
	expect(of({ paysCare: false }).unmet).toEqual(['no_cost']);
	expect(of({ hadItThisYear: true }).unmet).toEqual(['once_a_year']);
	expect(of({ benefit: 'high' }).unmet).toEqual(['resources']);
	expect(of({ registration: 'no' }).unmet).toEqual(['registration']);
	expect(of({ paysCare: false, ages: [13] })).toMatchObject({ range: null, unmet: ['age', 'no_cost'] });
});

describe('what was passed over', () => {
	const NOTHING: Situation = {
		...{ ages: null, activity: null, startsOn: null, hoursPerWeek: null, longEnough: null, paysCare: null },
		...{ hadItThisYear: null, benefit: null, registration: null, singleParent: null, mayotte: false },
	};
	test('is never taken for met: each such condition is said to be unknown, and the rest still counts', () => {
		const left: [Partial<Situation>, string][] = [
			[{ ages: null }, 'age'],
			[{ startsOn: null }, 'too_late'],
			[{ longEnough: null }, 'too_short'],
			[{ paysCare: null }, 'no_cost'],
			[{ hadItThisYear: null }, 'once_a_year'],
			[{ benefit: null }, 'resources'],
			[{ registration: null }, 'registration'],
			[{ registration: 'special' }, 'category'],
		];
		for (const [change, code] of left) {
			expect(of(change)).toMatchObject({ unmet: [], unknown: [code] });
			expect(of({ ...change, paysCare: false }).unmet).toEqual(['no_cost']);
		}
		expect(of({}).unknown).toEqual([]);
	});
	test('leaves an amount between the least and the most of the table that is still possible', () => {
		expect(of({ hoursPerWeek: null, ages: [4, 5] }).range).toEqual({ leastCents: 20_280, mostCents: 47_840 });
		expect(of({ ages: null }).range).toEqual({ leastCents: 41_600, mostCents: 54_080 });
		expect(of(NOTHING)).toEqual({
			range: { leastCents: 17_680, mostCents: 54_080 },
			children: null,
			unmet: [],
			unknown: ['age', 'too_short', 'no_cost', 'too_late', 'once_a_year', 'resources', 'registration'],
			askBefore: null,
			daysLeft: null,
			leads: ['cmg', 'avip', 'territory'],
		});
	});
	test('a benefit at the limit is under it; the limit is dated configuration', () => {
		expect(of({ benefit: 'low' }).unmet).toEqual([]);
		expect(currentResources()).toEqual({ dailyCents: 4_156, readIn: '2024-2025' });
	});
});

describe('three months to ask', () => {
	test('are counted to the day: the last one is still in time', () => {
		expect(of({ startsOn: '2025-12-02' })).toMatchObject({ askBefore: TODAY, daysLeft: 0, unmet: [] });
		expect(of({ startsOn: '2025-12-01' })).toMatchObject({
			askBefore: '2026-03-01',
			daysLeft: -1,
			unmet: ['too_late'],
		});
	});
	test('end with a shorter month', () => {
		expect(of({ startsOn: '2025-11-30' }, '2026-02-28')).toMatchObject({ askBefore: '2026-02-28', daysLeft: 0 });
	});
	test('may lie ahead: the work has not begun', () => {
		expect(of({ startsOn: '2026-03-30' })).toMatchObject({ askBefore: '2026-06-30', daysLeft: 120 });
	});
});

test('other helps follow the age of the youngest, later for a parent alone', () => {
	expect(of({ ages: [2] }).leads).toEqual(['cmg', 'avip', 'territory']);
	expect(of({ ages: [7] }).leads).toEqual(['cmg', 'territory']);
	expect(of({ ages: [7], singleParent: false }).leads).toEqual(['territory']);
	expect(of({ ages: [14] }).leads).toEqual(['territory']);
});

test('a file of another shape is refused rather than read by halves', () => {
	expect(() => readScale({})).toThrow();
	expect(() => readScale({ ...published, montants_eur: published.montants_eur.slice(0, 1) })).toThrow();
});

const form = (values: Record<string, string>) => {
	const data = new FormData();
	for (const [name, value] of Object.entries(values)) data.set(name, value);
	return data;
};
const answers = {
	ages: '2, 5 et 11 ans',
	activity: 'job',
	starts: '2026-03-01',
	hours: '17,5',
	long: 'yes',
	pays: 'yes',
	had: 'no',
	benefit: 'low',
	registration: 'unknown',
	alone: 'no',
};

test('the questions are read as people write', () => {
	expect(parseSituation(form(answers), false)).toMatchObject({
		ok: true,
		value: {
			ages: [2, 5, 11],
			hoursPerWeek: 17.5,
			startsOn: '2026-03-01',
			paysCare: true,
			singleParent: false,
			benefit: 'low',
			registration: null,
		},
	});
});

test('Arabic and Persian digits are digits', () => {
	expect(parseSituation(form({ ...answers, ages: '٢، ٥', hours: '۱۷٫۵' }), false)).toMatchObject({
		ok: true,
		value: { ages: [2, 5], hoursPerWeek: 17.5 },
	});
});

test('every question may be passed over', () => {
	const parsed = parseSituation(form({ ages: '' }), false);
	expect(parsed.ok && new Set(Object.values(parsed.value))).toEqual(new Set([null, false]));
});

test.each([
	['ages', 'deux'],
	['ages', '2, 99'],
	['ages', '1 1 1 1 1 1 1 1 1 1 1 1 1'],
	['ages', '2\u00004'],
	['starts', '2026-02-30'],
	['starts', '0001-01-01'],
	['starts', 'demain'],
	['hours', '0'],
	['hours', '-3'],
	['hours', '1e3'],
	['hours', '99'],
	['activity', '__proto__'],
	['long', 'maybe'],
	['benefit', '9999'],
	['registration', 'category'],
])('a bad answer to « %s » (%j) is told beside the field', (field, value) => {
	const parsed = parseSituation(form({ ...answers, [field]: value }), false);
	expect(parsed).toMatchObject({ ok: false, errors: { [field]: expect.any(String) } });
});

test('a decision is read; empty fields are no answer; amounts are cents', () => {
	const posted = (more: Record<string, string>) => parseDecision(form({ to: 'granted', version: '3', ...more }));
	expect(posted({ amount: '1 234,5', dueOn: '', reason: '' })).toMatchObject({
		ok: true,
		value: { to: 'granted', version: 3, amount: 123_450, dueOn: undefined, reason: undefined, papers: [] },
	});
	expect(posted({ amount: '416.00' })).toMatchObject({ ok: true, value: { amount: 41_600 } });
	for (const amount of ['478 €', '478€', '478 euros', '478,00\u00a0€', ' 478 '])
		expect(posted({ amount })).toMatchObject({ ok: true, value: { amount: 47_800 } });
	for (const space of [' ', '\u00a0', '\u202f', '\u2009'])
		expect(posted({ amount: `1${space}234,50` })).toMatchObject({ value: { amount: 123_450 } });
	const wrong: [string, string][] = [
		['amount', '-5'],
		['amount', '1 23'],
		['amount', '4,567'],
		['amount', '€'],
		['amount', '99999999'],
		['amount', '0'],
		['to', 'nope'],
		['version', 'x'],
		['dueOn', '2026-13-01'],
		['reason', 'because'],
		['note', 'x'.repeat(501)],
	];
	for (const [field, value] of wrong) expect(posted({ [field]: value }).ok).toBe(false);
});
