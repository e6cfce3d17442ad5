import {
	and,
	asc,
	countDistinct,
	desc,
	eq,
	exists,
	gt,
	inArray,
	isNull,
	lt,
	max,
	ne,
	notExists,
	or,
	sql,
} from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { isPersonsTurn, type AnswerNote } from '../../shared/answers.ts';
import type { Queries } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import {
	appointment,
	deadAddress,
	delivery,
	followUpMember,
	municipality,
	person,
	reminder,
} from '../db/schema/index.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { followedBy } from './queries.ts';
import { addressHash } from './signing-in.ts';
import type { Alert } from './today-rules.ts';
import { concerned, LIMIT, mine } from './today-scope.ts';

/** Reasons of the first page that come from messages and appointments. */

const DAY_MS = 86_400_000;
/** A failed message or a missed appointment older than this is a matter for the delays. */
const RECENT_MS = 60 * DAY_MS;

const later = alias(reminder, 'later');
const attempt = alias(delivery, 'attempt');

/**
 * The last messages that failed on every channel, by our own fault or not, or that the phone has not shown, when nothing else arrived and the person was
 * not in touch since. « Since » is the last attempt, or the hour of the message where none was possible: it may have been
 * planned weeks before. `personId`: theirs alone.
 */
export async function unreachable(q: Queries, accountId: string, now: Date, personId?: string): Promise<Alert[]> {
	const lastAttempt = q
		.select({ at: max(attempt.at) })
		.from(attempt)
		.where(eq(attempt.reminderId, reminder.id));
	const since = sql<Date>`coalesce((${lastAttempt}), ${reminder.dueAt})`.mapWith(reminder.dueAt);
	const arrivedByOther = q
		.select({ one: sql`1` })
		.from(attempt)
		// A push service that takes a message proves nothing: its « shown » does.
		.where(and(eq(attempt.reminderId, later.id), eq(attempt.outcome, 'accepted'), ne(attempt.channel, 'push')));
	const arrivedSince = q
		.select({ one: sql`1` })
		.from(later)
		.where(
			and(
				eq(later.personId, reminder.personId),
				or(
					sql`${later.shownAt} > ${since}`,
					sql`${later.answeredAt} > ${since}`,
					and(eq(later.state, 'sent'), sql`${later.sentAt} > ${since}`, exists(arrivedByOther)),
				),
			),
		);
	const rows = await q
		.select({ ...concerned, since, why: reminder.reason, channels: countDistinct(delivery.channel) })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(reminder, eq(reminder.personId, person.id))
		.leftJoin(delivery, eq(delivery.reminderId, reminder.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				mine(accountId),
				personId ? eq(person.id, personId) : undefined,
				gt(reminder.dueAt, new Date(now.getTime() - RECENT_MS)),
				eq(reminder.state, 'failed'),
				sql`${person.lastContactAt} <= ${since}`,
				notExists(arrivedSince),
			),
		)
		.groupBy(reminder.id)
		.orderBy(asc(since))
		.limit(LIMIT);
	return rows.map(({ channels, why, ...row }) => ({
		...row,
		reason: why === 'unseen' ? 'unseen' : why === 'technical' ? 'unsent' : 'unreachable',
		note: null,
		detail: { channels },
		reference: null,
	}));
}

const OVER_MS = 7 * DAY_MS;
const pair = alias(followUpMember, 'pair');

/**
 * Hours that this professional called off when they closed a follow-up, which no message could say before: theirs to ring, as long as
 * nobody leads or seconds the person, until they spoke with them or a week after the hour. `personId`: theirs alone.
 */
export async function calledOff(q: Queries, accountId: string, now: Date, personId?: string): Promise<Alert[]> {
	const followed = q
		.select({ one: sql`1` })
		.from(pair)
		.where(and(eq(pair.personId, person.id), isNull(pair.endedAt), inArray(pair.part, ['lead', 'second'])));
	const rows = await q
		.select({ ...concerned, since: reminder.dueAt, startsAt: appointment.startsAt, zone: appointment.zone })
		.from(reminder)
		.innerJoin(person, eq(person.id, reminder.personId))
		.innerJoin(appointment, eq(appointment.id, reminder.appointmentId))
		// Where somebody lives who moved to another territory is not for the one they left.
		.leftJoin(
			municipality,
			and(eq(municipality.inseeCode, person.inseeCode), eq(person.territoryId, appointment.territoryId)),
		)
		.where(
			and(
				eq(reminder.createdById, accountId),
				personId ? eq(person.id, personId) : undefined,
				gt(reminder.createdAt, new Date(now.getTime() - RECENT_MS)),
				eq(reminder.kind, 'appointment_changed'),
				eq(reminder.state, 'failed'),
				is(appointment.state, 'revoked'),
				gt(appointment.startsAt, new Date(now.getTime() - OVER_MS)),
				sql`${person.lastContactAt} <= ${reminder.dueAt}`,
				notExists(followed),
			),
		)
		.orderBy(asc(appointment.startsAt))
		.limit(LIMIT);
	return rows.map(({ startsAt, zone, ...row }) => ({
		...row,
		reason: 'called_off',
		note: null,
		detail: { appointmentAt: startsAt, zone },
		reference: null,
	}));
}

