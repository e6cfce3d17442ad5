import { and, eq, gt, ne, or } from 'drizzle-orm';
import type { Queries, Tx } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import { appointment, appointmentSlot } from '../db/schema/index.ts';
import { followersNow } from '../people/queries.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable, unsealNullable } from '../platform/sealing.ts';
import { DAY_MS, INVITATION_DAYS } from './rules.ts';

type Row = typeof appointment.$inferSelect;
const place = (id: string) => `appointment.to_bring_sealed:${id}`;

/**
 * After a cancellation by the person: the same meeting, to be chosen anew for ten days, among the times offered before that are
 * still to come, or the professional's free hours. The cancelled one stays as it is; its link leads here (`latestOf`). A workshop has one
 * hour for all; and an hour that was kept when the follow-up ended is the last one.
 */
export async function inviteAgain(tx: Tx, cancelled: Row, now: Date): Promise<void> {
	if (cancelled.workshopId || (await followersNow(tx, cancelled.personId, now)).length === 0) return;
	const id = newId();
	const slots = await tx
		.select()
		.from(appointmentSlot)
		.where(and(eq(appointmentSlot.appointmentId, cancelled.id), gt(appointmentSlot.startsAt, now)))
		.orderBy(appointmentSlot.startsAt)
		.limit(60);
	await tx.insert(appointment).values({
		...cancelled,
		id,
		toBringSealed: sealNullable(place(id), unsealNullable(place(cancelled.id), cancelled.toBringSealed)),
		convocationReasonSealed: null,
		state: 'invited',
		origin: 'invitation',
		answer: 'none',
		answeredAt: null,
		answeredVia: null,
		answerNoteSealed: null,
		sequence: 0,
		createdAt: now,
		chooseBy: new Date(now.getTime() + INVITATION_DAYS * DAY_MS),
		fromAvailability: cancelled.fromAvailability || slots.length === 0,
		afterId: cancelled.id,
		earlierWantedAt: null,
		plannedSequence: null,
		plannedAnswer: null,
	});
	if (slots.length > 0)
		await tx.insert(appointmentSlot).values(slots.map((slot) => ({ ...slot, id: newId(), appointmentId: id })));
}

/** Where an invitation's link leads now: the appointment itself, or what followed its cancellations. */
export async function latestOf(q: Queries, appointmentId: string): Promise<string> {
	let latest = appointmentId;
	for (;;) {
		const [next] = await q
			.select({ id: appointment.id })
			.from(appointment)
			.where(eq(appointment.afterId, latest))
			.limit(1);
		if (!next) return latest;
		latest = next.id;
	}
}

/** What followed a cancelled hour, while a time may be chosen or the one that was chosen is not over; null when nothing is left to do. */
export async function openAfter(q: Queries, appointmentId: string, now: Date): Promise<string | null> {
	const latest = await latestOf(q, appointmentId);
	const [row] = await q
		.select({ id: appointment.id })
		.from(appointment)
		.where(
			and(
				eq(appointment.id, latest),
				ne(appointment.id, appointmentId),
				or(is(appointment.state, 'invited'), and(is(appointment.state, 'booked'), gt(appointment.endsAt, now))),
			),
		)
		.limit(1);
	return row?.id ?? null;
}
