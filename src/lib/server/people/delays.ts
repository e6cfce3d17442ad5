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
	most,
	shapeOf,
	shown,
	value,
	valuesOf,
	within,
	type Asked,
	type Delay,
	type DelayContext,
	type DelayKind,
	type DelayScope,
	type Shape,
} from './delay-scope.ts';
import {
	promised,
	standingStill,
	unbegun,
	withoutAppointment,
	withoutDiagnosis,
	withoutInterview,
	withoutPathway,
	withoutReview,
	withoutSocialReview,
} from './follow-up-delays.ts';

export { DELAY_KINDS, type Delay, type DelayContext, type DelayKind, type DelayScope } from './delay-scope.ts';

/**
 * Targets that are passed now, computed, never stored: the same for `/pro` (mine), `/pilotage/delais` (all) and the person's own
 * « J’attends toujours » (own-delays.ts), worst first; of each kind the oldest ones.
 * Days are the territory's; stages carry a target already counted in their own kind of day.
 */
export async function passedDelays(q: Queries, scope: DelayScope, context: DelayContext): Promise<Delay[]> {
	return worstFirst(await listsOf(q, scope, context, MAX_PER_KIND));
}

/** One list after the other, `most` of each at most, oldest first. */
async function listsOf(q: Queries, scope: DelayScope, context: DelayContext, most: number): Promise<Delay[][]> {
	const today = localDay(context.now, context.zone);
	const values = valuesOf(scope, context, { today, most });
	const asked: Asked = { shape: shapeOf(scope), values, context, today };
	const own = asked.shape.whose === 'own';
	return [
		await lateStages(q, asked),
		await withoutAppointment(q, asked),
		await silent(q, asked),
		await withoutDiagnosis(q, asked),
		await withoutPathway(q, asked),
		await unbegun(q, asked),
		await standingStill(q, asked),
		await promised(q, asked),
		await withoutInterview(q, asked),
		await withoutReview(q, asked),
		await withoutSocialReview(q, asked),
		// A request nobody took has no lead: it is in nobody's own list, and in no structure's.
		own || asked.shape.structure ? [] : await withoutContact(q, asked),
	];
}

const worstFirst = (lists: Delay[][]) =>
	lists.flat().sort((a, b) => b.daysLate - a.daysLate || a.lastName.localeCompare(b.lastName));

/** Of a territory, the worst first. `cut`: kinds that go on beyond what was read. */
export interface TerritoryDelays {
	delays: Delay[];
	cut: DelayKind[];
}

/**
 * Those of a territory, of one structure or one basin: the pages of one list, and its filters, are looked at one after the other.
 * The first `upTo` of them, and of each kind, are exact, however many there are.
 */
export async function territoryDelays(
	q: Queries,
	scope: Exclude<DelayScope, { accountId: string }>,
	context: DelayContext,
	upTo = MAX_PER_KIND,
): Promise<TerritoryDelays> {
	const { structureId, employmentAreaId } = scope;
	const most = Math.ceil(upTo / MAX_PER_KIND) * MAX_PER_KIND;
	const key = JSON.stringify([
		'delays',
		context.territoryId,
		structureId,
		employmentAreaId,
		most,
		minuteOf(context.now),
	]);
	return whileUnchanged(q, key, async () => {
		// One more than is shown says whether there are others.
		const lists = await listsOf(q, { structureId, employmentAreaId }, context, most + 1);
		const cut = lists.flatMap((list) => (list.length > most ? [list[0]!.kind] : []));
		return { delays: worstFirst(lists.map((list) => list.slice(0, most))), cut };
	});
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
		.limit(most)
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
		.limit(most)
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
		.limit(most)
		.prepare(),
);

/** Sent, taken by nobody, past the day the receipt promised. */
async function withoutContact(q: Queries, asked: Asked): Promise<Delay[]> {
	const rows = await untakenRows(q, asked.shape).execute(asked.values);
	return rows.map((row) =>
		delayOf(asked, row, { kind: 'first_contact', targetOn: row.respondBy!, reference: row.reference }),
	);
}