/** Mails to the address of today come back: somebody asks for another one. */
export async function unwritable(q: Queries, accountId: string): Promise<Alert[]> {
	const rows = await q
		.select({ ...concerned, since: deadAddress.since, addressHash: deadAddress.addressHash })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(deadAddress, eq(deadAddress.personId, person.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(mine(accountId))
		.orderBy(asc(deadAddress.since))
		.limit(LIMIT);
	return rows
		.filter(({ email, addressHash: dead }) => email !== null && addressHash(email) === dead)
		.map(({ addressHash: _dead, ...row }) => ({
			...row,
			reason: 'dead_address',
			note: null,
			detail: {},
			reference: null,
		}));
}

const next = alias(appointment, 'next_one');

/** Did not come, and nothing has been agreed since. */
export async function missed(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const rows = await q
		.select({ ...concerned, startsAt: appointment.startsAt, zone: appointment.zone })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(appointment, eq(appointment.personId, person.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				mine(accountId),
				gt(appointment.startsAt, new Date(now.getTime() - RECENT_MS)),
				is(appointment.state, 'noshow'),
				notExists(
					q
						.select({ one: sql`1` })
						.from(next)
						.where(
							and(
								eq(next.personId, appointment.personId),
								sql`${next.startsAt} > ${appointment.startsAt}`,
								// A choice that ran out is nothing agreed.
								or(
									inArray(next.state, ['booked', 'seen', 'excused']),
									and(eq(next.state, 'invited'), gt(next.chooseBy, now)),
								),
							),
						),
				),
			),
		)
		.orderBy(asc(appointment.startsAt))
		.limit(LIMIT);
	return rows.map(({ startsAt, zone, ...row }) => ({
		...row,
		reason: 'noshow',
		since: startsAt,
		note: null,
		detail: { appointmentAt: startsAt, zone },
		reference: null,
	}));
}

/**
 * « Je ne peux pas » or « j'ai besoin d'aide » about an appointment still to come, and invitations none of whose times suit, until
 * others are offered. While other times wait to be chosen it is the person's turn.
 */
export async function answered(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const rows = await q
		.select({
			...concerned,
			id: appointment.id,
			answer: appointment.answer,
			answeredAt: appointment.answeredAt,
			noteSealed: appointment.answerNoteSealed,
			state: appointment.state,
			chooseBy: appointment.chooseBy,
			startsAt: appointment.startsAt,
			zone: appointment.zone,
		})
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(appointment, eq(appointment.personId, person.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				mine(accountId),
				inArray(appointment.answer, ['cannot', 'needs_help']),
				or(
					and(is(appointment.state, 'booked'), gt(appointment.startsAt, now)),
					// Its hour is only the first one that was offered; a seat has no other hour than the workshop's.
					and(is(appointment.state, 'invited'), or(isNull(appointment.workshopId), gt(appointment.startsAt, now))),
				),
			),
		)
		.orderBy(asc(appointment.startsAt))
		.limit(LIMIT);
	const ours = rows.filter((row) => row.state === 'invited' || !isPersonsTurn(row, now));
	return ours.map(({ id, answer, answeredAt, noteSealed, state, startsAt, zone, chooseBy: _, ...row }) => {
		const said = unsealNullable(`appointment.answer_note_sealed:${id}`, noteSealed);
		const { text, ...answerNote } = said ? (JSON.parse(said) as AnswerNote) : {};
		const isInvited = state === 'invited';
		return {
			...row,
			reason: isInvited ? 'other_times' : answer === 'cannot' ? 'cannot' : 'needs_help',
			since: answeredAt ?? now,
			note: text ?? null,
			detail: { ...answerNote, ...(isInvited ? {} : { appointmentAt: startsAt, zone }) },
			reference: null,
		};
	});
}

/** Over, and nobody wrote whether the person came. */
export async function withoutOutcome(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const rows = await q
		.select({ ...concerned, startsAt: appointment.startsAt, zone: appointment.zone })
		.from(appointment)
		.innerJoin(person, eq(person.id, appointment.personId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				eq(appointment.referentId, accountId),
				gt(appointment.startsAt, new Date(now.getTime() - RECENT_MS)),
				lt(appointment.startsAt, now),
				lt(appointment.endsAt, now),
				is(appointment.state, 'booked'),
				// Somebody who left the follow-up can no longer open the file.
				exists(
					q
						.select({ one: sql`1` })
						.from(followUpMember)
						.where(and(eq(followUpMember.personId, appointment.personId), followedBy(accountId, now))),
				),
			),
		)
		.orderBy(desc(appointment.startsAt))
		.limit(LIMIT);
	return rows.map(({ startsAt, zone, ...row }) => ({
		...row,
		reason: 'outcome',
		since: startsAt,
		note: null,
		detail: { appointmentAt: startsAt, zone },
		reference: null,
	}));
}
