import { and, asc, desc, eq, gte, inArray, like, lt, lte, max, or, sql, type SQL } from 'drizzle-orm';
import type { Queries } from '../db/index.ts';
import { prepared } from '../db/prepared.ts';
import {
	catchment,
	department,
	employmentArea,
	holiday,
	municipality,
	stageTemplate,
	structure,
	territory,
} from '../db/schema/index.ts';
import { notFound } from '../platform/errors.ts';
import { plainWords, searchable } from '../../shared/search.ts';
import type { Theme } from '../../shared/themes.ts';
import { localDay, type Holidays } from './calendar.ts';
import { departmentCodeOf, orientationOutside, type Orientation } from './orientation.ts';
import { withDefaults, type TerritorySettings } from './settings.ts';

export type Territory = Omit<typeof territory.$inferSelect, 'settings'> & { settings: TerritorySettings };
export type Structure = typeof structure.$inferSelect;
export type StageTemplate = typeof stageTemplate.$inferSelect;
export type EmploymentArea = typeof employmentArea.$inferSelect;

const complete = (row: typeof territory.$inferSelect): Territory => ({
	...row,
	settings: withDefaults(row.settings),
});

const territoryRow = prepared((q) =>
	q
		.select()
		.from(territory)
		.where(eq(territory.id, sql.placeholder('id')))
		.limit(1)
		.prepare(),
);

/** The territory with its settings completed by the defaults. @throws DomainError `territory_unknown` */
export async function getTerritory(q: Queries, id: string): Promise<Territory> {
	const [row] = await territoryRow(q).execute({ id });
	if (!row) throw notFound('territory_unknown');
	return complete(row);
}

/** All territories of this portal, by name. */
export async function listTerritories(q: Queries): Promise<Territory[]> {
	const rows = await q.select().from(territory).orderBy(asc(territory.name)).limit(200);
	return rows.map(complete);
}

/** Structures of a territory, by name; those of one employment area when it is given. */
export const listStructures = async (
	q: Queries,
	territoryId: string,
	employmentAreaId?: string,
): Promise<Structure[]> =>
	q
		.select()
		.from(structure)
		.where(
			and(
				eq(structure.territoryId, territoryId),
				employmentAreaId ? eq(structure.employmentAreaId, employmentAreaId) : undefined,
			),
		)
		.orderBy(asc(structure.name), asc(structure.id))
		.limit(500);

/**
 * The structure that answers for a theme unless somebody chose otherwise: the one of the employment area, else the first of
 * the territory. Undefined in a territory whose structures name no theme yet.
 */
export function structureFor(
	structures: readonly Structure[],
	theme: Theme,
	employmentAreaId: string | null,
): Structure | undefined {
	const answering = structures.filter(({ themes }) => themes.includes(theme));
	return answering.find((structure) => structure.employmentAreaId === employmentAreaId) ?? answering[0];
}

export const listEmploymentAreas = async (q: Queries, territoryId: string): Promise<EmploymentArea[]> =>
	q
		.select()
		.from(employmentArea)
		.where(eq(employmentArea.territoryId, territoryId))
		.orderBy(asc(employmentArea.name))
		.limit(50);

/** Stages that a new pathway of this territory copies, in order. */
export const stageTemplates = async (q: Queries, territoryId: string): Promise<StageTemplate[]> =>
	q
		.select()
		.from(stageTemplate)
		.where(eq(stageTemplate.territoryId, territoryId))
		.orderBy(asc(stageTemplate.position))
		.limit(50);

/** Holidays change once a year, by an import: a minute late is soon enough. */
const HOLIDAYS_KEPT_MS = 60_000;
const kept = new WeakMap<Queries, Map<string, { days: Holidays; until: number }>>();

/** Public holidays of a zone (`territory.holidayZone`), read once a minute. */
export async function holidaysOf(q: Queries, zone: string): Promise<Holidays> {
	const zones = kept.get(q) ?? new Map<string, { days: Holidays; until: number }>();
	kept.set(q, zones);
	const known = zones.get(zone);
	if (known && performance.now() < known.until) return known.days;
	const rows = await q.select({ day: holiday.day }).from(holiday).where(eq(holiday.zone, zone)).limit(1000);
	const days = new Set(rows.map((row) => row.day));
	if (days.size > 0) zones.set(zone, { days, until: performance.now() + HOLIDAYS_KEPT_MS });
	return days;
}

/** The last day off that is known, `YYYY-MM-DD`: every later one counts as open. Null before any import. */
export async function lastHoliday(q: Queries): Promise<string | null> {
	const [row] = await q.select({ day: max(holiday.day) }).from(holiday);
	return row?.day ?? null;
}

export interface MunicipalityFound {
	inseeCode: string;
	name: string;
	departmentCode: string;
	/** Tells two communes of the same name apart. */
	departmentName: string | null;
	population: number;
}

/** Sorts after every character a search name can hold. */
const LAST = '\uffff';

