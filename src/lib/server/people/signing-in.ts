import { createAccount, takeContact } from '../accounts/commands.ts';
import { findAccountOfPerson } from '../accounts/queries.ts';
import { parseContact, type Contact } from '../accounts/rules.ts';
import type { Tx } from '../db/client.ts';
import { config } from '../platform/config.ts';
import { pepperedHash } from '../platform/ids.ts';
import type { PersonRow } from './queries.ts';

/**
 * The account a person signs in with, made when there is none. Only the contact that a code reached opens it: what was typed
 * besides stays on the person, where it is written to and nothing more.
 * @param proven the contact a code was just typed back from; null when the person proved themselves otherwise
 */
export async function accountFor(
	tx: Tx,
	person: PersonRow,
	{ proven, now }: { proven: string | null; now: Date },
): Promise<string> {
	const contact = proven ? parseContact(proven) : null;
	const own = await findAccountOfPerson(tx, person.id);
	if (own) {
		if (contact) await takeContact(tx, { accountId: own.id, contact });
		return own.id;
	}
	const { id } = await createAccount(tx, {
		role: 'beneficiary',
		displayName: person.firstName,
		...(contact && contactColumns(contact)),
		personId: person.id,
		territoryId: person.territoryId,
		locale: person.locale,
		now,
	});
	return id;
}

/** A contact as the column of its kind. */
export const contactColumns = ({ channel, value }: Contact): { email: string } | { phone: string } =>
	channel === 'email' ? { email: value } : { phone: value };

/** What is known of this kind was proved by a code: an account is opened by nothing else. Case of an e-mail does not count. */
export const isProved = (
	account: { email: string | null; phone: string | null } | undefined,
	channel: 'email' | 'phone',
	value: string | null,
): boolean => value !== null && account?.[channel]?.toLowerCase() === value.toLowerCase();

/** How an address that no longer works is remembered (`dead_address`): once the person has another one, it says nothing of it. */
export const addressHash = (email: string): string => pepperedHash(config().codePepper, 'address', email.toLowerCase());
