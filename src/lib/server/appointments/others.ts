/** « Je ne peux pas »: three other times, in the same gesture. */
import type { Queries } from '../db/client.ts';
import { LEAST_SLOTS } from './rules.ts';
import { freeSlots, type FreeSlot } from './slots.ts';

const NOON = '12:00';

/**
 * The nearest and earliest, of different half-days as long as there are: three times within one hour are one choice. Those that
 * are left fill up. Earliest first, as given.
 */
export function spread<Slot extends { localDay: string; localTime: string }>(slots: Slot[], most: number): Slot[] {
	const halfDays = new Map<string, Slot>();
	for (const slot of slots) {
		const key = `${slot.localDay} ${slot.localTime < NOON}`;
		if (!halfDays.has(key)) halfDays.set(key, slot);
	}
	const first = [...halfDays.values()].slice(0, most);
	const kept = new Set([...first, ...slots.filter((slot) => !first.includes(slot)).slice(0, most - first.length)]);
	return slots.filter((slot) => kept.has(slot));
}

/** Three of the times that can still be taken instead of this one; fewer when there are fewer. */
export const threeOthers = async (q: Queries, appointmentId: string, now: Date): Promise<FreeSlot[]> =>
	spread(await freeSlots(q, appointmentId, now), LEAST_SLOTS);
