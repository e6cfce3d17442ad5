import { and, asc, desc, eq, exists, gt, inArray, isNotNull, isNull, lt, sql, type Placeholder } from 'drizzle-orm';
import type { Channel } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import type { Queries } from '../db/client.ts';
import {
	account,
	appointment,
	followUpMember,
	municipality,
	need,
	pathway,
	person,
	pushSubscription,
	stage,
	structure,
} from '../db/schema/index.ts';
import { among, is, prepared, preparedByShape } from '../db/prepared.ts';
import { isMobile } from '../platform/phone.ts';
import { hasSms } from '../platform/sms.ts';
import { crowdPage, isFound, peopleFound } from './finding.ts';
import { followedBy } from './queries.ts';

export const PAGE_SIZE = 50;
/** Further than this, a search serves better than pages. */
export const LAST_PAGE = 100;
export interface CaseloadFilters {
	/** Names in any order, without accents, or fragments of a phone number. */
	text?: string;
	theme?: Theme;
	/** Only those whose current stage passed its target; `today` is the day in the territory's zone. */
	late?: boolean;
	/** From 1. */
	page?: number;
	today: string;
	now: Date;
}

/** Drizzle sends literals as parameters; a partial index is only used when its condition is written as it was declared. */
export const currentStage = sql`${stage.state} = 'current'`;
export const openPathway = isNull(pathway.endedAt);
export const openMember = isNull(followUpMember.endedAt);

const needTheme = (q: Queries, theme: Theme) =>
	exists(
		q
			.select({ one: sql`1` })
			.from(need)
			.where(and(eq(need.personId, person.id), eq(need.theme, theme), inArray(need.status, ['open', 'in_progress']))),
	);

const lateStage = (today: string | Placeholder) => and(isNotNull(stage.targetOn), lt(stage.targetOn, today));

const columns = {
	id: person.id,
	firstName: person.firstName,
	lastName: person.lastName,
	birthDate: person.birthDate,
	phone: person.phone,
	email: person.email,
	commune: municipality.name,
	lastContactAt: person.lastContactAt,
	stageName: stage.name,
	stageTargetOn: stage.targetOn,
};

/**
 * People a professional follows now, by family name, a page at a time. A member of one theme finds their people by name only:
 * the filter on themes looks at needs they may not see, so it keeps to those they do.
 */
export async function caseload(q: Queries, accountId: string, filters: CaseloadFilters) {
	const rows = await q
		.select({ ...columns, part: followUpMember.part, themes: followUpMember.themes })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.leftJoin(pathway, and(eq(pathway.personId, person.id), openPathway))
		.leftJoin(stage, and(eq(stage.pathwayId, pathway.id), currentStage))
		.where(
			and(
				followedBy(accountId, filters.now),
				isFound(q, filters.text ?? ''),
				filters.theme && needTheme(q, filters.theme),
				filters.theme && seesThemeInSql(filters.theme),
				filters.late ? lateStage(filters.today) : undefined,
			),
		)
		.orderBy(asc(person.searchName), asc(person.id))
		.limit(PAGE_SIZE + 1)
		.offset(offsetOf(filters.page));
	const page = await withDetails(q, rows.slice(0, PAGE_SIZE), filters.now);
	return { rows: page, more: rows.length > PAGE_SIZE };
}
export type CaseloadRow = Awaited<ReturnType<typeof caseload>>['rows'][number];

const seesThemeInSql = (theme: Theme) =>
	sql`(${followUpMember.part} <> 'member' OR ${followUpMember.themes} LIKE ${`%"${theme}"%`})`;

/** Found people put in order by themselves: two pages. More are read in the order of their index. */
const MOST_NAMED = 2 * PAGE_SIZE;

const offsetOf = (page = 1) => (Math.min(Math.max(page, 1), LAST_PAGE) - 1) * PAGE_SIZE;

/** All people of a territory with who leads them: the coordinator's list. No contact, no need. */
export async function peopleOfTerritory(
	q: Queries,
	territoryId: string,
	{ text = '', late = false, page, today }: Pick<CaseloadFilters, 'text' | 'late' | 'page' | 'today'>,
) {
	const found = await peopleFound(q, territoryId, text, MOST_NAMED);
	const skipped = offsetOf(page);
	if (found && 'terms' in found) {
		const also = late ? isLate(q, today) : undefined;
		const ids = await crowdPage(q, { territoryId, way: found, also, skipped, most: PAGE_SIZE + 1 });
		const given = { territoryId, today, ids: JSON.stringify(ids), skipped: 0 };
		const rows = await territoryRows(q, { found: true, late: false }).execute(given);
		rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
		return { rows: rows.slice(0, PAGE_SIZE), more: ids.length > PAGE_SIZE };
	}
	if (found?.ids.length === 0) return { rows: [], more: false };
	// Only of those that are shown is read what a list says beside the name; of late ones the list itself knows which.
	const paged = found !== null && !late;
	const all = JSON.stringify(found?.ids ?? []);
	const ids = paged ? JSON.stringify((await idsOfPage(q).execute({ ids: all, skipped })).map(({ id }) => id)) : all;
	const given = { territoryId, today, ids, skipped: paged ? 0 : skipped };
	const rows = await territoryRows(q, { found: found !== null, late }).execute(given);
	return { rows: rows.slice(0, PAGE_SIZE), more: rows.length > PAGE_SIZE };
}

/** The person's current stage passed its target. */
const isLate = (q: Queries, today: string) =>
	exists(
		q
			.select({ one: sql`1` })
			.from(pathway)
			.innerJoin(stage, and(eq(stage.pathwayId, pathway.id), currentStage))
			.where(and(eq(pathway.personId, person.id), openPathway, lateStage(today))),
	);

