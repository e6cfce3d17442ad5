import { lt } from 'drizzle-orm';
import { deleteEndedSessions, deleteOldCodes } from './accounts/commands.ts';
import { forgetFreedHours } from './appointments/earlier.ts';
import { forgetAccessBefore } from './audit/commands.ts';
import type { Db, Tx } from './db/client.ts';
import { emptyWriteLog } from './db/write-log.ts';
import { answerLink, handover, invitation, ratingLink } from './db/schema/index.ts';
import { tellErased } from './erased.ts';
import { forgetReplacedPapers } from './papers/commands.ts';
import { sweepPapers } from './papers/files.ts';
import { returnSteps } from './pathway/own-steps.ts';
import { renewSearchKeys } from './people/search-upkeep.ts';
import { endPastMembers } from './people/sharing.ts';
import { forgetSilentDevices } from './reminders/subscriptions.ts';
import { deleteOldDrafts } from './requests/commands.ts';
import { archiveDue, destroyArchives, settleContacts } from './retention.ts';

/** The journal of who opened what: 12 months (CNIL 2021-122). What was decided is the history of the file, and lives as long. */
const AUDIT_MS = 365 * 24 * 60 * 60_000;

/** What has had its time: ended sessions, old codes, abandoned drafts, silent phones, replaced papers, openings past their year. */
export async function forgetPast(tx: Tx, now: Date): Promise<void> {
	for (const personId of await endPastMembers(tx, now)) await returnSteps(tx, { personId, by: null, now });
	await destroyArchives(tx, now);
	await deleteOverLinks(tx, now);
	await deleteEndedSessions(tx, now);
	await deleteOldCodes(tx, now);
	await deleteOldDrafts(tx, now);
	await forgetSilentDevices(tx, now);
	await forgetFreedHours(tx, now);
	await forgetReplacedPapers(tx, now);
	await forgetAccessBefore(tx, new Date(now.getTime() - AUDIT_MS));
}

/** Links are told apart from those that never were (« ce lien ne marche plus ») for a while after their end. */
const LINK_KEPT_MS = 30 * 24 * 60 * 60_000;

/** Links past their life: they open nothing, and say who was written to. */
async function deleteOverLinks(tx: Tx, now: Date): Promise<void> {
	const before = new Date(now.getTime() - LINK_KEPT_MS);
	for (const table of [answerLink, ratingLink, invitation, handover])
		await tx.delete(table).where(lt(table.expiresAt, before));
}

/**
 * After it, outside its write: what a search finds, when it is written otherwise since; files that closed leave, one by one; then what
 * is on the disk that no row names any more, and what the log of writes still holds of what was erased. Who was erased is told beside
 * the database.
 */
export async function sweepPast(db: Db, now: Date): Promise<void> {
	await renewSearchKeys(db);
	await settleContacts(db, now);
	await archiveDue(db, now);
	await sweepPapers(db);
	emptyWriteLog(db);
	await tellErased(db, now);
}
