import type { RequestEvent } from '@sveltejs/kit';
import { newToken } from '../platform/ids.ts';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';

const BROWSER = 'browser';
const LIFETIME_MS = 30 * 24 * 3_600_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

type WithCookies = Pick<RequestEvent, 'cookies'>;

/**
 * A random name for this browser, not for a person: codes are bound to it and a visitor's draft is found by it. Store
 * only `hashToken` of it.
 */
export function findBrowser({ cookies }: WithCookies): string | null {
	const token = readCookie(cookies, BROWSER);
	return token && TOKEN.test(token) ? token : null;
}

/** The same, given to the browser when it has none yet. For actions: a page that is only read sets nothing. */
export function ensureBrowser(event: WithCookies): string {
	const known = findBrowser(event);
	if (known) return known;
	const token = newToken();
	writeCookie(event.cookies, BROWSER, token, LIFETIME_MS);
	return token;
}

export const forgetBrowser = ({ cookies }: WithCookies): void => dropCookie(cookies, BROWSER);
