import type { AidStatus } from '../../shared/codes.ts';
import { addDays, addMonths, daysBetween, isCounted, type Holidays } from '../territories/calendar.ts';

/** Who moves a file: the person whose it is, or a referent of the structure that decides it. */
export type AidActor = 'person' | 'decider';
type NextActor = 'person' | 'structure' | 'nobody';

interface Transition {
	from: AidStatus;
	to: AidStatus;
	by: AidActor;
}

/** The whole life of a file (product.md §4). `implicitly_refused` is computed, never stored. */
export const TRANSITIONS: readonly Transition[] = [
	{ from: 'draft', to: 'submitted', by: 'person' },
	{ from: 'draft', to: 'withdrawn', by: 'person' },
	{ from: 'submitted', to: 'withdrawn', by: 'person' },
	{ from: 'incomplete', to: 'withdrawn', by: 'person' },
	{ from: 'under_review', to: 'withdrawn', by: 'person' },
	{ from: 'submitted', to: 'incomplete', by: 'decider' },
	{ from: 'submitted', to: 'under_review', by: 'decider' },
	{ from: 'submitted', to: 'not_competent', by: 'decider' },
	{ from: 'incomplete', to: 'under_review', by: 'decider' },
	{ from: 'under_review', to: 'incomplete', by: 'decider' },
	{ from: 'under_review', to: 'granted', by: 'decider' },
	{ from: 'under_review', to: 'partially_granted', by: 'decider' },
	{ from: 'under_review', to: 'refused', by: 'decider' },
	{ from: 'under_review', to: 'not_competent', by: 'decider' },
	{ from: 'granted', to: 'paid', by: 'decider' },
	{ from: 'partially_granted', to: 'paid', by: 'decider' },
];

export const mayMove = (by: AidActor, from: AidStatus, to: AidStatus): boolean =>
	TRANSITIONS.some((row) => row.by === by && row.from === from && row.to === to);

export const movesFrom = (by: AidActor, from: AidStatus): AidStatus[] =>
	TRANSITIONS.filter((row) => row.by === by && row.from === from).map(({ to }) => to);

/** While the file waits for a decision, silence counts. */
export const WAITING = ['submitted', 'incomplete', 'under_review'] as const satisfies readonly AidStatus[];
export const isWaiting = (status: AidStatus): boolean => (WAITING as readonly AidStatus[]).includes(status);

/** Somebody decided, for good or for part, or handed it on. */
export const DECIDED = [
	'granted',
	'partially_granted',
	'refused',
	'not_competent',
] as const satisfies readonly AidStatus[];

/** What may be noted of a file that another body decides: it repeats that body's own words. */
export const NOTABLE: readonly AidStatus[] = [
	'submitted',
	'incomplete',
	'granted',
	'partially_granted',
	'refused',
	'paid',
];

/** Months to contest a decision (code of administrative justice R421-1). */
const APPEAL_MONTHS = 2;

/**
 * The last day to contest a decision of this day, `YYYY-MM-DD`. The delay is clear (« délai franc », as judges read R421-1):
 * neither the day of the decision nor the day two months later is counted; on a Saturday, a Sunday or a holiday of the
 * zone, it goes on to the next working day (the rule of code of civil procedure 642, which they follow).
 */
export const appealUntil = (decidedOn: string, holidays: Holidays): string =>
	nextWorkingDay(addDays(addMonths(decidedOn, APPEAL_MONTHS), 1), holidays);

/** The longest delay a service may give to send papers. */
export const LONGEST_PAPER_DAYS = 90;

/** This day, or the first after it on which somebody can take what is sent (zone of the territory). */
export function nextWorkingDay(day: string, holidays: Holidays): string {
	let due = day;
	while (!isCounted(due, 'ouvre', holidays)) due = addDays(due, 1);
	return due;
}

/** Silence: `silenceOn` is the day on which it becomes refusal; null before the file is sent. Days of the territory. */
export interface Clock {
	silenceOn: string | null;
	pausedUntil: string | null;
}

/**
 * Papers are asked for: the clock stands still from today to the last day given (CRPA L114-5). A refusal that silence
 * already made is not undone by asking.
 */
export const paused = ({ silenceOn }: Clock, today: string, dueOn: string): Clock =>
	silenceOn && today < silenceOn
		? { silenceOn: addDays(silenceOn, Math.max(0, daysBetween(today, dueOn))), pausedUntil: dueOn }
		: { silenceOn, pausedUntil: null };

/** Papers came on this day: the rest of the delay given is taken back. After its last day, nothing is left to take. */
export const resumed = ({ silenceOn, pausedUntil }: Clock, arrivedOn: string): Clock => ({
	silenceOn:
		silenceOn && pausedUntil ? addDays(silenceOn, -Math.max(0, daysBetween(arrivedOn, pausedUntil))) : silenceOn,
	pausedUntil: null,
});

/** The day came and nobody decided: the law reads it as a refusal (CRPA L231-4 3°), from the first hour of that day. */
export const isImplicitlyRefused = (status: AidStatus, silenceOn: string | null, today: string): boolean =>
	isWaiting(status) && silenceOn !== null && today >= silenceOn;

/** Who must act next, and until when at most. */
export function nextOf(
	status: AidStatus,
	facts: { silenceOn: string | null; dueOn?: string | null; contestUntil?: string; allDeclared?: boolean },
): { nextActor: NextActor; nextBy: string | null } {
	switch (status) {
		case 'draft':
			return { nextActor: 'person', nextBy: null };
		case 'incomplete':
			return facts.allDeclared
				? { nextActor: 'structure', nextBy: facts.silenceOn }
				: { nextActor: 'person', nextBy: facts.dueOn ?? null };
		case 'submitted':
		case 'under_review':
			return { nextActor: 'structure', nextBy: facts.silenceOn };
		case 'granted':
		case 'partially_granted':
		case 'not_competent':
			return { nextActor: 'structure', nextBy: null };
		case 'refused':
			return { nextActor: 'person', nextBy: facts.contestUntil ?? null };
		case 'withdrawn':
		case 'paid':
			return { nextActor: 'nobody', nextBy: null };
	}
}

/** Days before a refusal by silence on which the person and the service are warned. */
export const WARNED_DAYS = [15, 3] as const;

/**
 * Days on which a refusal by silence is warned of. While papers are waited for the clock stands still: nothing is said
 * before the first day on which it runs again.
 */
export const warningDays = ({ silenceOn, pausedUntil }: Clock): { before: number; on: string }[] =>
	silenceOn === null
		? []
		: WARNED_DAYS.map((before) => {
				const planned = addDays(silenceOn, -before);
				const runsFrom = pausedUntil ? addDays(pausedUntil, 1) : planned;
				return { before, on: runsFrom > planned ? runsFrom : planned };
			}).filter(({ on }) => on < silenceOn);

/** A child on the first day and during what is granted. The right is judged on the first day. */
export function childFacts(
	birthDate: string,
	{ from, to, ageLimit }: { from: string; to: string | null; ageLimit: number },
): { ageAtStart: number; isEntitled: boolean; limitInside: string | null } {
	const limitOn = addMonths(birthDate, ageLimit * 12);
	const years = Number(from.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (from.slice(5) < birthDate.slice(5) ? 1 : 0);
	return {
		ageAtStart: years,
		isEntitled: from < limitOn,
		limitInside: from < limitOn && to !== null && limitOn <= to ? limitOn : null,
	};
}