/** The people of one page, and the first of the next. */
const idsOfPage = prepared((q) =>
	q
		.select({ id: person.id })
		.from(person)
		.where(among(person.id, 'ids'))
		.orderBy(asc(person.searchName), asc(person.id))
		.limit(PAGE_SIZE + 1)
		.offset(sql.placeholder('skipped'))
		.prepare(),
);

const territoryRows = preparedByShape((q, { found, late }: { found: boolean; late: boolean }) =>
	q
		.select({
			id: person.id,
			firstName: person.firstName,
			lastName: person.lastName,
			commune: municipality.name,
			lastContactAt: person.lastContactAt,
			stageName: stage.name,
			stageTargetOn: stage.targetOn,
			leadName: account.displayName,
			leadActive: sql<boolean>`${account.status} = 'active'`.mapWith(Boolean),
			structureName: structure.name,
		})
		.from(person)
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.leftJoin(pathway, and(eq(pathway.personId, person.id), openPathway))
		.leftJoin(stage, and(eq(stage.pathwayId, pathway.id), currentStage))
		.leftJoin(followUpMember, leadOfPerson)
		.leftJoin(account, eq(account.id, followUpMember.accountId))
		.leftJoin(structure, eq(structure.id, followUpMember.structureId))
		.where(
			and(
				// Not both: the index of the territory would lead, and read everybody. What is found is of the territory by its key.
				found ? among(person.id, 'ids') : eq(person.territoryId, sql.placeholder('territoryId')),
				late ? lateStage(sql.placeholder('today')) : undefined,
			),
		)
		.orderBy(asc(person.searchName), asc(person.id))
		.limit(PAGE_SIZE + 1)
		.offset(sql.placeholder('skipped'))
		.prepare(),
);

export const leadOfPerson = and(
	eq(followUpMember.personId, person.id),
	sql`${followUpMember.endedAt} IS NULL AND ${followUpMember.part} <> 'member'`,
	eq(followUpMember.part, 'lead'),
);

/** Adds to each row of a page the next appointment, the themes it may show and how the person can be reached. */
async function withDetails<
	T extends { id: string; email: string | null; phone: string | null; part: string; themes: string[] | null },
>(q: Queries, rows: T[], now: Date) {
	const ids = rows.map((row) => row.id);
	const next = await nextAppointments(q, ids, now);
	const reached = await reachableBy(q, rows);
	const themes = await openThemes(q, ids);
	return rows.map((row) => ({
		...row,
		nextAppointment: next.get(row.id) ?? null,
		channels: reached.get(row.id) ?? [],
		openThemes: (themes.get(row.id) ?? []).filter(
			(theme) => row.part !== 'member' || (row.themes ?? []).includes(theme),
		),
	}));
}

/** The first booked appointment still to come of each person. */
export async function nextAppointments(q: Queries, personIds: string[], now: Date) {
	const next = new Map<string, { startsAt: Date; zone: string }>();
	if (personIds.length === 0) return next;
	const rows = await q
		.select({ personId: appointment.personId, startsAt: appointment.startsAt, zone: appointment.zone })
		.from(appointment)
		.where(
			and(inArray(appointment.personId, personIds), gt(appointment.startsAt, now), is(appointment.state, 'booked')),
		)
		.orderBy(desc(appointment.startsAt))
		.limit(2000);
	for (const { personId, ...when } of rows) next.set(personId, when);
	return next;
}

/** Those of these people whom the professional follows, by name; the others are left out. */
export async function followedByName(q: Queries, accountId: string, personIds: string[], now: Date) {
	if (personIds.length === 0) return [];
	return q
		.selectDistinct({ id: person.id, firstName: person.firstName, lastName: person.lastName })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.where(and(followedBy(accountId, now), inArray(person.id, personIds)))
		.orderBy(asc(person.lastName), asc(person.firstName), asc(person.id))
		.limit(personIds.length);
}

/** Channels a message can try for each person: a registered device, an e-mail, a mobile where there is a gateway. */
export async function reachableBy(
	q: Queries,
	people: { id: string; email: string | null; phone: string | null }[],
): Promise<Map<string, Channel[]>> {
	if (people.length === 0) return new Map();
	const withDevice = await q
		.selectDistinct({ personId: account.personId })
		.from(account)
		.innerJoin(pushSubscription, eq(pushSubscription.accountId, account.id))
		.where(
			inArray(
				account.personId,
				people.map(({ id }) => id),
			),
		)
		.limit(people.length);
	const devices = new Set(withDevice.map(({ personId }) => personId));
	return new Map(
		people.map(({ id, email, phone }) => {
			const channels: [Channel, boolean][] = [
				['push', devices.has(id)],
				['email', email !== null],
				['sms', phone !== null && isMobile(phone) && hasSms()],
			];
			return [id, channels.filter(([, has]) => has).map(([channel]) => channel)];
		}),
	);
}

async function openThemes(q: Queries, personIds: string[]): Promise<Map<string, Theme[]>> {
	const themes = new Map<string, Theme[]>();
	if (personIds.length === 0) return themes;
	const rows = await q
		.selectDistinct({ personId: need.personId, theme: need.theme })
		.from(need)
		.where(and(inArray(need.personId, personIds), inArray(need.status, ['open', 'in_progress'])))
		.orderBy(asc(need.theme))
		.limit(1000);
	for (const { personId, theme } of rows) themes.set(personId, [...(themes.get(personId) ?? []), theme]);
	return themes;
}
