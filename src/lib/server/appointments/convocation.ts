import { and, eq, ne, or } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { appointment } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { earliestConvocation } from './rules.ts';

/** Nobody has proposed an hour to this person yet: neither an invitation, answered or not, nor a meeting, held or missed. */
export async function isFirstContact(q: Queries, personId: string): Promise<boolean> {
	const [earlier] = await q
		.select({ id: appointment.id })
		.from(appointment)
		.where(
			and(
				eq(appointment.personId, personId),
				ne(appointment.state, 'revoked'),
				or(eq(appointment.origin, 'invitation'), ne(appointment.state, 'booked')),
			),
		)
		.limit(1);
	return !earlier;
}

/** The first day, in `zone`, for which the territory may summon somebody now. */
export async function firstConvocationDay(q: Queries, territoryId: string, zone: string, now: Date): Promise<string> {
	const { settings } = await getTerritory(q, territoryId);
	return earliestConvocation(localDay(now, zone), settings.convocationClearDays);
}

/**
 * An hour that is imposed leaves the territory's clear days before it, in the zone of the place.
 * @throws DomainError `convocation_too_soon`
 */
export async function refuseShortNotice(
	q: Queries,
	{ territoryId, day, zone, now }: { territoryId: string; day: string; zone: string; now: Date },
): Promise<void> {
	if (day < (await firstConvocationDay(q, territoryId, zone, now)))
		throw new DomainError('convocation_too_soon', 'invalid');
}
