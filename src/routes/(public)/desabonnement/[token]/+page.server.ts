import { redirect } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { unsubscribe, unsubscribeLink } from '$lib/server/reminders/unsubscribe';
import { openToAll } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

/** Asked before anything changes: readers of mails open links by themselves. It shows nothing of the person. */
export const load: PageServerLoad = async ({ params, setHeaders }) => {
	openToAll();
	setHeaders({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
	const link = await unsubscribeLink(db.read, params.token);
	return { state: link ? (link.stopped ? ('stopped' as const) : ('asks' as const)) : null };
};

export const actions: Actions = {
	default: async ({ request, params, locals }) => {
		openToAll();
		// It has no field, and still takes nothing but a form.
		await request.formData();
		await db.write((tx) => unsubscribe(tx, { token: params.token, now: locals.now }));
		redirect(303, `${href('/desabonnement')}/${params.token}`);
	},
};
