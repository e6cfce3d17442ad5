import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, ne, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { OPEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { Queries } from '../db/client.ts';
import {
	account,
	auditEntry,
	checkIn,
	followUpMember,
	municipality,
	need,
	orientation,
	pathway,
	person,
	stage,
	step,
	supportRequest,
} from '../db/schema/index.ts';
import { unseal, unsealNullable } from '../platform/sealing.ts';
import { instantOf, localDay } from '../territories/calendar.ts';
import { currentStage, nextAppointments, openPathway, reachableBy } from './caseload.ts';
import { passedDelays, type Delay, type DelayContext } from './delays.ts';
import { stillWaits } from './rules.ts';
import { answered, calledOff, missed, unreachable, unwritable, withoutOutcome } from './today-appointments.ts';
import { mergeAlerts, type Alert, type TodayRow } from './today-rules.ts';
import { contested, groupRefused, groupUnwritten, OBJECTION_MS, proposed } from './today-said.ts';
import { concerned, LIMIT, mine } from './today-scope.ts';
import { isStuck, silentSince, unheard } from './unheard.ts';
import {
	freeFor,
	needSent,
	presentDecision,
	presentNeedDecision,
	waiting as waitingRequest,
	WAITING_ORDER,
} from './waiting-requests.ts';

/** Requests shown among the people; the inbox has them all. */
const REQUESTS_SHOWN = 5;
/**
 * People who need this professional now, most pressing first, each with the reasons: no message gets through, missed, needs
 * help, cannot come, contests, proposed or refused something, target passed, a need asked for since, requests of the territory to take, outcome of an appointment to write down.
 */
export async function peopleToday(q: Queries, accountId: string, context: DelayContext): Promise<TodayRow[]> {
	const { now } = context;
	const late = await passedDelays(q, { accountId }, context);
	const alerts = [
		await unreachable(q, accountId, now),
		await calledOff(q, accountId, now),
		await missed(q, accountId, now),
		await answered(q, accountId, now),
		await withoutLead(q, accountId),
		await waiting(q, accountId, late, context),
		await inWork(q, accountId, context),
		await stuck(q, accountId),
		await contested(q, accountId),
		await proposed(q, accountId),
		delayed(late, context),
		await unwritable(q, accountId),
		await groupUnwritten(q, accountId, now),
		await groupRefused(q, accountId, now),
		await objected(q, accountId, now),
		await askedMore(q, accountId, now),
		await waitingRequests(q, accountId, context),
		await withoutOutcome(q, accountId, now),
	];
	const rows = mergeAlerts(alerts.flat());
	// Of who is followed no more, the call alone.
	const open = rows.filter(({ reasons }) => reasons[0].reason !== 'called_off');
	const ids = open.map(({ personId }) => personId);
	const next = await nextAppointments(q, ids, now);
	const reached = await reachableBy(
		q,
		open.map((row) => ({ ...row, id: row.personId })),
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

/** Said « j’attends toujours » about their pathway, and a delay it was said of is not over. */
async function waiting(q: Queries, accountId: string, late: Delay[], { zone }: DelayContext): Promise<Alert[]> {
	const rows = await q
		.select({ ...concerned, since: pathway.stillWaitingAt })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(pathway, and(eq(pathway.personId, person.id), openPathway))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), isNotNull(pathway.stillWaitingAt)))
		.orderBy(asc(pathway.stillWaitingAt))
		.limit(LIMIT);
	return rows
		.filter(({ personId, since }) =>
			stillWaits(
				localDay(since!, zone),
				late.filter((delay) => delay.personId === personId),
			),
		)
		.map(({ since, ...row }) => ({
			...row,
			reason: 'waiting',
			since: since!,
			note: null,
			detail: {},
			reference: null,
		}));
}

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
		.innerJoin(pathway, and(eq(pathway.id, checkIn.pathwayId), openPathway))
		.leftJoin(stage, and(eq(stage.pathwayId, pathway.id), currentStage, eq(stage.inWork, true)))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), unheard(silentSince(now, zone))))
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
			since: sql<Date>`${step.stuckAt}`.mapWith(step.stuckAt),
		})
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(step, eq(step.personId, person.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), isStuck))
		.orderBy(asc(step.stuckAt))
		.limit(LIMIT);
	return rows.map(({ id, titleSealed, noteSealed, ...row }) => ({
		...row,
		reason: 'stuck',
		note: unsealNullable(`step.person_note_sealed:${id}`, noteSealed) ?? unseal(`step.title_sealed:${id}`, titleSealed),
		detail: {},
		reference: null,
	}));
}

function delayed(delays: Delay[], context: DelayContext): Alert[] {
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
		reference: delay.reference,
	}));
}

