import { config } from '../platform/config.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Called by machines that send no Origin; each proves itself otherwise (signature). */
const SIGNED_BY_OTHERS = /^\/api\/(sms\/receipts$|mail\/bounces$|desabonnement\/)/;

/**
 * Kit's own check lets JSON and untyped bodies through (reliability.md §4.3): every request that may change something
 * must come from our own pages, `+server.ts` included.
 * @returns a 403, or null when the request may pass
 */
export function refuseForeignOrigin(request: Request): Response | null {
	if (SAFE.has(request.method)) return null;
	if (SIGNED_BY_OTHERS.test(new URL(request.url).pathname)) return null;
	const origin = request.headers.get('origin');
	const site = request.headers.get('sec-fetch-site');
	if (origin === config().origin && (site === null || site === 'same-origin')) return null;
	return new Response('Forbidden: this request does not come from the portal', { status: 403 });
}
