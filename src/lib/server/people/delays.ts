import { and, asc, eq, lt, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { is, preparedByShape } from '../db/prepared.ts';
import { minuteOf, whileUnchanged } from '../db/unchanged.ts';
import {
	account,
	followUpMember,
	municipality,
	pathway,
	person,
	stage,
	structure,
	supportRequest,
} from '../db/schema/index.ts';
import { addDays, localDay } from '../territories/calendar.ts';
import { currentStage, openPathway } from './caseload.ts';
import {
	delayOf,
	lineOf,
	MAX_PER_KIND,
	shapeOf,
	shown,
	value,
	valuesOf,
	within,
	type Asked,
	type Delay,
	type DelayContext,
	type DelayScope,
	type Shape,
} from './delay-scope.ts';
import {
	standingStill,
	withoutAppointment,
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
	const asked: Asked = { shape: shapeOf(scope), values: valuesOf(scope, context, today), context, today };
	const own = asked.shape.whose === 'own';
	const lists = [
		await lateStages(q, asked),
		await withoutAppointment(q, asked),
		await silent(q, asked),
		await withoutDiagnosis(q, asked),
		await withoutPathway(q, asked),
		await standingStill(q, asked),
		await withoutInterview(q, asked),
		await withoutReview(q, asked),
		// A request nobody took has no lead: it is in nobody's own list, and in no structure's.
		own || asked.shape.structure ? [] : await withoutContact(q, asked),
	];
	return lists.flat().sort((a, b) => b.daysLate - a.daysLate || a.lastName.localeCompare(b.lastName));
}

/** Those of a territory, of one structure or one basin: the pages of one list, and its filters, are looked at one after the other. */
export async function territoryDelays(
	q: Queries,
	scope: Extract<DelayScope, { personId?: undefined }>,
	context: DelayContext,
): Promise<Delay[]> {
	const { structureId, employmentAreaId } = scope;
	const key = JSON.stringify(['delays', context.territoryId, structureId, employmentAreaId, minuteOf(context.now)]);
	return whileUnchanged(q, key, () => passedDelays(q, { structureId, employmentAreaId }, context));
}

const stageRows = preparedByShape((q, shape: Shape) =>
	q
		.select({ ...shown, targetOn: stage.targetOn, stageName: stage.name })
		.from(stage)
		.innerJoin(pathway, eq(pathway.id, stage.pathwayId))
		.innerJoin(person, eq(person.id, pathway.personId))
		.leftJoin(followUpMember, lineOf(shape))
		.leftJoin(account, eq(account.id, followUpMember.accountId))
		.leftJoin(structure, eq(structure.id, followUpMember.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				currentStage,
				lt(stage.targetOn, value(stage.targetOn, 'today')),
				openPathway,
				// The plus: what is late leads, not everybody of the territory.
				within(q, shape, sql`+${pathway.territoryId}`),
			),
		)
		.orderBy(asc(stage.targetOn))
		.limit(MAX_PER_KIND)
		.prepare(),
);

async function lateStages(q: Queries, asked: Asked): Promise<Delay[]> {
	const rows = await stageRows(q, asked.shape).execute(asked.values);
	return rows.map((row) => delayOf(asked, row, { kind: 'stage', targetOn: row.targetOn!, stageName: row.stageName }));
}

const silentRows = preparedByShape((q, shape: Shape) =>
	q
		.select({ ...shown, lastContactAt: person.lastContactAt })
		.from(person)
		.innerJoin(followUpMember, lineOf(shape))
		.innerJoin(account, eq(account.id, followUpMember.accountId))
		.innerJoin(structure, eq(structure.id, followUpMember.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(lt(person.lastContactAt, value(person.lastContactAt, 'beforeSilence')), within(q, shape)))
		.orderBy(asc(person.lastContactAt))
		.limit(MAX_PER_KIND)
		.prepare(),
);

/** Followed, and neither message, answer nor visit for longer than the territory accepts. */
async function silent(q: Queries, asked: Asked): Promise<Delay[]> {
	const { settings, zone } = asked.context;
	const rows = await silentRows(q, asked.shape).execute(asked.values);
	return rows.map((row) => {
		const targetOn = addDays(localDay(row.lastContactAt, zone), settings.silenceDays);
		return delayOf(asked, row, { kind: 'silence', targetOn });
	});
}

const untakenRows = preparedByShape((q, { whose, basin }: Shape) =>
	q
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
				is(supportRequest.status, 'submitted'),
				lt(supportRequest.respondBy, value(supportRequest.respondBy, 'today')),
				within(q, { whose, basin, structure: false }, supportRequest.territoryId),
			),
		)
		.orderBy(asc(supportRequest.submittedAt))
		.limit(MAX_PER_KIND)
		.prepare(),
);

/** Sent, taken by nobody, past the day the receipt promised. */
async function withoutContact(q: Queries, asked: Asked): Promise<Delay[]> {
	const rows = await untakenRows(q, asked.shape).execute(asked.values);
	return rows.map((row) =>
		delayOf(asked, row, { kind: 'first_contact', targetOn: row.respondBy!, reference: row.reference }),
	);
}
