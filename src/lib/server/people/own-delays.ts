import { and, eq, exists, or, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { is, prepared } from '../db/prepared.ts';
import { followUpMember, need, pathway, person, stage, step, supportRequest } from '../db/schema/index.ts';
import { addDays, addMonths, daysBetween, localDay } from '../territories/calendar.ts';
import { currentStage, leadOfPerson, openPathway } from './caseload.ts';
import type { Delay, DelayContext, DelayKind } from './delay-scope.ts';
import {
	askedAt,
	diagnosedSince,
	offeredSince,
	openNeed,
	openPromise,
	requestGoesOn,
	taken,
} from './follow-up-delays.ts';

/** A target of one person that is passed. */
export type PassedTarget = Pick<Delay, 'kind' | 'targetOn' | 'daysLate' | 'stageName' | 'reference'>;

type About = Partial<Pick<PassedTarget, 'stageName' | 'reference'>>;

/** One row: at most one pathway is open, and one of its stages current. */
const followUp = prepared((q) =>
	q
		.select({
			lastContactAt: person.lastContactAt,
			leadId: followUpMember.id,
			pathwayId: pathway.id,
			kind: pathway.kind,
			movedAt: pathway.movedAt,
			metAt: pathway.metAt,
			meetsAt: pathway.meetsAt,
			reviewedAt: pathway.reviewedAt,
			stageTargetOn: stage.targetOn,
			stageName: stage.name,
			promisedOn: sql<string | null>`(SELECT min(${step.dueOn}) FROM ${step}
				WHERE ${step.personId} = ${person.id} AND ${step.pathwayId} = ${pathway.id} AND ${openPromise})`,
			// `<day> <reference>`: the earliest, as text, and whose request it is.
			needOn: sql<string | null>`(SELECT min(${need.expectedOn} || ' ' || ${supportRequest.reference})
				FROM ${need} JOIN ${supportRequest} ON ${supportRequest.id} = ${need.requestId}
				WHERE ${need.personId} = ${person.id} AND ${openNeed} AND ${requestGoesOn})`,
		})
		.from(person)
		.leftJoin(followUpMember, leadOfPerson)
		.leftJoin(pathway, and(eq(pathway.personId, person.id), openPathway))
		.leftJoin(stage, and(eq(stage.pathwayId, pathway.id), currentStage))
		.where(eq(person.id, sql.placeholder('personId')))
		.limit(1)
		.prepare(),
);

/** Sent and not closed: a person has one at most. */
const openRequest = prepared((q) =>
	q
		.select({
			status: supportRequest.status,
			askedAt: askedAt(q),
			respondBy: supportRequest.respondBy,
			reference: supportRequest.reference,
			offered: exists(offeredSince(q)).mapWith(Boolean),
			diagnosed: exists(diagnosedSince(q)).mapWith(Boolean),
		})
		.from(supportRequest)
		.where(
			and(eq(supportRequest.personId, sql.placeholder('personId')), or(taken, is(supportRequest.status, 'submitted'))),
		)
		.limit(1)
		.prepare(),
);

/**
 * The passed targets of one person, worst first: those `passedDelays` lists for their territory, from two rows about them
 * instead of a query for each kind. Days are the territory's.
 */
export async function ownDelays(q: Queries, personId: string, context: DelayContext): Promise<PassedTarget[]> {
	const { zone, settings, now } = context;
	const [way] = await followUp(q).execute({ personId });
	const [request] = await openRequest(q).execute({ personId, now });
	if (!way) return [];
	const today = localDay(now, zone);
	const passed: PassedTarget[] = [];
	const check = (kind: DelayKind, targetOn: string | null, { stageName = null, reference = null }: About = {}) => {
		if (targetOn !== null && targetOn < today)
			passed.push({ kind, targetOn, daysLate: daysBetween(targetOn, today), stageName, reference });
	};
	const after = (at: Date | null, days: number) => at && addDays(localDay(at, zone), days);

	// In the order of a pathway, which stays among those that are equally late.
	if (request?.status === 'submitted') check('first_contact', request.respondBy, request);
	else if (request) {
		if (!request.offered) check('first_appointment', after(request.askedAt, settings.firstAppointmentDays), request);
		if (!request.diagnosed) check('diagnosis', after(request.askedAt, settings.diagnosisDays), request);
		if (!way.pathwayId) check('orientation', after(request.askedAt, settings.orientationDays), request);
	}
	const [needOn = null, reference = null] = way.needOn?.split(' ') ?? [];
	check('need', needOn, { reference });
	check('stage', way.stageTargetOn, { stageName: way.stageName });
	// Of who is led by nobody, no meeting is awaited: they are in the list of those without a referent.
	const since = way.leadId ? way : { ...way, movedAt: null, metAt: null, lastContactAt: null, reviewedAt: null };
	check('steps', after(since.movedAt, settings.betweenStepsDays));
	check('promise', way.promisedOn);
	const willMeet = way.meetsAt !== null && way.meetsAt >= now;
	if (!willMeet) check('interview', after(since.metAt, settings.betweenStepsDays));
	check('silence', after(since.lastContactAt, settings.silenceDays));
	const months = way.kind === 'social' ? settings.reviewMonthsSocial : settings.reviewMonths;
	check('review', since.reviewedAt && addMonths(localDay(since.reviewedAt, zone), months));
	return passed.sort((a, b) => b.daysLate - a.daysLate);
}
