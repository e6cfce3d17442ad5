import { redirect } from '@sveltejs/kit';
import { href } from '$lib/shared/links';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { detachEndpoint } from '$lib/server/reminders/subscriptions';
import { forgetBrowser } from '$lib/server/web/browser';
import { openToAll } from '$lib/server/web/guards';
import { endSession } from '$lib/server/web/session';
import { forgetAttempt } from '$lib/server/web/sign-in';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
	openToAll();
	return { isDone: !locals.account && url.searchParams.has('fait') };
};

/** Copies of pages go; the worker of the site and its offline page stay. */
const CLEAR_PAGES = '"cache"';
/** Everything goes, the worker of the site and with it push included (ux.md §2.3). */
const CLEAR_ALL = '"cache", "cookies", "storage"';

export const actions: Actions = {
	/** Works for who is no longer signed in too: the phone may still hold something. */
	default: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const { account, now } = event.locals;
		const said = form.get('endpoint');
		const endpoint = typeof said === 'string' ? said.slice(0, 2048) : '';
		if (account ?? endpoint)
			await db.write(async (tx) => {
				if (endpoint) await detachEndpoint(tx, { accountId: account?.accountId, endpoint });
				if (account) await recordAudit(tx, { action: 'session.ended', actor: account, at: now });
			});
		await endSession(event);
		forgetAttempt(event);
		const isForgotten = form.get('how') === 'forget';
		if (isForgotten) forgetBrowser(event);
		event.setHeaders({ 'clear-site-data': isForgotten ? CLEAR_ALL : CLEAR_PAGES });
		redirect(303, `${href('/deconnexion')}?fait=1`);
	},
};
