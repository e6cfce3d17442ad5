/** « Recevoir un rappel sur ce téléphone ». Every way it can fail ends in a sentence, and another channel (reliability.md §5, 29). */
import { fetchWithin } from './fetch-within';
import { quietly } from './offline-store';
import { needsHomeScreen, user, word } from './page';

/** `subscribe()` may never answer: the push service of the browser can be out of reach. */
const SUBSCRIBED_WITHIN_MS = 10_000;
const REFUSAL_DAYS = 30;
const REFUSED_AT = 'push-refused-at';
const SAY_AGAIN_MS = 12 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const REMOVED = 410;

const isSupported = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

export function offerPush(): void {
	const buttons = document.querySelectorAll<HTMLButtonElement>('[data-push-enable]');
	const isUsable = isSupported() && user().isOwn && Notification.permission !== 'denied';
	for (const button of buttons) {
		button.hidden = !isUsable;
		button.addEventListener('click', () => void enable(button));
	}
	for (const offer of document.querySelectorAll<HTMLElement>('[data-push-offer]')) {
		offer.hidden = !isUsable || Notification.permission === 'granted' || wasRefused();
		offer.querySelector('[data-push-later]')?.addEventListener('click', () => {
			rememberRefusal();
			offer.hidden = true;
		});
	}
	reveal('[data-push-ios]', needsHomeScreen());
	reveal('[data-push-unsupported]', !isSupported() && !needsHomeScreen());
	if (buttons.length > 0 && isSupported() && Notification.permission === 'denied') status('pushRefused');
}

function reveal(selector: string, isShown: boolean): void {
	for (const part of document.querySelectorAll<HTMLElement>(selector)) part.hidden = !isShown;
}

function status(name: string): void {
	for (const place of document.querySelectorAll('[data-push-status]')) place.textContent = word(name);
}

/** The refusal of a question is not asked again for 30 days; where storage is refused too, it may be. */
function wasRefused(): boolean {
	try {
		return Date.now() - Number(localStorage.getItem(REFUSED_AT) ?? 0) < REFUSAL_DAYS * DAY_MS;
	} catch {
		return false;
	}
}

function rememberRefusal(): void {
	try {
		localStorage.setItem(REFUSED_AT, String(Date.now()));
	} catch {
		// Asked again next time.
	}
}

async function enable(button: HTMLButtonElement): Promise<void> {
	button.disabled = true;
	try {
		status('pushAsking');
		if ((await Notification.requestPermission()) !== 'granted') {
			rememberRefusal();
			return status('pushRefused');
		}
		await within(
			SUBSCRIBED_WITHIN_MS,
			subscribe().then((subscription) => register(subscription, true)),
		);
		status('pushOn');
		button.hidden = true;
	} catch {
		status('pushFailed');
	} finally {
		button.disabled = false;
	}
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error('too long')), ms);
		void work.then(resolve, reject).finally(() => clearTimeout(timer));
	});
}

async function subscribe(): Promise<PushSubscription> {
	const { pushManager } = await navigator.serviceWorker.ready;
	const known = await pushManager.getSubscription();
	if (known) return known;
	const { key } = (await (await fetch('/api/push/key')).json()) as { key: string };
	return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** `isAsked`: the person has just tapped; else this phone says itself again. */
async function register(subscription: PushSubscription, isAsked = false): Promise<void> {
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
