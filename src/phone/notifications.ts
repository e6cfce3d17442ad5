/**
 * Reminders on the screen, and the answers tapped in them (ux.md §2.6); run by the service worker. A push always shows
 * something: a browser that sees a silent one takes the permission away.
 */
import { askForSync, keepForLater, send, type Sent } from './queue';
import { quietly, type Notice, type Waiting } from './offline-store';
import { wordsIn } from './languages';

/** What the server sends (reminders/wording.ts). */
interface Message {
	title: string;
	body: string;
	tag: string;
	lang: string;
	dir: 'ltr' | 'rtl';
	path: string;
	token?: string;
	beacon?: string;
	actions: { action: string; title: string }[];
}
/** Kept in the notification itself: the worker may have been stopped since. */
interface Data {
	title: string;
	path: string;
	lang: string;
	token?: string;
}
interface Shown {
	title: string;
	options: NotificationOptions & { actions?: Message['actions']; renotify?: boolean };
}

const JSON_TYPE = 'application/json';
const LOOKS = { icon: '/icon-192.png', badge: '/badge-96.png' };
const HOME = '/accueil';

export async function onPush(text: string | null, registration: ServiceWorkerRegistration): Promise<void> {
	const message = read(text);
	const { title, options } = message ? reminder(message) : neutral(await quietly((db) => db.get('settings', 'lang')));
	await registration.showNotification(title, options);
	if (!message?.beacon) return;
	const entry = post('shown', '/api/push/shown', { beacon: message.beacon });
	if ((await send(entry)).outcome === 'later') await later(entry, registration);
}

/** Null for anything that is not a reminder as this version knows it: empty, not JSON, of another time. */
function read(text: string | null): Message | null {
	try {
		const given = JSON.parse(text ?? '') as Partial<Message>;
		const texts = [given.title, given.body, given.tag, given.lang, given.path];
		if (!texts.every((value) => typeof value === 'string' && value !== '')) return null;
		const actions = Array.isArray(given.actions) ? given.actions : [];
		return { ...(given as Message), dir: given.dir === 'rtl' ? 'rtl' : 'ltr', actions };
	} catch {
		return null;
	}
}

function reminder({ title, body, tag, lang, dir, path, token, actions }: Message): Shown {
	const data: Data = { title, path, lang, token };
	return { title, options: { ...LOOKS, body, tag, lang, dir, actions, data, renotify: true } };
}

function neutral(language: string | undefined): Shown {
	const { worker_neutral_title: title, worker_neutral_body: body } = wordsIn(language);
	const data: Data = { title, path: HOME, lang: language ?? '' };
	return { title, options: { ...LOOKS, body, tag: 'message', lang: language, data } };
}

const post = (kind: Waiting['kind'], url: string, content: object, notice?: Notice) => ({
	kind,
	url,
	type: JSON_TYPE,
	body: JSON.stringify(content),
	userKey: '',
	notice,
});

async function later(entry: ReturnType<typeof post>, registration: ServiceWorkerRegistration): Promise<void> {
	await keepForLater(entry);
	await askForSync(registration);
}

/** @returns the address to open, when the tap was not an answer */
export async function onNotificationClick(
	notification: Notification,
	answer: string,
	registration: ServiceWorkerRegistration,
): Promise<string | null> {
	const { tag } = notification;
	const { title, path, lang, token } = (notification.data ?? {}) as Partial<Data>;
	notification.close();
	if (!answer || !token) return ours(path);
	const notice: Notice = { tag, title: title ?? '', lang: lang ?? '', path: path ?? HOME, answer };
	const entry = post('answer', '/api/push/answer', { token, answer }, notice);
	const { outcome } = await send(entry);
	if (outcome === 'later') await later(entry, registration);
	await confirm(notice, outcome, registration);
	return null;
}

/** A path of this portal, whatever the message said. */
function ours(path: string | undefined): string {
	const { origin } = location;
	try {
		// `URL.canParse` came after Chrome 100.
		const address = new URL(path || HOME, origin);
		return address.origin === origin ? address.href : HOME;
	} catch {
		return HOME;
	}
}

async function confirm(notice: Notice, outcome: Sent['outcome'], registration: ServiceWorkerRegistration) {
	const { tag, title, lang, path, answer } = notice;
	const words = wordsIn(lang);
	const heard = { title: words.worker_noted, body: answer === 'cannot' ? words.worker_noted_cannot : title };
	const waits = { title: words.worker_queued, body: words.worker_queued_body };
	const refused = { title: words.worker_refused, body: words.worker_refused_body };
	const shown = outcome === 'sent' ? heard : outcome === 'later' ? waits : refused;
	const data: Data = { title, path, lang };
	await registration.showNotification(shown.title, { ...LOOKS, body: shown.body, tag, lang, data, silent: true });
}

/** Answers that had waited for the network. */
export async function confirmSent(done: Sent[], registration: ServiceWorkerRegistration): Promise<void> {
	for (const { entry, outcome } of done) if (entry.notice) await confirm(entry.notice, outcome, registration);
}

/** The browser changed our address: the server hears the new one at once, or at the next start. */
export async function onSubscriptionChange(
	registration: ServiceWorkerRegistration,
	renewed: PushSubscription | null | undefined,
	old: PushSubscription | null | undefined,
): Promise<void> {
	const headers = { 'content-type': JSON_TYPE };
	const subscription = renewed ?? (await subscribeAgain(registration, old));
	const [gone, body] = [JSON.stringify({ endpoint: old?.endpoint }), renewedBody(subscription, old)];
	if (old) await fetch('/api/push/subscribe', { method: 'DELETE', headers, body: gone });
	await fetch('/api/push/subscribe', { method: 'POST', headers, body });
}

const renewedBody = (subscription: PushSubscription, old: PushSubscription | null | undefined) =>
	// Plain objects stand in for subscriptions in tests and in old browsers.
	JSON.stringify({ ...JSON.parse(JSON.stringify(subscription)), replaces: old?.endpoint });

async function subscribeAgain(registration: ServiceWorkerRegistration, old: PushSubscription | null | undefined) {
	const ownKey = async () => ((await (await fetch('/api/push/key')).json()) as { key: string }).key;
	const applicationServerKey = old?.options?.applicationServerKey ?? (await ownKey());
	return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}
