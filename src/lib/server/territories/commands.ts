import { asc, inArray, sql, type SQL } from 'drizzle-orm';
import type { Tx } from '../db/index.ts';
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
import { DomainError } from '../platform/errors.ts';
import { searchable } from '../../shared/search.ts';
import { addMonths, localDay } from './calendar.ts';
import type { PerimeterPart, StartRule, TerritoryProfile } from './profiles/shape.ts';
import { readDepartments, readHolidays, readMunicipalities } from './reference.ts';

/** Rows per statement: well under the number of variables either engine takes. */
const CHUNK = 500;

async function inChunks<T>(rows: T[], insert: (chunk: T[]) => Promise<unknown>): Promise<void> {
	for (let from = 0; from < rows.length; from += CHUNK) await insert(rows.slice(from, from + CHUNK));
}

/** The value that the refused insert brought. */
const brought = (column: string): SQL => sql.raw(`excluded.${column}`);

/**
 * Communes, départements and holidays of `<root>/reference`, brought up to date: run again, it corrects what changed and
 * removes nothing, because files and people refer to it.
 */
export async function importReference(tx: Tx, root: string): Promise<{ municipalities: number; holidays: number }> {
	await inChunks(readDepartments(root), (rows) =>
		tx
			.insert(department)
			.values(rows)
			.onConflictDoUpdate({ target: department.code, set: { name: brought('name') } }),
	);
	const municipalities = readMunicipalities(root).map((row) => ({ ...row, searchName: searchable(row.name) }));
	await inChunks(municipalities, (rows) =>
		tx
			.insert(municipality)
			.values(rows)
			.onConflictDoUpdate({
				target: municipality.inseeCode,
				set: {
					name: brought('name'),
					searchName: brought('search_name'),
					departmentCode: brought('department_code'),
					arrondissement: brought('arrondissement'),
					population: brought('population'),
				},
			}),
	);
	const holidays = readHolidays(root);
	await inChunks(holidays, (rows) =>
		tx
			.insert(holiday)
			.values(rows)
			.onConflictDoUpdate({ target: [holiday.zone, holiday.day], set: { name: brought('name') } }),
	);
	return { municipalities: municipalities.length, holidays: holidays.length };
}

/**
 * A territory with its areas, perimeter, stages and structures. Needs `importReference` before.
 * @throws DomainError `territory_exists` when its id or code is taken
 */
export async function createTerritory(tx: Tx, profile: TerritoryProfile, now: Date): Promise<{ id: string }> {
	const { id, areas, perimeter, stages, structures, ...own } = profile;
	const made = await tx
		.insert(territory)
		.values({ id, ...own, endsOn: null })
		.onConflictDoNothing()
		.returning({ id: territory.id });
	if (made.length === 0) throw new DomainError('territory_exists', 'conflict', { id });
	const areaId = (slug: string | undefined) => (slug ? `${id}-${slug}` : null);

	if (areas.length > 0)
		await tx
			.insert(employmentArea)
			.values(areas.map((area) => ({ id: areaId(area.slug)!, territoryId: id, name: area.name })));
	if (stages.length > 0)
		await tx.insert(stageTemplate).values(
			stages.map((stage, index) => ({
				id: `${id}-stage-${index + 1}`,
				territoryId: id,
				position: index + 1,
				...stage,
			})),
		);
	if (structures.length > 0)
		await tx.insert(structure).values(
			structures.map(({ slug, area, commune, themes = [], decidesAids = false, ...place }) => ({
				...place,
				id: `${id}-${slug}`,
				territoryId: id,
				employmentAreaId: areaId(area),
				email: `${slug}@${id}.example.fr`,
				inseeCode: commune,
				themes,
				decidesAids,
			})),
		);
	const areaOf = new Map(areas.flatMap((area) => area.arrondissements.map((code) => [code, areaId(area.slug)])));
	const today = localDay(now, profile.zone);
	for (const part of perimeter) {
		const communes = (await communesOf(tx, part)).map(({ inseeCode, arrondissement }) => ({
			inseeCode,
			employmentAreaId: areaOf.get(arrondissement ?? '') ?? null,
		}));
		await extendPerimeter(tx, { territoryId: id, communes, startsOn: startDay(part.startsOn, today) });
	}
	return { id };
}

/**
 * Communes join a territory from a day (included, in its zone). One that is already in it keeps its own day.
 * The communes have to be known (`importReference`).
 */
export async function extendPerimeter(
	tx: Tx,
	perimeter: {
		territoryId: string;
		communes: { inseeCode: string; employmentAreaId: string | null }[];
		startsOn: string;
	},
): Promise<void> {
	const { territoryId, startsOn } = perimeter;
	const rows = perimeter.communes.map((commune) => ({ ...commune, territoryId, startsOn }));
	await inChunks(rows, (chunk) => tx.insert(catchment).values(chunk).onConflictDoNothing());
}

const startDay = (rule: StartRule, today: string): string =>
	typeof rule === 'string' ? rule : addMonths(`${today.slice(0, 8)}01`, rule.firstOfMonthAfter);

const communesOf = (tx: Tx, part: PerimeterPart) =>
	tx
		.select({ inseeCode: municipality.inseeCode, arrondissement: municipality.arrondissement })
		.from(municipality)
		.where(
			part.communes
				? inArray(municipality.inseeCode, part.communes)
				: inArray(municipality.departmentCode, part.departments ?? []),
		)
		.orderBy(asc(municipality.inseeCode));
