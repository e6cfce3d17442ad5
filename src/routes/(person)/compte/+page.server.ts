import { getAccount } from '$lib/server/accounts/queries';
import { db } from '$lib/server/db';
import { setPersonLocale } from '$lib/server/people/language';
import { personOf } from '$lib/server/people/queries';
import { requireSignedIn } from '$lib/server/web/guards';
import { changeLanguage, closeOthers, sessionsOf } from '$lib/server/web/own-account';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const signedIn = requireSignedIn();
	const person = signedIn.personId ? await personOf(db.read, signedIn.personId) : null;
	const account = await getAccount(db.read, signedIn.accountId);
	return {
		details: {
			name: person ? `${person.firstName} ${person.lastName}` : account.displayName,
			email: person?.email ?? account.email,
			phone: person?.phone ?? account.phone,
		},
		hasFile: signedIn.role === 'beneficiary',
		messagesIn: signedIn.locale,
		sessions: await sessionsOf(signedIn, locals.now),
		done: { language: url.searchParams.has('langue'), sessions: url.searchParams.has('fermees') },
	};
};

export const actions: Actions = {
	language: async (event) => {
		const account = requireSignedIn();
		const { personId } = account;
		return changeLanguage(event, account, '/compte', async (tx, locale) => {
			if (personId) await setPersonLocale(tx, personId, locale);
		});
	},
	others: async (event) => {
		const account = requireSignedIn();
		return closeOthers(event, account, '/compte');
	},
};
