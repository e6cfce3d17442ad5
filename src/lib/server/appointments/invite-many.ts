import { and, eq, gt, inArray, or } from 'drizzle-orm';
import type { Queries, Tx } from '../db/client.ts';
import { appointment } from '../db/schema/index.ts';
import { findMembership } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { availableHours } from './availability.ts';
import { LEAST_SLOTS } from './rules.ts';
import { inviteToChoose } from './slots.ts';

export const MOST_INVITED = 50;

/** Who of these has something to choose or an hour to come already: nobody is invited twice. */
export async function alreadyPlanned(q: Queries, personIds: string[], now: Date): Promise<Set<string>> {
	if (personIds.length === 0) return new Set();
	const rows = await q
		.select({ personId: appointment.personId })
		.from(appointment)
		.where(
			and(
				inArray(appointment.personId, personIds),
				or(
					and(eq(appointment.state, 'invited'), gt(appointment.chooseBy, now)),
					and(eq(appointment.state, 'booked'), gt(appointment.startsAt, now)),
				),
			),
		)
		.limit(1000);
	return new Set(rows.map(({ personId }) => personId));
}

type Invitation = Omit<Parameters<typeof inviteToChoose>[1], 'personId' | 'slots'>;

/**
 * Invites people one follows to choose among one's free hours; those who have a date already are left out. There must be three hours,
 * and one for each person.
 * @throws DomainError `nobody_chosen`, `too_many`, `too_few_slots` (invalid), `not_found` for somebody one does not follow
 */
export async function inviteMany(
	tx: Tx,
	{ personIds, territoryId, ...invitation }: Invitation & { personIds: string[]; territoryId: string },
): Promise<{ invited: { id: string; personId: string }[] }> {
	const { referent, now } = invitation;
	const planned = await alreadyPlanned(tx, personIds, now);
	const people = [...new Set(personIds)].filter((id) => !planned.has(id));
	if (people.length === 0) throw new DomainError('nobody_chosen', 'invalid');
	if (people.length > MOST_INVITED) throw new DomainError('too_many', 'invalid');
	const needed = Math.max(LEAST_SLOTS, people.length);
	const free = await availableHours(tx, { ...invitation, territoryId, referentId: referent.accountId }, now, needed);
	if (free.length < needed) throw new DomainError('too_few_slots', 'invalid');
	const invited: { id: string; personId: string }[] = [];
	for (const personId of people) {
		if (!(await findMembership(tx, personId, referent.accountId))) throw notFound();
		invited.push({ personId, ...(await inviteToChoose(tx, { ...invitation, personId })) });
	}
	return { invited };
}
