import type { AppointmentAnswer, AppointmentState, Channel, DeliveryOutcome } from '../../shared/codes.ts';
import type { ReminderKind } from '../db/schema/reminders.ts';
import { isQuiet, lastAllowedBefore, nextAllowed } from '../territories/calendar.ts';
import { isAtOnce } from './kinds.ts';
import type { QuietRule } from './quiet.ts';

const MINUTE_MS = 60_000;
/** Without a « shown » after so long, the next channel is tried (product.md §5). */
const SHOWN_WITHIN_MS = 4 * 60 * MINUTE_MS;
/** A second channel sooner than this after the first would be a nuisance. */
const SOONEST_NEXT_MS = 60 * MINUTE_MS;
const BACKOFF_MS = [1, 5, 15, 60].map((minutes) => minutes * MINUTE_MS);

export type Reason =
	| 'too_late'
	| 'superseded'
	| 'cancelled'
	| 'answered'
	| 'done'
	| 'muted'
	| 'quiet'
	| 'undone'
	| 'unreachable'
	| 'technical';

/** A reminder as the ladder sees it. */
export interface Climber {
	kind: ReminderKind;
	usefulUntil: Date;
	ladder: Channel[] | null;
	attempts: number;
	sentAt: Date | null;
	shownAt: Date | null;
	answeredAt: Date | null;
	/** Version of the appointment it is about; null when it is about none. */
	appointmentSequence: number | null;
}

export interface World {
	now: Date;
	quiet: QuietRule;
	/** The person's order of channels. */
	order: Channel[];
	/** Channels through which this person can be reached at all. */
	reachable: ReadonlySet<Channel>;
	isMuted: boolean;
	/** What it asks for is done, or no longer asked (prompts.ts). */
	isDone: boolean;
	/** How long our own key stays refused by the push services; 0 when it is not. */
	pushClosedForMs: number;
	/** As it stands now; undefined when the reminder is about none, or it is gone. */
	appointment?: { state: AppointmentState; sequence: number; answer: AppointmentAnswer; answeredAt: Date | null };
}

export type Move =
	| { do: 'send'; channel: Channel; ladder: Channel[] }
	| { do: 'wait'; until: Date }
	| { do: 'conclude'; state: 'sent' | 'shown' | 'answered' | 'failed' | 'dropped'; reason: Reason | null };

const dropped = (reason: Reason): Move => ({ do: 'conclude', state: 'dropped', reason });

/** What to do with a reminder whose moment came: decided again from what is true now, never from what was planned. */
export function nextMove(reminder: Climber, world: World): Move {
	const { now, quiet } = world;
	if (reminder.answeredAt) return { do: 'conclude', state: 'answered', reason: null };
	if (reminder.shownAt) return { do: 'conclude', state: 'shown', reason: null };
	const overtaken = reminder.appointmentSequence !== null ? overtakenBy(reminder, world.appointment) : null;
	if (overtaken) return overtaken;
	if (world.isDone) return orSent(reminder, dropped('done'));
	if (world.isMuted) return orSent(reminder, dropped('muted'));
	if (now >= reminder.usefulUntil) return orSent(reminder, dropped('too_late'));
	if (isQuiet(now, quiet.zone, quiet.holidays)) {
		const silently = isAtOnce(reminder.kind) ? climb(reminder, atNight(world)) : null;
		if (silently?.do === 'send' && silently.channel !== 'sms') return silently;
		const until = nextAllowed(now, quiet.zone, quiet.holidays);
		return until < reminder.usefulUntil ? { do: 'wait', until } : orSent(reminder, dropped('quiet'));
	}
	return climb(reminder, world);
}

/** SMS is left for the morning, as the last rung. */
const atNight = (world: World): World => ({
	...world,
	order: [...world.order].sort((one, other) => Number(one === 'sms') - Number(other === 'sms')),
});

function climb(reminder: Climber, { now, order, reachable, pushClosedForMs }: World): Move {
	const possible = (reminder.ladder ?? order).filter((channel) => reachable.has(channel));
	const ladder = pushClosedForMs > 0 ? possible.filter((channel) => channel !== 'push') : possible;
	const [channel] = ladder;
	if (channel) return { do: 'send', channel, ladder };
	const reopens = new Date(now.getTime() + pushClosedForMs);
	if (possible.length > 0 && reopens < reminder.usefulUntil) return { do: 'wait', until: reopens };
	return orSent(reminder, { do: 'conclude', state: 'failed', reason: 'unreachable' });
}

/** What a channel took in charge stays `sent`, whatever the later rungs became. */
const orSent = ({ sentAt }: Climber, otherwise: Move): Move =>
	sentAt ? { do: 'conclude', state: 'sent', reason: null } : otherwise;

