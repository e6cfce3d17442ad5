import { and, asc, eq, gte, inArray, isNull, lt, max, ne, notExists, or, sql, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Queries } from '../db/client.ts';
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
import { addDays, addMonths, daysBetween, localDay, startOfDay } from '../territories/calendar.ts';
import { openPathway } from './caseload.ts';
import { lineOf, MAX_PER_KIND, shown, within, type Delay, type DelayContext, type DelayScope } from './delay-scope.ts';

/** The delays of a follow-up that goes on; delays.ts merges them with those of the first weeks. */

const one = { one: sql`1` };

/** Requests taken, sent more days ago than the target, which `still` says are not served yet. */
async function requestsBeyond(
	q: Queries,
	scope: DelayScope,
	context: DelayContext,
	{ kind, days, still, today }: { kind: 'diagnosis' | 'orientation'; days: number; still: SQL; today: string },
): Promise<Delay[]> {
	const { zone, territoryId } = context;
	const rows = await q
		.select({ ...shown, submittedAt: supportRequest.submittedAt, reference: supportRequest.reference })
		.from(supportRequest)
		.innerJoin(person, eq(person.id, supportRequest.personId))
		.leftJoin(followUpMember, lineOf(scope))
		.leftJoin(account, eq(account.id, followUpMember.accountId))
		.leftJoin(structure, eq(structure.id, followUpMember.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				eq(supportRequest.territoryId, territoryId),
				inArray(supportRequest.status, ['assigned', 'in_diagnosis']),
				lt(supportRequest.submittedAt, startOfDay(addDays(today, -days), zone)),
				still,
				within(q, scope, context),
			),
		)
		.orderBy(asc(supportRequest.submittedAt))
		.limit(MAX_PER_KIND);
	return rows.map(({ submittedAt, ...row }) => {
		const targetOn = addDays(localDay(submittedAt!, zone), days);
		return { ...row, kind, targetOn, daysLate: daysBetween(targetOn, today), stageName: null };
	});
}

/** Taken, and no diagnosis was shared with the person since. */
export const withoutDiagnosis = (q: Queries, scope: DelayScope, context: DelayContext, today: string) =>
	requestsBeyond(q, scope, context, {
		kind: 'diagnosis',
		days: context.settings.diagnosisDays,
		today,
		still: notExists(
			q
				.select(one)
				.from(diagnosis)
				.where(
					and(eq(diagnosis.personId, supportRequest.personId), gte(diagnosis.sharedAt, supportRequest.submittedAt)),
				),
		),
	});

/** Taken, and no pathway was decided. */
export const withoutPathway = (q: Queries, scope: DelayScope, context: DelayContext, today: string) =>
	requestsBeyond(q, scope, context, {
		kind: 'orientation',
		days: context.settings.orientationDays,
		today,
		still: notExists(
			q
				.select(one)
				.from(pathway)
				.where(and(eq(pathway.personId, supportRequest.personId), openPathway)),
		),
	});

interface Beyond {
	kind: 'steps' | 'interview' | 'review';
	/** What the pathway waits since: the latest of these, and of its beginning. */
	since: SQL<Date | null>[];
	/** True of those that wait for longer. */
	still: (SQL | undefined)[];
	/** Last day that would have kept the target, from the day it waits since. */
	target: (row: { sinceDay: string; kind: string }) => string;
	today: string;
}

const NEVER = sql<Date | null>`NULL`;

/** The latest instant of a column among the rows of a pathway. */
const latest = (q: Queries, at: SQLiteColumn, of: SQL | undefined) =>
	sql<Date | null>`(${q
		.select({ at: max(at) })
		.from(at.table)
		.where(of)})`.mapWith(pathway.startedAt);

