import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { useCode, type ProvenCode } from '$lib/server/accounts/commands';
import { parseCode } from '$lib/server/accounts/forms';
import { accountsOfContact, type Account } from '$lib/server/accounts/queries';
import { parseContact, sessionKindFor } from '$lib/server/accounts/rules';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { touchContact } from '$lib/server/people/commands';
import { DomainError } from '$lib/server/platform/errors';
import { addressWorks } from '$lib/server/reminders/dead-addresses';
import { failCode, proveCode, sendCode } from '$lib/server/web/codes';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { startSession } from '$lib/server/web/session';
import { forgetAttempt, goOn, readAttempt, type Attempt } from '$lib/server/web/sign-in';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const SENTENCES = {
	code_expired: m.account_code_expired,
	code_locked: m.account_code_locked,
	codes_too_many: m.account_codes_too_many,
	contact_invalid: m.account_contact_invalid,
	too_many_requests: m.account_too_many_requests,
};

/** What the person said a page earlier; without it they start again there. */
function attemptOf(event: RequestEvent): Attempt {
	return readAttempt(event) ?? redirect(303, href('/connexion'));
}

export const load: PageServerLoad = (event) => {
	openToAll();
	const { contact } = attemptOf(event);
	return {
		contact,
		channel: parseContact(contact)?.channel ?? 'email',
		isResent: event.url.searchParams.has('renvoye'),
	};
};

async function signIn(event: RequestEvent, account: Account, proven: ProvenCode, attempt: Attempt): Promise<never> {
	const kind = sessionKindFor(account.role, attempt.isOwnPhone);
	await db.write(async (tx) => {
		await useCode(tx, proven, event.locals.now);
		if (parseContact(attempt.contact)?.channel === 'email') await addressWorks(tx, attempt.contact);
		if (account.personId) await touchContact(tx, account.personId, event.locals.now);
		await startSession(event, account.id, kind, tx);
		await recordAudit(tx, {
			action: 'session.started',
			actor: { accountId: account.id, role: account.role, structureId: account.structureId },
			detail: { kind, by: 'code' },
			at: event.locals.now,
		});
	});
	forgetAttempt(event);
	return goOn(event, account, attempt.next);
}

export const actions: Actions = {
	check: async (event) => {
		openToAll();
		const attempt = attemptOf(event);
		const parsed = parseCode(await event.request.formData());
		// What was typed is a secret until it is used: it does not go back in the page.
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: {} });
		const { contact } = attempt;
		const { code, account: chosenId } = parsed.value;
		try {
			const proven = await proveCode(event, { contact, code });
			const accounts = await accountsOfContact(db.read, contact);
			const [first, ...others] = accounts;
			// No code was sent to a contact without account: a right guess is answered as a wrong one.
			if (!first) throw new DomainError('code_wrong', 'invalid');
			if (others.length === 0) await signIn(event, first, proven, attempt);
			const chosen = accounts.find((account) => account.id === chosenId);
			if (chosen) await signIn(event, chosen, proven, attempt);
			// Who reads another family's file may have one of their own, under the same first name.
			const choose = accounts.map(({ id, displayName, role }) => ({
				id,
				name: displayName,
				isGuest: role === 'coparent',
			}));
			return { choose, code };
		} catch (error) {
			return failCode(error, SENTENCES);
		}
	},
	resend: async (event) => {
		openToAll();
		const { contact } = attemptOf(event);
		try {
			await sendCode(event, contact, { onlyKnown: true });
		} catch (error) {
			return failFrom(error, SENTENCES);
		}
		redirect(303, `${href('/connexion/code')}?renvoye=1`);
	},
};
