/** A pathway is ended: what each domain does about it, in one write. */
import { markOutcome, withdrawInvitations } from './appointments/commands.ts';
import { bookedInFollowUp } from './appointments/queries.ts';
import type { Tx } from './db/client.ts';
import { closePathway } from './pathway/closing.ts';
import { DomainError } from './platform/errors.ts';
import { dropNotices, planNotice } from './reminders/commands.ts';

type Ending = Parameters<typeof closePathway>[1] & {
	/** Booked hours to come: those that were shown to whoever closes, and among them those that stand. */
	hours?: { shown: string[]; kept: string[] };
};

/**
 * As `closePathway`; once it is over, nobody is asked any more to choose an hour with who followed them, and what was to be said about it
 * is not sent. Hours booked with them are called off and the person is told of each, but for those whoever closes keeps.
 * @throws as `closePathway`, and DomainError `hour_booked_since` (conflict) when one was booked that was not shown
 */
export async function closeSupport(
	tx: Tx,
	input: Ending,
): Promise<Pick<Awaited<ReturnType<typeof closePathway>>, 'id' | 'inWork'>> {
	const { personId, by, now, hours = { shown: [], kept: [] } } = input;
	// With those who follow the person, whom the closing ends.
	const booked = await bookedInFollowUp(tx, personId, now);
	const { id, inWork, over } = await closePathway(tx, input);
	// They meet on: nothing is called off.
	if (inWork) return { id, inWork };
	if (booked.some((hour) => !hours.shown.includes(hour.id))) throw new DomainError('hour_booked_since', 'conflict');
	for (const hour of booked.filter((hour) => !hours.kept.includes(hour.id)))
		await callOff(tx, { ...hour, personId, by, now });
	const withdrawn = await withdrawInvitations(tx, { personId, by, now });
	for (const subjectId of [...over, ...withdrawn]) await dropNotices(tx, { personId, subjectId });
	return { id, inWork };
}

type Hour = Awaited<ReturnType<typeof bookedInFollowUp>>[number] & Pick<Ending, 'personId' | 'by' | 'now'>;

/**
 * Told once, with its day and hour; its reminders find it no longer booked and do not leave. When no message arrives before it, the call
 * is for whoever closed it (`createdById`): nobody follows the person any more.
 */
async function callOff(tx: Tx, { id, sequence, personId, by, now }: Hour): Promise<void> {
	const { changed } = await markOutcome(tx, { appointmentId: id, by, outcome: 'revoked', now });
	if (!changed) return;
	const onceKey = `appointment_changed:${id}:${sequence + 1}`;
	const about = { personId, appointmentId: id, path: `/rendez-vous/${id}`, onceKey, createdById: by.accountId, now };
	await planNotice(tx, { kind: 'appointment_changed', ...about });
}
