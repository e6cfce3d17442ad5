import { and, eq, isNotNull } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { appointment, freedHour } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';

type Held = Pick<
	typeof appointment.$inferSelect,
	| 'referentId'
	| 'workshopId'
	| 'mode'
	| 'placeName'
	| 'localDay'
	| 'localTime'
	| 'zone'
	| 'startsAt'
	| 'endsAt'
	| 'state'
>;

/**
 * The person gave this hour back. It is free at once for who looks; those who wait for an earlier one are told by the worker
 * (`earlier.ts`). Nothing is written when nobody waits for this professional.
 */
export async function noteFreed(tx: Tx, held: Held, now: Date): Promise<void> {
	const { referentId, mode, placeName, localDay, localTime, zone, startsAt, endsAt } = held;
	if (held.workshopId || held.state !== 'booked' || startsAt <= now) return;
	const [waiting] = await tx
		.select({ id: appointment.id })
		.from(appointment)
		.where(and(eq(appointment.referentId, referentId), isNotNull(appointment.earlierWantedAt)))
		.limit(1);
	if (!waiting) return;
	await tx.insert(freedHour).values({
		id: newId(),
		referentId,
		mode,
		placeName,
		localDay,
		localTime,
		zone,
		startsAt,
		endsAt,
		freedAt: now,
		actAt: now,
	});
}
