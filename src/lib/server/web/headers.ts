import type { RequestEvent } from '@sveltejs/kit';
import { config } from '../platform/config.ts';

/** Headers of every answer; static files get the same from server.js, which reads this list. */
export const SECURITY_HEADERS: Record<string, string> = {
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'same-origin',
	'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=(), usb=()',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'x-frame-options': 'DENY',
};
const HSTS = 'max-age=63072000; includeSubDomains';
const NO_PAGE_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

export function setSecurityHeaders(event: RequestEvent, response: Response): Response {
	// Answers made by fetch-like code may carry frozen headers: copy then.
	const headers = new Headers(response.headers);
	for (const [name, value] of Object.entries(SECURITY_HEADERS)) headers.set(name, value);
	if (config().origin.startsWith('https:')) headers.set('strict-transport-security', HSTS);
	if (!headers.has('content-security-policy')) headers.set('content-security-policy', NO_PAGE_CSP);
	const personal = event.locals.account !== null || event.request.method !== 'GET';
	if (!headers.has('cache-control')) headers.set('cache-control', personal ? 'no-store' : 'no-cache');
	return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
