import type { RequestEvent } from '@sveltejs/kit';
import { HSTS, NO_PAGE_CSP, SECURITY_HEADERS } from '../../../../security-headers.js';
import { config } from '../platform/config.ts';

/** The headers every answer of ours carries; personal answers are never stored by a browser or a proxy. */
export function setSecurityHeaders(event: RequestEvent, response: Response): Response {
	// Answers made by fetch-like code may carry frozen headers: copy then.
	const headers = new Headers(response.headers);
	for (const [name, value] of Object.entries(SECURITY_HEADERS))
		// A page of a paper says by itself that our own pages may frame it.
		if (name !== 'x-frame-options' || !headers.has(name)) headers.set(name, value);
	if (config().origin.startsWith('https:')) headers.set('strict-transport-security', HSTS);
	if (!headers.has('content-security-policy')) headers.set('content-security-policy', NO_PAGE_CSP);
	const personal = event.locals.account !== null || event.request.method !== 'GET';
	if (!headers.has('cache-control')) headers.set('cache-control', personal ? 'no-store' : 'no-cache');
	return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
