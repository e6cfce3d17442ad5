import type { ReminderKind } from '../db/schema/reminders.ts';
import { warningDays, type Clock } from '../childcare/rules.ts';
import { RETENTION_MS } from '../people/rules.ts';
import { addDays, instantOf, localDay } from '../territories/calendar.ts';
import { allowedBefore, allowedFrom, type QuietRule } from './quiet.ts';

const DAY_MS = 24 * 60 * 60_000;
const DAYS_BEFORE = 3;
const MORNING = '09:30';
/** Nothing leaves later in a day (product.md §5, « quiet »): the last useful moment of a last day. */
const LAST_HOUR = '20:00';
/** « nudge at day 3 if 2 days are left » (product.md §5). */
const INVITATION_NUDGE_DAYS = 3;
const INVITATION_LEFT_DAYS = 2;
/** A draft is forgotten after 30 days without a change (requests/drafts.ts). */
export const DRAFT_WARNED_DAYS = 28;
const DRAFT_DAYS = 30;
/** One that could not leave within two days is left out: the second is near, or the person is elsewhere. */
export const DRAFT_NUDGES = [
	{ onDay: 3, usefulDays: 2 },
	{ onDay: 6, usefulDays: 2 },
];
const RATING_NUDGE_DAYS = 5;

/** What a person is reminded of besides appointments: something is theirs to do, until a last moment. */
export interface Prompt {
	kind: Extract<
		ReminderKind,
		| 'invitation'
		| 'earlier_hour'
		| 'step_due'
		| 'paper_due'
		| 'aid_silence'
		| 'draft_closing'
		| 'file_closing'
		| 'rating'
	>;
	/** Names the thing and its last day: a thing whose day moved is another one. */
	onceKey: string;
	/** Which sentence of its kind, where it has several. */
	template?: string;
	subjectId: string;
	personId: string;
	territoryId: string;
	path: string;
	/** Before quiet hours are looked at. */
	dueAt: Date;
	/** Falls on the last day that the message names. */
	usefulUntil: Date;
}

export interface Thing {
	id: string;
	personId: string;
	territoryId: string;
	zone: string;
}

const about = ({ id, personId, territoryId }: Thing) => ({ subjectId: id, personId, territoryId });

/** Three days before the last day of a step, at 9:30. */
export const stepPrompt = (thing: Thing & { dueOn: string }): Prompt => ({
	...about(thing),
	kind: 'step_due',
	onceKey: `step_due:${thing.id}:${thing.dueOn}`,
	path: '/parcours',
	dueAt: instantOf(addDays(thing.dueOn, -DAYS_BEFORE), MORNING, thing.zone),
	usefulUntil: instantOf(thing.dueOn, LAST_HOUR, thing.zone),
});

/** Three days before the last day of a paper, and on that very day. */
export function paperPrompts(thing: Thing & { dueOn: string; reference: string }): Prompt[] {
	const { id, dueOn, zone, reference } = thing;
	const common = { ...about(thing), kind: 'paper_due' as const, path: `/aides/${reference}` };
	const lastMorning = instantOf(dueOn, MORNING, zone);
	return [
		{
			...common,
			onceKey: `paper_due:${id}:${dueOn}`,
			dueAt: instantOf(addDays(dueOn, -DAYS_BEFORE), MORNING, zone),
			usefulUntil: lastMorning,
		},
		{
			...common,
			onceKey: `paper_due:${id}:${dueOn}:last`,
			dueAt: lastMorning,
			usefulUntil: instantOf(dueOn, LAST_HOUR, zone),
		},
	];
}

/** 15 and 3 days before silence becomes a refusal; not while papers are waited for. */
export function silencePrompts(thing: Thing & Clock & { reference: string }): Prompt[] {
	const { id, silenceOn, zone, reference } = thing;
	// The clock may run again with so few days left that both fall on one: the nearest is enough.
	const days = warningDays(thing).filter(({ on }, index, all) => all[index + 1]?.on !== on);
	return days.map(({ before, on }) => ({
		...about(thing),
		kind: 'aid_silence',
		onceKey: `aid_silence:${id}:${silenceOn}:${before}`,
		path: `/aides/${reference}`,
		dueAt: instantOf(on, MORNING, zone),
		usefulUntil: instantOf(addDays(silenceOn!, -1), LAST_HOUR, zone),
	}));
}

