import type { Cookies } from '@sveltejs/kit';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { findFeed, makeFeed, revokeFeed } from '$lib/server/appointments/calendar-feed';
import { db } from '$lib/server/db';
import { config } from '$lib/server/platform/config';
import { dropCookie, readCookie, writeCookie } from '$lib/server/web/cookies';

/** The address is shown to who made it, reloads included, then never again: only its hash is stored. */
const COOKIE = 'calendar_feed';
const SHOWN_MS = 10 * 60_000;

/** What the page says of the private feed: since when there is one, and its address while it may be shown. */
export async function shownFeed(cookies: Cookies, { accountId }: SignedIn) {
	const token = readCookie(cookies, COOKIE);
	const feed = await findFeed(db.read, accountId, token);
	if (!feed) return null;
	const { createdAt, isItsToken } = feed;
	return { createdAt, address: isItsToken ? `${config().origin}/agenda/${token}.ics` : null };
}
export type ShownFeed = Awaited<ReturnType<typeof shownFeed>>;

export async function subscribe(cookies: Cookies, by: SignedIn, now: Date): Promise<void> {
	const token = await db.write((tx) => makeFeed(tx, { by, now }));
	writeCookie(cookies, COOKIE, token, SHOWN_MS);
}

export async function unsubscribe(cookies: Cookies, by: SignedIn, now: Date): Promise<void> {
	await db.write((tx) => revokeFeed(tx, { by, now }));
	dropCookie(cookies, COOKIE);
}
