/**
 * Reminders on the screen, and the answers tapped in them (ux.md §2.6); run by the service worker. A push always shows
 * something: a browser that sees a silent one takes the permission away.
 */
import { forget, notSent, sendAfterWaiting } from './drain';
import { askForSync, keepForLater, send, type Sent } from './queue';
import { quietly, type Notice, type Waiting } from './offline-store';
import { wordsIn } from './languages';
import { currentSubscription } from './subscription';

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
	if ((await send(entry)).outcome !== 'later' || !(await keepForLater(entry))) return;
	await askForSync(registration);
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
	return plain(title, body, 'message', language);
}

/** Without a name, a theme or a place: it opens the home page. */
const plain = (title: string, body: string, tag: string, lang: string | undefined): Shown => ({
	title,
	options: { ...LOOKS, body, tag, lang, data: { title, path: HOME, lang: lang ?? '' } satisfies Data },
});

const post = (kind: Waiting['kind'], url: string, content: object, notice?: Notice) => ({
	kind,
	url,
	type: JSON_TYPE,
	body: JSON.stringify(content),
	userKey: '',
	// What is answered next to the same reminder takes its place.
	place: kind === 'answer' ? notice?.tag : undefined,
	notice,
});

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
	const { own, others, isKept } = await sendAfterWaiting(entry);
	if (own.outcome === 'later' && !isKept) await askAgain(notification, registration);
	else await confirm(notice, own.outcome, registration);
	await confirmSent(others, registration);
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

/** Nothing left, and a phone that is full kept nothing: the reminder as it was, with its buttons. */
async function askAgain(notification: Notification, registration: ServiceWorkerRegistration): Promise<void> {
	const { title, tag, lang, dir, data, actions } = notification as Notification & Pick<Shown['options'], 'actions'>;
	const body = wordsIn(lang).worker_not_kept;
	const options: Shown['options'] = { ...LOOKS, body, tag, lang, dir, data, actions, silent: true };
	await registration.showNotification(title, options);
}

/** Answers that had waited for the network. Where notifications are forbidden by now, the next page says what was refused. */
export async function confirmSent(done: Sent[], registration: ServiceWorkerRegistration): Promise<void> {
	for (const { entry, outcome } of done)
		if (entry.notice)
			await confirm(entry.notice, outcome, registration).then(
				() => forget(entry),
				() => undefined,
			);
}

/** Something kept was refused while no page was open; which one says what, and how to do it again (endings.ts). */
export async function showNotSent(done: Sent[], registration: ServiceWorkerRegistration): Promise<void> {
	const isLeft = (await notSent()).some(({ id }) => done.some(({ entry }) => entry.id === id));
	if (!isLeft || Notification.permission !== 'granted') return;
	const language = await quietly((db) => db.get('settings', 'lang'));
	const { worker_not_sent: heading, worker_not_sent_body: body } = wordsIn(language);
	const { title, options } = plain(heading, body, 'not-sent', language);
	await registration.showNotification(title, { ...options, silent: true });
}

/** The browser changed our address: the server hears the new one at once, or at the next start. */
export async function onSubscriptionChange(
	registration: ServiceWorkerRegistration,
	renewed: PushSubscription | null | undefined,
	old: PushSubscription | null | undefined,
): Promise<void> {
	const subscription = renewed ?? (await currentSubscription(registration.pushManager));
	// Plain objects stand in for subscriptions in tests and in old browsers. The server forgets the old address with the same word.
	const told = { ...JSON.parse(JSON.stringify(subscription)), replaces: old?.endpoint };
	await fetch('/api/push/subscribe', {
		method: 'POST',
		headers: { 'content-type': JSON_TYPE },
		body: JSON.stringify(told),
	});
}
