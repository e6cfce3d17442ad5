import { and, count, eq, isNull } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { appointment, workshop } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { DomainError } from '../platform/errors.ts';
import { worksNoMore } from './availability.ts';
import { NOT_ANSWERED, type Actor, type AppointmentRow } from './commands.ts';
import { isPersonHeld } from './held.ts';

const MOST_SEATS = 200;
const inWorkshop = (workshopId: string) => and(eq(appointment.workshopId, workshopId), eq(appointment.state, 'booked'));

/** Seats nobody holds; none once it is cancelled, or who animates it works here no more. */
export async function seatsLeftIn(q: Queries, workshopId: string): Promise<number> {
	const [own] = await q
		.select({ seats: workshop.seats, referentId: workshop.referentId })
		.from(workshop)
		.where(and(eq(workshop.id, workshopId), isNull(workshop.cancelledAt)))
		.limit(1);
	const [taken] = await q.select({ count: count() }).from(appointment).where(inWorkshop(workshopId));
	return own && !(await worksNoMore(q, [own.referentId])) ? Math.max(0, own.seats - taken!.count) : 0;
}

/**
 * The lowest seat nobody holds; null when it is full, cancelled or begun, or nobody animates it any more. A unique index on workshop and seat backs it: the last
 * one is taken once.
 */
export async function freeSeat(q: Queries, workshopId: string, now: Date): Promise<number | null> {
	const [own] = await q.select().from(workshop).where(eq(workshop.id, workshopId)).limit(1);
	if (!own || own.cancelledAt || own.startsAt <= now || (await worksNoMore(q, [own.referentId]))) return null;
	const rows = await q
		.select({ seat: appointment.seat })
		.from(appointment)
		.where(inWorkshop(workshopId))
		.limit(MOST_SEATS);
	const taken = new Set(rows.map(({ seat }) => seat));
	for (let seat = 1; seat <= own.seats; seat += 1) if (!taken.has(seat)) return seat;
	return null;
}

/** The person who was invited takes a seat. @throws DomainError `slot_taken` (conflict), `person_busy` (conflict) */
export async function takeSeat(tx: Tx, own: AppointmentRow, { by, now }: { by?: Actor; now: Date }): Promise<void> {
	const { id, personId, workshopId } = own;
	if (own.state !== 'invited' || !own.chooseBy || own.chooseBy <= now) throw new DomainError('slot_taken', 'conflict');
	if (await isPersonHeld(tx, personId, { ...own, except: id })) throw new DomainError('person_busy', 'conflict');
	const seat = await freeSeat(tx, workshopId!, now);
	if (!seat) throw new DomainError('slot_taken', 'conflict');
	await tx
		.update(appointment)
		.set({ state: 'booked', seat, ...NOT_ANSWERED, chooseBy: null, sequence: own.sequence + 1 })
		.where(and(eq(appointment.id, id), eq(appointment.state, 'invited')));
	await touchContact(tx, personId, now);
	await recordAudit(tx, { action: 'appointment.chosen', actor: by, subjectId: id, personId, at: now });
}
