/** « J’attends toujours », said of a request: until somebody took it, the team reads it; then who follows the person. */
import type { Tx } from './db/client.ts';
import { sayPathwayWaiting, type Actor } from './pathway/commands.ts';
import { sayStillWaiting } from './requests/commands.ts';
import { findOpenRequest } from './requests/queries.ts';

interface Said {
	personId: string;
	reference: string;
	/** The person, signed in. */
	by: Actor;
	now: Date;
}

/**
 * Once a day in the territory's zone; more taps that day change nothing.
 * @throws DomainError `not_found`, `not_late_yet`, `no_pathway` (conflict)
 */
export async function sayWaiting(tx: Tx, { personId, reference, by, now }: Said): Promise<void> {
	const open = await findOpenRequest(tx, personId);
	const isTaken = open?.reference === reference && open.status !== 'submitted';
	if (isTaken) await sayPathwayWaiting(tx, { personId, by, now });
	else await sayStillWaiting(tx, { personId, reference, now });
}
