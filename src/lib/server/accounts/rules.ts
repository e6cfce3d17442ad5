import type { Device, Role } from '../../shared/codes.ts';
import { normalizeEmail } from '../platform/email.ts';
import { isMobile, normalizePhone } from '../platform/phone.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export type SessionKind = 'own_phone' | 'shared_phone' | 'professional';

/** How long a session lasts in all, and unused (product.md §5). Equal: use does not matter. */
export const SESSION_LIMITS: Record<SessionKind, { totalMs: number; idleMs: number }> = {
	own_phone: { totalMs: 30 * DAY_MS, idleMs: 30 * DAY_MS },
	shared_phone: { totalMs: 30 * MINUTE_MS, idleMs: 30 * MINUTE_MS },
	professional: { totalMs: 12 * HOUR_MS, idleMs: 30 * MINUTE_MS },
};

/** Use of a session is written at most this often: a page view costs one read. */
export const RENEW_EVERY_MS = MINUTE_MS;

export const CODE_LIFETIME_MS = 10 * MINUTE_MS;
export const CODE_TRIES = 5;
export const CODES_PER_HOUR = 5;
export const CODE_WINDOW_MS = HOUR_MS;
export const INVITATION_LIFETIME_MS = 7 * DAY_MS;

/** Until when a session used at `now` stays open without further use; never past its end. */
export function idleUntil(kind: SessionKind, now: Date, endsAt: Date): Date {
	return new Date(Math.min(now.getTime() + SESSION_LIMITS[kind].idleMs, endsAt.getTime()));
}

/** Professionals have their own limits wherever they sign in; the others say whose phone it is. */
export function sessionKindFor(role: Role, isOwnPhone: boolean): SessionKind {
	if (role !== 'beneficiary' && role !== 'coparent') return 'professional';
	return isOwnPhone ? 'own_phone' : 'shared_phone';
}

export interface Contact {
	channel: 'email' | 'sms';
	/** Lower case for an e-mail: phones put a capital in front of what is typed. E.164 for a number. */
	value: string;
}

/** What somebody typed to sign in: an e-mail or a mobile that an SMS reaches; null for anything else. */
export function parseContact(raw: string): Contact | null {
	if (raw.includes('@')) {
		const email = normalizeEmail(raw);
		return email ? { channel: 'email', value: email.toLowerCase() } : null;
	}
	const phone = normalizePhone(raw);
	return phone && isMobile(phone) ? { channel: 'sms', value: phone } : null;
}

const HOME: Record<Role, string> = {
	beneficiary: '/accueil',
	coparent: '/aides',
	referent: '/pro',
	coordinator: '/pilotage',
	operator: '/',
};

/** Where each lands after signing in. */
export const homeOf = (role: Role): string => HOME[role];

const OWN_PATH =
	/^(\/[a-z]{2})?\/(accueil|demande|parcours|rendez-vous|aides|avis|compte|pro|pilotage)(\/[A-Za-z0-9_-]+)*(\?[A-Za-z0-9_=&.-]*)?$/;

/**
 * Where to go on after signing in, from the address: one of our own signed-in pages, else null. Nothing but plain
 * letters, digits and dashes passes, so no host, no `..`, no encoded trick.
 */
export function safeNext(raw: string | null | undefined): string | null {
	return raw && raw.length <= 200 && OWN_PATH.test(raw) ? raw : null;
}

const STAFF_PATH = /^(\/[a-z]{2})?\/(pro|pilotage)(\/|\?|$)/;

/** `next` when this role may open it, else the role's home. */
export function destinationFor(role: Role, next: string | null): { path: string; isHome: boolean } {
	const isStaff = role === 'referent' || role === 'coordinator';
	const wanted = safeNext(next);
	if (wanted && STAFF_PATH.test(wanted) === isStaff) return { path: wanted, isHome: false };
	return { path: homeOf(role), isHome: true };
}

/** From the browser's own description; unknown ones are « other ». */
export function deviceOf(userAgent: string | null): Device {
	const agent = userAgent ?? '';
	if (/Android/i.test(agent)) return 'android';
	if (/iPhone|iPad/i.test(agent)) return 'iphone';
	if (/Windows/i.test(agent)) return 'windows';
	if (/Macintosh/i.test(agent)) return 'mac';
	return /Linux|CrOS/i.test(agent) ? 'linux' : 'other';
}
