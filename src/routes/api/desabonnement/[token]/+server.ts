import { error } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { unsubscribe } from '$lib/server/reminders/unsubscribe';
import { openToAll } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

/** The « unsubscribe » button of a mail reader (RFC 8058): one POST without session nor Origin; the token says it all. */
export const POST: RequestHandler = async ({ params, locals }) => {
	openToAll();
	const done = await db.write((tx) => unsubscribe(tx, { token: params.token, now: locals.now }));
	if (!done) error(404, 'not_found');
	return new Response(null, { status: 204 });
};
