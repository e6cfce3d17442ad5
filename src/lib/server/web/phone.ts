import { remembered } from '../../shared/remembered.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { config } from '../platform/config.ts';
import { pepperedHash } from '../platform/ids.ts';

/** Says whose a thing kept on a phone is (src/phone/queue.ts); empty for nobody. */
const USER_HEADER = 'x-phone-user';
/** How long ago it was said on this phone, in milliseconds: an age is right whatever hour the phone believes it is. */
const AGE_HEADER = 'x-phone-age';
/** A phone tries for a week (src/phone/drain.ts); its clock may have been put right meanwhile by any number of days. */
const OLDEST_MS = 7 * 24 * 3_600_000;
const KEY_LENGTH = 16;
const SIGN_OUT = /^(\/[a-z]{2})?\/deconnexion$/;

const keys = remembered<string>(10_000);

/** The same for one account always, and nothing can be learnt from it: what a phone keeps beside what it keeps. */
export const userKeyOf = ({ accountId }: Pick<SignedIn, 'accountId'>): string =>
	keys(accountId, () => pepperedHash(config().codePepper, 'phone', accountId).slice(0, KEY_LENGTH));

/** The person of a page, for its script: nobody but people of the service keeps anything on a phone. */
export function phoneUserOf(account: SignedIn | null): { key: string; isOwn: boolean } | null {
	if (account?.role !== 'beneficiary' && account?.role !== 'coparent') return null;
	return { key: userKeyOf(account), isOwn: account.kind === 'own_phone' };
}

/**
 * What waited on a phone carries the cookie of now: it is refused when somebody else is signed in (412), and waits when
 * nobody is (401), before any page or action hears of it (reliability.md §5, 40). But for a sign-out: of whose session is over already,
 * something may still be left here.
 */
export function refuseOtherUser(request: Request, account: SignedIn | null): Response | null {
	const claimed = request.headers.get(USER_HEADER);
	if (claimed === null) return null;
	const current = phoneUserOf(account)?.key ?? '';
	if (claimed === current) return null;
	if (account === null && SIGN_OUT.test(new URL(request.url).pathname)) return null;
	return current === '' && account === null
		? new Response('Sign in first', { status: 401 })
		: new Response('Somebody else is signed in', { status: 412 });
}

/** When the person said what this request carries: now, unless it waited on their phone, a week ago at most. */
export function saidAtOf(request: Request, now: Date): Date {
	const age = Number(request.headers.get(AGE_HEADER));
	return new Date(now.getTime() - (age > 0 ? Math.min(age, OLDEST_MS) : 0));
}
