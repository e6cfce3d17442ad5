import { eq } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { person, territory } from '../db/schema/index.ts';
import { isQuiet, lastAllowedBefore, nextAllowed, type Holidays, type SendingHours } from '../territories/calendar.ts';
import { holidaysOf } from '../territories/queries.ts';
import { sendingHoursOf, withDefaults, type TerritorySettings } from '../territories/settings.ts';

/** When something may be sent: a zone, its days off, and the hours of a territory. */
export interface QuietRule {
	zone: string;
	holidays: Holidays;
	hours: SendingHours;
}

interface Place {
	zone: string;
	holidayZone: string;
	/** All of them, or those that are its own. */
	settings: Partial<TerritorySettings>;
}

export const quietRuleOf = async (q: Queries, { zone, holidayZone, settings }: Place): Promise<QuietRule> => ({
	zone,
	holidays: await holidaysOf(q, holidayZone),
	hours: sendingHoursOf(withDefaults(settings)),
});

/** The quiet rule where the person lives; undefined when there is no such person. */
export async function findQuietRule(q: Queries, personId: string): Promise<QuietRule | undefined> {
	const [row] = await q
		.select({ zone: territory.zone, holidayZone: territory.holidayZone, settings: territory.settings })
		.from(person)
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.where(eq(person.id, personId))
		.limit(1);
	return row && quietRuleOf(q, row);
}

export const isQuietAt = (instant: Date, { zone, holidays, hours }: QuietRule): boolean =>
	isQuiet(instant, zone, holidays, hours);

/** The instant itself, or the first allowed one after. */
export const allowedFrom = (instant: Date, { zone, holidays, hours }: QuietRule): Date =>
	nextAllowed(instant, zone, holidays, hours);

/** The instant itself, or the last one before for which something may be planned. */
export const allowedBefore = (instant: Date, { zone, holidays, hours }: QuietRule): Date =>
	lastAllowedBefore(instant, zone, holidays, hours);
