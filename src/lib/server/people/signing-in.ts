import { createAccount } from '../accounts/commands.ts';
import { findAccountOfPerson } from '../accounts/queries.ts';
import type { Tx } from '../db/client.ts';
import { isMobile } from '../platform/phone.ts';
import type { PersonRow } from './queries.ts';

/** The account a person signs in with, made when there is none: a landline receives no code and stays on the person only. */
export async function accountFor(tx: Tx, person: PersonRow, now: Date): Promise<string> {
	const own = await findAccountOfPerson(tx, person.id);
	if (own) return own.id;
	const { id } = await createAccount(tx, {
		role: 'beneficiary',
		displayName: person.firstName,
		email: person.email,
		phone: person.phone && isMobile(person.phone) ? person.phone : null,
		personId: person.id,
		territoryId: person.territoryId,
		locale: person.locale,
		now,
	});
	return id;
}