/** Open pathways that something is waited for on, the longest first. */
async function pathwaysBeyond(q: Queries, scope: DelayScope, context: DelayContext, beyond: Beyond): Promise<Delay[]> {
	const rows = await q
		.select({
			...shown,
			pathwayKind: pathway.kind,
			startedAt: pathway.startedAt,
			first: beyond.since[0] ?? NEVER,
			second: beyond.since[1] ?? NEVER,
			third: beyond.since[2] ?? NEVER,
		})
		.from(pathway)
		.innerJoin(person, eq(person.id, pathway.personId))
		.innerJoin(followUpMember, lineOf(scope))
		.innerJoin(account, eq(account.id, followUpMember.accountId))
		.innerJoin(structure, eq(structure.id, followUpMember.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(openPathway, ...beyond.still, within(q, scope, context, pathway.territoryId)))
		.orderBy(asc(pathway.startedAt))
		.limit(MAX_PER_KIND);
	return rows.flatMap(({ startedAt, first, second, third, pathwayKind, ...row }) => {
		const since = Math.max(...[startedAt, first, second, third].map((at) => at?.getTime() ?? 0));
		const sinceDay = localDay(new Date(since), context.zone);
		const targetOn = beyond.target({ sinceDay, kind: pathwayKind });
		const daysLate = daysBetween(targetOn, beyond.today);
		return daysLate > 0 ? [{ ...row, kind: beyond.kind, targetOn, daysLate, stageName: null, reference: null }] : [];
	});
}

const ofPathway = (id: typeof step.pathwayId | typeof stage.pathwayId | typeof situationReview.pathwayId) =>
	eq(id, pathway.id);

/** Neither a step added or done, nor a stage entered, for longer than the territory leaves between two steps. */
export function standingStill(q: Queries, scope: DelayScope, context: DelayContext, today: string) {
	const { settings, zone } = context;
	const before = startOfDay(addDays(today, -settings.betweenStepsDays), zone);
	const moved = (at: typeof step.createdAt | typeof step.doneAt) =>
		notExists(
			q
				.select(one)
				.from(step)
				.where(and(ofPathway(step.pathwayId), gte(at, before))),
		);
	const entered = notExists(
		q
			.select(one)
			.from(stage)
			.where(and(ofPathway(stage.pathwayId), gte(stage.enteredAt, before))),
	);
	return pathwaysBeyond(q, scope, context, {
		kind: 'steps',
		since: [
			latest(q, step.createdAt, ofPathway(step.pathwayId)),
			latest(q, step.doneAt, ofPathway(step.pathwayId)),
			latest(q, stage.enteredAt, ofPathway(stage.pathwayId)),
		],
		still: [lt(pathway.startedAt, before), moved(step.createdAt), moved(step.doneAt), entered],
		target: ({ sinceDay }) => addDays(sinceDay, settings.betweenStepsDays),
		today,
	});
}

/** Nobody met the person for as long as the territory leaves between two steps, and no appointment is to come. */
export function withoutInterview(q: Queries, scope: DelayScope, context: DelayContext, today: string) {
	const { settings, zone, now } = context;
	const before = startOfDay(addDays(today, -settings.betweenStepsDays), zone);
	const met = notExists(
		q
			.select(one)
			.from(appointment)
			.where(
				and(
					eq(appointment.personId, pathway.personId),
					or(
						and(gte(appointment.startsAt, before), eq(appointment.state, 'seen')),
						and(gte(appointment.startsAt, now), eq(appointment.state, 'booked')),
					),
				),
			),
	);
	return pathwaysBeyond(q, scope, context, {
		kind: 'interview',
		since: [
			latest(q, appointment.startsAt, and(eq(appointment.personId, pathway.personId), eq(appointment.state, 'seen'))),
		],
		still: [lt(pathway.startedAt, before), met],
		target: ({ sinceDay }) => addDays(sinceDay, settings.betweenStepsDays),
		today,
	});
}

/**
 * No *point de situation* for 6 months (12 in a social pathway, CASF L262-31) since the latest one, the latest orientation or
 * the beginning; the two numbers are the territory's.
 */
export function withoutReview(q: Queries, scope: DelayScope, context: DelayContext, today: string) {
	const { settings, zone } = context;
	const months = (kind: string) => (kind === 'social' ? settings.reviewMonthsSocial : settings.reviewMonths);
	// A day more: the end of a month makes « six months ago » and « in six months » differ.
	const before = (count: number) => startOfDay(addDays(addMonths(today, -count), 1), zone);
	const old = (count: number) =>
		and(
			lt(pathway.startedAt, before(count)),
			or(isNull(pathway.orientedAt), lt(pathway.orientedAt, before(count))),
			notExists(
				q
					.select(one)
					.from(situationReview)
					.where(and(ofPathway(situationReview.pathwayId), gte(situationReview.heldAt, before(count)))),
			),
		);
	return pathwaysBeyond(q, scope, context, {
		kind: 'review',
		since: [
			sql<Date | null>`${pathway.orientedAt}`.mapWith(pathway.startedAt),
			latest(q, situationReview.heldAt, ofPathway(situationReview.pathwayId)),
		],
		still: [
			or(
				and(ne(pathway.kind, 'social'), old(settings.reviewMonths)),
				and(eq(pathway.kind, 'social'), old(settings.reviewMonthsSocial)),
			),
		],
		target: ({ sinceDay, kind }) => addMonths(sinceDay, months(kind)),
		today,
	});
}
