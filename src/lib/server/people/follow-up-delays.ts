import { and, asc, eq, gte, inArray, isNull, lt, notExists, or, sql, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Queries } from '../db/client.ts';
import { is, preparedByShape } from '../db/prepared.ts';
import {
	account,
	appointment,
	diagnosis,
	followUpMember,
	municipality,
	pathway,
	person,
	structure,
	supportRequest,
} from '../db/schema/index.ts';
import { addDays, addMonths, localDay } from '../territories/calendar.ts';
import { openPathway } from './caseload.ts';
import {
	delayOf,
	lineOf,
	MAX_PER_KIND,
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
const taken = sql`${supportRequest.status} IN ('assigned', 'in_diagnosis')`;

/** Requests taken, sent before the instant given as `before`, which `still` says are not served yet. */
const requestRows = (before: keyof DelayValues, still: (q: Queries) => SQL | undefined) =>
	preparedByShape((q, shape: Shape) =>
		q
			.select({ ...shown, submittedAt: supportRequest.submittedAt, reference: supportRequest.reference })
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
					within(q, shape, supportRequest.territoryId),
				),
			)
			.orderBy(asc(supportRequest.submittedAt))
			.limit(MAX_PER_KIND)
			.prepare(),
	);

interface Overdue {
	rows: ReturnType<typeof requestRows>;
	kind: 'first_appointment' | 'diagnosis' | 'orientation';
	/** The target, from the day the request was sent. */
	days: number;
}

async function requestsBeyond(q: Queries, asked: Asked, { rows, kind, days }: Overdue): Promise<Delay[]> {
	const found = await rows(q, asked.shape).execute(asked.values);
	return found.map((row) => {
		const targetOn = addDays(localDay(row.submittedAt!, asked.context.zone), days);
		return delayOf(asked, row, { kind, targetOn, reference: row.reference });
	});
}

const unoffered = requestRows('beforeAppointment', (q) =>
	and(
		is(supportRequest.status, 'assigned'),
		notExists(q.select(one).from(appointment).where(eq(appointment.personId, supportRequest.personId))),
	),
);

/** Taken, and no appointment ever offered since it was sent. */
export const withoutAppointment = (q: Queries, asked: Asked) =>
	requestsBeyond(q, asked, {
		rows: unoffered,
		kind: 'first_appointment',
		days: asked.context.settings.firstAppointmentDays,
	});

const undiagnosed = requestRows('beforeDiagnosis', (q) =>
	notExists(
		q
			.select(one)
			.from(diagnosis)
			.where(and(eq(diagnosis.personId, supportRequest.personId), gte(diagnosis.sharedAt, supportRequest.submittedAt))),
	),
);

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
			.limit(MAX_PER_KIND)
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

/**
 * No *point de situation* for 6 months (12 in a social pathway, CASF L262-31) since the latest one, the latest orientation or
 * the beginning; the two numbers are the territory's.
 */
export async function withoutReview(q: Queries, asked: Asked): Promise<Delay[]> {
	const { reviewMonths, reviewMonthsSocial } = asked.context.settings;
	const after = (months: number) => (sinceDay: string) => addMonths(sinceDay, months);
	return [
		...(await pathwaysBeyond(q, asked, { rows: unreviewed, kind: 'review', target: after(reviewMonths) })),
		...(await pathwaysBeyond(q, asked, { rows: unreviewedSocial, kind: 'review', target: after(reviewMonthsSocial) })),
	];
}
