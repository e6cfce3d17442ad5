import { describe, expect, test } from 'vitest';
import { AID_STATUSES } from '../../shared/codes.ts';
import { addDays } from '../territories/calendar.ts';
import {
	appealUntil,
	isImplicitlyRefused,
	mayMove,
	movesFrom,
	nextOf,
	nextWorkingDay,
	paused,
	resumed,
	TRANSITIONS,
} from './rules.ts';

test('a file moves along the table and along nothing else, for each who may', () => {
	const open = AID_STATUSES.flatMap((from) =>
		AID_STATUSES.flatMap((to) =>
			(['person', 'decider'] as const).filter((by) => mayMove(by, from, to)).map((by) => `${by}: ${from} → ${to}`),
		),
	);
	expect(open.sort()).toEqual(TRANSITIONS.map(({ by, from, to }) => `${by}: ${from} → ${to}`).sort());
	expect(open).toHaveLength(16);
	for (const last of ['withdrawn', 'not_competent', 'refused', 'paid'] as const)
		expect([...movesFrom('person', last), ...movesFrom('decider', last)]).toEqual([]);
});

test('a person never decides, and nobody decides without an examination', () => {
	expect(movesFrom('person', 'under_review')).toEqual(['withdrawn']);
	for (const from of ['draft', 'submitted', 'incomplete'] as const)
		for (const to of ['granted', 'partially_granted', 'refused', 'paid'] as const)
			expect(mayMove('decider', from, to)).toBe(false);
});

describe('silence', () => {
	test('is a refusal from the first hour of its day, not the day before', () => {
		expect(isImplicitlyRefused('submitted', '2026-05-02', '2026-05-01')).toBe(false);
		expect(isImplicitlyRefused('submitted', '2026-05-02', '2026-05-02')).toBe(true);
		expect(isImplicitlyRefused('under_review', '2026-05-02', '2026-06-30')).toBe(true);
	});
	test('says nothing about a draft, nor about what is decided', () => {
		expect(isImplicitlyRefused('draft', null, '2026-05-02')).toBe(false);
		for (const status of ['granted', 'refused', 'withdrawn', 'paid', 'not_competent'] as const)
			expect(isImplicitlyRefused(status, '2026-05-02', '2026-06-02')).toBe(false);
	});
	test('stands still while papers are asked for, and gives back what was not used', () => {
		const before = { silenceOn: '2026-05-02', pausedUntil: null };
		const waiting = paused(before, '2026-04-01', '2026-04-16');
		expect(waiting).toEqual({ silenceOn: '2026-05-17', pausedUntil: '2026-04-16' });
		expect(resumed(waiting, '2026-04-05')).toEqual({ silenceOn: '2026-05-06', pausedUntil: null });
		expect(resumed(waiting, '2026-04-16')).toEqual({ silenceOn: '2026-05-17', pausedUntil: null });
		expect(resumed(waiting, '2026-04-01')).toEqual(before);
	});
	test('runs again after the last day given, whether or not papers came', () => {
		const waiting = paused({ silenceOn: '2026-05-02', pausedUntil: null }, '2026-04-01', '2026-04-16');
		expect(resumed(waiting, '2026-05-10').silenceOn).toBe('2026-05-17');
	});
	test('paused twice, the two pauses add up', () => {
		const once = resumed(
			paused({ silenceOn: '2026-05-02', pausedUntil: null }, '2026-04-01', '2026-04-16'),
			'2026-04-11',
		);
		const twice = resumed(paused(once, '2026-05-01', '2026-05-15'), '2026-05-04');
		expect(twice).toEqual({ silenceOn: addDays('2026-05-02', 10 + 3), pausedUntil: null });
	});
	test('once it made a refusal, asking for papers does not undo it', () => {
		const over = { silenceOn: '2026-05-02', pausedUntil: null };
		expect(paused(over, '2026-05-02', '2026-05-20')).toEqual(over);
		expect(resumed(over, '2026-05-20')).toEqual(over);
	});
});

test('a last day for papers that falls on a day off moves on: weekends everywhere, holidays in their zone only', () => {
	const mainland = new Set(['2026-05-01']);
	const guyane = new Set(['2026-05-01', '2026-06-10']);
	expect(nextWorkingDay('2026-03-07', mainland)).toBe('2026-03-09');
	expect(nextWorkingDay('2026-03-08', mainland)).toBe('2026-03-09');
	expect(nextWorkingDay('2026-05-01', mainland)).toBe('2026-05-04');
	expect(nextWorkingDay('2026-06-10', mainland)).toBe('2026-06-10');
	expect(nextWorkingDay('2026-06-10', guyane)).toBe('2026-06-11');
});

test.each([
	['from date to date, both out of it', '2026-03-02', '2026-05-04', []],
	['a Sunday and one day short before: Monday 11 May', '2026-03-10', '2026-05-11', []],
	['clear: the day after two months', '2026-03-04', '2026-05-05', []],
	['from a Saturday to Monday', '2026-04-08', '2026-06-09', []],
	['the end of a shorter month', '2026-12-31', '2027-03-01', []],
	['a holiday of this zone: Whit Monday', '2026-03-23', '2026-05-26', ['2026-05-25']],
	['no holiday of this one', '2026-04-09', '2026-06-10', []],
	['a holiday of Guyane', '2026-04-09', '2026-06-11', ['2026-06-10']],
])('two months to contest: %s', (_, decided, last, holidays) => {
	expect(appealUntil(decided, new Set(holidays))).toBe(last);
});

test('every status says who must act', () => {
	const facts = { silenceOn: '2026-05-02', dueOn: '2026-04-16', contestUntil: '2026-06-22' };
	expect(Object.fromEntries(AID_STATUSES.map((status) => [status, nextOf(status, facts)]))).toEqual({
		draft: { nextActor: 'person', nextBy: null },
		submitted: { nextActor: 'structure', nextBy: '2026-05-02' },
		incomplete: { nextActor: 'person', nextBy: '2026-04-16' },
		under_review: { nextActor: 'structure', nextBy: '2026-05-02' },
		granted: { nextActor: 'structure', nextBy: null },
		partially_granted: { nextActor: 'structure', nextBy: null },
		refused: { nextActor: 'person', nextBy: '2026-06-22' },
		not_competent: { nextActor: 'structure', nextBy: null },
		withdrawn: { nextActor: 'nobody', nextBy: null },
		paid: { nextActor: 'nobody', nextBy: null },
	});
	expect(nextOf('incomplete', { ...facts, allDeclared: true })).toEqual({
		nextActor: 'structure',
		nextBy: '2026-05-02',
	});
});