/** Day 3 of an invitation to choose, while two days are left. */
export function invitationPrompt(thing: Thing & { chooseBy: Date; offeredAt: Date }): Prompt {
	const { id, chooseBy, offeredAt, zone } = thing;
	const invitedOn = localDay(offeredAt, zone);
	return {
		...about(thing),
		kind: 'invitation',
		onceKey: `invitation_nudge:${id}:${chooseBy.getTime()}`,
		path: `/rendez-vous/${id}/choisir`,
		dueAt: instantOf(addDays(invitedOn, INVITATION_NUDGE_DAYS), MORNING, zone),
		usefulUntil: new Date(chooseBy.getTime() - INVITATION_LEFT_DAYS * DAY_MS),
	};
}

/** An earlier hour that was given back, as soon as it is proposed; until it goes to somebody else. */
export const earlierPrompt = (thing: Thing & { appointmentId: string; proposedAt: Date; endsAt: Date }): Prompt => ({
	...about(thing),
	kind: 'earlier_hour',
	onceKey: `earlier_hour:${thing.id}`,
	path: `/rendez-vous/${thing.appointmentId}`,
	dueAt: thing.proposedAt,
	usefulUntil: thing.endsAt,
});

/** A draft that waits: once after 3 days, once after 6, and two days before it is forgotten. Taken up again, it starts anew. */
export function draftPrompts(thing: Thing & { updatedAt: Date }): Prompt[] {
	const { id, updatedAt, zone } = thing;
	const common = { ...about(thing), kind: 'draft_closing' as const, path: '/demande/nouvelle' };
	const left = localDay(updatedAt, zone);
	const after = (days: number) => new Date(updatedAt.getTime() + days * DAY_MS);
	const nudges = DRAFT_NUDGES.map(({ onDay, usefulDays }) => ({
		...common,
		onceKey: `draft_nudge:${id}:${updatedAt.getTime()}:${onDay}`,
		dueAt: instantOf(addDays(left, onDay), MORNING, zone),
		usefulUntil: after(onDay + usefulDays),
	}));
	const last = {
		...common,
		template: 'last',
		onceKey: `draft_closing:${id}:${updatedAt.getTime()}`,
		dueAt: instantOf(addDays(left, DRAFT_WARNED_DAYS), MORNING, zone),
		usefulUntil: after(DRAFT_DAYS),
	};
	return [...nudges, last];
}

/** A first word that falls on a Sunday and a holiday leaves some days later. */
const LATE_DAYS = 3;

/** How long the file has been without any contact is in the key: heard of again, neither notice stands any more. */
export const closingKey = (personId: string, lastContactAt: Date, before: 30 | 7): string =>
	`file_closing:${personId}:${lastContactAt.getTime()}:${before}`;

/**
 * A file without contact for two years is told 30 and 7 days before it closes (product.md §5), on a day that leaves all of these:
 * found late, it closes later. `at`: now; `closesAt`: what the first notice said, when there is one.
 */
export function closingPrompts(thing: Thing & { lastContactAt: Date; at: Date; closesAt: Date | null }): Prompt[] {
	const { id, lastContactAt, at, zone } = thing;
	const today = localDay(at, zone);
	const common = { ...about(thing), kind: 'file_closing' as const, path: '/compte' };
	const notice = (before: 30 | 7, wanted: string): Prompt => {
		const isLate = addDays(wanted, -before) < today;
		const told = isLate ? today : addDays(wanted, -before);
		return {
			...common,
			onceKey: closingKey(id, lastContactAt, before),
			dueAt: instantOf(told, MORNING, zone),
			usefulUntil: instantOf(addDays(told, before + (isLate ? LATE_DAYS : 0)), LAST_HOUR, zone),
		};
	};
	const due = localDay(new Date(lastContactAt.getTime() + RETENTION_MS), zone);
	return [notice(30, due), ...(thing.closesAt ? [notice(7, localDay(thing.closesAt, zone))] : [])];
}

/** A question left without an answer is asked once more, and never again. */
export const ratingPrompt = (thing: Thing & { askedAt: Date; expiresAt: Date }): Prompt => ({
	...about(thing),
	kind: 'rating',
	onceKey: `rating_nudge:${thing.id}`,
	path: `/avis/${thing.id}`,
	dueAt: instantOf(addDays(localDay(thing.askedAt, thing.zone), RATING_NUDGE_DAYS), MORNING, thing.zone),
	usefulUntil: thing.expiresAt,
});

/**
 * When it leaves, as of now: at its hour, at the last allowed one before when that is quiet, at the next allowed one when
 * that is past already (a step set for tomorrow, a worker that was down); null when it would no longer be useful.
 */
export function hourOf(
	{ dueAt, usefulUntil }: Pick<Prompt, 'dueAt' | 'usefulUntil'>,
	quiet: QuietRule,
	now: Date,
): Date | null {
	const planned = allowedBefore(dueAt, quiet);
	const hour = planned >= now ? planned : allowedFrom(now, quiet);
	return hour < usefulUntil ? hour : null;
}
