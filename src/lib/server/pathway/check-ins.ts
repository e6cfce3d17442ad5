import { and, asc, desc, eq, lte, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import { checkIn } from '../db/schema/index.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';
import type { PathwayView } from './queries.ts';

const latestDue = prepared((q) =>
	q
		.select({ id: checkIn.id, week: checkIn.week, dueOn: checkIn.dueOn, answer: checkIn.answer })
		.from(checkIn)
		.where(and(eq(checkIn.pathwayId, sql.placeholder('pathwayId')), lte(checkIn.dueOn, sql.placeholder('today'))))
		.orderBy(desc(checkIn.dueOn))
		.limit(1)
		.prepare(),
);

/** The question asked of somebody in their first months at work, if there is one today: the latest due of this job. */
export async function pendingCheckIn(q: Queries, view: PathwayView | null, now: Date) {
	if (!view || view.pathway.endedAt) return undefined;
	const { zone } = view.territory;
	const here = view.stages.find(({ state }) => state === 'current');
	if (!here?.inWork || !here.enteredAt) return undefined;
	const today = localDay(now, zone);
	const [latest] = await latestDue(q).execute({ pathwayId: view.pathway.id, today });
	const asked = latest && latest.answer === null && latest.dueOn > localDay(here.enteredAt, zone);
	return asked ? { id: latest.id, week: latest.week } : undefined;
}

/** All the questions of a pathway, for those who follow the person. */
export async function checkInsOf(q: Queries, pathwayId: string, limit = 20) {
	const rows = await q
		.select()
		.from(checkIn)
		.where(eq(checkIn.pathwayId, pathwayId))
		.orderBy(asc(checkIn.dueOn))
		.limit(limit);
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
