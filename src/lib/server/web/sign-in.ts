import { redirect, type RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { isLocale, localizeHref } from '$lib/paraglide/runtime.js';
import type { Account } from '../accounts/queries.ts';
import { destinationFor } from '../accounts/rules.ts';
import { hashToken } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { findBrowser } from './browser.ts';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';

const ATTEMPT = 'sign-in';
const LIFETIME_MS = 15 * 60_000;

const attempt = v.object({ contact: v.string(), isOwnPhone: v.boolean(), next: v.nullable(v.string()) });
/** What was said at `/connexion`, carried to the page of the code. Never in the address: it names somebody. */
export type Attempt = v.InferOutput<typeof attempt>;

const placeOf = (browser: string) => `cookie.sign_in:${hashToken(browser)}`;

/** `browser` is the token of the browser that asks (`ensureBrowser`): the cookie opens nowhere else. */
export function rememberAttempt({ cookies }: RequestEvent, browser: string, value: Attempt): void {
	writeCookie(cookies, ATTEMPT, seal(placeOf(browser), JSON.stringify(value)), LIFETIME_MS);
}

export function readAttempt(event: RequestEvent): Attempt | null {
	const sealed = readCookie(event.cookies, ATTEMPT);
	const browser = findBrowser(event);
	if (!sealed || !browser) return null;
	try {
		return v.parse(attempt, JSON.parse(unseal(placeOf(browser), sealed)));
	} catch {
		// Altered, of another browser, or sealed before a change of key: the person starts again.
		return null;
	}
}

export const forgetAttempt = ({ cookies }: RequestEvent): void => dropCookie(cookies, ATTEMPT);

/** After signing in: where the person wanted to go, else their home, in the language of the page or of the account. */
export function goOn(
	event: RequestEvent,
	account: Pick<Account, 'role' | 'locale'>,
	next: string | null = null,
): never {
	const { locale } = event.locals;
	const own = isLocale(account.locale) ? account.locale : locale;
	const { path, isHome } = destinationFor(account.role, next);
	redirect(303, isHome ? localizeHref(path, { locale: locale === 'fr' ? own : locale }) : path);
}
