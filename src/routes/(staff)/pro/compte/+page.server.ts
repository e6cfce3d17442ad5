import { getAccount } from '$lib/server/accounts/queries';
import { db } from '$lib/server/db';
import { requireStaff } from '$lib/server/web/guards';
import { changeLanguage, closeOthers, sessionsOf } from '$lib/server/web/own-account';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const signedIn = requireStaff();
	const { displayName, email, phone } = await getAccount(db.read, signedIn.accountId);
	return {
		details: { name: displayName, email, phone },
		messagesIn: signedIn.locale,
		sessions: await sessionsOf(signedIn, locals.now),
		done: { language: url.searchParams.has('langue'), sessions: url.searchParams.has('fermees') },
	};
};

export const actions: Actions = {
	language: async (event) => {
		const account = requireStaff();
		return changeLanguage(event, account, '/pro/compte');
	},
	others: async (event) => {
		const account = requireStaff();
		return closeOthers(event, account, '/pro/compte');
	},
};
