/** The subscription of this browser to reminders; how it is asked for is in `push-offer.ts` and `push-enable.ts`. */
import { quietly } from './offline-store';
import { user } from './page';
import { currentSubscription } from './subscription';

/** `subscribe()` may never answer: the push service of the browser can be out of reach. */
const SUBSCRIBED_WITHIN_MS = 10_000;
const REFUSED_AT = 'push-refused-at';
const REFUSAL_MS = 30 * 24 * 3_600_000;
const SAY_AGAIN_MS = 12 * 3_600_000;
const REMOVED = 410;

export const isSupported = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** On their own phone, by a browser that was not told never to ask. */
export const mayAsk = () => isSupported() && user().isOwn && Notification.permission !== 'denied';

export function rememberRefusal(): void {
	try {
		localStorage.setItem(REFUSED_AT, String(Date.now()));
	} catch {
		// Asked again next time.
	}
}

/** The refusal of a question is not asked again for 30 days; where storage is refused too, it may be. */
export function wasRefused(): boolean {
	try {
		return Date.now() - Number(localStorage.getItem(REFUSED_AT) ?? 0) < REFUSAL_MS;
	} catch {
		return false;
	}
}

/**
 * Takes a subscription, or the one there is, and tells the server; rejects after ten seconds. `isAsked`: the person has just
 * tapped; else this phone says itself again.
 */
export const subscribe = (isAsked = false): Promise<void> =>
	Promise.race([register(isAsked), new Promise<never>((_, reject) => setTimeout(reject, SUBSCRIBED_WITHIN_MS))]);

async function register(isAsked: boolean): Promise<void> {
	const { pushManager } = await navigator.serviceWorker.ready;
	const subscription = await currentSubscription(pushManager);
	const response = await fetch('/api/push/subscribe', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ ...subscription.toJSON(), isAsked }),
	});
	if (response.status === REMOVED) return forget(subscription);
	if (!response.ok) throw Error('not registered');
	const { key } = user();
	await quietly(async (db) => {
		const { store } = db.transaction('settings', 'readwrite');
		// Signed out meanwhile: nothing of it stays.
		if ((await store.get('user')) === key)
			await store.put(`${key} ${Date.now()} ${subscription.endpoint}`, 'push-said');
	});
}

/** Its owner removed this phone from the list, here or elsewhere: it does not come back by itself. */
async function forget(subscription: PushSubscription): Promise<void> {
	rememberRefusal();
	await subscription.unsubscribe();
	await quietly((db) => db.delete('settings', 'push-said'));
}

/**
 * Subscriptions die silently: the server hears of ours again at each start, twice a day at most, and at once when the browser
 * has changed its address.
 */
export async function sayPushAgain(): Promise<void> {
	const { key, isOwn } = user();
	if (!key || !isOwn || !isSupported() || Notification.permission !== 'granted') return;
	const [who, at, endpoint] = ((await quietly((db) => db.get('settings', 'push-said'))) ?? '').split(' ');
	const known = await pushSubscription();
	const isSaid = who === key && (!known || known.endpoint === endpoint);
	if (isSaid && Date.now() - Number(at) < SAY_AGAIN_MS) return;
	// Lost by the browser: taken again only for who had asked for it here.
	if (known || who === key) await subscribe().catch(() => undefined);
}

/** The address of this browser's notifications, for the server to end them at sign-out. */
export async function pushSubscription(): Promise<PushSubscription | null> {
	if (!isSupported()) return null;
	const registration = await navigator.serviceWorker.getRegistration();
	return (await registration?.pushManager.getSubscription()) ?? null;
}
