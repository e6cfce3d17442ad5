/**
 * Headers of every answer: hooks put them on pages, server.js on static files, which never reach the hooks.
 * @type {Record<string, string>}
 */
export const SECURITY_HEADERS = {
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'same-origin',
	'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=(), usb=()',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'x-frame-options': 'DENY',
};

/** Two years, as preload lists ask; sent only when the portal is served over https. */
export const HSTS = 'max-age=63072000; includeSubDomains';

/** For anything that is not a page: runs nothing, embeds nothing. A page brings its own policy with nonces. */
export const NO_PAGE_CSP = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
