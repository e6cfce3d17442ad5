import {
	and,
	asc,
	count,
	countDistinct,
	desc,
	eq,
	exists,
	gt,
	inArray,
	gte,
	isNotNull,
	isNull,
	lte,
	ne,
	or,
	sql,
	type SQL,
} from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { Queries } from '../db/client.ts';
import {
	account,
	catchment,
	followUpMember,
	pathway,
	person,
	stage,
	structure,
	supportRequest,
} from '../db/schema/index.ts';
import { minuteOf, whileUnchanged } from '../db/unchanged.ts';
import { daysIn } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { openMember } from './caseload.ts';
import { inBasin } from './delay-scope.ts';
import { distribution, maskParts } from './steering-rules.ts';

const TEAM_PAGE_SIZE = 50;
const DAY_MS = 86_400_000;
const PERIOD_MS = 90 * DAY_MS;
/** Of a period, the latest; enough for a median that no longer moves. */
const MAX_ROWS = 2_000;

/** As `account_staff_idx` was declared: the index is in the order of a team. */
const isStaff = sql`${account.role} IN ('referent', 'coordinator')`;

const openLines = (q: Queries, part?: 'lead' | 'second') =>
	q
		.select({ people: count() })
		.from(followUpMember)
		.where(
			and(
				eq(followUpMember.accountId, account.id),
				openMember,
				part ? eq(followUpMember.part, part) : inArray(followUpMember.part, ['lead', 'second']),
			),
		);

const team = (q: Queries, territoryId: string, which?: SQL) =>
	q
		.select({
			id: account.id,
			name: account.displayName,
			role: account.role,
			side: account.side,
			status: account.status,
			email: account.email,
			lastSeenAt: account.lastSeenAt,
			structureId: structure.id,
			structureName: structure.name,
			leads: sql<number>`(${openLines(q, 'lead')})`,
			seconds: sql<number>`(${openLines(q, 'second')})`,
		})
		.from(account)
		.leftJoin(structure, eq(structure.id, account.structureId))
		.where(and(eq(account.territoryId, territoryId), isStaff, which))
		.orderBy(asc(account.status), asc(account.displayName));

/** The staff of a territory, disabled accounts last, each with how many people they lead and second now. */
export const teamOf = async (q: Queries, territoryId: string) => team(q, territoryId).limit(500);
export type TeamMember = Awaited<ReturnType<typeof teamOf>>[number];

/** One page of those who work or still carry somebody, and whether more follow; `page` from 1. Only these are counted. */
export async function teamPage(q: Queries, territoryId: string, page: number) {
	const carries = sql`(${account.status} = 'active' OR (${openLines(q)}) > 0)`;
	const rows = await team(q, territoryId, carries)
		.limit(TEAM_PAGE_SIZE + 1)
		.offset((page - 1) * TEAM_PAGE_SIZE);
	return { rows: rows.slice(0, TEAM_PAGE_SIZE), more: rows.length > TEAM_PAGE_SIZE };
}

interface Period {
	territoryId: string;
	zone: string;
	now: Date;
}

/** Calendar days from the request to the referent who took it: the last 90 days and the 90 before. */
export const contactDelays = async (q: Queries, period: Period) =>
	whileUnchanged(q, JSON.stringify(['contact', period.territoryId, minuteOf(period.now)]), () =>
		countContacts(q, period),
	);

/**
 * From the request to its taking, for those of 90 days that have all had the days of the target. Who still waits counts as long as
 * they have waited: left out, a service that takes the easy ones only would look fast. What was its lead's from the start
 * (requests' `giveToLead`) was taken by nobody.
 */
async function countContacts(q: Queries, { territoryId, zone, now }: Period) {
	const between = daysIn(zone);
	const { settings } = await getTerritory(q, territoryId);
	const during = async (from: number, to: number) => {
		const rows = await q
			.select({ from: supportRequest.submittedAt, to: supportRequest.assignedAt })
			.from(supportRequest)
			.where(
				and(
					eq(supportRequest.territoryId, territoryId),
					inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES, 'closed']),
					gt(supportRequest.submittedAt, new Date(from)),
					lte(supportRequest.submittedAt, new Date(to)),
					or(isNull(supportRequest.assignedAt), gt(supportRequest.assignedAt, supportRequest.submittedAt)),
				),
			)
			.orderBy(desc(supportRequest.submittedAt))
			.limit(MAX_ROWS);
		return distribution(rows.flatMap(({ from, to }) => (from ? [between(from, to ?? now)] : [])));
	};
	const end = now.getTime() - settings.firstContactDays * DAY_MS;
	return {
		now: await during(end - PERIOD_MS, end),
		before: await during(end - 2 * PERIOD_MS, end - PERIOD_MS),
	};
}

/** People led from a structure when they left the stage, or who live in a basin. */
interface StageScope {
	structureId?: string;
	employmentAreaId?: string;
}

/** Who led when the stage was left: the structure that leads since has not held it up. */
const ledThen = and(
	eq(followUpMember.personId, pathway.personId),
	eq(followUpMember.part, 'lead'),
	lte(followUpMember.startedAt, stage.leftAt),
	or(isNull(followUpMember.endedAt), gte(followUpMember.endedAt, stage.leftAt)),
);

