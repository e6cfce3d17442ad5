/**
 * Who somebody is and how to reach them, when it changes. A contact opens an account only once a code reached it: the person's own
 * change waits for one, a professional's is written to at once and signs nobody in until then.
 */
import { and, eq, gt, inArray } from 'drizzle-orm';
import { endInvitations, takeContact } from '../accounts/commands.ts';
import { findAccountOfPerson, getAccount } from '../accounts/queries.ts';
import { parseContact, type Contact } from '../accounts/rules.ts';
import { closeAllSessions, closeOtherSessions, type SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { account, auditEntry, calendarFeed, deadAddress, person } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { config } from '../platform/config.ts';
import { DomainError } from '../platform/errors.ts';
import { pepperedHash } from '../platform/ids.ts';
import { refreshSearch, touchContact, type Actor } from './commands.ts';
import { personOf, type PersonRow } from './queries.ts';
import { accountFor, contactColumns, isProved } from './signing-in.ts';

/** What a professional may correct. `undefined` leaves it as it is, null takes it away. */
export interface Correction {
	firstName: string;
	lastName: string;
	/** `YYYY-MM-DD`, or `YYYY-00-00`. */
	birthDate?: string | null;
	email?: string | null;
	/** E.164. */
	phone?: string | null;
}
export type IdentityField = keyof Correction;
const FIELDS: IdentityField[] = ['firstName', 'lastName', 'birthDate', 'email', 'phone'];

/** What a form was filled in from: one that carries an older one is refused. Peppered, since who may not read a number holds it too. */
export const identityVersion = (row: Pick<PersonRow, IdentityField>): string =>
	pepperedHash(config().codePepper, 'identity', JSON.stringify(FIELDS.map((field) => row[field]))).slice(0, 22);

/** Where news of a change goes: the contact that was there before it, never the new one. */
export interface Changed {
	tell: Contact | null;
}

/**
 * The person typed the code that reached their new contact: it is theirs, it signs them in, and whoever is signed in elsewhere no
 * longer is. For a co-parent, who has no file, it is the account's.
 */
export async function changeOwnContact(
	tx: Tx,
	{ by, contact, now }: { by: SignedIn; contact: Contact; now: Date },
): Promise<Changed> {
	const { accountId, personId } = by;
	const column = contact.channel === 'email' ? 'email' : 'phone';
	const own = await getAccount(tx, accountId);
	const before = personId ? await personOf(tx, personId) : own;
	await takeContact(tx, { accountId, contact });
	if (personId) await writeContact(tx, personId, contact, now);
	await closeOtherSessions(tx, by);
	await endInvitations(tx, accountId, now);
	await recordAudit(tx, {
		action: 'person.contact_changed',
		actor: by,
		subjectId: accountId,
		personId: personId ?? undefined,
		detail: { channel: contact.channel },
		at: now,
	});
	const other = column === 'email' ? 'phone' : 'email';
	return { tell: firstWritable([own[column], before[column], own[other], before[other]], contact) };
}

/** Whether another e-mail address was written on the file since. */
export async function emailChangedSince(q: Queries, personId: string, at: Date): Promise<boolean> {
	const rows = await q
		.select({ detail: auditEntry.detail })
		.from(auditEntry)
		.where(
			and(
				eq(auditEntry.personId, personId),
				gt(auditEntry.at, at),
				inArray(auditEntry.action, ['person.corrected', 'person.contact_changed']),
			),
		)
		.limit(WHOLE);
	return rows.some(({ detail: { fields, channel } }) => channel === 'email' || [fields].flat().includes('email'));
}

async function writeContact(tx: Tx, personId: string, contact: Contact, now: Date): Promise<void> {
	await tx
		.update(person)
		.set({ ...contactColumns(contact), contactConfirmedAt: now })
		.where(eq(person.id, personId));
	if (contact.channel === 'email') await tx.delete(deadAddress).where(eq(deadAddress.personId, personId));
	else await refreshSearch(tx, personId);
	await touchContact(tx, personId, now);
}

/** The first that can be written to: a landline cannot, and what was just proved is not news to itself. */
function firstWritable(known: (string | null)[], proved?: Contact): Contact | null {
	for (const one of known) {
		const contact = one ? parseContact(one) : null;
		if (contact && contact.value !== proved?.value) return contact;
	}
	return null;
}

/**
 * A professional corrects names, birth date and contacts. The contacts by which the person signs in stay until a code reaches the
 * new ones (`proveContact`); `isLost`: the former ones are no longer theirs (a lost phone, a number given back): they open nothing
 * from now on, and every session ends, which it does as well when the number of the lost phone stays theirs.
 * @param version `identityVersion` of what the form showed
 * @returns which fields changed, and whom to tell
 * @throws DomainError `identity_changed` (conflict) when somebody changed it meanwhile; nothing is written then. `not_found`
 */
export async function correctPerson(
	tx: Tx,
	input: { personId: string; version: string; correction: Correction; isLost: boolean; by: Actor; now: Date },
): Promise<Changed & { fields: IdentityField[] }> {
	const { personId, correction, isLost, by, now } = input;
	const before = await personOf(tx, personId);
	if (identityVersion(before) !== input.version) throw new DomainError('identity_changed', 'conflict');
	const fields = FIELDS.filter((field) => correction[field] !== undefined && correction[field] !== before[field]);
	if (fields.length === 0 && !isLost) return { fields, tell: null };
	const changes = Object.fromEntries(fields.map((field) => [field, correction[field]])) as Partial<Correction>;
	if (fields.length > 0) await tx.update(person).set(changes).where(eq(person.id, personId));
	const contacts = fields.filter((field) => field === 'email' || field === 'phone');
	if (fields.includes('email')) await tx.delete(deadAddress).where(eq(deadAddress.personId, personId));
	if (correction.firstName !== before.firstName)
		await tx.update(account).set({ displayName: correction.firstName }).where(eq(account.personId, personId));
	if (isLost) await closeLost(tx, before, contacts, now);
	await settleConfirmed(tx, personId);
	await refreshSearch(tx, personId);
	const detail = { fields, lost: isLost };
	await recordAudit(tx, { action: 'person.corrected', actor: by, subjectId: personId, personId, detail, at: now });
	return { fields, tell: tellAfter(before, contacts, isLost) };
}

/** Nothing that somebody else may hold now opens anything, at once: contacts that are no longer theirs, phones, links, a calendar. */
async function closeLost(tx: Tx, before: PersonRow, contacts: ('email' | 'phone')[], now: Date): Promise<void> {
	const own = await findAccountOfPerson(tx, before.id);
	if (!own) return;
	const gone = Object.fromEntries(contacts.map((channel) => [channel, null]));
	if (contacts.length > 0) await tx.update(account).set(gone).where(eq(account.id, own.id));
	await closeAllSessions(tx, own.id, now);
	await endInvitations(tx, own.id, now);
	await tx.delete(calendarFeed).where(eq(calendarFeed.accountId, own.id));
}

/** « Confirmed » says that a code reached one of the contacts of today. */
async function settleConfirmed(tx: Tx, personId: string): Promise<void> {
	const { email, phone } = await personOf(tx, personId);
	const own = await findAccountOfPerson(tx, personId);
	if (isProved(own, 'email', email) || isProved(own, 'phone', phone)) return;
	await tx.update(person).set({ contactConfirmedAt: null }).where(eq(person.id, personId));
}

/** The former contact of the kind that changed, which the person still holds; else the other one they have. */
function tellAfter(before: PersonRow, contacts: ('email' | 'phone')[], isLost: boolean): Contact | null {
	const kept = (['phone', 'email'] as const).filter((channel) => !contacts.includes(channel));
	const channels = contacts.length === 0 ? [] : isLost ? kept : [...contacts, ...kept];
	return firstWritable(channels.map((channel) => before[channel]));
}

/**
 * A professional sits with the person, who read them the code that reached the contact of the file: it opens the account from now
 * on, which is made when there is none.
 * @throws DomainError `contact_changed` (conflict) when the file has another one meanwhile
 */
export async function proveContact(
	tx: Tx,
	{ personId, contact, by, now }: { personId: string; contact: Contact; by: Actor; now: Date },
): Promise<void> {
	const own = await personOf(tx, personId);
	const known = contact.channel === 'email' ? own.email : own.phone;
	if (!known || parseContact(known)?.value !== contact.value) throw new DomainError('contact_changed', 'conflict');
	await accountFor(tx, own, { proven: contact.value, now });
	await tx.update(person).set({ contactConfirmedAt: now }).where(eq(person.id, personId));
	await touchContact(tx, personId, now);
	const detail = { channel: contact.channel };
	await recordAudit(tx, { action: 'person.contact_proved', actor: by, subjectId: personId, personId, detail, at: now });
}
