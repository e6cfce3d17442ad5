import { and, asc, desc, eq, isNull, lte, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import { checkIn, pathway, territory } from '../db/schema/index.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';

const openPathway = prepared((q) =>
	q
		.select({ id: pathway.id, zone: territory.zone })
		.from(pathway)
		.innerJoin(territory, eq(territory.id, pathway.territoryId))
		.where(and(eq(pathway.personId, sql.placeholder('personId')), isNull(pathway.endedAt)))
		.limit(1)
		.prepare(),
);
const latestDue = prepared((q) =>
	q
		.select({ id: checkIn.id, week: checkIn.week, answer: checkIn.answer })
		.from(checkIn)
		.where(and(eq(checkIn.pathwayId, sql.placeholder('pathwayId')), lte(checkIn.dueOn, sql.placeholder('today'))))
		.orderBy(desc(checkIn.dueOn))
		.limit(1)
		.prepare(),
);

/** The question asked of somebody in their first months at work, if there is one today: the latest that is due. */
export async function pendingCheckIn(q: Queries, personId: string, now: Date) {
	const [open] = await openPathway(q).execute({ personId });
	if (!open) return undefined;
	const [latest] = await latestDue(q).execute({ pathwayId: open.id, today: localDay(now, open.zone) });
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
