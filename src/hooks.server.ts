import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit';
import { building } from '$app/environment';
import { getTextDirection, locales } from '$lib/paraglide/runtime.js';
import { isUnavailable, startDatabase } from '$lib/server/db';
import { start } from '$lib/server/start';
import { now } from '$lib/server/platform/clock';
import { newId } from '$lib/server/platform/ids';
import { log } from '$lib/server/platform/log';
import { refuseMalformedForm } from '$lib/server/web/body';
import { refuseForeignOrigin } from '$lib/server/web/origin';
import { gate } from '$lib/server/web/guards';
import { setSecurityHeaders } from '$lib/server/web/headers';
import { inLanguageOf } from '$lib/server/web/language';
import { refuseOtherUser } from '$lib/server/web/phone';
import { readSession } from '$lib/server/web/session';

export const init: ServerInit = async () => {
	if (building) return;
	await start(startDatabase());
};

/** Asked of Intl once each. */
const DIRECTIONS = new Map(locales.map((locale) => [locale, getTextDirection(locale)]));
const INLINED_ALREADY = /<link href="[^"]+\.css" rel="stylesheet" disabled[^>]*>\s*/g;
/** A page that Svelte wakes up again in the browser, as only the demonstration's messages are. */
const WITH_SCRIPT = /__sveltekit_/;
/** Where Svelte would find its blocks again; nobody looks for them in a page without its script. */
const MARKS = /<!--[^>]*-->/g;

/** One instant, one identity, one gate per request. */
export const handle: Handle = async ({ event, resolve }) => {
	const refused = refuseForeignOrigin(event.request);
	if (refused) return setSecurityHeaders(event, refused);
	return inLanguageOf(event, async (locale) => {
		refuseMalformedForm(event.request);
		event.locals.now = now();
		event.locals.locale = locale;
		event.locals.account = building ? null : await readSession(event);
		const closed = refuseOtherUser(event.request, event.locals.account) ?? (await gate(event));
		const response =
			closed ??
			(await resolve(event, {
				transformPageChunk: ({ html }) => {
					const end = html.indexOf('</head>');
					const head = html
						.slice(0, end)
						.replace('%lang%', locale)
						.replace('%dir%', DIRECTIONS.get(locale)!)
						// Kit names the stylesheets it has inlined once more, disabled: bytes for nothing.
						.replace(INLINED_ALREADY, '');
					const body = html.slice(end);
					return WITH_SCRIPT.test(body) ? head + body : (head + body).replace(MARKS, '');
				},
				// Fonts and scripts are few and named in the page itself.
				preload: () => false,
			}));
		return setSecurityHeaders(event, event.locals.unavailable ? laterPlease(response) : response);
	});
};

/** The same page, as what may work in a moment: 503 tells proxies and the phone's queue to come back. */
function laterPlease({ body, headers }: Response): Response {
	const later = new Response(body, { status: 503, headers });
	later.headers.set('retry-after', '30');
	return later;
}

/** A bug: logged with an id the person can read out, never with what they typed. */
export const handleError: HandleServerError = ({ error, event, status, message }) => {
	if (status === 404 || (status >= 400 && status < 500)) return { message };
	if (isUnavailable(error)) event.locals.unavailable = true;
	const id = newId().slice(0, 8);
	log.error({ err: error, id, route: event.route.id, status }, 'unexpected error');
	return { message: 'unexpected', id };
};
