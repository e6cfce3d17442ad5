import { and, asc, eq, gt, inArray, isNull } from 'drizzle-orm';
import type { Role } from '../../shared/codes.ts';
import type { Queries } from '../db/client.ts';
import { account, invitation } from '../db/schema/index.ts';
import { notFound } from '../platform/errors.ts';
import { hashToken } from '../platform/ids.ts';
import { parseContact } from './rules.ts';

export type Account = typeof account.$inferSelect;

/** Couples and families share a phone; more than this at one contact is a mistake in the data. */
const MOST_PER_CONTACT = 20;
const MAY_SIGN_IN: Role[] = ['beneficiary', 'coparent', 'referent', 'coordinator'];

/** Active accounts that a code sent to this contact opens, by name. Empty when the contact is none. */
export async function accountsOfContact(q: Queries, contact: string): Promise<Account[]> {
	const parsed = parseContact(contact);
	if (!parsed) return [];
	const column = parsed.channel === 'email' ? account.email : account.phone;
	return q
		.select()
		.from(account)
		.where(and(eq(column, parsed.value), eq(account.status, 'active'), inArray(account.role, MAY_SIGN_IN)))
		.orderBy(asc(account.displayName), asc(account.id))
		.limit(MOST_PER_CONTACT);
}

/** @throws DomainError `not_found` */
export async function getAccount(q: Queries, id: string): Promise<Account> {
	const [row] = await q.select().from(account).where(eq(account.id, id)).limit(1);
	if (!row) throw notFound();
	return row;
}

/** The account a person signs in with, if they have one. */
export async function findAccountOfPerson(q: Queries, personId: string): Promise<Account | undefined> {
	const [row] = await q.select().from(account).where(eq(account.personId, personId)).limit(1);
	return row;
}

/** Active referents and coordinators of a territory, by name: who may be assigned. */
export async function listStaff(q: Queries, territoryId: string): Promise<Account[]> {
	const roles: Role[] = ['referent', 'coordinator'];
	return q
		.select()
		.from(account)
		.where(and(eq(account.territoryId, territoryId), inArray(account.role, roles), eq(account.status, 'active')))
		.orderBy(asc(account.displayName), asc(account.id))
		.limit(500);
}

/** An invitation that can still be used, with whom it is for. Reading it does not use it. */
export async function findInvitation(q: Queries, token: string, now: Date): Promise<Account | undefined> {
	const [row] = await q
		.select({ account })
		.from(invitation)
		.innerJoin(account, eq(account.id, invitation.accountId))
		.where(
			and(
				eq(invitation.tokenHash, hashToken(token)),
				isNull(invitation.usedAt),
				gt(invitation.expiresAt, now),
				eq(account.status, 'active'),
			),
		)
		.limit(1);
	return row?.account;
}