/**
 * Moved, cancelled or answered meanwhile. « Je viens » silences the evening's question and the rungs not yet climbed;
 * the other reminders still help to remember. Any other answer silences them all: a referent takes over.
 */
function overtakenBy(reminder: Climber, appointment: World['appointment']): Move | null {
	if (!appointment) return orSent(reminder, dropped('cancelled'));
	const isNews = reminder.kind === 'appointment_changed';
	if (appointment.state !== 'booked' && !isNews) return orSent(reminder, dropped('cancelled'));
	if (reminder.appointmentSequence !== appointment.sequence) return orSent(reminder, dropped('superseded'));
	if (isNews) return null;
	if (appointment.answer === 'none') return null;
	if (reminder.sentAt) {
		const isAnswerToIt = appointment.answeredAt !== null && appointment.answeredAt >= reminder.sentAt;
		return isAnswerToIt ? { do: 'conclude', state: 'answered', reason: null } : null;
	}
	const isSilenced = appointment.answer !== 'coming' || reminder.kind === 'appointment_evening';
	return isSilenced ? dropped('answered') : null;
}

/** What became of one channel: one outcome, or one per device. */
export interface Attempt {
	outcome: DeliveryOutcome;
	retryAfterMs?: number;
}

export interface Outcome {
	state: 'scheduled' | 'sent' | 'failed';
	reason: Reason | null;
	ladder: Channel[];
	attempts: number;
	actAt: Date | null;
	sentAt: Date | null;
}

/** One device that takes it is enough. `random` is between 0 and 1: retries of many do not come back together. */
export function afterAttempt(
	reminder: Climber & { ladder: Channel[] },
	results: Attempt[],
	{ now, quiet, random }: { now: Date; quiet: QuietRule; random: number },
): Outcome {
	const [channel, ...rest] = reminder.ladder;
	if (results.some(({ outcome }) => outcome === 'accepted')) {
		const actAt = channel === 'push' && rest.length > 0 ? nextRungAt(now, reminder.usefulUntil, quiet) : null;
		return { state: 'sent', reason: null, ladder: rest, attempts: 0, actAt, sentAt: now };
	}
	const waiting = reminder.sentAt ? 'sent' : 'scheduled';
	const { sentAt } = reminder;
	const retryAt = whenToRetry(reminder, results, { now, quiet, random });
	if (retryAt)
		return {
			state: waiting,
			reason: null,
			ladder: reminder.ladder,
			attempts: reminder.attempts + 1,
			actAt: retryAt,
			sentAt,
		};
	if (rest.length > 0) return { state: waiting, reason: null, ladder: rest, attempts: 0, actAt: now, sentAt };
	if (sentAt) return { state: 'sent', reason: null, ladder: [], attempts: 0, actAt: null, sentAt };
	const isOurs = results.length > 0 && results.every(({ outcome }) => outcome === 'technical_failure');
	return {
		state: 'failed',
		reason: isOurs ? 'technical' : 'unreachable',
		ladder: [],
		attempts: reminder.attempts,
		actAt: null,
		sentAt,
	};
}

/** Same channel again after 1, 5, 15, 60 minutes or what the other side asked; null when that is too late or enough. */
function whenToRetry(
	reminder: Climber & { ladder: Channel[] },
	results: Attempt[],
	{ now, quiet, random }: { now: Date; quiet: QuietRule; random: number },
): Date | null {
	const passing = results.filter(({ outcome }) => outcome === 'temporary_failure');
	const backoff = BACKOFF_MS[reminder.attempts];
	if (passing.length === 0 || backoff === undefined) return null;
	const asked = Math.max(...passing.map(({ retryAfterMs }) => retryAfterMs ?? 0));
	const wait = Math.max(asked, backoff * (0.8 + 0.4 * random));
	const hasOtherWay = reminder.ladder.length > 1;
	if (hasOtherWay && wait > SHOWN_WITHIN_MS) return null;
	const retryAt = nextAllowed(new Date(now.getTime() + wait), quiet.zone, quiet.holidays);
	const isWorthIt = !hasOtherWay || retryAt.getTime() - now.getTime() <= SHOWN_WITHIN_MS;
	return isWorthIt && retryAt < reminder.usefulUntil ? retryAt : null;
}

/**
 * When to look whether it was shown: after 4 hours, sooner when the evening comes before (20:00 is the last hour), else
 * the next morning; null when nothing useful is left by then.
 */
function nextRungAt(now: Date, usefulUntil: Date, { zone, holidays }: QuietRule): Date | null {
	const ideal = new Date(now.getTime() + SHOWN_WITHIN_MS);
	const before = lastAllowedBefore(ideal, zone, holidays);
	const isSpaced = before.getTime() - now.getTime() >= SOONEST_NEXT_MS;
	const at = isSpaced ? before : nextAllowed(ideal, zone, holidays);
	return at < usefulUntil ? at : null;
}
