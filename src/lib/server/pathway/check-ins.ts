import { and, asc, desc, eq, isNull, lte } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { checkIn, pathway } from '../db/schema/index.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';

/** The question asked of somebody in their first months at work, if there is one today: the latest that is due. */
export async function pendingCheckIn(q: Queries, personId: string, now: Date) {
	const [open] = await q
		.select()
		.from(pathway)
		.where(and(eq(pathway.personId, personId), isNull(pathway.endedAt)))
		.limit(1);
	if (!open) return undefined;
	const { zone } = await getTerritory(q, open.territoryId);
	const [latest] = await q
		.select({ id: checkIn.id, week: checkIn.week, answer: checkIn.answer })
		.from(checkIn)
		.where(and(eq(checkIn.pathwayId, open.id), lte(checkIn.dueOn, localDay(now, zone))))
		.orderBy(desc(checkIn.dueOn))
		.limit(1);
	return latest && latest.answer === null ? { id: latest.id, week: latest.week } : undefined;
}

/** All the questions of a pathway, for those who follow the person. */
export async function checkInsOf(q: Queries, pathwayId: string) {
	const rows = await q
		.select()
		.from(checkIn)
		.where(eq(checkIn.pathwayId, pathwayId))
		.orderBy(asc(checkIn.dueOn))
		.limit(20);
	return rows.map(({ id, week, dueOn, answer, answeredAt, handledAt, noteSealed }) => ({
		id,
		week,
		dueOn,
		answer,
		answeredAt,
		handledAt,
		note: unsealNullable(`check_in.note_sealed:${id}`, noteSealed),
	}));
}
export type CheckInView = Awaited<ReturnType<typeof checkInsOf>>[number];
