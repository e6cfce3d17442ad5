import { and, eq, gt, isNotNull } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import { appointment, freedHour } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { holders } from './availability.ts';

type Held = Pick<
	typeof appointment.$inferSelect,
	| 'referentId'
	| 'secondReferentId'
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
 * This hour is held no more, by either of those who held it or by those named in `accountIds`. It is free at once for who looks; those
 * who wait for an earlier one are told by the worker (`earlier.ts`). Nothing is written when nobody waits for that professional.
 */
export async function noteFreed(tx: Tx, held: Held, now: Date, accountIds = holders(held)): Promise<void> {
	const { mode, placeName, localDay, localTime, zone, startsAt, endsAt } = held;
	if (held.workshopId || held.state !== 'booked' || startsAt <= now) return;
	for (const referentId of accountIds) {
		if (!(await isAwaited(tx, referentId, startsAt))) continue;
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
}

async function isAwaited(tx: Tx, referentId: string, startsAt: Date): Promise<boolean> {
	const [waiting] = await tx
		.select({ id: appointment.id })
		.from(appointment)
		.where(
			and(
				eq(appointment.referentId, referentId),
				isNotNull(appointment.earlierWantedAt),
				is(appointment.state, 'booked'),
				gt(appointment.startsAt, startsAt),
			),
		)
		.limit(1);
	return waiting !== undefined;
}
