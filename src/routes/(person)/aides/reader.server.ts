import { error } from '@sveltejs/kit';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { ownerForGuest } from '$lib/server/childcare/guests';
import { db } from '$lib/server/db';

/** Whose file it is: the person's own, or of somebody who lets this adult read it. Anybody else finds nothing. */
export async function ownerOf(account: SignedIn, reference: string): Promise<{ personId: string; isGuest: boolean }> {
	if (account.role === 'beneficiary' && account.personId) return { personId: account.personId, isGuest: false };
	if (account.role !== 'coparent') error(404, 'not_found');
	const { personId } = await ownerForGuest(db.read, account.accountId, reference);
	return { personId, isGuest: true };
}
