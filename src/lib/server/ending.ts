/** A pathway is ended: what each domain does about it, in one write. */
import { withdrawInvitations } from './appointments/commands.ts';
import type { Tx } from './db/client.ts';
import { closePathway } from './pathway/closing.ts';
import { dropNotices } from './reminders/commands.ts';

type Ending = Parameters<typeof closePathway>[1];

/**
 * As `closePathway`; once it is over, nobody is asked any more to choose an hour with who followed them, and what was to be said about it
 * is not sent. Hours that are booked stand: they are called off one by one. @throws as `closePathway`
 */
export async function closeSupport(
	tx: Tx,
	input: Ending,
): Promise<Pick<Awaited<ReturnType<typeof closePathway>>, 'id' | 'inWork'>> {
	const { personId, by, now } = input;
	const { id, inWork, over } = await closePathway(tx, input);
	const withdrawn = inWork ? [] : await withdrawInvitations(tx, { personId, by, now });
	for (const subjectId of [...over, ...withdrawn]) await dropNotices(tx, { personId, subjectId });
	return { id, inWork };
}
