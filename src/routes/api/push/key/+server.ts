import { json } from '@sveltejs/kit';
import { config } from '$lib/server/platform/config';
import { openToAll } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

/** The public half of our VAPID key: what a browser needs to subscribe. */
export const GET: RequestHandler = () => {
	openToAll();
	return json({ key: config().vapid.publicKey });
};
