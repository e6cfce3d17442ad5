import { fail, redirect } from '@sveltejs/kit';
import { isLocale, localizeHref } from '$lib/paraglide/runtime.js';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { closeOtherSessions, setLocale } from '$lib/server/accounts/commands';
import { getAccount } from '$lib/server/accounts/queries';
import { listSessions } from '$lib/server/accounts/sessions';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { setPersonLocale } from '$lib/server/people/language';
import { personOf } from '$lib/server/people/queries';
import { requireSignedIn } from '$lib/server/web/guards';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { accountId, personId, sessionId, role } = requireSignedIn();
	const person = personId ? await personOf(db.read, personId) : null;
	const account = await getAccount(db.read, accountId);
	const sessions = await listSessions(db.read, accountId, locals.now);
	return {
		details: {
			name: person ? `${person.firstName} ${person.lastName}` : account.displayName,
			email: person?.email ?? account.email,
			phone: person?.phone ?? account.phone,
		},
		hasFile: role === 'beneficiary',
		locale: locals.locale,
		sessions: sessions.map(({ id, device, endsAt }) => ({ device, endsAt, isHere: id === sessionId })),
		done: { language: url.searchParams.has('langue'), sessions: url.searchParams.has('fermees') },
	};
};

export const actions: Actions = {
	language: async ({ request }) => {
		const { accountId, personId } = requireSignedIn();
		const locale = (await request.formData()).get('locale');
		if (!isLocale(locale)) return fail(400, { errors: { locale: m.error_choose() } as Record<string, string> });
		await db.write(async (tx) => {
			await setLocale(tx, accountId, locale);
			if (personId) await setPersonLocale(tx, personId, locale);
		});
		redirect(303, `${localizeHref('/compte', { locale })}?langue=1`);
	},
	others: async ({ locals }) => {
		const account = requireSignedIn();
		await db.write(async (tx) => {
			await closeOtherSessions(tx, account);
			await recordAudit(tx, { action: 'session.others_ended', actor: account, at: locals.now });
		});
		redirect(303, `${href('/compte')}?fermees=1`);
	},
};
