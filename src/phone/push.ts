/** The subscription of this browser to reminders; how it is asked for is in `push-offer.ts`. */
import { fetchWithin } from './fetch-within';
import { quietly } from './offline-store';
import { user } from './page';

/** `subscribe()` may never answer: the push service of the browser can be out of reach. */
export const SUBSCRIBED_WITHIN_MS = 10_000;
export const REFUSED_AT = 'push-refused-at';
const SAY_AGAIN_MS = 12 * 3_600_000;
const REMOVED = 410;

export const isSupported = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

export function rememberRefusal(): void {
	try {
		localStorage.setItem(REFUSED_AT, String(Date.now()));
	} catch {
		// Asked again next time.
	}
}

export function within<T>(ms: number, work: Promise<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error('too long')), ms);
		void work.then(resolve, reject).finally(() => clearTimeout(timer));
	});
}

export async function subscribe(): Promise<PushSubscription> {
	const { pushManager } = await navigator.serviceWorker.ready;
	const known = await pushManager.getSubscription();
	if (known) return known;
	const { key } = (await (await fetch('/api/push/key')).json()) as { key: string };
	return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** `isAsked`: the person has just tapped; else this phone says itself again. */
export async function register(subscription: PushSubscription, isAsked = false): Promise<void> {
	const response = await fetchWithin(SUBSCRIBED_WITHIN_MS, '/api/push/subscribe', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ ...subscription.toJSON(), isAsked }),
	});
	if (response.status === REMOVED) return forget(subscription);
	if (!response.ok) throw new Error(`not registered: ${response.status}`);
	await quietly((db) => db.put('settings', `${user().key} ${Date.now()}`, 'push-said'));
}

/** Its owner removed this phone from the list, here or elsewhere: it does not come back by itself. */
async function forget(subscription: PushSubscription): Promise<void> {
	rememberRefusal();
	await subscription.unsubscribe();
	await quietly((db) => db.delete('settings', 'push-said'));
}

/** Subscriptions die silently: the server hears of ours again at each start, twice a day at most. */
export async function sayPushAgain(): Promise<void> {
	const { key, isOwn } = user();
	if (!key || !isOwn || !isSupported() || Notification.permission !== 'granted') return;
	const [who, at] = ((await quietly((db) => db.get('settings', 'push-said'))) ?? '').split(' ');
	if (who === key && Date.now() - Number(at) < SAY_AGAIN_MS) return;
	const registration = await navigator.serviceWorker.getRegistration();
	const known = await registration?.pushManager.getSubscription();
	// Lost by the browser: taken again only for who had asked for it here.
	if (known || who === key)
		await within(
			SUBSCRIBED_WITHIN_MS,
			subscribe().then((one) => register(one)),
		).catch(() => undefined);
}

/** The address of this browser's notifications, for the server to end them at sign-out. */
export async function pushSubscription(): Promise<PushSubscription | null> {
	if (!isSupported()) return null;
	const registration = await navigator.serviceWorker.getRegistration();
	return (await registration?.pushManager.getSubscription()) ?? null;
}
