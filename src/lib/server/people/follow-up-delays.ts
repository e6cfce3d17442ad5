import { and, asc, eq, gte, inArray, isNull, lt, max, ne, notExists, or, sql, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Queries } from '../db/client.ts';
import { preparedByShape } from '../db/prepared.ts';
import {
	account,
	appointment,
	diagnosis,
	followUpMember,
	municipality,
	pathway,
	person,
	situationReview,
	stage,
	step,
	structure,
	supportRequest,
} from '../db/schema/index.ts';
import { addDays, addMonths, daysBetween, localDay } from '../territories/calendar.ts';
import { openPathway } from './caseload.ts';
import {
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

/** The delays of a follow-up that goes on; delays.ts merges them with those of the first weeks. */

const one = { one: sql`1` };

/** Requests taken, sent before the instant given as `before`, which `still` says are not served yet. */
const requestRows = (before: keyof DelayValues, still: (q: Queries) => SQL) =>
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
					eq(supportRequest.territoryId, value(supportRequest.territoryId, 'territoryId')),
					inArray(supportRequest.status, ['assigned', 'in_diagnosis']),
					lt(supportRequest.submittedAt, value(supportRequest.submittedAt, before)),
					still(q),
					within(q, shape),
				),
			)
			.orderBy(asc(supportRequest.submittedAt))
			.limit(MAX_PER_KIND)
			.prepare(),
	);

async function requestsBeyond(
	q: Queries,
	{ shape, values, context, today }: Asked,
	{ rows, kind, days }: { rows: ReturnType<typeof requestRows>; kind: 'diagnosis' | 'orientation'; days: number },
): Promise<Delay[]> {
	const found = await rows(q, shape).execute(values);
	return found.map(({ submittedAt, ...row }) => {
		const targetOn = addDays(localDay(submittedAt!, context.zone), days);
		return { ...row, kind, targetOn, daysLate: daysBetween(targetOn, today), stageName: null };
	});
}

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

interface Waiting {
	/** What the pathway waits since: the latest of these, and of its beginning. */
	since: SQL<Date | null>[];
	/** True of those that wait for longer. */
	still: (SQL | undefined)[];
}

const NEVER = sql<Date | null>`NULL`;

/** The latest instant of a column among the rows of a pathway. */
const latest = (q: Queries, at: SQLiteColumn, of: SQL | undefined) =>
	sql<Date | null>`(${q
		.select({ at: max(at) })
		.from(at.table)
		.where(of)})`.mapWith(pathway.startedAt);

/** Open pathways that something is waited for on, the longest first. */
const pathwayRows = (waiting: (q: Queries) => Waiting) =>
	preparedByShape((q, shape: Shape) => {
		const { since, still } = waiting(q);
		return q
			.select({
				...shown,
				pathwayKind: pathway.kind,
				startedAt: pathway.startedAt,
				first: since[0] ?? NEVER,
				second: since[1] ?? NEVER,
				third: since[2] ?? NEVER,
			})
			.from(pathway)
			.innerJoin(person, eq(person.id, pathway.personId))
			.innerJoin(followUpMember, lineOf(shape))
			.innerJoin(account, eq(account.id, followUpMember.accountId))
			.innerJoin(structure, eq(structure.id, followUpMember.structureId))
			.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
			.where(and(openPathway, ...still, within(q, shape, pathway.territoryId)))
			.orderBy(asc(pathway.startedAt))
			.limit(MAX_PER_KIND)
			.prepare();
	});

interface Beyond {
	rows: ReturnType<typeof pathwayRows>;
	kind: 'steps' | 'interview' | 'review';
	/** Last day that would have kept the target, from the day it waits since. */
	target: (row: { sinceDay: string; kind: string }) => string;
}

async function pathwaysBeyond(
	q: Queries,
	{ shape, values, context, today }: Asked,
	{ rows, kind, target }: Beyond,
): Promise<Delay[]> {
	const found = await rows(q, shape).execute(values);
	return found.flatMap(({ startedAt, first, second, third, pathwayKind, ...row }) => {
		const since = Math.max(...[startedAt, first, second, third].map((at) => at?.getTime() ?? 0));
		const sinceDay = localDay(new Date(since), context.zone);
		const targetOn = target({ sinceDay, kind: pathwayKind });
		const daysLate = daysBetween(targetOn, today);
		return daysLate > 0 ? [{ ...row, kind, targetOn, daysLate, stageName: null, reference: null }] : [];
	});
}

