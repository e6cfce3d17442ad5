import { and, asc, eq, lt, notExists, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import {
	account,
	appointment,
	followUpMember,
	municipality,
	pathway,
	person,
	stage,
	structure,
	supportRequest,
} from '../db/schema/index.ts';
import { addDays, daysBetween, localDay, startOfDay } from '../territories/calendar.ts';
import { currentStage, openPathway } from './caseload.ts';
import {
	inBasin,
	lineOf,
	MAX_PER_KIND,
	shown,
	within,
	type Delay,
	type DelayContext,
	type DelayScope,
} from './delay-scope.ts';
import {
	standingStill,
	withoutDiagnosis,
	withoutInterview,
	withoutPathway,
	withoutReview,
} from './follow-up-delays.ts';

export { DELAY_KINDS, type Delay, type DelayContext, type DelayKind, type DelayScope } from './delay-scope.ts';

/**
 * Targets that are passed now, computed, never stored: the same for `/pro` (mine), `/pilotage/delais` (all) and the person's own
 * « J’attends toujours », worst first.
 * Days are the territory's; stages carry a target already counted in their own kind of day.
 */
export async function passedDelays(q: Queries, scope: DelayScope, context: DelayContext): Promise<Delay[]> {
	const today = localDay(context.now, context.zone);
	const own = 'accountId' in scope;
	const structureId = 'structureId' in scope ? scope.structureId : undefined;
	const lists = [
		await lateStages(q, scope, context, today),
		await withoutAppointment(q, scope, context, today),
		await silent(q, scope, context, today),
		await withoutDiagnosis(q, scope, context, today),
		await withoutPathway(q, scope, context, today),
		await standingStill(q, scope, context, today),
		await withoutInterview(q, scope, context, today),
		await withoutReview(q, scope, context, today),
		// A request nobody took has no lead: it is in nobody's own list, and in no structure's.
		own || structureId ? [] : await withoutContact(q, scope, context, today),
	];
	const delays = own ? lists.flat() : lists.flat().map(nameOnly);
	return delays.sort((a, b) => b.daysLate - a.daysLate || a.lastName.localeCompare(b.lastName));
}

/** What the coordinator sees of somebody else's people (domain.md §7.2). */
const nameOnly = (delay: Delay): Delay => ({ ...delay, birthDate: null, phone: null, email: null });

async function lateStages(q: Queries, scope: DelayScope, context: DelayContext, today: string): Promise<Delay[]> {
	const rows = await q
		.select({ ...shown, targetOn: stage.targetOn, stageName: stage.name })
		.from(stage)
		.innerJoin(pathway, eq(pathway.id, stage.pathwayId))
		.innerJoin(person, eq(person.id, pathway.personId))
		.leftJoin(followUpMember, lineOf(scope))
		.leftJoin(account, eq(account.id, followUpMember.accountId))
		.leftJoin(structure, eq(structure.id, followUpMember.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(currentStage, lt(stage.targetOn, today), openPathway, within(q, scope, context, pathway.territoryId)))
		.orderBy(asc(stage.targetOn))
		.limit(MAX_PER_KIND);
	return rows.map((row) => ({
		...row,
		kind: 'stage',
		targetOn: row.targetOn!,
		daysLate: daysBetween(row.targetOn!, today),
		reference: null,
	}));
}

/** Taken, and no appointment ever offered since it was sent. */
async function withoutAppointment(
	q: Queries,
	scope: DelayScope,
	context: DelayContext,
	today: string,
): Promise<Delay[]> {
	const { settings, zone } = context;
	// Sent before this instant, the last calendar day of the target is over.
	const sentBefore = startOfDay(addDays(today, -settings.firstAppointmentDays), zone);
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
				eq(supportRequest.territoryId, context.territoryId),
				eq(supportRequest.status, 'assigned'),
				lt(supportRequest.submittedAt, sentBefore),
				notExists(
					q
						.select({ one: sql`1` })
						.from(appointment)
						.where(eq(appointment.personId, supportRequest.personId)),
				),
				within(q, scope, context),
			),
		)
		.orderBy(asc(supportRequest.submittedAt))
		.limit(MAX_PER_KIND);
	return rows.map(({ submittedAt, ...row }) => {
		const targetOn = addDays(localDay(submittedAt!, zone), settings.firstAppointmentDays);
		return { ...row, kind: 'first_appointment', targetOn, daysLate: daysBetween(targetOn, today), stageName: null };
	});
}

/** Followed, and neither message, answer nor visit for longer than the territory accepts. */
async function silent(q: Queries, scope: DelayScope, context: DelayContext, today: string): Promise<Delay[]> {
	const { settings, zone } = context;
	const before = startOfDay(addDays(today, -settings.silenceDays), zone);
	const rows = await q
		.select({ ...shown, lastContactAt: person.lastContactAt })
		.from(person)
		.innerJoin(followUpMember, lineOf(scope))
		.innerJoin(account, eq(account.id, followUpMember.accountId))
		.innerJoin(structure, eq(structure.id, followUpMember.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(lt(person.lastContactAt, before), within(q, scope, context)))
		.orderBy(asc(person.lastContactAt))
		.limit(MAX_PER_KIND);
	return rows.map(({ lastContactAt, ...row }) => {
		const targetOn = addDays(localDay(lastContactAt, zone), settings.silenceDays);
		const daysLate = daysBetween(targetOn, today);
		return { ...row, kind: 'silence', targetOn, daysLate, stageName: null, reference: null };
	});
}

/** Sent, taken by nobody, past the day the receipt promised. */
async function withoutContact(q: Queries, scope: DelayScope, context: DelayContext, today: string): Promise<Delay[]> {
	const area = 'employmentAreaId' in scope ? scope.employmentAreaId : undefined;
	const personId = 'personId' in scope ? scope.personId : undefined;
	const rows = await q
		.select({
			personId: person.id,
			firstName: person.firstName,
			lastName: person.lastName,
			commune: municipality.name,
			birthDate: person.birthDate,
			phone: person.phone,
			email: person.email,
			respondBy: supportRequest.respondBy,
			reference: supportRequest.reference,
		})
		.from(supportRequest)
		.innerJoin(person, eq(person.id, supportRequest.personId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				eq(supportRequest.territoryId, context.territoryId),
				eq(supportRequest.status, 'submitted'),
				lt(supportRequest.respondBy, today),
				area ? inBasin(q, area, context.territoryId) : undefined,
				personId ? eq(person.id, personId) : undefined,
			),
		)
		.orderBy(asc(supportRequest.submittedAt))
		.limit(MAX_PER_KIND);
	return rows.map(({ respondBy, ...row }) => ({
		...row,
		kind: 'first_contact',
		targetOn: respondBy!,
		daysLate: daysBetween(respondBy!, today),
		stageName: null,
		leadName: null,
		structureName: null,
	}));
}
