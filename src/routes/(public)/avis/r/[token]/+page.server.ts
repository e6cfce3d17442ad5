import { redirect } from '@sveltejs/kit';
import { openToAll } from '$lib/server/web/guards';
import { errorFrom } from '$lib/server/web/failures';
import { limitByAddress } from '$lib/server/web/limits';
import { href } from '$lib/shared/links';
import { giveRating, passRating, showRating } from '../../../../rating.server';
import type { Actions, PageServerLoad } from './$types';

/** Opened from a message, without signing in. Shows nothing about anybody, and changes nothing: mail scanners open links. */
export const load: PageServerLoad = async (event) => {
	openToAll();
	event.setHeaders({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
	await limitByAddress(event, 'answer_link').catch(errorFrom);
	const { token } = event.params;
	return { ...(await showRating({ token }, event.locals.now)), done: event.url.searchParams.get('fait') };
};

export const actions: Actions = {
	answer: async (event) => {
		openToAll();
		await limitByAddress(event, 'answer_link').catch(errorFrom);
		const { token } = event.params;
		const { failed, called } = await giveRating(await event.request.formData(), { token }, event.locals.now);
		if (failed) return failed;
		redirect(303, href(`/avis/r/${token}?fait=${called}`));
	},
	skip: async (event) => {
		openToAll();
		await limitByAddress(event, 'answer_link').catch(errorFrom);
		const { token } = event.params;
		const failed = await passRating({ token }, event.locals.now, { forEver: false });
		if (failed) return failed;
		redirect(303, href(`/avis/r/${token}?fait=passe`));
	},
	stop: async (event) => {
		openToAll();
		await limitByAddress(event, 'answer_link').catch(errorFrom);
		const { token } = event.params;
		const failed = await passRating({ token }, event.locals.now, { forEver: true });
		if (failed) return failed;
		redirect(303, href(`/avis/r/${token}?fait=plus`));
	},
};
