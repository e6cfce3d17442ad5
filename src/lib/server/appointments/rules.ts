import { Temporal } from 'temporal-polyfill';
import type { AppointmentAnswer, AppointmentMode, AppointmentState } from '../../shared/codes.ts';
import { addDays, instantOf, wallClock } from '../territories/calendar.ts';

export type Outcome = Extract<AppointmentState, 'seen' | 'excused' | 'noshow' | 'revoked'>;
export type AppointmentActor = 'person' | 'professional';
export const OUTCOMES = ['seen', 'excused', 'noshow', 'revoked'] as const satisfies readonly Outcome[];

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/**
 * Which state may follow which, at whose hand (product.md §4). `after`: only once the appointment has begun; without it,
 * only before its end. A professional may mend a wrong outcome, nobody brings a cancelled hour back to life.
 */
const TRANSITIONS: { by: AppointmentActor; from: AppointmentState; to: AppointmentState; after?: true }[] = [
	{ by: 'person', from: 'invited', to: 'booked' },
	{ by: 'person', from: 'booked', to: 'excused' },
	{ by: 'professional', from: 'invited', to: 'revoked' },
	{ by: 'professional', from: 'booked', to: 'revoked' },
	// A workshop moved to an hour when the person is elsewhere: the seat is theirs to take again.
	{ by: 'professional', from: 'booked', to: 'invited' },
	{ by: 'professional', from: 'booked', to: 'seen', after: true },
	// Rang before the hour, or said why afterwards.
	{ by: 'professional', from: 'booked', to: 'excused' },
	{ by: 'professional', from: 'booked', to: 'noshow', after: true },
	{ by: 'professional', from: 'seen', to: 'excused', after: true },
	{ by: 'professional', from: 'seen', to: 'noshow', after: true },
	{ by: 'professional', from: 'noshow', to: 'seen', after: true },
	{ by: 'professional', from: 'noshow', to: 'excused', after: true },
	{ by: 'professional', from: 'excused', to: 'seen', after: true },
	{ by: 'professional', from: 'excused', to: 'noshow', after: true },
];

interface Hours {
	startsAt: Date;
	endsAt: Date;
}

/** Whether the change of state is allowed now; the reason when it is not. */
export function refusesTransition(
	by: AppointmentActor,
	from: AppointmentState,
	to: AppointmentState,
	{ startsAt, endsAt }: Hours,
	now: Date,
): 'appointment_refused' | 'outcome_too_early' | 'appointment_over' | null {
	const rule = TRANSITIONS.find((each) => each.by === by && each.from === from && each.to === to);
	if (!rule) return 'appointment_refused';
	if (rule.after) return now < startsAt ? 'outcome_too_early' : null;
	// What became of a booked hour may still be said once it passed; everything else must come before the end.
	const saidLater = by === 'professional' && (to === 'revoked' || to === 'excused');
	return now >= endsAt && !saidLater ? 'appointment_over' : null;
}

/** Outcomes a professional may choose now. */
export const possibleOutcomes = (state: AppointmentState, hours: Hours, now: Date): Outcome[] =>
	OUTCOMES.filter((to) => refusesTransition('professional', state, to, hours, now) === null);

/** An answer counts while the appointment stands and has not ended. */
export const mayAnswer = (state: AppointmentState, endsAt: Date, now: Date): boolean =>
	state === 'booked' && now < endsAt;

/** Until `hours` before the beginning, that moment included. */
export const stillBefore = (startsAt: Date, hours: number, now: Date): boolean =>
	now.getTime() <= startsAt.getTime() - hours * HOUR_MS;

const EARLIEST = '07:00';
const LATEST = '21:00';
const SHORTEST_MINUTES = 10;
/** Also bounds how far back an overlap is looked for. */
export const LONGEST_MINUTES = 8 * 60;

export type HourProblem = 'hour_malformed' | 'hour_missing' | 'hour_outside' | 'hour_past' | 'duration_outside';
export type Planned = { problem: HourProblem } | ({ problem: null } & Hours);

/**
 * The instants of what was agreed: wall-clock day (`YYYY-MM-DD`), time (`HH:MM`) and IANA zone. Refused: an hour the
 * clock jumps over, one outside 7:00–21:00 of the place, the past, and a length that makes no sense.
 */
export function plan(day: string, time: string, zone: string, minutes: number, now: Date): Planned {
	if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d$/.test(time)) return { problem: 'hour_malformed' };
	if (!Number.isInteger(minutes) || minutes < SHORTEST_MINUTES || minutes > LONGEST_MINUTES)
		return { problem: 'duration_outside' };
	let startsAt: Date;
	try {
		startsAt = instantOf(day, time, zone);
	} catch {
		return { problem: 'hour_malformed' };
	}
	const shown = wallClock(startsAt, zone);
	if (shown.day !== day || shown.time !== time) return { problem: 'hour_missing' };
	const endsAt = new Date(startsAt.getTime() + minutes * 60_000);
	const end = wallClock(endsAt, zone);
	if (time < EARLIEST || end.day !== day || end.time > LATEST) return { problem: 'hour_outside' };
	if (startsAt <= now) return { problem: 'hour_past' };
	return { problem: null, startsAt, endsAt };
}

/** Clear days (*jours francs*): neither the day it is sent nor the day itself counts. Days `YYYY-MM-DD`. */
export const earliestConvocation = (today: string, clearDays: number): string => addDays(today, clearDays + 1);

export { INVITATION_DAYS } from '../../shared/answers.ts';
export const LEAST_SLOTS = 3;

/** Whether the person still has to say something about it. */
export const awaitsAnswer = (state: AppointmentState, answer: AppointmentAnswer): boolean =>
	state === 'invited' || (state === 'booked' && answer === 'none');

/** Modes where somebody goes somewhere. */
export const hasPlace = (mode: AppointmentMode): boolean => mode === 'on_site';

/** The Monday of the week of a day; null when it is no day. */
export function mondayOf(day: string): string | null {
	if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
	try {
		const date = Temporal.PlainDate.from(day);
		return date.subtract({ days: date.dayOfWeek - 1 }).toString();
	} catch {
		return null;
	}
}
