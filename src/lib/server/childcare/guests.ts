import { and, asc, eq, isNull } from 'drizzle-orm';
import { createAccount, disableAccount, inviteAccount } from '../accounts/commands.ts';
import { accountsOfContact, findAccountOfPerson } from '../accounts/queries.ts';
import { parseContact } from '../accounts/rules.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { aidGuest, childcareAid } from '../db/schema/index.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import type { Actor } from './moving.ts';

/** A file is read by the adults of one household: more is a mistake. */
const MOST_GUESTS = 3;

interface Owner {
	personId: string;
	reference: string;
	by: Actor;
	now: Date;
}

async function ownFile(q: Queries, { personId, reference }: Pick<Owner, 'personId' | 'reference'>) {
	const [row] = await q
		.select({ id: childcareAid.id, territoryId: childcareAid.territoryId })
		.from(childcareAid)
		.where(and(eq(childcareAid.reference, reference), eq(childcareAid.personId, personId)))
		.limit(1);
	if (!row) throw notFound();
	return row;
}

const openGuests = (q: Queries, aidId: string) =>
	q
		.select({ id: aidGuest.id, accountId: aidGuest.accountId, nameSealed: aidGuest.nameSealed })
		.from(aidGuest)
		.where(and(eq(aidGuest.aidId, aidId), isNull(aidGuest.endedAt)))
		.orderBy(asc(aidGuest.createdAt), asc(aidGuest.id))
		.limit(MOST_GUESTS);

/** Who else reads this file, by the first name that the person gave: never a contact. */
export const guestsOf = async (q: Queries, own: Pick<Owner, 'personId' | 'reference'>) =>
	(await openGuests(q, (await ownFile(q, own)).id)).map(({ id, nameSealed }) => ({
		id,
		name: unseal(`aid_guest.name_sealed:${id}`, nameSealed),
	}));

/** A phone is shared by a couple at times; an e-mail address of one's own would show oneself one's own file, with less in it. */
async function isOwnMail(q: Queries, personId: string, contact: string): Promise<boolean> {
	const parsed = parseContact(contact);
	if (parsed?.channel !== 'email') return false;
	const own = [await personOf(q, personId), await findAccountOfPerson(q, personId)];
	return own.some((one) => one?.email?.toLowerCase() === parsed.value.toLowerCase());
}

/**
 * The person lets another adult read one file and add papers. That adult signs in on their own; one who reads other files
 * already keeps the same account.
 * @returns the token of an invitation to send to that contact
 * @throws DomainError `not_found`, `guest_self` (invalid), `guest_too_many`, `guest_already` (conflict), `contact_invalid`
 */
export async function inviteGuest(
	tx: Tx,
	{ firstName, contact, locale, ...own }: Owner & { firstName: string; contact: string; locale: string },
): Promise<{ token: string }> {
	const file = await ownFile(tx, own);
	if (await isOwnMail(tx, own.personId, contact)) throw new DomainError('guest_self', 'invalid');
	const known = (await accountsOfContact(tx, contact)).find(({ role }) => role === 'coparent');
	const present = await openGuests(tx, file.id);
	if (known && present.some(({ accountId }) => accountId === known.id))
		throw new DomainError('guest_already', 'conflict');
	if (present.length >= MOST_GUESTS) throw new DomainError('guest_too_many', 'conflict');
	const { by, now } = own;
	const guest =
		known ??
		(await createAccount(tx, {
			role: 'coparent',
			displayName: firstName,
			...(contact.includes('@') ? { email: contact } : { phone: contact }),
			territoryId: file.territoryId,
			locale,
			now,
		}));
	const id = newId();
	const nameSealed = seal(`aid_guest.name_sealed:${id}`, firstName);
	await tx.insert(aidGuest).values({ id, aidId: file.id, accountId: guest.id, nameSealed, createdAt: now });
	await recordAudit(tx, {
		action: 'aid.guest_invited',
		actor: by,
		subjectId: file.id,
		personId: own.personId,
		at: now,
	});
	return inviteAccount(tx, { accountId: guest.id, createdById: by.accountId, now });
}

/**
 * Ends at once: the file is no longer found, and who reads no other file is signed out everywhere. Said twice, it is done once.
 * @throws DomainError `not_found`
 */
export async function withdrawGuest(tx: Tx, { guestId, ...own }: Owner & { guestId: string }): Promise<void> {
	const file = await ownFile(tx, own);
	const isTheirs = and(eq(aidGuest.id, guestId), eq(aidGuest.aidId, file.id));
	const [guest] = await tx.select().from(aidGuest).where(isTheirs).limit(1);
	if (!guest) throw notFound();
	if (guest.endedAt) return;
	await tx.update(aidGuest).set({ endedAt: own.now }).where(isTheirs);
	const left = await filesOfGuest(tx, guest.accountId);
	if (left.length === 0) await disableAccount(tx, guest.accountId, own.now);
	const { by, personId, now } = own;
	await recordAudit(tx, { action: 'aid.guest_withdrawn', actor: by, subjectId: file.id, personId, at: now });
}

/** Files that name this account, with whose they are: goes no further than the `where` of the file. */
export const filesOfGuest = (q: Queries, accountId: string) =>
	q
		.select({ id: childcareAid.id, reference: childcareAid.reference, personId: childcareAid.personId })
		.from(aidGuest)
		.innerJoin(childcareAid, eq(childcareAid.id, aidGuest.aidId))
		.where(and(eq(aidGuest.accountId, accountId), isNull(aidGuest.endedAt)))
		.orderBy(asc(childcareAid.createdAt))
		.limit(20);

/** Whose file it is, for an adult it names. @throws DomainError `not_found` for everybody else */
export async function ownerForGuest(q: Queries, accountId: string, reference: string): Promise<{ personId: string }> {
	const found = (await filesOfGuest(q, accountId)).find((file) => file.reference === reference);
	if (!found) throw notFound();
	return found;
}
