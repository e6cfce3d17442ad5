import { eq } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { person, territory } from '../db/schema/index.ts';
import { nextAllowed, type Holidays } from '../territories/calendar.ts';
import { holidaysOf } from '../territories/queries.ts';

/** When nothing may be sent: a zone, and its days off. */
export interface QuietRule {
	zone: string;
	holidays: Holidays;
}

/** The quiet rule where the person lives; undefined when there is no such person. */
export async function findQuietRule(q: Queries, personId: string): Promise<QuietRule | undefined> {
	const [row] = await q
		.select({ zone: territory.zone, holidayZone: territory.holidayZone })
		.from(person)
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.where(eq(person.id, personId))
		.limit(1);
	return row && { zone: row.zone, holidays: await holidaysOf(q, row.holidayZone) };
}

/** The instant itself, or the first allowed one after. */
export const allowedFrom = (instant: Date, { zone, holidays }: QuietRule): Date => nextAllowed(instant, zone, holidays);
