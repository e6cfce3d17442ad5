import { and, asc, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Channel, DeliveryOutcome, ReminderState } from '../../shared/codes.ts';
import type { Queries } from '../db/client.ts';
import { delivery, reminder } from '../db/schema/index.ts';
import type { ReminderKind } from '../db/schema/reminders.ts';

export interface LastMessage {
	id: string;
	kind: ReminderKind;
	state: ReminderState;
	/** Why it failed, a code (reminders/README.md). */
	reason: string | null;
	dueAt: Date;
	/** Channels tried, in order, with how each ended. */
	tried: { channel: Channel; outcome: DeliveryOutcome }[];
}

/** The latest messages to a person that were due and whether they arrived, never what they say. */
export async function lastMessages(q: Queries, personId: string, limit: number, now: Date): Promise<LastMessage[]> {
	const rows = await q
		.select({
			id: reminder.id,
			kind: reminder.kind,
			state: reminder.state,
			reason: reminder.reason,
			dueAt: reminder.dueAt,
		})
		.from(reminder)
		.where(and(eq(reminder.personId, personId), lte(reminder.dueAt, now)))
		// Never by the day it was planned: what is asked in the twelfth week is written three months before.
		.orderBy(desc(sql`coalesce(${reminder.sentAt}, ${reminder.dueAt})`), desc(reminder.createdAt))
		.limit(limit);
	const ids = rows.map(({ id }) => id);
	if (ids.length === 0) return [];
	const attempts = await q
		.select({ reminderId: delivery.reminderId, channel: delivery.channel, outcome: delivery.outcome })
		.from(delivery)
		.where(inArray(delivery.reminderId, ids))
		.orderBy(asc(delivery.at))
		.limit(limit * 20);
	return rows.map((row) => {
		const last = new Map(
			attempts.filter(({ reminderId }) => reminderId === row.id).map(({ channel, outcome }) => [channel, outcome]),
		);
		return { ...row, tried: [...last].map(([channel, outcome]) => ({ channel, outcome })) };
	});
}