const ofPathway = (id: typeof step.pathwayId | typeof stage.pathwayId | typeof situationReview.pathwayId) =>
	eq(id, pathway.id);
const startedBefore = (before: keyof DelayValues) => lt(pathway.startedAt, value(pathway.startedAt, before));

const unmoved = pathwayRows((q) => {
	const moved = (at: typeof step.createdAt | typeof step.doneAt) =>
		notExists(
			q
				.select(one)
				.from(step)
				.where(and(ofPathway(step.pathwayId), gte(at, value(at, 'beforeSteps')))),
		);
	const entered = notExists(
		q
			.select(one)
			.from(stage)
			.where(and(ofPathway(stage.pathwayId), gte(stage.enteredAt, value(stage.enteredAt, 'beforeSteps')))),
	);
	return {
		since: [
			latest(q, step.createdAt, ofPathway(step.pathwayId)),
			latest(q, step.doneAt, ofPathway(step.pathwayId)),
			latest(q, stage.enteredAt, ofPathway(stage.pathwayId)),
		],
		still: [startedBefore('beforeSteps'), moved(step.createdAt), moved(step.doneAt), entered],
	};
});

/** Neither a step added or done, nor a stage entered, for longer than the territory leaves between two steps. */
export const standingStill = (q: Queries, asked: Asked) =>
	pathwaysBeyond(q, asked, {
		rows: unmoved,
		kind: 'steps',
		target: ({ sinceDay }) => addDays(sinceDay, asked.context.settings.betweenStepsDays),
	});

const unmet = pathwayRows((q) => ({
	since: [
		latest(q, appointment.startsAt, and(eq(appointment.personId, pathway.personId), eq(appointment.state, 'seen'))),
	],
	still: [
		startedBefore('beforeSteps'),
		notExists(
			q
				.select(one)
				.from(appointment)
				.where(
					and(
						eq(appointment.personId, pathway.personId),
						or(
							and(gte(appointment.startsAt, value(appointment.startsAt, 'beforeSteps')), eq(appointment.state, 'seen')),
							and(gte(appointment.startsAt, value(appointment.startsAt, 'now')), eq(appointment.state, 'booked')),
						),
					),
				),
		),
	],
}));

/** Nobody met the person for as long as the territory leaves between two steps, and no appointment is to come. */
export const withoutInterview = (q: Queries, asked: Asked) =>
	pathwaysBeyond(q, asked, {
		rows: unmet,
		kind: 'interview',
		target: ({ sinceDay }) => addDays(sinceDay, asked.context.settings.betweenStepsDays),
	});

const unreviewed = pathwayRows((q) => {
	const old = (before: keyof DelayValues) =>
		and(
			startedBefore(before),
			or(isNull(pathway.orientedAt), lt(pathway.orientedAt, value(pathway.orientedAt, before))),
			notExists(
				q
					.select(one)
					.from(situationReview)
					.where(
						and(
							ofPathway(situationReview.pathwayId),
							gte(situationReview.heldAt, value(situationReview.heldAt, before)),
						),
					),
			),
		);
	return {
		since: [
			sql<Date | null>`${pathway.orientedAt}`.mapWith(pathway.startedAt),
			latest(q, situationReview.heldAt, ofPathway(situationReview.pathwayId)),
		],
		still: [
			or(
				and(ne(pathway.kind, 'social'), old('beforeReview')),
				and(eq(pathway.kind, 'social'), old('beforeReviewSocial')),
			),
		],
	};
});

/**
 * No *point de situation* for 6 months (12 in a social pathway, CASF L262-31) since the latest one, the latest orientation or
 * the beginning; the two numbers are the territory's.
 */
export function withoutReview(q: Queries, asked: Asked) {
	const { reviewMonths, reviewMonthsSocial } = asked.context.settings;
	return pathwaysBeyond(q, asked, {
		rows: unreviewed,
		kind: 'review',
		target: ({ sinceDay, kind }) => addMonths(sinceDay, kind === 'social' ? reviewMonthsSocial : reviewMonths),
	});
}
