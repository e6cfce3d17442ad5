import { and, asc, desc, eq, gt, inArray, notInArray, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import {
	account,
	appointment,
	followUpMember,
	person,
	pushSubscription,
	reminder,
	territory,
} from '../db/schema/index.ts';
import { followedBy } from '../people/queries.ts';
import { isProved } from '../people/signing-in.ts';
import { isMobile } from '../platform/phone.ts';
import { hasSms } from '../platform/sms.ts';
import type { Channel } from '../../shared/codes.ts';
import { getTerritory } from '../territories/queries.ts';
import { DEFAULT_SETTINGS } from '../territories/settings.ts';
import { deadAmong } from './dead-addresses.ts';
import { isMuted } from './kinds.ts';
import { orderFor } from './preferences.ts';
import { FORGOTTEN_AFTER_MS } from './subscriptions.ts';

const HOUR_MS = 60 * 60_000;
export const MAX_RECIPIENTS = 500;

/** A worker that leaves at the planned minute is on time: what was said for ten today can be said at ten tomorrow. */
const ON_TIME_MS = 5 * 60_000;

/** When a message left, on its last channel, or is to leave when it was put off: a worker may have been down, or it waited for its turn. */
const leftAt = sql<Date>`CASE
	WHEN coalesce(${reminder.sentAt}, ${reminder.actAt}, 0) > ${reminder.dueAt} + ${sql.raw(String(ON_TIME_MS))}
	THEN coalesce(${reminder.sentAt}, ${reminder.actAt}) ELSE ${reminder.dueAt} END`.mapWith(reminder.dueAt);

/** Reminded by hand within so many hours of this moment, before or after, by whomever, unless it did not arrive. */
export async function remindedLately(
	q: Queries,
	personIds: string[],
	at: Date,
	hours = DEFAULT_SETTINGS.byHandEveryHours,
): Promise<Map<string, Date>> {
	if (personIds.length === 0) return new Map();
	const rows = await q
		.select({ personId: reminder.personId, at: leftAt })
		.from(reminder)
		.where(
			and(
				inArray(reminder.personId, personIds),
				sql`${leftAt} > ${at.getTime() - hours * HOUR_MS}`,
				sql`${leftAt} < ${at.getTime() + hours * HOUR_MS}`,
				eq(reminder.kind, 'manual'),
				notInArray(reminder.state, ['failed', 'dropped']),
			),
		);
	return new Map(rows.map(({ personId, at }) => [personId, at]));
}

export interface Recipient {
	id: string;
	firstName: string;
	lastName: string;
	locale: string;
	wording: 'discreet' | 'detailed';
	/** Channels a message would try, in the person's order. */
	channels: Channel[];
	/** Why the others are closed. */
	closed: ClosedChannel[];
	/** Number a professional dials when no channel is left. */
	phone: string | null;
	/** Booked and still to come when the message leaves. */
	nextAppointment: NextMeeting | null;
	/** Of their e-mail: no code ever reached an address that is not (`wordingFor`). */
	isMailProved: boolean;
	/** Who answers, where they live. */
	territoryPhone: string;
	/** Why no message can be sent now; null when one can. */
	blocked: 'reminded' | 'muted' | 'unreachable' | null;
	remindedAt: Date | null;
	/** How long nobody writes again by hand. */
	byHandEveryHours: number;
}

export type NextMeeting = Pick<
	typeof appointment.$inferSelect,
	'id' | 'startsAt' | 'endsAt' | 'zone' | 'mode' | 'placeName' | 'state' | 'phone' | 'answer'
>;

/** `no_mobile`: there is a number, of a landline or of abroad. */
export type ClosedChannel = 'no_device' | 'no_email' | 'dead_email' | 'no_number' | 'no_mobile';

/** Where a message by hand leads: to the appointment it reminds of, else to the messages. */
export const pathByHand = (appointmentId: string | undefined): string =>
	appointmentId ? `/rendez-vous/${appointmentId}` : '/compte/messages';

/**
 * The people a professional follows now, by name, with what a message to each would become when it leaves (`at`; now when
 * absent). `among`: these people only.
 */
export async function recipientsOf(
	q: Queries,
	accountId: string,
	now: Date,
	{ at = now, among }: { at?: Date; among?: string[] } = {},
): Promise<Recipient[]> {
	const people = await q
		.selectDistinct({
			person,
			email: account.email,
			mobile: account.phone,
			own: account.id,
			territoryPhone: territory.phone,
			part: followUpMember.part,
		})
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.leftJoin(account, and(eq(account.personId, person.id), eq(account.status, 'active')))
		.where(and(followedBy(accountId, now), among && inArray(followUpMember.personId, among)))
		.orderBy(asc(person.lastName), asc(person.firstName))
		.limit(MAX_RECIPIENTS);
	const ids = people.map((row) => row.person.id);
	if (ids.length === 0) return [];
	const withDevice = await withLiveDevice(
		q,
		people.flatMap(({ own }) => own ?? []),
		at,
	);
	const dead = await deadAmong(
		q,
		people.map((row) => ({ personId: row.person.id, email: row.person.email ?? row.email })),
	);
	// Of the territory they are followed in: somebody about to move is asked to wait no less.
	const { byHandEveryHours } = (await getTerritory(q, people[0]!.person.territoryId)).settings;
	const lately = await remindedLately(q, ids, at, byHandEveryHours);
	const next = await nextMeetings(q, ids, at);
	return people.map(({ person: row, email, mobile, own, territoryPhone, part }) => {
		const numbers = [row.phone, mobile].filter((number) => number !== null);
		const ways: Record<Channel, ClosedChannel | null> = {
			push: own && withDevice.has(own) ? null : 'no_device',
			email: dead.has(row.id) ? 'dead_email' : (row.email ?? email) ? null : 'no_email',
			sms: numbers.some(isMobile) ? null : numbers.length > 0 ? 'no_mobile' : 'no_number',
		};
		// An SMS where there is no gateway is no channel, open or closed.
		const order = orderFor('manual', row).filter((channel) => channel !== 'sms' || hasSms());
		const channels = order.filter((channel) => ways[channel] === null);
		const remindedAt = lately.get(row.id) ?? null;
		const { id, firstName, lastName, locale, wording } = row;
		return {
			id,
			firstName,
			lastName,
			locale,
			wording,
			channels,
			closed: order.flatMap((channel) => ways[channel] ?? []),
			phone: numbers[0] ?? null,
			nextAppointment: knownTo(part, next.get(id)),
			isMailProved: isProved({ email, phone: mobile }, 'email', row.email ?? email),
			territoryPhone,
			blocked: whyBlocked({ remindedAt, isMuted: isMuted('manual', row.mutedKinds), channels }),
			remindedAt,
			byHandEveryHours,
		};
	});
}

type Part = (typeof followUpMember.$inferSelect)['part'];
/** Where somebody is met is not for whoever follows them for one theme: their preview leaves it out, as their pages do. */
function knownTo(part: Part, meeting: NextMeeting | undefined): NextMeeting | null {
	if (!meeting) return null;
	return part === 'member' ? { ...meeting, placeName: null, phone: null } : meeting;
}

/** The first booked one of each that begins after this moment. */
async function nextMeetings(q: Queries, personIds: string[], at: Date): Promise<Map<string, NextMeeting>> {
	const { id, personId, startsAt, endsAt, zone, mode, placeName, state, phone, answer } = appointment;
	const rows = await q
		.select({ personId, meeting: { id, startsAt, endsAt, zone, mode, placeName, state, phone, answer } })
		.from(appointment)
		.where(and(inArray(personId, personIds), gt(startsAt, at), is(state, 'booked')))
		.orderBy(desc(startsAt))
		.limit(2000);
	return new Map(rows.map((row) => [row.personId, row.meeting]));
}

function whyBlocked({
	remindedAt,
	isMuted,
	channels,
}: {
	remindedAt: Date | null;
	isMuted: boolean;
	channels: Channel[];
}) {
	if (remindedAt) return 'reminded';
	if (isMuted) return 'muted';
	return channels.length === 0 ? 'unreachable' : null;
}

/** Those of these accounts with a browser that was seen lately. */
async function withLiveDevice(q: Queries, accountIds: string[], at: Date): Promise<Set<string>> {
	const rows = await q
		.selectDistinct({ id: pushSubscription.accountId })
		.from(pushSubscription)
		.where(
			and(
				inArray(pushSubscription.accountId, accountIds),
				gt(pushSubscription.lastAliveAt, new Date(at.getTime() - FORGOTTEN_AFTER_MS)),
			),
		);
	return new Set(rows.map(({ id }) => id));
}