const matching = (q: Queries, condition: SQL | undefined, limit: number, first: SQL[] = []) =>
	q
		.select({
			inseeCode: municipality.inseeCode,
			name: municipality.name,
			departmentCode: municipality.departmentCode,
			departmentName: department.name,
			population: municipality.population,
		})
		.from(municipality)
		.leftJoin(department, eq(department.code, municipality.departmentCode))
		.where(condition)
		.orderBy(...first.map(desc), desc(municipality.population), asc(municipality.inseeCode))
		.limit(limit);

/** Communes whose name starts with one of the beginnings, those it is the whole name of first: a range on the index of names. */
export const municipalitiesStartingWith = (q: Queries, beginnings: string[], limit: number) =>
	matching(
		q,
		or(
			...beginnings.map((start) => and(gte(municipality.searchName, start), lt(municipality.searchName, start + LAST))),
		),
		limit,
		[inArray(municipality.searchName, beginnings)],
	);

const hasWordStarting = (start: string) =>
	or(like(municipality.searchName, `${start}%`), like(municipality.searchName, `% ${start}%`));

/**
 * Communes by what somebody typed, whatever the accents, capitals, hyphens or « St »: names that are so first, then those that
 * start so, then names in which every word typed starts a word; the most populated first.
 */
export async function searchMunicipalities(q: Queries, text: string, limit = 8): Promise<MunicipalityFound[]> {
	const whole = searchable(text);
	if (!whole) return [];
	// « st » may be Saint-Lô, or the beginning of Stonne.
	const beginnings = [...new Set([whole, plainWords(text)])];
	const found = await municipalitiesStartingWith(q, beginnings, limit);
	if (found.length >= limit) return found;
	const inside = await matching(q, and(...whole.split(' ').map(hasWordStarting)), limit);
	const seen = new Set(found.map((row) => row.inseeCode));
	return [...found, ...inside.filter((row) => !seen.has(row.inseeCode))].slice(0, limit);
}

/** Communes of a territory on a day (its perimeter may grow), by name. */
export const coveredCommunes = async (q: Queries, territoryId: string, day: string) =>
	q
		.select({ inseeCode: municipality.inseeCode, name: municipality.name })
		.from(catchment)
		.innerJoin(municipality, eq(municipality.inseeCode, catchment.inseeCode))
		.where(and(eq(catchment.territoryId, territoryId), lte(catchment.startsOn, day)))
		.orderBy(asc(municipality.searchName))
		.limit(2000);

export async function findMunicipality(q: Queries, inseeCode: string): Promise<MunicipalityFound | undefined> {
	const [row] = await matching(q, eq(municipality.inseeCode, inseeCode), 1);
	return row;
}

/** All départements of the country, for who does not find their commune. */
export const listDepartments = async (q: Queries) =>
	q.select().from(department).orderBy(asc(department.code)).limit(200);

export type Coverage =
	| { kind: 'inside'; territory: Territory; employmentAreaId: string | null }
	| { kind: 'outside'; orientation: Orientation; coming: ComingTerritory | null };
/** The perimeter of a territory will reach this commune on a day to come. */
export interface ComingTerritory {
	territoryId: string;
	territoryName: string;
	on: string;
}

/**
 * Which territory answers for a commune (INSEE code, not a postcode) now, or whom to call when none does. Days are
 * those of each territory's own zone, first and last included.
 */
export async function territoryForMunicipality(q: Queries, inseeCode: string, now: Date): Promise<Coverage> {
	const rows = await q
		.select({ territory, startsOn: catchment.startsOn, employmentAreaId: catchment.employmentAreaId })
		.from(catchment)
		.innerJoin(territory, eq(territory.id, catchment.territoryId))
		.where(eq(catchment.inseeCode, inseeCode))
		.orderBy(asc(catchment.startsOn), asc(catchment.territoryId))
		.limit(20);
	let coming: ComingTerritory | null = null;
	for (const row of rows) {
		const today = localDay(now, row.territory.zone);
		if (row.territory.endsOn && row.territory.endsOn < today) continue;
		const from = [row.startsOn, row.territory.startsOn ?? row.startsOn].sort().at(-1)!;
		if (from <= today)
			return { kind: 'inside', territory: complete(row.territory), employmentAreaId: row.employmentAreaId };
		coming ??= { territoryId: row.territory.id, territoryName: row.territory.name, on: from };
	}
	const known = await findMunicipality(q, inseeCode);
	const departmentCode = known?.departmentCode ?? departmentCodeOf(inseeCode);
	return { kind: 'outside', orientation: await orientationIn(q, departmentCode), coming };
}

/** Whom to call in a département, for who is outside every territory or did not find their commune. */
export async function orientationIn(q: Queries, departmentCode: string): Promise<Orientation> {
	const [row] = await q.select().from(department).where(eq(department.code, departmentCode)).limit(1);
	return orientationOutside(departmentCode, row?.name ?? null);
}
