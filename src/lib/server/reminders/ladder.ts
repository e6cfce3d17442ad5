import type { AppointmentAnswer, AppointmentState, Channel, DeliveryOutcome } from '../../shared/codes.ts';
import type { ReminderKind } from '../db/schema/reminders.ts';
import { isBusy } from '../platform/outcome.ts';
import { isAtOnce, isOwedACall, isWorthACall } from './kinds.ts';
import { allowedBefore, allowedFrom, isQuietAt, type QuietRule } from './quiet.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A second channel sooner than this after the first would be a nuisance. */
const SOONEST_NEXT_MS = 60 * MINUTE_MS;
const BACKOFF_MS = [1, 5, 15, 60].map((minutes) => minutes * MINUTE_MS);
/** Where there is no other way, it goes on at this pace while it is useful. */
const LAST_BACKOFF_MS = BACKOFF_MS.at(-1)!;

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
	| 'unseen'
	| 'technical';

/** A reminder as the ladder sees it. */
export interface Climber {
	kind: ReminderKind;
	createdAt: Date;
	dueAt: Date;
	usefulUntil: Date;
	ladder: Channel[] | null;
	attempts: number;
	/** Taken in charge. Still on the ladder, it was by a push service alone, which proves nothing (reliability.md §1.3). */
	sentAt: Date | null;
	shownAt: Date | null;
	answeredAt: Date | null;
	/** Version of the appointment it is about; null when it is about none. */
	appointmentSequence: number | null;
	/** Taken back while a worker held it. */
	reason?: string | null;
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

/** Too late to write. A change that the person knows nothing of is said by telephone. */
const late = ({ kind }: Climber, { appointment }: World, reason: 'too_late' | 'quiet'): Move =>
	isOwedACall(kind, appointment?.state) ? { do: 'conclude', state: 'failed', reason: 'unreachable' } : dropped(reason);

/** What to do with a reminder whose moment came: decided again from what is true now, never from what was planned. */
export function nextMove(reminder: Climber, world: World): Move {
	const { now, quiet } = world;
	if (reminder.answeredAt) return { do: 'conclude', state: 'answered', reason: null };
	if (reminder.shownAt) return { do: 'conclude', state: 'shown', reason: null };
	if (reminder.reason) return orSent(reminder, dropped(reminder.reason as Reason));
	const overtaken = reminder.appointmentSequence !== null ? overtakenBy(reminder, world.appointment) : null;
	if (overtaken) return overtaken;
	if (world.isDone) return orSent(reminder, dropped('done'));
	if (world.isMuted) return orSent(reminder, dropped('muted'));
	if (now >= reminder.usefulUntil) return orSent(reminder, late(reminder, world, 'too_late'));
	if (isQuietAt(now, quiet)) {
		const silently = isAtOnce(reminder.kind) ? climb(reminder, atNight(world)) : null;
		if (silently?.do === 'send' && leavesAtNight(reminder, silently.channel)) return silently;
		const until = allowedFrom(now, quiet);
		return until < reminder.usefulUntil ? { do: 'wait', until } : orSent(reminder, late(reminder, world, 'quiet'));
	}
	return climb(reminder, world);
}

/** What is said at once is at any hour, but by SMS, which rings. */
const leavesAtNight = ({ kind }: Pick<Climber, 'kind'>, channel: Channel | undefined): boolean =>
	isAtOnce(kind) && channel !== 'sms';

/** Whether what was decided a moment ago may still leave by this channel at this hour: as `nextMove` would decide it now. */
export const mayLeave = (
	reminder: Pick<Climber, 'kind' | 'usefulUntil'>,
	channel: Channel,
	{ now, quiet }: Pick<World, 'now' | 'quiet'>,
): boolean => now < reminder.usefulUntil && (!isQuietAt(now, quiet) || leavesAtNight(reminder, channel));

/** SMS is left for the morning, as the last rung. */
const atNight = (world: World): World => ({
	...world,
	order: [...world.order].sort((one, other) => Number(one === 'sms') - Number(other === 'sms')),
});

function climb(reminder: Climber, { now, order, reachable, pushClosedForMs }: World): Move {
	// Of those it was to climb, the ones the person still wants.
	const wanted = (reminder.ladder ?? order).filter((channel) => order.includes(channel));
	const possible = wanted.filter((channel) => reachable.has(channel));
	const ladder = pushClosedForMs > 0 ? possible.filter((channel) => channel !== 'push') : possible;
	const [channel] = ladder;
	if (channel) return { do: 'send', channel, ladder };
	const reopens = new Date(now.getTime() + pushClosedForMs);
	if (possible.length > 0 && reopens < reminder.usefulUntil) return { do: 'wait', until: reopens };
	return { do: 'conclude', ...unreached(reminder) };
}

/**
 * No channel is left. A notification that nobody saw is no arrival: somebody is told, in milder words than of a refusal, since
 * the phone may only be off; one shown later lifts it (`markShown`).
 */
export function unreached({ kind, sentAt }: Pick<Climber, 'kind' | 'sentAt'>): {
	state: 'failed' | 'sent';
	reason: Reason | null;
} {
	if (!sentAt) return { state: 'failed', reason: 'unreachable' };
	return isWorthACall(kind) ? { state: 'failed', reason: 'unseen' } : { state: 'sent', reason: null };
}

/** What is not needed any more, once a channel took it in charge, stays `sent`. */
const orSent = ({ sentAt }: Climber, otherwise: Move): Move =>
	sentAt ? { do: 'conclude', state: 'sent', reason: null } : otherwise;

/**
 * Moved, cancelled or answered meanwhile. An answer silences the evening's question and the rungs not yet climbed; the other
 * reminders still help to remember, also who needs help. « Je ne peux pas » silences them all, but for what a professional
 * wrote since.
 */
function overtakenBy(reminder: Climber, appointment: World['appointment']): Move | null {
	if (!appointment) return orSent(reminder, dropped('cancelled'));
	const isNews = reminder.kind === 'appointment_changed';
	if (appointment.state !== 'booked' && !isNews) return orSent(reminder, dropped('cancelled'));
	if (reminder.appointmentSequence !== appointment.sequence) return orSent(reminder, dropped('superseded'));
	if (isNews) return null;
	const { answer, answeredAt } = appointment;
	if (answer === 'none') return null;
	if (reminder.sentAt) {
		const isAnswerToIt = answeredAt !== null && answeredAt >= reminder.sentAt;
		return isAnswerToIt ? { do: 'conclude', state: 'answered', reason: null } : null;
	}
	// Tried, and answered since it was due: whoever answers knows, perhaps by a message whose sending seemed to fail.
	if (reminder.ladder && answeredAt !== null && answeredAt >= reminder.dueAt) return dropped('answered');
	const isWrittenSince = reminder.kind === 'manual' && answeredAt !== null && reminder.createdAt > answeredAt;
	const isSilenced = reminder.kind === 'appointment_evening' || (answer === 'cannot' && !isWrittenSince);
	return isSilenced ? dropped('answered') : null;
}

/** What became of one channel: one outcome, or one per device. */
export interface Attempt {
	outcome: DeliveryOutcome;
	/** Its code (`platform/outcome.ts`). */
	reason?: string;
	retryAfterMs?: number;
	/** Nothing was handed over: no attempt. */
	unsent?: true;
	/** Our key is refused. */
	stopChannel?: true;
}

export interface Outcome {
	state: 'scheduled' | 'sent' | 'failed';
	reason: Reason | null;
	ladder: Channel[];
	attempts: number;
	actAt: Date | null;
	sentAt: Date | null;
}

/** An attempt that was made, and what the next one is reckoned with. */
export interface Turn {
	now: Date;
	quiet: QuietRule;
	/** Between 0 and 1: retries of many do not come back together. */
	random: number;
	/** Without a « shown » after so long, the next channel is tried (product.md §5). */
	shownWithinHours: number;
	/** Since when this worker looks: what was due before waited for a worker, not for the other side. */
	lookingSince: Date;
}

/** One device that takes it is enough. */
export function afterAttempt(reminder: Climber & { ladder: Channel[] }, results: Attempt[], turn: Turn): Outcome {
	const { now } = turn;
	const [channel, ...rest] = reminder.ladder;
	if (results.some(({ outcome }) => outcome === 'accepted')) {
		const isLookedAt = channel === 'push' && (rest.length > 0 || isWorthACall(reminder.kind));
		const actAt = isLookedAt ? nextRungAt(reminder.usefulUntil, turn) : null;
		return { state: 'sent', reason: null, ladder: rest, attempts: 0, actAt, sentAt: now };
	}
	const waiting = reminder.sentAt ? 'sent' : 'scheduled';
	const { sentAt } = reminder;
	const retryAt = whenToRetry(reminder, results, turn);
	if (retryAt)
		return {
			state: waiting,
			reason: null,
			ladder: reminder.ladder,
			attempts: reminder.attempts + (results.every(({ unsent }) => unsent) ? 0 : 1),
			actAt: retryAt,
			sentAt,
		};
	if (rest.length > 0) return { state: waiting, reason: null, ladder: rest, attempts: 0, actAt: now, sentAt };
	const isOurs = !sentAt && results.length > 0 && results.every(({ outcome }) => outcome === 'technical_failure');
	const end = isOurs ? ({ state: 'failed', reason: 'technical' } as const) : unreached(reminder);
	return { ...end, ladder: [], attempts: reminder.attempts, actAt: null, sentAt };
}

/**
 * Same channel again after 1, 5, 15, 60 minutes or what the other side asked, then every hour where there is no other way;
 * null when that is too late or enough. A message that only waited for its turn has used none of these up, and has its four hours from
 * when a worker looks: behind a server that hangs, ten thousand are not tried in a day. The night is not counted against one that waited
 * behind our own (`isBusy`): nobody refused it.
 */
function whenToRetry(reminder: Climber & { ladder: Channel[] }, results: Attempt[], turn: Turn): Date | null {
	const { now, quiet, random, shownWithinHours } = turn;
	const hasOtherWay = reminder.ladder.length > 1;
	if (hasOtherWay && results.some(({ stopChannel }) => stopChannel)) return null;
	const isPassing = ({ outcome }: Attempt) => outcome === 'temporary_failure';
	// A refused key may be put right; what has another way does not wait for it.
	const isWaitedFor = (one: Attempt) => isPassing(one) || (!hasOtherWay && one.retryAfterMs !== undefined);
	const again = results.filter(isWaitedFor);
	if (again.length === 0) return null;
	const isTurn = results.every(({ unsent }) => unsent);
	const further = !hasOtherWay && again.some(isPassing) ? LAST_BACKOFF_MS : undefined;
	const backoff = isTurn ? 0 : (BACKOFF_MS[reminder.attempts] ?? further);
	if (backoff === undefined) return null;
	const asked = Math.max(...again.map(({ retryAfterMs }) => retryAfterMs ?? 0));
	// Never sooner than what was asked: those who wait for the same service would all come back at the same instant.
	const wait = Math.max(asked * (1 + 0.2 * random), backoff * (0.8 + 0.4 * random));
	const soonest = new Date(now.getTime() + wait);
	const retryAt = leavesAtNight(reminder, reminder.ladder[0]) ? soonest : allowedFrom(soonest, quiet);
	if (retryAt >= reminder.usefulUntil) return null;
	const began = Math.max(rungBegan(reminder, turn).getTime(), turn.lookingSince.getTime());
	const since = isTurn ? Math.min(began, now.getTime()) : now.getTime();
	const until = results.every(isBusy) ? now : retryAt;
	return hasOtherWay && until.getTime() - since > shownWithinHours * HOUR_MS ? null : retryAt;
}

/** When the present rung was to be climbed: due, or four hours after the one before was not seen. */
const rungBegan = ({ sentAt, dueAt, usefulUntil }: Climber, turn: Turn): Date =>
	sentAt ? (nextRungAt(usefulUntil, { ...turn, now: sentAt }) ?? turn.now) : dueAt;

/**
 * When to look whether it was shown: after the territory's 4 hours, sooner when the evening comes before (`allowedBefore`), else
 * the next morning; null when nothing useful is left by then.
 */
function nextRungAt(usefulUntil: Date, { now, quiet, shownWithinHours }: Turn): Date | null {
	const ideal = new Date(now.getTime() + shownWithinHours * HOUR_MS);
	const before = allowedBefore(ideal, quiet);
	const isSpaced = before.getTime() - now.getTime() >= SOONEST_NEXT_MS;
	const at = isSpaced ? before : allowedFrom(ideal, quiet);
	return at < usefulUntil ? at : null;
}
