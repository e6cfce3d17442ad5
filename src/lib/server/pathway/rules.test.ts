import { describe, expect, test } from 'vitest';
import { STEP_STATES, type StageState, type StepState } from '../../shared/codes.ts';
import {
	earliestGroup,
	earliestShown,
	mayChangeStep,
	mayUntick,
	nextOwnStep,
	plannedDays,
	stageMove,
} from './rules.ts';

describe('which state of a step may follow which', () => {
	const allowed: Record<'person' | 'professional', [StepState, StepState][]> = {
		person: [
			['planned', 'done'],
			['planned', 'waiting'],
			['in_progress', 'done'],
			['in_progress', 'waiting'],
			['waiting', 'done'],
			['done', 'planned'],
		],
		professional: [
			['planned', 'in_progress'],
			['planned', 'waiting'],
			['planned', 'done'],
			['planned', 'given_up'],
			['planned', 'cancelled'],
			['in_progress', 'planned'],
			['in_progress', 'waiting'],
			['in_progress', 'done'],
			['in_progress', 'given_up'],
			['in_progress', 'cancelled'],
			['waiting', 'planned'],
			['waiting', 'in_progress'],
			['waiting', 'done'],
			['waiting', 'given_up'],
			['waiting', 'cancelled'],
			['done', 'planned'],
			['done', 'in_progress'],
			['given_up', 'planned'],
			['cancelled', 'planned'],
		],
	};
	for (const actor of ['person', 'professional'] as const)
		for (const from of STEP_STATES)
			for (const to of STEP_STATES) {
				const may = from === to || allowed[actor].some(([a, b]) => a === from && b === to);
				test(`a ${actor} ${may ? 'may' : 'may not'} turn ${from} into ${to}`, () => {
					expect(mayChangeStep(actor, from, to)).toBe(may);
				});
			}
});

test('a tick is taken back the same day only', () => {
	expect(mayUntick('2026-03-02', '2026-03-02')).toBe(true);
	expect(mayUntick('2026-03-02', '2026-03-03')).toBe(false);
	expect(mayUntick(null, '2026-03-03')).toBe(false);
});

test('the next thing to do is the person’s own open step that is due first', () => {
	const step = (owner: 'person' | 'referent', state: StepState, dueOn: string | null) => ({ owner, state, dueOn });
	const steps = [
		step('person', 'planned', null),
		step('referent', 'planned', '2026-03-01'),
		step('person', 'done', '2026-03-02'),
		step('person', 'waiting', '2026-03-03'),
		step('person', 'in_progress', '2026-03-09'),
		step('person', 'planned', '2026-03-10'),
	];
	expect(nextOwnStep(steps)?.dueOn).toBe('2026-03-09');
	expect(nextOwnStep(steps.slice(0, 2))?.dueOn).toBeNull();
	expect(nextOwnStep(steps.slice(1, 4))).toBeUndefined();
});

describe('entering a stage', () => {
	const stages = (...states: StageState[]) =>
		states.map((state, index) => ({ id: `s${index + 1}`, position: index + 1, state }));

	test('the next one ends the current one and needs no reason', () => {
		expect(stageMove(stages('done', 'current', 'upcoming'), 's3')).toEqual({
			needsReason: false,
			changes: [{ id: 's2', state: 'done' }],
		});
	});

	test('one further skips those between, with a reason', () => {
		expect(stageMove(stages('current', 'upcoming', 'upcoming', 'upcoming'), 's4')).toEqual({
			needsReason: true,
			changes: [
				{ id: 's1', state: 'done' },
				{ id: 's2', state: 'skipped' },
				{ id: 's3', state: 'skipped' },
			],
		});
	});

	test('one before makes all after it wait again, with a reason', () => {
		expect(stageMove(stages('done', 'skipped', 'current', 'upcoming'), 's1')).toEqual({
			needsReason: true,
			changes: [
				{ id: 's2', state: 'upcoming' },
				{ id: 's3', state: 'upcoming' },
			],
		});
	});

	test('the current one again changes nothing', () => {
		expect(stageMove(stages('current', 'upcoming'), 's1')).toBeNull();
		expect(stageMove(stages('current'), 'elsewhere')).toBeNull();
	});
});

test('coming stages are planned one after the other, each in its own kind of days', () => {
	const holidays = new Set(['2026-05-01']);
	const stage = (
		position: number,
		state: StageState,
		targetDays: number,
		dayType: 'calendar' | 'ouvre',
		targetOn: string | null,
	) => ({
		position,
		state,
		targetDays,
		dayType,
		targetOn,
	});
	const planned = plannedDays(
		[
			stage(1, 'done', 7, 'calendar', null),
			stage(2, 'current', 7, 'calendar', '2026-04-29'),
			stage(3, 'upcoming', 2, 'ouvre', null),
			stage(4, 'upcoming', 10, 'calendar', null),
		],
		holidays,
	);
	// Thursday 30 April counts, Friday 1 May and the week-end do not.
	expect([...planned]).toEqual([
		[3, '2026-05-04'],
		[4, '2026-05-14'],
	]);
	expect(plannedDays([stage(1, 'done', 7, 'calendar', null)], holidays).size).toBe(0);
});

test('the earliest meeting a form shows is early enough when it is sent, its hour included', () => {
	const at = (iso: string) => new Date(iso);
	const none = new Set<string>();
	// Monday 2 March, 10:00 in Paris: told at once; a quarter of an hour to fill it in.
	expect(earliestShown(at('2026-03-02T09:00:00Z'), 'Europe/Paris', none)).toEqual({
		day: '2026-03-04',
		at: at('2026-03-04T09:15:00Z'),
	});
	const shown = earliestShown(at('2026-03-06T19:50:00Z'), 'Europe/Paris', none);
	// Sent at five past nine in the evening, the message leaves on Saturday morning only.
	expect(shown.at >= earliestGroup(at('2026-03-06T20:04:00Z'), 'Europe/Paris', none)).toBe(true);
	expect(shown.day).toBe('2026-03-10');
});