const ledFrom = (q: Queries, structureId: string) =>
	exists(
		q
			.select({ one: sql`1` })
			.from(followUpMember)
			.where(and(ledThen, eq(followUpMember.structureId, structureId))),
	);

const livingIn = (q: Queries, employmentAreaId: string, territoryId: string) =>
	exists(
		q
			.select({ one: sql`1` })
			.from(person)
			.where(and(eq(person.id, pathway.personId), inBasin(q, employmentAreaId, territoryId))),
	);

/**
 * Calendar days spent in each stage left during the last 90 days, in the order of the template; of all, of a structure or of a basin.
 * Not of both at once: with the others they would tell small numbers. `isHidden`: so would this one, beside the territory's.
 */
export async function stageDelays(q: Queries, asked: Period & StageScope) {
	const { territoryId, structureId, employmentAreaId, now } = asked;
	if (structureId && employmentAreaId) return [];
	const key = JSON.stringify(['stages', territoryId, structureId, employmentAreaId, minuteOf(now)]);
	return whileUnchanged(q, key, async () => {
		const stages = await countStages(q, asked);
		const hidden = await hiddenStages(q, asked);
		return stages.map((row) =>
			hidden.has(row.position)
				? { ...row, count: null, median: null, ninetieth: null, isHidden: true }
				: { ...row, isHidden: false },
		);
	});
}

/** Positions whose number, in this structure or basin, would tell that of another beside the territory's. */
async function hiddenStages(q: Queries, asked: Period & StageScope): Promise<Set<number>> {
	const one = asked.structureId ?? asked.employmentAreaId;
	const hidden = new Set<number>();
	if (!one) return hidden;
	const rows = await (asked.structureId ? stagesByStructure(q, asked) : stagesByBasin(q, asked));
	for (const position of new Set(rows.map((row) => row.position))) {
		// Whoever is in none is a part as well: the last one.
		const parts = rows
			.filter((row) => row.position === position)
			.sort((a, b) => (a.part ?? '\uffff').localeCompare(b.part ?? '\uffff'));
		const shown = maskParts(parts.map(({ people }) => people));
		if (shown[parts.findIndex(({ part }) => part === one)] === 'hidden') hidden.add(position);
	}
	return hidden;
}

/** A stage that was passed, skipped ones left out, in the last 90 days. */
const passed = ({ territoryId, now }: Period) =>
	and(
		gt(stage.leftAt, new Date(now.getTime() - PERIOD_MS)),
		lte(stage.leftAt, now),
		ne(stage.state, 'skipped'),
		eq(pathway.territoryId, territoryId),
	);

const stagesByStructure = (q: Queries, period: Period) =>
	q
		.select({ position: stage.position, part: followUpMember.structureId, people: countDistinct(stage.id) })
		.from(stage)
		.innerJoin(pathway, eq(pathway.id, stage.pathwayId))
		.leftJoin(followUpMember, ledThen)
		.where(and(passed(period), isNotNull(stage.enteredAt)))
		.groupBy(stage.position, followUpMember.structureId);

const stagesByBasin = (q: Queries, period: Period) =>
	q
		.select({ position: stage.position, part: catchment.employmentAreaId, people: countDistinct(stage.id) })
		.from(stage)
		.innerJoin(pathway, eq(pathway.id, stage.pathwayId))
		.innerJoin(person, eq(person.id, pathway.personId))
		.leftJoin(catchment, and(eq(catchment.inseeCode, person.inseeCode), eq(catchment.territoryId, period.territoryId)))
		.where(and(passed(period), isNotNull(stage.enteredAt)))
		.groupBy(stage.position, catchment.employmentAreaId);

async function countStages(q: Queries, asked: Period & StageScope) {
	const { territoryId, zone, structureId, employmentAreaId } = asked;
	const rows = await q
		.select({
			id: stage.id,
			position: stage.position,
			enteredAt: stage.enteredAt,
			leftAt: stage.leftAt,
		})
		.from(stage)
		.innerJoin(pathway, eq(pathway.id, stage.pathwayId))
		.where(
			and(
				passed(asked),
				structureId ? ledFrom(q, structureId) : undefined,
				employmentAreaId ? livingIn(q, employmentAreaId, territoryId) : undefined,
			),
		)
		.orderBy(desc(stage.leftAt))
		.limit(MAX_ROWS);
	if (rows.length === 0) return [];
	const positions = [...new Set(rows.map(({ position }) => position))].sort((a, b) => a - b);
	const lists = positions.map((position) => rows.filter((row) => row.position === position));
	const latest = lists.map(([row]) => row!.id);
	const words = await wordsOf(q, latest);
	const between = daysIn(zone);
	return lists.map((list, at) => {
		const days = list.filter((row) => row.enteredAt && row.leftAt).map((row) => between(row.enteredAt!, row.leftAt!));
		return { position: positions[at]!, ...words.get(latest[at]!)!, ...distribution(days) };
	});
}

/** What stages are called and how long they should last: read for one of each, not for the thousands that are counted. */
async function wordsOf(q: Queries, stageIds: string[]) {
	const rows = await q
		.select({ id: stage.id, name: stage.name, targetDays: stage.targetDays })
		.from(stage)
		.where(inArray(stage.id, stageIds))
		.limit(stageIds.length);
	return new Map(rows.map(({ id, ...words }) => [id, words]));
}