/** Requests of the territory that nobody took and that are theirs to take, in the order of the inbox. */
async function waitingRequests(
	q: Queries,
	accountId: string,
	{ territoryId, zone, now }: DelayContext,
): Promise<Alert[]> {
	const [own] = await q
		.select({ role: account.role, structureId: account.structureId })
		.from(account)
		.where(eq(account.id, accountId))
		.limit(1);
	const rows = await q
		.select({
			...concerned,
			reference: supportRequest.reference,
			submittedAt: supportRequest.submittedAt,
			respondBy: supportRequest.respondBy,
			urgent: supportRequest.urgent,
		})
		.from(supportRequest)
		.innerJoin(person, eq(person.id, supportRequest.personId))
		.leftJoin(orientation, presentDecision)
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				eq(supportRequest.territoryId, territoryId),
				waitingRequest,
				own?.role === 'coordinator' ? undefined : freeFor(own?.structureId ?? null),
			),
		)
		.orderBy(...WAITING_ORDER)
		.limit(REQUESTS_SHOWN);
	const today = localDay(now, zone);
	return rows.map(({ respondBy, submittedAt, urgent, ...row }) => ({
		...row,
		reason: respondBy !== null && respondBy < today ? 'request_late' : 'request_waiting',
		since: submittedAt ?? now,
		note: null,
		detail: { respondBy, urgent },
	}));
}

/** Somebody who is led already asked: for more, again, or as a visitor whom the portal did not know yet. */
const ASKED = ['request.need_added', 'request.submitted', 'request.joined', 'request.reopened'];
/** What was opened longer ago is forgotten (audit `KEPT_A_YEAR`): what was asked for before is not called unread. */
const UNREAD_MS = 365 * 86_400_000;

/**
 * Asked since somebody has the request: the lead has not opened the file since, an opening being written once an hour; or
 * it is a need that nobody has begun, nor sent anywhere.
 */
async function askedMore(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const unread = await addedUnread(q, accountId, now);
	const known = new Set(unread.map(({ personId }) => personId));
	const unbegun = (await addedUnbegun(q, accountId)).filter(({ personId }) => !known.has(personId));
	return [...unread, ...unbegun, ...(await leftNeeds(q, accountId, now))];
}

async function addedUnread(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const opening = alias(auditEntry, 'opening');
	const readSince = q
		.select({ one: sql`1` })
		.from(opening)
		.where(
			and(
				eq(opening.personId, auditEntry.personId),
				gt(opening.at, auditEntry.at),
				eq(opening.action, 'person.opened'),
				eq(opening.actorId, accountId),
			),
		);
	const rows = await q
		.select({
			...concerned,
			since: auditEntry.at,
			said: auditEntry.detail,
			reference: supportRequest.reference,
		})
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(
			supportRequest,
			and(eq(supportRequest.personId, person.id), inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES])),
		)
		.innerJoin(auditEntry, and(eq(auditEntry.subjectId, supportRequest.id), inArray(auditEntry.action, ASKED)))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				mine(accountId),
				eq(followUpMember.part, 'lead'),
				gte(auditEntry.at, supportRequest.assignedAt),
				gt(auditEntry.at, new Date(now.getTime() - UNREAD_MS)),
				or(isNull(auditEntry.actorId), ne(auditEntry.actorId, accountId)),
				notExists(readSince),
			),
		)
		.orderBy(asc(auditEntry.at))
		.limit(LIMIT);
	return rows.map(({ said, ...row }) => ({
		...row,
		reason: said.urgent === true ? 'urgent_need' : 'new_need',
		note: null,
		detail: { urgent: said.urgent === true, callBack: said.call === true },
	}));
}

/** Somebody had taken it, who follows the person no longer or works here no more. */
async function leftNeeds(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const [taker, takerAccount] = [alias(followUpMember, 'taker'), alias(account, 'taker_account')];
	const held = q
		.select({ one: sql`1` })
		.from(taker)
		.innerJoin(takerAccount, eq(takerAccount.id, taker.accountId))
		.where(
			and(
				eq(taker.personId, need.personId),
				eq(taker.accountId, orientation.accountId),
				isNull(taker.endedAt),
				or(isNull(taker.endsAt), gt(taker.endsAt, now)),
				eq(takerAccount.status, 'active'),
			),
		);
	const rows = await q
		.select({ ...concerned, since: orientation.at, reference: supportRequest.reference })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(
			supportRequest,
			and(eq(supportRequest.personId, person.id), inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES])),
		)
		.innerJoin(need, and(eq(need.requestId, supportRequest.id), inArray(need.status, ['open', 'in_progress'])))
		.innerJoin(orientation, and(presentNeedDecision, eq(orientation.state, 'taken')))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), eq(followUpMember.part, 'lead'), notExists(held)))
		.orderBy(asc(orientation.at))
		.limit(LIMIT);
	return rows.map((row) => ({ ...row, reason: 'need_left', note: null, detail: {} }));
}

async function addedUnbegun(q: Queries, accountId: string): Promise<Alert[]> {
	const rows = await q
		.select({
			...concerned,
			since: need.createdAt,
			reference: supportRequest.reference,
			urgent: supportRequest.urgent,
		})
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(
			supportRequest,
			and(eq(supportRequest.personId, person.id), inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES])),
		)
		.innerJoin(need, eq(need.requestId, supportRequest.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				mine(accountId),
				eq(followUpMember.part, 'lead'),
				eq(need.status, 'open'),
				gt(need.createdAt, supportRequest.assignedAt),
				notExists(needSent(q)),
			),
		)
		.orderBy(asc(need.createdAt))
		.limit(LIMIT);
	return rows.map(({ urgent, ...row }) => ({ ...row, reason: 'new_need', note: null, detail: { urgent } }));
}
