import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { CHECK_IN_SILENT_AT } from '../../shared/closing.ts';
import type { Queries } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import {
	account,
	auditEntry,
	checkIn,
	followUpMember,
	municipality,
	pathway,
	person,
	step,
	supportRequest,
} from '../db/schema/index.ts';
import { unseal, unsealNullable } from '../platform/sealing.ts';
import { addDays, instantOf, localDay, wallClock } from '../territories/calendar.ts';
import { nextAppointments, openPathway, reachableBy } from './caseload.ts';
import { passedDelays, type DelayContext } from './delays.ts';
import { answered, missed, unreachable, withoutOutcome } from './today-appointments.ts';
import { mergeAlerts, type Alert, type TodayRow } from './today-rules.ts';
import { concerned, LIMIT, mine } from './today-scope.ts';

/** Requests shown among the people; the inbox has them all. */
const REQUESTS_SHOWN = 5;
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
		await withoutLead(q, accountId),
		await waiting(q, accountId),
		await inWork(q, accountId, context),
		await stuck(q, accountId),
		await delayed(q, accountId, context),
		await objected(q, accountId, now),
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

const lead = alias(followUpMember, 'lead');

/** The other half of a pair whose lead left: nobody answers for the pathway. */
async function withoutLead(q: Queries, accountId: string): Promise<Alert[]> {
	const activeLead = q
		.select({ one: sql`1` })
		.from(lead)
		.innerJoin(account, eq(account.id, lead.accountId))
		.where(
			and(
				eq(lead.personId, followUpMember.personId),
				isNull(lead.endedAt),
				eq(lead.part, 'lead'),
				eq(account.status, 'active'),
			),
		);
	const rows = await q
		.select({ ...concerned, since: followUpMember.startedAt })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), eq(followUpMember.part, 'second'), notExists(activeLead)))
		.orderBy(asc(followUpMember.startedAt))
		.limit(LIMIT);
	return rows.map((row) => ({ ...row, reason: 'no_lead', note: null, detail: {}, reference: null }));
}

/** Said « j’attends toujours » about their pathway, and nothing moved since. */
async function waiting(q: Queries, accountId: string): Promise<Alert[]> {
	const rows = await q
		.select({ ...concerned, since: pathway.stillWaitingAt })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(pathway, and(eq(pathway.personId, person.id), openPathway))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), isNotNull(pathway.stillWaitingAt)))
		.orderBy(asc(pathway.stillWaitingAt))
		.limit(LIMIT);
	return rows.map(({ since, ...row }) => ({
		...row,
		reason: 'waiting',
		since: since!,
		note: null,
		detail: {},
		reference: null,
	}));
}

/** A week is enough to know that somebody was refused. */
const OBJECTION_MS = 7 * 86_400_000;

/** The person objected to somebody the lead had invited. */
async function objected(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const rows = await q
		.select({ ...concerned, since: auditEntry.at })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(
			auditEntry,
			and(
				eq(auditEntry.personId, person.id),
				gt(auditEntry.at, new Date(now.getTime() - OBJECTION_MS)),
				eq(auditEntry.action, 'person.member_refused'),
			),
		)
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), eq(followUpMember.part, 'lead')))
		.orderBy(asc(auditEntry.at))
		.limit(LIMIT);
	return rows.map((row) => ({ ...row, reason: 'objected', note: null, detail: {}, reference: null }));
}

/** First months at work: a call is asked for, it is hard, or nothing was said by the evening of the day it was asked. */
async function inWork(q: Queries, accountId: string, { zone, now }: DelayContext): Promise<Alert[]> {
	const { day, time } = wallClock(now, zone);
	const silentSince = time >= CHECK_IN_SILENT_AT ? day : addDays(day, -1);
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
		.where(and(mine(accountId), is(step.state, 'waiting'), is(step.owner, 'person')))
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
		.where(and(eq(supportRequest.territoryId, territoryId), is(supportRequest.status, 'submitted')))
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
