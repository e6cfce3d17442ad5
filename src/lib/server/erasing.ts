/**
 * A person leaves the portal: what names them is destroyed, in one write. Counts already published stay, which name nobody. Files on
 * the disk follow within the hour (`sweepPapers`), and so does what the log of writes still held (`forget.ts`).
 */
import { and, eq, inArray, notExists, or, sql } from 'drizzle-orm';
import { recordAudit } from './audit/commands.ts';
import type { Tx } from './db/client.ts';
import {
	account,
	aidGuest,
	auditEntry,
	calendarFeed,
	childcareAid,
	identityDecision,
	invitation,
	person,
	pushSubscription,
	removedDevice,
	session,
} from './db/schema/index.ts';
import { WHOLE } from './db/whole.ts';
import type { Actor } from './people/commands.ts';
import { personOf } from './people/queries.ts';

export const ERASURE_REASONS = ['not_concerned', 'asked', 'mistake'] as const;
/** `archived`: nobody was in touch for two years (retention.ts); the others are said by a coordinator. */
export type ErasureReason = (typeof ERASURE_REASONS)[number] | 'archived';

/** Rows that belong to an account and go with whom it was. */
const OF_ACCOUNT = [session, invitation, pushSubscription, removedDevice, calendarFeed] as const;

/**
 * Nobody signs in with it any more, and it names nobody. The row itself stays: what somebody else's file says they did, a paper
 * that a co-parent joined, refers to it.
 */
export async function emptyAccounts(tx: Tx, ids: string[]): Promise<void> {
	if (ids.length === 0) return;
	for (const table of OF_ACCOUNT) await tx.delete(table).where(inArray(table.accountId, ids));
	await tx
		.update(account)
		.set({ status: 'disabled', email: null, phone: null, displayName: '', personId: null, lastSeenAt: null })
		.where(inArray(account.id, ids));
}

/** Adults who read a file of this person, or did, and nobody else's any more. */
async function guestsOfNobodyElse(tx: Tx, personId: string): Promise<string[]> {
	const other = tx
		.select({ one: sql`1` })
		.from(sql`${aidGuest} AS other_guest`)
		.innerJoin(sql`${childcareAid} AS other_aid`, sql`other_aid.id = other_guest.aid_id`)
		.where(
			sql`other_guest.account_id = ${aidGuest.accountId} AND other_guest.ended_at IS NULL AND other_aid.person_id <> ${personId}`,
		);
	const rows = await tx
		.selectDistinct({ id: aidGuest.accountId })
		.from(childcareAid)
		.innerJoin(aidGuest, eq(aidGuest.aidId, childcareAid.id))
		.innerJoin(account, and(eq(account.id, aidGuest.accountId), eq(account.role, 'coparent')))
		.where(and(eq(childcareAid.personId, personId), notExists(other)))
		.limit(200);
	return rows.map(({ id }) => id);
}

/**
 * Destroys a file and everything that names the person. One line of the journal says that it was done, by whom and why; it bears
 * the id of the file, so that a restored copy is made to forget again (`erased.ts`), and nothing else. So does one for each file
 * that was joined to it: in a copy from before, that one stands beside it.
 * @throws DomainError `not_found`
 */
export async function erasePerson(
	tx: Tx,
	{ personId, reason, by, now }: { personId: string; reason: ErasureReason; by: Actor | null; now: Date },
): Promise<void> {
	await personOf(tx, personId);
	const own = await tx.select({ id: account.id }).from(account).where(eq(account.personId, personId)).limit(5);
	const guests = await guestsOfNobodyElse(tx, personId);
	const joined = await tx
		.select({ id: identityDecision.otherId })
		.from(identityDecision)
		.where(and(eq(identityDecision.keptId, personId), eq(identityDecision.answer, 'same')))
		.limit(WHOLE);
	await emptyAccounts(tx, [...own.map(({ id }) => id), ...guests]);
	await tx.delete(auditEntry).where(or(eq(auditEntry.personId, personId), eq(auditEntry.subjectId, personId)));
	await tx.delete(identityDecision).where(eq(identityDecision.otherId, personId));
	// The rest hangs on the person, and on what hangs on them (a test says so of every table).
	await tx.delete(person).where(eq(person.id, personId));
	for (const subjectId of [personId, ...joined.map(({ id }) => id)])
		await recordAudit(tx, { action: 'person.erased', actor: by, subjectId, detail: { reason }, at: now });
}
