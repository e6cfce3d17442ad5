import { and, asc, desc, eq, gt, inArray, isNotNull, type SQL } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import {
	account,
	appointment,
	delivery,
	followUpMember,
	person,
	pushSubscription,
	reminder,
} from '../db/schema/index.ts';
import { nextAppointments } from '../people/caseload.ts';
import { followedBy } from '../people/queries.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { isMobile } from '../platform/phone.ts';
import type { Channel } from '../../shared/codes.ts';
import { MAX_RECIPIENTS, remindedLately } from './by-hand.ts';
import { deadAmong } from './dead-addresses.ts';
import { isMuted } from './kinds.ts';
import { FORGOTTEN_AFTER_MS } from './subscriptions.ts';
import { textsOf } from './templates.ts';

const columns = {
	id: reminder.id,
	personId: reminder.personId,
	kind: reminder.kind,
	template: reminder.template,
	templateVersionId: reminder.templateVersionId,
	textSealed: reminder.textSealed,
	path: reminder.path,
	state: reminder.state,
	reason: reminder.reason,
	dueAt: reminder.dueAt,
	sentAt: reminder.sentAt,
	shownAt: reminder.shownAt,
	answeredAt: reminder.answeredAt,
	createdAt: reminder.createdAt,
	firstName: person.firstName,
	lastName: person.lastName,
	phone: person.phone,
};
type Row = Awaited<ReturnType<typeof rowsOf>>[number];

const rowsOf = (q: Queries, where: SQL | undefined, limit: number) =>
	q
		.select(columns)
		.from(reminder)
		.innerJoin(person, eq(person.id, reminder.personId))
		.where(where)
		.orderBy(desc(reminder.createdAt), desc(reminder.dueAt))
		.limit(limit);

export interface AttemptMade {
	channel: Channel;
	outcome: (typeof delivery.$inferSelect)['outcome'];
	/** The address takes nothing any more: « ne reçoit plus », rather than « refusé ». */
	isDeadAddress: boolean;
	at: Date;
}

/** With what was tried on which channel, oldest first; several devices of one attempt are one, accepted by any. */
async function withAttempts(q: Queries, rows: Row[]) {
	const ids = rows.map(({ id }) => id);
	const made =
		ids.length === 0
			? []
			: await q.select().from(delivery).where(inArray(delivery.reminderId, ids)).orderBy(asc(delivery.at)).limit(5000);
	const texts = await textsOf(
		q,
		rows.map(({ templateVersionId }) => templateVersionId),
	);
	return rows.map(({ textSealed, templateVersionId, ...row }) => {
		const attempts = new Map<string, AttemptMade>();
		for (const { reminderId, channel, outcome, reason, at } of made) {
			if (reminderId !== row.id) continue;
			const key = `${channel} ${at.getTime()}`;
			const isDeadAddress = reason === 'dead_address';
			if (outcome === 'accepted' || !attempts.has(key)) attempts.set(key, { channel, outcome, isDeadAddress, at });
		}
		const text = unsealNullable(`reminder.text_sealed:${row.id}`, textSealed);
		const wording = texts.get(templateVersionId ?? '')?.fr ?? null;
		return { ...row, wording, text, attempts: [...attempts.values()] };
	});
}
export type ReminderView = Awaited<ReturnType<typeof withAttempts>>[number];

/** What was and will be sent to a person, the latest first: for their file. The caller has checked who is asking. */
export const remindersOf = async (q: Queries, personId: string, limit = 50): Promise<ReminderView[]> =>
	withAttempts(q, await rowsOf(q, eq(reminder.personId, personId), limit));

/** What reached the person themselves, with the words of their referent. */
export const messagesOf = async (q: Queries, personId: string, limit = 50) => {
	const rows = await q
		.select({
			id: reminder.id,
			kind: reminder.kind,
			template: reminder.template,
			templateVersionId: reminder.templateVersionId,
			textSealed: reminder.textSealed,
			path: reminder.path,
			at: reminder.sentAt,
			usefulUntil: reminder.usefulUntil,
			sequence: reminder.appointmentSequence,
			startsAt: appointment.startsAt,
			zone: appointment.zone,
			appointmentState: appointment.state,
		})
		.from(reminder)
		.leftJoin(appointment, eq(appointment.id, reminder.appointmentId))
		.where(and(eq(reminder.personId, personId), isNotNull(reminder.sentAt)))
		.orderBy(desc(reminder.createdAt))
		.limit(limit);
	const texts = await textsOf(
		q,
		rows.map(({ templateVersionId }) => templateVersionId),
	);
	return rows.map(({ textSealed, templateVersionId, ...row }) => ({
		...row,
		texts: texts.get(templateVersionId ?? '') ?? null,
		text: unsealNullable(`reminder.text_sealed:${row.id}`, textSealed),
	}));
};
export type MessageView = Awaited<ReturnType<typeof messagesOf>>[number];

/** One sending by hand, person by person; empty when it is somebody else's. */
export const sendingOf = async (q: Queries, accountId: string, batch: string): Promise<ReminderView[]> =>
	withAttempts(
		q,
		await rowsOf(q, and(eq(reminder.createdById, accountId), eq(reminder.subjectId, batch)), MAX_RECIPIENTS),
	);

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
	nextAppointment: { startsAt: Date; zone: string } | null;
	/** Why no message can be sent now; null when one can. */
	blocked: 'reminded' | 'muted' | 'unreachable' | null;
	remindedAt: Date | null;
}

/** `no_mobile`: there is a number, of a landline or of abroad. */
export type ClosedChannel = 'no_device' | 'no_email' | 'dead_email' | 'no_number' | 'no_mobile';

/** The people a professional follows, by name, with what a message to each would become at this moment. */
export async function recipientsOf(q: Queries, accountId: string, at: Date): Promise<Recipient[]> {
	const people = await q
		.selectDistinct({ person, email: account.email, mobile: account.phone, own: account.id })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.leftJoin(account, and(eq(account.personId, person.id), eq(account.status, 'active')))
		.where(followedBy(accountId, at))
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
	const lately = await remindedLately(q, ids, at);
	const next = await nextAppointments(q, ids, at);
	return people.map(({ person: row, email, mobile, own }) => {
		const numbers = [row.phone, mobile].filter((number) => number !== null);
		const ways: Record<Channel, ClosedChannel | null> = {
			push: own && withDevice.has(own) ? null : 'no_device',
			email: dead.has(row.id) ? 'dead_email' : (row.email ?? email) ? null : 'no_email',
			sms: numbers.some(isMobile) ? null : numbers.length > 0 ? 'no_mobile' : 'no_number',
		};
		const channels = row.channelOrder.filter((channel) => ways[channel] === null);
		const remindedAt = lately.get(row.id) ?? null;
		const { id, firstName, lastName, locale, wording } = row;
		return {
			id,
			firstName,
			lastName,
			locale,
			wording,
			channels,
			closed: row.channelOrder.flatMap((channel) => ways[channel] ?? []),
			phone: numbers[0] ?? null,
			nextAppointment: next.get(id) ?? null,
			blocked: whyBlocked({ remindedAt, isMuted: isMuted('manual', row.mutedKinds), channels }),
			remindedAt,
		};
	});
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
