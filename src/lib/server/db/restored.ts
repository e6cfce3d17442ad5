import type Database from 'better-sqlite3';

/**
 * What opens something to whoever holds it: links of messages and printed sheets, sessions, codes, feeds, phones that
 * receive. A copy of the past would revive those that were ended since.
 */
export const OPENS_SOMETHING = [
	'session',
	'sign_in_code',
	'invitation',
	'answer_link',
	'rating_link',
	'handover',
	'calendar_feed',
	// A phone that is still its owner's says itself again at its next visit; that it was taken off stays known (removed_device).
	'push_subscription',
] as const;

/**
 * Of a database that was restored: nothing of the past opens anything again. A proof of a printed sheet is revoked rather than
 * forgotten, so that its address says so. The bytes are overwritten on the disk.
 */
export function endWhatOpens(handle: Database.Database, now: Date): void {
	handle.pragma('secure_delete = ON');
	for (const table of OPENS_SOMETHING) handle.exec(`DELETE FROM ${table}`);
	handle.prepare('UPDATE aid_proof SET revoked_at = ? WHERE revoked_at IS NULL').run(now.getTime());
}
