import type { RequestEvent } from '@sveltejs/kit';
import {
	closeSession,
	findSession,
	openSession,
	renewSession,
	type SessionKind,
	type SignedIn,
} from '../accounts/sessions.ts';
import { deviceOf, SESSION_LIMITS } from '../accounts/rules.ts';
import { db } from '../db/index.ts';
import type { Tx } from '../db/client.ts';
import { log } from '../platform/log.ts';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';

const SESSION = 'session';
// Lucia draws 40 characters of base32; anything else is not worth a read.
const TOKEN = /^[a-z2-7]{40}$/;

const tokenOf = ({ cookies }: Pick<RequestEvent, 'cookies'>): string | undefined => {
	const token = readCookie(cookies, SESSION);
	return token && TOKEN.test(token) ? token : undefined;
};

/** Who sent this request, or null. One point read; a use is written at most once a minute. */
export async function readSession(event: RequestEvent): Promise<SignedIn | null> {
	const token = tokenOf(event);
	if (!token) return null;
	const { now } = event.locals;
	const found = await findSession(db.read, token, now);
	if (!found) {
		// The phone keeps what it wrote for offline reading until it is told (src/phone): an ended session says so.
		dropCookie(event.cookies, SESSION);
		return null;
	}
	if (found.isDue) await renew(found.account.sessionId, now);
	return found.account;
}

/** A page is not refused because its use could not be written. */
async function renew(sessionId: string, now: Date) {
	try {
		await db.write((tx) => renewSession(tx, sessionId, now));
	} catch (error) {
		log.warn({ err: error }, 'a session could not be renewed');
	}
}

/**
 * Signs in: a new token in the cookie, the one this browser had is ended. Pass the action's own `tx` when it writes
 * more (a code consumed, an invitation used), so that all of it holds or none.
 */
export async function startSession(
	event: RequestEvent,
	accountId: string,
	kind: SessionKind,
	within?: Tx,
): Promise<void> {
	const input = {
		accountId,
		kind,
		device: deviceOf(event.request.headers.get('user-agent')),
		replacing: tokenOf(event),
		now: event.locals.now,
	};
	const token = within ? await openSession(within, input) : await db.write((tx) => openSession(tx, input));
	// A shared phone keeps the cookie no longer than the browser stays open; professionals neither.
	writeCookie(event.cookies, SESSION, token, kind === 'own_phone' ? SESSION_LIMITS.own_phone.totalMs : undefined);
}

/** Signs out, on the server and in the cookie. */
export async function endSession(event: RequestEvent): Promise<void> {
	const { account } = event.locals;
	if (account) await db.write((tx) => closeSession(tx, account));
	dropCookie(event.cookies, SESSION);
	event.locals.account = null;
}
