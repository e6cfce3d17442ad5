import type { StageState, StepOwner, StepState } from '../../shared/codes.ts';
import {
	addDays,
	instantOf,
	isCounted,
	nextAllowed,
	wallClock,
	type DayType,
	type Holidays,
} from '../territories/calendar.ts';

export type StepActor = 'person' | 'professional';

/** Which state of a step may follow which, and at whose hand. A person acts on their own steps only. */
const STEP_TRANSITIONS: Record<StepActor, Record<StepState, readonly StepState[]>> = {
	person: {
		planned: ['done', 'waiting'],
		in_progress: ['done', 'waiting'],
		waiting: ['done'],
		// Un-ticking: the same day only (`mayUntick`).
		done: ['planned'],
		given_up: [],
		cancelled: [],
	},
	professional: {
		planned: ['in_progress', 'waiting', 'done', 'given_up', 'cancelled'],
		in_progress: ['planned', 'waiting', 'done', 'given_up', 'cancelled'],
		waiting: ['planned', 'in_progress', 'done', 'given_up', 'cancelled'],
		done: ['planned', 'in_progress'],
		given_up: ['planned'],
		cancelled: ['planned'],
	},
};

export const mayChangeStep = (actor: StepActor, from: StepState, to: StepState): boolean =>
	from === to || STEP_TRANSITIONS[actor][from].includes(to);

/** States a professional may choose for a step, its present one first. */
export const nextStepStates = (from: StepState): StepState[] => [from, ...STEP_TRANSITIONS.professional[from]];

/** Un-ticking mends a slip of the finger: the same calendar day, in the territory's zone. */
export const mayUntick = (doneDay: string | null, today: string): boolean => doneDay === today;

export const OPEN_STEP_STATES = ['planned', 'in_progress', 'waiting'] as const satisfies readonly StepState[];
export const isOpenStep = (state: StepState): boolean => (OPEN_STEP_STATES as readonly StepState[]).includes(state);

/** What the person has to do next: their own open step that is due first; those without a date come last. */
export function nextOwnStep<S extends { owner: StepOwner; state: StepState; dueOn: string | null }>(steps: S[]) {
	const own = steps.filter(
		(step) => step.owner === 'person' && (step.state === 'planned' || step.state === 'in_progress'),
	);
	return own.sort((a, b) => (a.dueOn ?? '9999').localeCompare(b.dueOn ?? '9999'))[0];
}

/** Weekly activity of the contract (C. trav. L5411-6: at least 15 hours, and the contract may say less). */
export const WEEKLY_HOURS = 15;

/** Hours a week of the steps that count and go on. */
export const weeklyHours = (steps: { state: StepState; weeklyHours: number | null }[]): number =>
	steps.filter(({ state }) => isOpenStep(state)).reduce((sum, step) => sum + (step.weeklyHours ?? 0), 0);

interface StagePlace {
	id: string;
	position: number;
	state: StageState;
}
export interface StageMove {
	/** Entering anything but the next stage is a decision that must be explained. */
	needsReason: boolean;
	/** New state of each stage that changes, but the one entered. */
	changes: { id: string; state: StageState }[];
}

/**
 * What entering a stage does to the others. Forward: the current one is done, those passed over are skipped. Back: all
 * after the one entered wait again. Null when it is already the current one.
 */
export function stageMove(stages: StagePlace[], targetId: string): StageMove | null {
	const target = stages.find((stage) => stage.id === targetId);
	if (!target || target.state === 'current') return null;
	const current = stages.find((stage) => stage.state === 'current');
	const here = current?.position ?? 0;
	if (target.position > here) {
		const passed = stages.filter((stage) => stage.position > here && stage.position < target.position);
		return {
			needsReason: passed.length > 0,
			changes: [
				...(current ? [{ id: current.id, state: 'done' as const }] : []),
				...passed.map(({ id }) => ({ id, state: 'skipped' as const })),
			],
		};
	}
	const later = stages.filter((stage) => stage.position > target.position && stage.position <= here);
	return { needsReason: true, changes: later.map(({ id }) => ({ id, state: 'upcoming' as const })) };
}

/** The day a stage should be left when it is entered on `day`: its target counted in the territory's calendar. */
export const targetDay = (stage: { targetDays: number; dayType: DayType }, day: string, holidays: Holidays): string =>
	addDays(day, stage.targetDays, stage.dayType, holidays);

interface PlannedStage {
	position: number;
	state: StageState;
	targetDays: number;
	dayType: DayType;
	targetOn: string | null;
}

/** Days by which the coming stages are planned to end, one after the other from the target of the current one. */
export function plannedDays(stages: PlannedStage[], holidays: Holidays): Map<number, string> {
	const planned = new Map<number, string>();
	let day = stages.find((stage) => stage.state === 'current')?.targetOn;
	if (!day) return planned;
	for (const stage of stages.filter(({ state }) => state === 'upcoming').sort((a, b) => a.position - b.position)) {
		day = targetDay(stage, day, holidays);
		planned.set(stage.position, day);
	}
	return planned;
}

/**
 * The day a question of the first months at work is asked, so many weeks after `day`: the first one then on which a message may leave
 * (product.md §5: never on a Sunday or a public holiday). Nobody is « sans réponse » before being asked.
 */
export function checkInDay(day: string, week: number, holidays: Holidays): string {
	let asked = addDays(day, 7 * week);
	while (!isCounted(asked, 'ouvrable', holidays)) asked = addDays(asked, 1);
	return asked;
}

/** What a page knew of an answer, as one word for its form: what is taken in hand is what was read. */
export const saidUntil = ({ answeredAt }: { answeredAt: Date | null }): string => answeredAt?.toISOString() ?? 'silent';

/**
 * Working days (Monday to Friday, holidays of the zone excepted) between the moment a person can be told of a group of professionals
 * and its beginning « so that the person can add a word or refuse »: the source is issue 4. A refusal only binds until it begins.
 */
export const GROUP_NOTICE_DAYS = 2;

/** The earliest a group may begin when it is proposed or moved at `now`: the message leaves at the first hour one may. */
export function earliestGroup(now: Date, zone: string, holidays: Holidays): Date {
	const told = wallClock(nextAllowed(now, zone, holidays), zone);
	return instantOf(addDays(told.day, GROUP_NOTICE_DAYS, 'ouvre', holidays), told.time, zone);
}

/** The time it takes to fill in the form. */
const FILLING_MS = 15 * 60_000;

/** As a form says it: what it shows is still early enough when it is sent. */
export function earliestShown(now: Date, zone: string, holidays: Holidays): { day: string; at: Date } {
	const at = earliestGroup(new Date(now.getTime() + FILLING_MS), zone, holidays);
	return { day: wallClock(at, zone).day, at };
}
