import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Role } from '../../shared/codes.ts';
import type { Tx } from '../db/client.ts';
import { account, invitation } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { hashToken, newId, newToken } from '../platform/ids.ts';
import { accountsOfContact, getAccount, type Account } from './queries.ts';
import { INVITATION_LIFETIME_MS, parseContact, type Contact } from './rules.ts';
import { closeAllSessions } from './sessions.ts';

// One place to import commands of this domain from; codes have a file of their own.
export { askCode, checkCode, deleteOldCodes, useCode, type CodePurpose, type ProvenCode } from './codes.ts';
export { closeOtherSessions, closeSession, deleteEndedSessions, openSession } from './sessions.ts';

export interface NewAccount {
	role: Role;
	/** Professionals' own name; for a beneficiary the first name, shown when several share a contact. */
	displayName: string;
	email?: string | null;
	phone?: string | null;
	personId?: string | null;
	territoryId?: string | null;
	structureId?: string | null;
	side?: 'social' | 'work' | null;
	locale: string;
	now: Date;
}

/**
 * An account is what signs in; contacts are normalised here, so that what is typed later finds them.
 * @throws DomainError `contact_invalid` when the e-mail is none or no SMS reaches the number
 */
export async function createAccount(tx: Tx, input: NewAccount): Promise<{ id: string }> {
	const id = newId();
	await tx.insert(account).values({
		id,
		role: input.role,
		status: 'active',
		email: contactOrNull(input.email),
		phone: contactOrNull(input.phone),
		displayName: input.displayName,
		personId: input.personId ?? null,
		territoryId: input.territoryId ?? null,
		structureId: input.structureId ?? null,
		side: input.side ?? null,
		locale: input.locale,
		createdAt: input.now,
	});
	return { id };
}

function contactOrNull(raw: string | null | undefined): string | null {
	if (!raw) return null;
	const contact = parseContact(raw);
	if (!contact) throw new DomainError('contact_invalid', 'invalid');
	return contact.value;
}

/** A code reached this contact (as `parseContact` gives it): it opens the account from now on, in place of the one of its kind. */
export async function takeContact(
	tx: Tx,
	{ accountId, contact }: { accountId: string; contact: Contact },
): Promise<void> {
	const { channel, value } = contact;
	await tx
		.update(account)
		.set(channel === 'email' ? { email: value } : { phone: value })
		.where(eq(account.id, accountId));
}

/** The account's open sessions end at once. */
export async function disableAccount(tx: Tx, accountId: string, now: Date): Promise<void> {
	await tx.update(account).set({ status: 'disabled' }).where(eq(account.id, accountId));
	await closeAllSessions(tx, accountId, now);
}

/** Language of pages after sign-in, of codes and of messages to this account. */
export async function setLocale(tx: Tx, accountId: string, locale: string): Promise<void> {
	await tx.update(account).set({ locale }).where(eq(account.id, accountId));
}

/** Links of this account that were not used no longer work. */
export async function endInvitations(tx: Tx, accountId: string, now: Date): Promise<void> {
	await tx
		.update(invitation)
		.set({ expiresAt: now })
		.where(and(eq(invitation.accountId, accountId), isNull(invitation.usedAt), gt(invitation.expiresAt, now)));
}

/** A link good for 7 days and one use. Earlier ones for the account no longer work. */
export async function inviteAccount(
	tx: Tx,
	{ accountId, createdById, now }: { accountId: string; createdById: string | null; now: Date },
): Promise<{ token: string }> {
	await endInvitations(tx, accountId, now);
	const token = newToken();
	const expiresAt = new Date(now.getTime() + INVITATION_LIFETIME_MS);
	await tx
		.insert(invitation)
		.values({ tokenHash: hashToken(token), accountId, createdById, createdAt: now, expiresAt });
	return { token };
}

/**
 * Opens an account to a professional, with the link that leads to it. Who was invited and never came (the mail did not leave, the name
 * was wrong) keeps the account, as it is said now, and the latest link alone opens it.
 * @throws DomainError `contact_invalid`; `email_taken` (conflict): they came, or work for another territory
 */
export async function inviteProfessional(
	tx: Tx,
	{ createdById, ...said }: NewAccount & { email: string; createdById: string },
): Promise<{ id: string; token: string }> {
	const known = (await accountsOfContact(tx, said.email)).find(
		({ role }) => role === 'referent' || role === 'coordinator',
	);
	if (known && (known.lastSeenAt || known.territoryId !== said.territoryId))
		throw new DomainError('email_taken', 'conflict');
	const { id } = known ?? (await createAccount(tx, said));
	const { role, displayName, structureId, side = null } = said;
	if (known) await tx.update(account).set({ role, displayName, structureId, side }).where(eq(account.id, id));
	return { id, ...(await inviteAccount(tx, { accountId: id, createdById, now: said.now })) };
}

/**
 * Uses an invitation up and tells whom it signs in.
 * @throws DomainError `invitation_over`: used, expired, withdrawn, or never made
 */
export async function useInvitation(tx: Tx, { token, now }: { token: string; now: Date }): Promise<Account> {
	const used = await tx
		.update(invitation)
		.set({ usedAt: now })
		.where(and(eq(invitation.tokenHash, hashToken(token)), isNull(invitation.usedAt), gt(invitation.expiresAt, now)))
		.returning({ accountId: invitation.accountId });
	if (!used[0]) throw new DomainError('invitation_over', 'gone');
	const invited = await getAccount(tx, used[0].accountId);
	if (invited.status !== 'active') throw new DomainError('invitation_over', 'gone');
	return invited;
}
