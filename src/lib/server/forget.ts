import { deleteEndedSessions, deleteOldCodes } from './accounts/commands.ts';
import { forgetFreedHours } from './appointments/earlier.ts';
import { forgetAuditBefore } from './audit/commands.ts';
import type { Tx } from './db/client.ts';
import { forgetReplacedPapers } from './papers/commands.ts';
import { sweepPapers } from './papers/files.ts';
import { endPastMembers } from './people/sharing.ts';
import { forgetSilentDevices } from './reminders/subscriptions.ts';
import { deleteOldDrafts } from './requests/commands.ts';

/** The journal of who opened what: 12 months (CNIL 2021-122, domain.md §7.1). */
const AUDIT_MS = 365 * 24 * 60 * 60_000;

/** What has had its time: ended sessions, old codes, abandoned drafts, silent phones, replaced papers, the journal past its year. */
export async function forgetPast(tx: Tx, now: Date): Promise<void> {
	await endPastMembers(tx, now);
	await deleteEndedSessions(tx, now);
	await deleteOldCodes(tx, now);
	await deleteOldDrafts(tx, now);
	await forgetSilentDevices(tx, now);
	await forgetFreedHours(tx, now);
	await forgetReplacedPapers(tx, now);
	await forgetAuditBefore(tx, new Date(now.getTime() - AUDIT_MS));
}

/** After it: files on the disk that no row names any more. Outside the write, which the disk would hold. */
export const sweepPast = sweepPapers;
