import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { isLocale, locales, localizeHref } from '$lib/paraglide/runtime.js';
import { STAFF_LOCALES } from '$lib/shared/locales';
import { closeOtherSessions, setLocale } from '../accounts/commands.ts';
import { listSessions, type SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import { db, type Tx } from '../db/index.ts';

/** What the account pages of persons and of professionals share. `page` is the one to come back to. */
type Page = '/compte' | '/pro/compte';

/** Where this account is signed in; no id leaves the server. */
export async function sessionsOf({ accountId, sessionId }: SignedIn, now: Date) {
	const sessions = await listSessions(db.read, accountId, now);
	return sessions.map(({ id, device, endsAt }) => ({ device, endsAt, isHere: id === sessionId }));
}
export type SessionView = Awaited<ReturnType<typeof sessionsOf>>[number];

/** Keeps the language on the account, then shows the page in it. `also` writes it elsewhere, in the same transaction. */
export async function changeLanguage(
	{ request }: RequestEvent,
	{ accountId }: SignedIn,
	page: Page,
	also?: (tx: Tx, locale: string) => Promise<void>,
) {
	const locale = (await request.formData()).get('locale');
	const offered = page === '/pro/compte' ? STAFF_LOCALES : locales;
	if (!isLocale(locale) || !offered.includes(locale))
		return fail(400, { errors: { locale: m.error_choose() } as Record<string, string> });
	await db.write(async (tx) => {
		await setLocale(tx, accountId, locale);
		await also?.(tx, locale);
	});
	redirect(303, `${localizeHref(page, { locale })}?langue=1`);
}

/** Ends every session of the account but this one. */
export async function closeOthers({ locals }: RequestEvent, account: SignedIn, page: Page): Promise<never> {
	await db.write(async (tx) => {
		await closeOtherSessions(tx, account);
		await recordAudit(tx, { action: 'session.others_ended', actor: account, at: locals.now });
	});
	redirect(303, `${localizeHref(page)}?fermees=1`);
}
