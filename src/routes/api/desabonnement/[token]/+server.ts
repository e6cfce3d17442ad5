import { error, redirect } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { isLocale, localizeHref } from '$lib/paraglide/runtime.js';
import { unsubscribe, unsubscribeLink } from '$lib/server/reminders/unsubscribe';
import { openToAll } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

/**
 * A mail reader that knows no button of its own opens the address: a page asks first, because what reads mails opens their links
 * too. In the language of the mail.
 */
export const GET: RequestHandler = async ({ params, locals }) => {
	openToAll();
	const link = await unsubscribeLink(db.read, params.token);
	const locale = link && isLocale(link.locale) ? link.locale : locals.locale;
	redirect(303, localizeHref(`/desabonnement/${params.token}`, { locale }));
};

/** The « unsubscribe » button of a mail reader (RFC 8058): one POST without session nor Origin; the token says it all. */
export const POST: RequestHandler = async ({ params, locals }) => {
	openToAll();
	const done = await db.write((tx) => unsubscribe(tx, { token: params.token, now: locals.now }));
	if (!done) error(404, 'not_found');
	return new Response(null, { status: 204 });
};
