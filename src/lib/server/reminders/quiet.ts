import { eq, inArray } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { holiday, person, territory } from '../db/schema/index.ts';
import { nextAllowed, type Holidays } from '../territories/calendar.ts';

/** When nothing may be sent: a zone, and its days off. */
export interface QuietRule {
	zone: string;
	holidays: Holidays;
}

/** Days off of several holiday zones at once. */
export async function holidaysByZone(q: Queries, zones: string[]): Promise<Map<string, Holidays>> {
	const found = new Map<string, Set<string>>(zones.map((zone) => [zone, new Set<string>()]));
	if (found.size === 0) return found;
	const rows = await q
		.select({ zone: holiday.zone, day: holiday.day })
		.from(holiday)
		.where(inArray(holiday.zone, [...found.keys()]));
	for (const { zone, day } of rows) found.get(zone)!.add(day);
	return found;
}

/** The quiet rule where the person lives; undefined when there is no such person. */
export async function findQuietRule(q: Queries, personId: string): Promise<QuietRule | undefined> {
	const [row] = await q
		.select({ zone: territory.zone, holidayZone: territory.holidayZone })
		.from(person)
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.where(eq(person.id, personId))
		.limit(1);
	if (!row) return undefined;
	const holidays = await holidaysByZone(q, [row.holidayZone]);
	return { zone: row.zone, holidays: holidays.get(row.holidayZone)! };
}

/** The instant itself, or the first allowed one after. */
export const allowedFrom = (instant: Date, { zone, holidays }: QuietRule): Date => nextAllowed(instant, zone, holidays);
