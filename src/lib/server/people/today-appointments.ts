import { and, asc, countDistinct, desc, eq, exists, gt, inArray, lt, notExists, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { AnswerNote } from '../../shared/answers.ts';
import type { Queries } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import { appointment, delivery, followUpMember, municipality, person, reminder } from '../db/schema/index.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { followedBy } from './queries.ts';
import type { Alert } from './today-rules.ts';
import { concerned, LIMIT, mine } from './today-scope.ts';

/** Reasons of the first page that come from messages and appointments. */

const DAY_MS = 86_400_000;
/** A failed message or a missed appointment older than this is a matter for the delays. */
const RECENT_MS = 60 * DAY_MS;

const later = alias(reminder, 'later');

/** The last message failed on every channel, and the person was not in touch since. */
export async function unreachable(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const rows = await q
		.select({ ...concerned, since: reminder.createdAt, channels: countDistinct(delivery.channel) })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(reminder, eq(reminder.personId, person.id))
		.leftJoin(delivery, eq(delivery.reminderId, reminder.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				mine(accountId),
				gt(reminder.createdAt, new Date(now.getTime() - RECENT_MS)),
				eq(reminder.state, 'failed'),
				sql`${person.lastContactAt} <= ${reminder.createdAt}`,
				notExists(
					q
						.select({ one: sql`1` })
						.from(later)
						.where(
							and(
								eq(later.personId, reminder.personId),
								sql`${later.createdAt} > ${reminder.createdAt}`,
								inArray(later.state, ['sent', 'shown', 'answered']),
							),
						),
				),
			),
		)
		.groupBy(reminder.id)
		.orderBy(asc(reminder.createdAt))
		.limit(LIMIT);
	return rows.map(({ channels, ...row }) => ({
		...row,
		reason: 'unreachable',
		note: null,
		detail: { channels },
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
								inArray(next.state, ['invited', 'booked', 'seen', 'excused']),
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

/** « Je ne peux pas » or « j'ai besoin d'aide » about an appointment still to come. */
export async function answered(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const rows = await q
		.select({
			...concerned,
			id: appointment.id,
			answer: appointment.answer,
			answeredAt: appointment.answeredAt,
			noteSealed: appointment.answerNoteSealed,
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
				gt(appointment.startsAt, now),
				is(appointment.state, 'booked'),
				inArray(appointment.answer, ['cannot', 'needs_help']),
			),
		)
		.orderBy(asc(appointment.startsAt))
		.limit(LIMIT);
	return rows.map(({ id, answer, answeredAt, noteSealed, startsAt, zone, ...row }) => {
		const said = unsealNullable(`appointment.answer_note_sealed:${id}`, noteSealed);
		const { text, ...answerNote } = said ? (JSON.parse(said) as AnswerNote) : {};
		return {
			...row,
			reason: answer === 'cannot' ? 'cannot' : 'needs_help',
			since: answeredAt ?? now,
			note: text ?? null,
			detail: { ...answerNote, appointmentAt: startsAt, zone },
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
