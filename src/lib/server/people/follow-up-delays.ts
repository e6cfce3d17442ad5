import { and, asc, eq, gte, inArray, isNull, lt, max, ne, notExists, or, sql, type SQL } from 'drizzle-orm';
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { TAKEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { Queries } from '../db/client.ts';
import { isOneOf, preparedByShape } from '../db/prepared.ts';
import {
	account,
	appointment,
	auditEntry,
	diagnosis,
	followUpMember,
	municipality,
	need,
	pathway,
	person,
	step,
	structure,
	supportRequest,
} from '../db/schema/index.ts';
import { addDays, addMonths, localDay } from '../territories/calendar.ts';
import { openPathway } from './caseload.ts';
import {
	delayOf,
	lineOf,
	most,
	shown,
	value,
	within,
	type Asked,
	type Delay,
	type DelayValues,
	type Shape,
} from './delay-scope.ts';

/** The delays of a person who was taken on; delays.ts merges them with those of the others. */

const one = { one: sql`1` };

/** As the index of requests that were taken is declared: a condition of a partial index is only seen when it is written the same. */
export const taken = sql`${supportRequest.status} IN ('assigned', 'in_diagnosis')`;

/** When the request of the outer query was asked for the last time: reopened, its days begin again. */
export const askedAt = (q: Queries) => {
	const reopened = q
		.select({ at: max(auditEntry.at) })
		.from(auditEntry)
		.where(and(eq(auditEntry.subjectId, supportRequest.id), eq(auditEntry.action, REOPENED)));
	return sql<Date>`max(${supportRequest.submittedAt}, coalesce((${reopened}), 0))`.mapWith(supportRequest.submittedAt);
};
const REOPENED = sql.raw(`'request.reopened'`);

/** Requests taken, asked for before the instant given as `before`, which `still` says are not served yet. */
const requestRows = (before: keyof DelayValues, still: (q: Queries) => SQL | undefined) =>
	preparedByShape((q, shape: Shape) =>
		q
			.select({ ...shown, askedAt: askedAt(q), reference: supportRequest.reference })
			.from(supportRequest)
			.innerJoin(person, eq(person.id, supportRequest.personId))
			.leftJoin(followUpMember, lineOf(shape))
			.leftJoin(account, eq(account.id, followUpMember.accountId))
			.leftJoin(structure, eq(structure.id, followUpMember.structureId))
			.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
			.where(
				and(
					taken,
					lt(supportRequest.submittedAt, value(supportRequest.submittedAt, before)),
					still(q),
					sql`${askedAt(q)} < ${value(supportRequest.submittedAt, before)}`,
					within(q, shape, supportRequest.territoryId),
				),
			)
			.orderBy(asc(supportRequest.submittedAt))
			.limit(most)
			.prepare(),
	);

interface Overdue {
	rows: ReturnType<typeof requestRows>;
	kind: 'first_appointment' | 'diagnosis' | 'orientation';
	/** The target, from the day the request was sent, or reopened. */
	days: number;
}

async function requestsBeyond(q: Queries, asked: Asked, { rows, kind, days }: Overdue): Promise<Delay[]> {
	const found = await rows(q, asked.shape).execute(asked.values);
	return found.map((row) => {
		const targetOn = addDays(localDay(row.askedAt, asked.context.zone), days);
		return delayOf(asked, row, { kind, targetOn, reference: row.reference });
	});
}

/** Appointments offered since the request of the outer query was sent, that hold at `now` or were held. */
export const offeredSince = (q: Queries) =>
	q
		.select(one)
		.from(appointment)
		.where(
			and(
				eq(appointment.personId, supportRequest.personId),
				gte(appointment.createdAt, supportRequest.submittedAt),
				// Called off by the service, or a choice that ran out: nothing was offered.
				ne(appointment.state, 'revoked'),
				or(ne(appointment.state, 'invited'), gte(appointment.chooseBy, value(appointment.chooseBy, 'now'))),
			),
		);

// In diagnosis too: an interview that is prepared is not one that was offered.
const unoffered = requestRows('beforeAppointment', (q) => notExists(offeredSince(q)));

/** Taken, and no appointment offered since it was sent that holds, or was held. */
export const withoutAppointment = (q: Queries, asked: Asked) =>
	requestsBeyond(q, asked, {
		rows: unoffered,
		kind: 'first_appointment',
		days: asked.context.settings.firstAppointmentDays,
	});

/** Diagnoses shared with the person since the request of the outer query was sent. */
export const diagnosedSince = (q: Queries) =>
	q
		.select(one)
		.from(diagnosis)
		.where(and(eq(diagnosis.personId, supportRequest.personId), gte(diagnosis.sharedAt, supportRequest.submittedAt)));

const undiagnosed = requestRows('beforeDiagnosis', (q) => notExists(diagnosedSince(q)));

/** Taken, and no diagnosis was shared with the person since. */
export const withoutDiagnosis = (q: Queries, asked: Asked) =>
	requestsBeyond(q, asked, { rows: undiagnosed, kind: 'diagnosis', days: asked.context.settings.diagnosisDays });

const unoriented = requestRows('beforeOrientation', (q) =>
	notExists(
		q
			.select(one)
			.from(pathway)
			.where(and(eq(pathway.personId, supportRequest.personId), openPathway)),
	),
);

/** Taken, and no pathway was decided. */
export const withoutPathway = (q: Queries, asked: Asked) =>
	requestsBeyond(q, asked, { rows: unoriented, kind: 'orientation', days: asked.context.settings.orientationDays });

/** Open pathways that something is waited for on, since the longest; the instant is the one the database keeps (decision 0009). */
const pathwayRows = (since: SQLiteColumn, still: (SQL | undefined)[]) =>
	preparedByShape((q, shape: Shape) =>
		q
			.select({ ...shown, since: sql<Date>`${since}`.mapWith(pathway.startedAt) })
			.from(pathway)
			.innerJoin(person, eq(person.id, pathway.personId))
			.innerJoin(followUpMember, lineOf(shape))
			.innerJoin(account, eq(account.id, followUpMember.accountId))
			.innerJoin(structure, eq(structure.id, followUpMember.structureId))
			.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
			.where(and(openPathway, ...still, within(q, shape, pathway.territoryId)))
			.orderBy(asc(since))
			.limit(most)
			.prepare(),
	);

interface Beyond {
	rows: ReturnType<typeof pathwayRows>;
	kind: 'steps' | 'interview' | 'review';
	/** Last day that would have kept the target, from the day it waits since. */
	target: (sinceDay: string) => string;
}

async function pathwaysBeyond(q: Queries, asked: Asked, { rows, kind, target }: Beyond): Promise<Delay[]> {
	const found = await rows(q, asked.shape).execute(asked.values);
	return found
		.map((row) => delayOf(asked, row, { kind, targetOn: target(localDay(row.since, asked.context.zone)) }))
		.filter(({ daysLate }) => daysLate > 0);
}

const before = (at: SQLiteColumn, name: keyof DelayValues) => lt(at, value(at, name));

const unmoved = pathwayRows(pathway.movedAt, [before(pathway.movedAt, 'beforeSteps')]);

/** Neither a step added or done, nor a stage entered, for longer than the territory leaves between two steps. */
export const standingStill = (q: Queries, asked: Asked) =>
	pathwaysBeyond(q, asked, {
		rows: unmoved,
		kind: 'steps',
		target: (sinceDay) => addDays(sinceDay, asked.context.settings.betweenStepsDays),
	});

const unmet = pathwayRows(pathway.metAt, [
	before(pathway.metAt, 'beforeSteps'),
	or(isNull(pathway.meetsAt), before(pathway.meetsAt, 'now')),
]);

/** Nobody met the person for as long as the territory leaves between two steps, and no appointment is to come. */
export const withoutInterview = (q: Queries, asked: Asked) =>
	pathwaysBeyond(q, asked, {
		rows: unmet,
		kind: 'interview',
		target: (sinceDay) => addDays(sinceDay, asked.context.settings.betweenStepsDays),
	});

const unreviewed = pathwayRows(pathway.reviewedAt, [
	inArray(pathway.kind, ['pro', 'socio_pro']),
	before(pathway.reviewedAt, 'beforeReview'),
]);
const unreviewedSocial = pathwayRows(pathway.reviewedAt, [
	eq(pathway.kind, 'social'),
	before(pathway.reviewedAt, 'beforeReviewSocial'),
]);

const reviewsBeyond = (q: Queries, asked: Asked, rows: Beyond['rows'], months: number) =>
	pathwaysBeyond(q, asked, { rows, kind: 'review', target: (sinceDay) => addMonths(sinceDay, months) });

/**
 * No *point de situation* for 6 months (12 in a social pathway, CASF L262-31) since the latest one, the latest orientation or
 * the beginning; the two numbers are the territory's.
 */
export const withoutReview = (q: Queries, asked: Asked) =>
	reviewsBeyond(q, asked, unreviewed, asked.context.settings.reviewMonths);
export const withoutSocialReview = (q: Queries, asked: Asked) =>
	reviewsBeyond(q, asked, unreviewedSocial, asked.context.settings.reviewMonthsSocial);

const sooner = alias(need, 'sooner');

/** As the index of needs that nobody has begun is declared. */
export const openNeed = sql`${need.status} = 'open' AND ${need.expectedOn} IS NOT NULL`;
const soonerNeed = sql`${sooner.status} = 'open' AND ${sooner.expectedOn} IS NOT NULL`;

/** Somebody took the request, and it goes on: before that the request itself is late. The plus: its own index of those does not lead. */
export const requestGoesOn = sql`+${isOneOf(supportRequest.status, TAKEN_REQUEST_STATUSES)}`;

const unbegunRows = preparedByShape((q, shape: Shape) =>
	q
		.select({ ...shown, expectedOn: need.expectedOn, reference: supportRequest.reference })
		.from(need)
		.innerJoin(supportRequest, eq(supportRequest.id, need.requestId))
		.innerJoin(person, eq(person.id, need.personId))
		.leftJoin(followUpMember, lineOf(shape))
		.leftJoin(account, eq(account.id, followUpMember.accountId))
		.leftJoin(structure, eq(structure.id, followUpMember.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				openNeed,
				lt(need.expectedOn, value(need.expectedOn, 'today')),
				requestGoesOn,
				// One line a person: what has waited longest.
				notExists(
					q
						.select(one)
						.from(sooner)
						.where(
							and(
								eq(sooner.personId, need.personId),
								eq(sooner.requestId, need.requestId),
								soonerNeed,
								sql`(${sooner.expectedOn}, ${sooner.id}) < (${need.expectedOn}, ${need.id})`,
							),
						),
				),
				within(q, shape, sql`+${supportRequest.territoryId}`),
			),
		)
		.orderBy(asc(need.expectedOn))
		.limit(most)
		.prepare(),
);

/** A need that nobody has begun, past the day the person was told. Not which: the themes are for those who see them. */
export async function unbegun(q: Queries, asked: Asked): Promise<Delay[]> {
	const rows = await unbegunRows(q, asked.shape).execute(asked.values);
	return rows.map((row) => delayOf(asked, row, { kind: 'need', targetOn: row.expectedOn!, reference: row.reference }));
}

const earlier = alias(step, 'earlier');

/** As the index of what was promised is declared. */
export const openPromise = sql`${step.owner} IN ('referent', 'structure') AND ${step.state} IN ('planned', 'in_progress', 'waiting')`;
const earlierPromise = sql`${earlier.owner} IN ('referent', 'structure') AND ${earlier.state} IN ('planned', 'in_progress', 'waiting')`;

const promisedRows = preparedByShape((q, shape: Shape) =>
	q
		.select({ ...shown, dueOn: step.dueOn })
		.from(step)
		.innerJoin(pathway, eq(pathway.id, step.pathwayId))
		.innerJoin(person, eq(person.id, step.personId))
		.leftJoin(followUpMember, lineOf(shape))
		.leftJoin(account, eq(account.id, followUpMember.accountId))
		.leftJoin(structure, eq(structure.id, followUpMember.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				openPromise,
				lt(step.dueOn, value(step.dueOn, 'today')),
				openPathway,
				// One line a person: what has waited longest.
				notExists(
					q
						.select(one)
						.from(earlier)
						.where(
							and(
								eq(earlier.personId, step.personId),
								eq(earlier.pathwayId, step.pathwayId),
								earlierPromise,
								sql`(${earlier.dueOn}, ${earlier.id}) < (${step.dueOn}, ${step.id})`,
							),
						),
				),
				// The plus: what is late leads, not everybody of the territory.
				within(q, shape, sql`+${pathway.territoryId}`),
			),
		)
		.orderBy(asc(step.dueOn))
		.limit(most)
		.prepare(),
);

/**
 * What a professional or a structure said they would do, past its day. Not what: the titles are for those who follow the person,
 * and « mes actions » (pathway/own-steps.ts).
 */
export async function promised(q: Queries, asked: Asked): Promise<Delay[]> {
	const rows = await promisedRows(q, asked.shape).execute(asked.values);
	return rows.map((row) => delayOf(asked, row, { kind: 'promise', targetOn: row.dueOn! }));
}
