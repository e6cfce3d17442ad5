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
	lte,
	notExists,
	or,
	sql,
} from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { AnswerNote } from '../../shared/answers.ts';
import { CHECK_IN_SILENCE_DAYS } from '../../shared/closing.ts';
import type { Queries } from '../db/client.ts';
import {
	appointment,
	checkIn,
	delivery,
	followUpMember,
	municipality,
	person,
	reminder,
	step,
	supportRequest,
} from '../db/schema/index.ts';
import { unseal, unsealNullable } from '../platform/sealing.ts';
import { addDays, instantOf, localDay } from '../territories/calendar.ts';
import { nextAppointments, openMember, reachableBy } from './caseload.ts';
import { passedDelays, type DelayContext } from './delays.ts';
import { mergeAlerts, type Alert, type TodayRow } from './today-rules.ts';

/** Per reason: a morning's work. The lists themselves go further. */
const LIMIT = 50;
/** Requests shown among the people; the inbox has them all. */
const REQUESTS_SHOWN = 5;
const DAY_MS = 86_400_000;
/** A failed message or a missed appointment older than this is a matter for the delays. */
const RECENT_MS = 60 * DAY_MS;

const concerned = {
	personId: person.id,
	firstName: person.firstName,
	lastName: person.lastName,
	commune: municipality.name,
	birthDate: person.birthDate,
	phone: person.phone,
	email: person.email,
};

/** Open lines of the professional as lead or second: a member of one theme is not the one to act. */
const mine = (accountId: string) =>
	and(eq(followUpMember.accountId, accountId), openMember, inArray(followUpMember.part, ['lead', 'second']));

/**
 * People who need this professional now, most pressing first, each with the reasons: no message gets through, missed, needs
 * help, cannot come, target passed, requests of the territory to take, outcome of an appointment to write down.
 */
export async function peopleToday(q: Queries, accountId: string, context: DelayContext): Promise<TodayRow[]> {
	const { now } = context;
	const alerts = [
		await unreachable(q, accountId, now),
		await missed(q, accountId, now),
		await answered(q, accountId, now),
		await inWork(q, accountId, context),
		await stuck(q, accountId),
		await delayed(q, accountId, context),
		await waitingRequests(q, context),
		await withoutOutcome(q, accountId, now),
	];
	const rows = mergeAlerts(alerts.flat());
	const ids = rows.map(({ personId }) => personId);
	const next = await nextAppointments(q, ids, now);
	const reached = await reachableBy(
		q,
		rows.map((row) => ({ ...row, id: row.personId })),
	);
	return rows.map((row) => ({
		...row,
		nextAppointment: next.get(row.personId) ?? null,
		channels: reached.get(row.personId) ?? [],
	}));
}

const later = alias(reminder, 'later');

/** The last message failed on every channel, and the person was not in touch since. */
async function unreachable(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
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
async function missed(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
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
				eq(appointment.state, 'noshow'),
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
async function answered(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
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
				eq(appointment.state, 'booked'),
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

/** First months at work: a call is asked for, it is hard, or nothing was said for three days. */
async function inWork(q: Queries, accountId: string, { zone, now }: DelayContext): Promise<Alert[]> {
	const silentSince = addDays(localDay(now, zone), -CHECK_IN_SILENCE_DAYS);
	const rows = await q
		.select({
			...concerned,
			id: checkIn.id,
			dueOn: checkIn.dueOn,
			answer: checkIn.answer,
			answeredAt: checkIn.answeredAt,
			noteSealed: checkIn.noteSealed,
		})
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(checkIn, eq(checkIn.personId, person.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				mine(accountId),
				isNull(checkIn.handledAt),
				or(inArray(checkIn.answer, ['call', 'hard']), and(isNull(checkIn.answer), lte(checkIn.dueOn, silentSince))),
			),
		)
		.orderBy(asc(checkIn.dueOn))
		.limit(LIMIT);
	return rows.map(({ id, dueOn, answer, answeredAt, noteSealed, ...row }) => ({
		...row,
		reason: 'check_in',
		since: answeredAt ?? instantOf(dueOn, '00:00', zone),
		note: unsealNullable(`check_in.note_sealed:${id}`, noteSealed),
		detail: { checkIn: answer },
		reference: null,
	}));
}

/** Said « je n'y arrive pas » about one of their own steps. */
async function stuck(q: Queries, accountId: string): Promise<Alert[]> {
	const rows = await q
		.select({
			...concerned,
			id: step.id,
			titleSealed: step.titleSealed,
			noteSealed: step.personNoteSealed,
			createdAt: step.createdAt,
		})
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(step, eq(step.personId, person.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), eq(step.state, 'waiting'), eq(step.owner, 'person')))
		.orderBy(asc(step.dueOn))
		.limit(LIMIT);
	return rows.map(({ id, titleSealed, noteSealed, createdAt, ...row }) => ({
		...row,
		reason: 'stuck',
		since: createdAt,
		note: unsealNullable(`step.person_note_sealed:${id}`, noteSealed) ?? unseal(`step.title_sealed:${id}`, titleSealed),
		detail: {},
		reference: null,
	}));
}

async function delayed(q: Queries, accountId: string, context: DelayContext): Promise<Alert[]> {
	const delays = await passedDelays(q, { accountId }, context);
	return delays.slice(0, LIMIT).map((delay) => ({
		personId: delay.personId,
		firstName: delay.firstName,
		lastName: delay.lastName,
		commune: delay.commune,
		birthDate: delay.birthDate,
		phone: delay.phone,
		email: delay.email,
		reason: 'delay',
		since: instantOf(delay.targetOn, '00:00', context.zone),
		note: null,
		detail: { delayKind: delay.kind, stageName: delay.stageName, daysLate: delay.daysLate },
		reference: null,
	}));
}

/** The oldest requests of the territory that nobody took. */
async function waitingRequests(q: Queries, { territoryId, zone, now }: DelayContext): Promise<Alert[]> {
	const rows = await q
		.select({
			...concerned,
			reference: supportRequest.reference,
			submittedAt: supportRequest.submittedAt,
			respondBy: supportRequest.respondBy,
		})
		.from(supportRequest)
		.innerJoin(person, eq(person.id, supportRequest.personId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(eq(supportRequest.territoryId, territoryId), eq(supportRequest.status, 'submitted')))
		.orderBy(asc(supportRequest.submittedAt))
		.limit(REQUESTS_SHOWN);
	const today = localDay(now, zone);
	return rows.map(({ respondBy, submittedAt, ...row }) => ({
		...row,
		reason: respondBy !== null && respondBy < today ? 'request_late' : 'request_waiting',
		since: submittedAt ?? now,
		note: null,
		detail: { respondBy },
	}));
}

/** Over, and nobody wrote whether the person came. */
async function withoutOutcome(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
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
				eq(appointment.state, 'booked'),
				// Somebody who left the follow-up can no longer open the file.
				exists(
					q
						.select({ one: sql`1` })
						.from(followUpMember)
						.where(
							and(
								eq(followUpMember.personId, appointment.personId),
								eq(followUpMember.accountId, accountId),
								openMember,
							),
						),
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
