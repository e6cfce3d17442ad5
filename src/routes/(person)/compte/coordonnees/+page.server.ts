import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { useCode } from '$lib/server/accounts/commands';
import { parseCode, parseContactField } from '$lib/server/accounts/forms';
import { getAccount } from '$lib/server/accounts/queries';
import { parseContact } from '$lib/server/accounts/rules';
import { db } from '$lib/server/db';
import { changeOwnContact } from '$lib/server/people/contacts';
import { personOf } from '$lib/server/people/queries';
import { isProved } from '$lib/server/people/signing-in';
import { addressWorks } from '$lib/server/reminders/dead-addresses';
import { getTerritory } from '$lib/server/territories/queries';
import { ensureBrowser } from '$lib/server/web/browser';
import { failCode, proveCode, sendCode } from '$lib/server/web/codes';
import { tellFormerContact } from '$lib/server/web/contact-news';
import { failFrom } from '$lib/server/web/failures';
import { requireSignedIn } from '$lib/server/web/guards';
import { forgetAttempt, readAttempt, rememberAttempt } from '$lib/server/web/sign-in';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const PAGE = '/compte/coordonnees';
const SENTENCES = {
	code_expired: m.account_code_expired,
	code_locked: m.account_code_locked,
	codes_too_many: m.account_codes_too_many,
	contact_invalid: m.account_contact_invalid,
	too_many_requests: m.account_too_many_requests,
};

export const load: PageServerLoad = async (event) => {
	const { accountId, personId } = requireSignedIn();
	const account = await getAccount(db.read, accountId);
	const { email, phone } = personId ? await personOf(db.read, personId) : account;
	const mobile = phone && parseContact(phone) ? phone : null;
	const waiting = event.url.searchParams.has('code') ? readAttempt(event)?.contact : undefined;
	return {
		email,
		phone,
		/** Written to, and not yet proved by a code: it does not sign in. */
		toConfirm: [!isProved(account, 'email', email) && email, !isProved(account, 'phone', mobile) && mobile].filter(
			(contact) => typeof contact === 'string',
		),
		waiting: waiting ? { contact: waiting, isSms: !waiting.includes('@') } : null,
		done: event.url.searchParams.has('fait'),
	};
};

/** A code to the new contact; whoever has it already, or nobody, is answered the same. */
async function ask(event: RequestEvent, contact: string): Promise<void> {
	await sendCode(event, contact, { purpose: 'contact' });
	rememberAttempt(event, ensureBrowser(event), { contact, isOwnPhone: false, next: null });
}

export const actions: Actions = {
	ask: async (event) => {
		requireSignedIn();
		const parsed = parseContactField(await event.request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await ask(event, parsed.value.contact.value);
		} catch (problem) {
			return failFrom(problem, SENTENCES, { contact: parsed.value.contact.value });
		}
		redirect(303, `${href(PAGE)}?code`);
	},
	prove: async (event) => {
		const by = requireSignedIn();
		const parsed = parseCode(await event.request.formData());
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: {} });
		const contact = parseContact(readAttempt(event)?.contact ?? '');
		if (!contact) redirect(303, href(PAGE));
		const { now } = event.locals;
		try {
			const { code } = parsed.value;
			const proven = await proveCode(event, { contact: contact.value, code, purpose: 'contact' });
			const { tell } = await db.write(async (tx) => {
				await useCode(tx, proven, now);
				if (contact.channel === 'email') await addressWorks(tx, contact.value);
				return changeOwnContact(tx, { by, contact, now });
			});
			const phone = by.territoryId ? (await getTerritory(db.read, by.territoryId)).phone : null;
			if (phone) tellFormerContact(event, tell, { phone });
		} catch (problem) {
			return failCode(problem, SENTENCES);
		}
		forgetAttempt(event);
		redirect(303, `${href(PAGE)}?fait`);
	},
};
