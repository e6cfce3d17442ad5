import { and, asc, count, countDistinct, desc, eq, gte, inArray, isNull, lte, max, not, or, sql } from 'drizzle-orm';
import { THEMES, type Theme } from '../../shared/themes.ts';
import type { Queries } from '../db/client.ts';
import { catchment, municipality, offer } from '../db/schema/index.ts';
import { addMonths } from '../territories/calendar.ts';

/** Said to be old from this many months on, and shown no longer after that many (domain.md §2.1). */
export const OLD_MONTHS = 6;
export const LONGEST_MONTHS = 24;
/** A person in a hurry calls two or three. */
const MOST_PLACES = 6;
/** Money or lessons for adults are no place for a child. */
const NO_PLACE = ['aide-financiere', 'formation', 'information'];

export interface PlaceNear {
	serviceId: string;
	name: string;
	structureName: string;
	isAvip: boolean;
	forPeople: boolean;
	phone: string | null;
	address: string;
	commune: string;
	near: 'commune' | 'area' | 'territory';
	source: string;
	updatedOn: string;
	/** Older than six months: the page says so. */
	isOld: boolean;
	importedAt: Date;
}

interface Where {
	theme: Theme;
	territoryId: string;
	/** Of the person; null when it is not known. */
	inseeCode: string | null;
	/** Day of the territory. */
	today: string;
}

/**
 * Places of a territory for a theme, the nearest first: the same commune, then the same arrondissement, then the rest; those
 * that keep places for parents who look for work first, then those that can be called. Nothing that its producer wrote more
 * than two years ago.
 */
export async function placesNear(q: Queries, { theme, territoryId, inseeCode, today }: Where): Promise<PlaceNear[]> {
	const [home] = inseeCode
		? await q.select().from(municipality).where(eq(municipality.inseeCode, inseeCode)).limit(1)
		: [];
	const distance = sql<number>`case when ${offer.inseeCode} = ${home?.inseeCode ?? ''} then 0
		when ${municipality.departmentCode} = ${home?.departmentCode ?? ''}
			and ${municipality.arrondissement} = ${home?.arrondissement ?? ''} then 1 else 2 end`;
	const covered = q
		.select({ inseeCode: catchment.inseeCode })
		.from(catchment)
		.where(and(eq(catchment.territoryId, territoryId), lte(catchment.startsOn, today)));
	const rows = await q
		.select({ offer, commune: municipality.name, distance })
		.from(offer)
		.innerJoin(municipality, eq(municipality.inseeCode, offer.inseeCode))
		.where(
			and(
				eq(offer.theme, theme),
				inArray(offer.inseeCode, covered),
				eq(offer.isOnSite, true),
				or(isNull(offer.kind), not(inArray(offer.kind, NO_PLACE))),
				gte(offer.updatedOn, addMonths(today, -LONGEST_MONTHS)),
			),
		)
		.orderBy(asc(distance), desc(offer.isAvip), asc(sql`${offer.phone} is null`), asc(offer.name), asc(offer.serviceId))
		.limit(MOST_PLACES);
	const old = addMonths(today, -OLD_MONTHS);
	const near = ['commune', 'area', 'territory'] as const;
	return rows.map(
		({ offer: { theme: _, kind: _kind, isOnSite: _on, inseeCode: _code, ...place }, commune, distance }) => ({
			...place,
			commune,
			near: near[distance]!,
			isOld: place.updatedOn < old,
		}),
	);
}

/**
 * What a territory knows of what exists: for each theme how many services of how many structures, how many are old and how many
 * are too old to be shown; for each producer the day it last wrote one and when they were brought here. `today` in its zone.
 */
export async function offersKnown(q: Queries, { territoryId, today }: Pick<Where, 'territoryId' | 'today'>) {
	const here = q
		.select({ inseeCode: catchment.inseeCode })
		.from(catchment)
		.where(and(eq(catchment.territoryId, territoryId), lte(catchment.startsOn, today)));
	// The themes are named, so that the index of theme and commune is walked.
	const known = and(inArray(offer.theme, [...THEMES]), inArray(offer.inseeCode, here));
	const before = (months: number) =>
		sql<number>`sum(${offer.updatedOn} < ${addMonths(today, -months)})`.mapWith(Number);
	const themes = await q
		.select({
			theme: offer.theme,
			services: count(),
			structures: countDistinct(offer.structureName),
			old: before(OLD_MONTHS),
			hidden: before(LONGEST_MONTHS),
		})
		.from(offer)
		.where(known)
		.groupBy(offer.theme)
		.orderBy(asc(offer.theme))
		.limit(THEMES.length);
	const sources = await q
		.select({
			source: offer.source,
			services: countDistinct(offer.serviceId),
			structures: countDistinct(offer.structureName),
			updatedOn: max(offer.updatedOn),
			importedAt: sql<number>`max(${offer.importedAt})`.mapWith(offer.importedAt),
		})
		.from(offer)
		.where(known)
		.groupBy(offer.source)
		.orderBy(desc(count()), asc(offer.source))
		.limit(50);
	return { themes, sources };
}
