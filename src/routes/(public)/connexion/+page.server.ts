import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { listDemoAccounts } from '$lib/server/accounts/demo';
import { parseSignIn } from '$lib/server/accounts/forms';
import { destinationFor, safeNext } from '$lib/server/accounts/rules';
import { db } from '$lib/server/db';
import { config } from '$lib/server/platform/config';
import { ensureBrowser } from '$lib/server/web/browser';
import { sendCode } from '$lib/server/web/codes';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { rememberAttempt } from '$lib/server/web/sign-in';
import type { Actions, PageServerLoad } from './$types';

const MAX_CONTACT = 254;

export const load: PageServerLoad = async ({ locals, url }) => {
	openToAll();
	const next = safeNext(url.searchParams.get('suite'));
	if (locals.account) {
		const { path, isHome } = destinationFor(locals.account.role, next);
		redirect(303, isHome ? href(path) : path);
	}
	const isDemo = config().demo;
	return {
		next,
		demoAccounts: isDemo ? await listDemoAccounts(db.read) : [],
		// The demo's one-tap buttons fill the field in; elsewhere nobody's contact belongs in an address.
		contact: isDemo ? (url.searchParams.get('contact') ?? '').slice(0, MAX_CONTACT) : '',
	};
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const parsed = parseSignIn(await event.request.formData());
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		const { contact, isOwnPhone, next } = parsed.value;
		try {
			await sendCode(event, contact.value, { onlyKnown: true });
		} catch (error) {
			return failFrom(
				error,
				{ codes_too_many: m.account_codes_too_many, too_many_requests: m.account_too_many_requests },
				{ contact: contact.value, device: isOwnPhone ? 'own' : 'shared' },
			);
		}
		rememberAttempt(event, ensureBrowser(event), { contact: contact.value, isOwnPhone, next });
		redirect(303, href('/connexion/code'));
	},
};
