import { eq, inArray } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { childcareAid, reminder, territory } from '../db/schema/index.ts';
import type { ReminderKind } from '../db/schema/reminders.ts';

const OF_AN_AID: readonly ReminderKind[] = ['paper_due', 'aid_silence'];

/**
 * Zones of the last days that these reminders tell, where it is not the person's own: an aid is decided where it was sent, also once
 * the person lives elsewhere (moving.ts). By reminder.
 */
export async function lastDayZones(
	q: Queries,
	rows: { id: string; kind: ReminderKind }[],
): Promise<Map<string, string>> {
	const ids = rows.flatMap(({ id, kind }) => (OF_AN_AID.includes(kind) ? [id] : []));
	if (ids.length === 0) return new Map();
	const found = await q
		.select({ id: reminder.id, zone: territory.zone })
		.from(reminder)
		.innerJoin(childcareAid, eq(childcareAid.id, reminder.subjectId))
		.innerJoin(territory, eq(territory.id, childcareAid.territoryId))
		.where(inArray(reminder.id, ids));
	return new Map(found.map(({ id, zone }) => [id, zone]));
}
