/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/// <reference types="@sveltejs/kit" />
/**
 * What works without a page: opening without network, reminders and their answers, sending what waits. Keeps no page of
 * anybody: the only one in its cache is `/hors-ligne`, fetched without a cookie, which the phone fills by itself.
 */
import { version } from '$service-worker';
import { CACHE_PREFIX } from './lib/shared/phone-keeps';
import { openDrafts, WITHOUT_NETWORK } from './phone/draft-store';
import { drain } from './phone/drain';
import { BASE, LANGUAGES } from './phone/languages';
import { confirmSent, onNotificationClick, onPush, onSubscriptionChange, showNotSent } from './phone/notifications';
import { quietly } from './phone/offline-store';
import { forgetPerson } from './phone/purge';
import { SYNC_TAG, waiting } from './phone/queue';
import { DRAINED, isDesk, NOT_SENT, PURGE, SEND_WAITING, TAKE_OVER, type ToPage, type ToWorker } from './phone/signals';

const worker = self as unknown as ServiceWorkerGlobalScope;
const { registration, clients } = worker;

const CACHE = CACHE_PREFIX + version;
/** In the addresses of static/manifest.webmanifest. */
const FROM_ICON = 'icone';
/** Where the icon leads, and where a visitor goes on who had begun a request without network. */
const FROM_ICON_TO = '/accueil';
const QUESTIONS = '/demande/nouvelle';
/** Then the phone shows what it has; asked again for the same page, it waits as long as it takes. */
const LATE_MS = 4_000;

const offlinePageIn = (language: string) => (language === BASE ? '' : `/${language}`) + '/hors-ligne';
const KEPT = [
	__PHONE_SCRIPT__,
	__OFFLINE_SCRIPT__,
	'/icon.svg',
	'/icon-192.png',
	'/badge-96.png',
	...LANGUAGES.map(offlinePageIn),
];

worker.addEventListener('install', (event) => event.waitUntil(keepAll()));

async function keepAll() {
	const cache = await caches.open(CACHE);
	// Rendered for nobody: without cookies, past the browser's own cache.
	await cache.addAll(KEPT.map((path) => new Request(path, { credentials: 'omit', cache: 'reload' })));
}

worker.addEventListener('activate', (event) => {
	event.waitUntil(dropOldCaches().then(() => clients.claim()));
});

async function dropOldCaches() {
	const names = await caches.keys();
	await Promise.all(
		names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
	);
}

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (origin !== location.origin || isDesk(pathname)) return;
	if (request.mode === 'navigate') {
		if (request.method === 'GET') event.respondWith(page(request));
		else event.respondWith(sending(request));
	} else if (request.method === 'GET' && KEPT.includes(pathname)) {
		event.respondWith(kept(pathname).then((found) => found ?? fetch(request)));
	}
});

const kept = (path: string) => caches.match(path, { cacheName: CACHE, ignoreVary: true });

let late: string | undefined;

async function page(request: Request): Promise<Response> {
	const { href, pathname, searchParams } = new URL(request.url);
	if (searchParams.has(FROM_ICON)) {
		// A page that led there is in the language that is read now.
		const own = request.referrer ? undefined : await ownLanguage();
		const begun = pathname === FROM_ICON_TO && (await hasBegun());
		// The server leads whoever is no person of the service to their own home: it is told where they come from.
		const asked = begun ? QUESTIONS : `${pathname}?${FROM_ICON}`;
		if (begun || (own && languageOf(pathname) !== own)) return Response.redirect((own ? `/${own}` : '') + asked);
	}
	try {
		if (await hearsSignOut()) {
			const response = fetch(request);
			const answer = await (late === href ? response : Promise.race([response, lateAnswer()]));
			late = answer ? undefined : href;
			if (answer) return answer;
			response.catch(() => undefined);
		}
	} catch {
		// No network: what the phone has.
	}
	return (await kept(offlinePageIn(languageOf(pathname)))) ?? Response.error();
}

const languageOf = (path: string) => LANGUAGES.find((language) => path.split('/')[1] === language) ?? BASE;

/** The icon's address is in the first language of the portal: whoever read another one here last starts in that one. */
async function ownLanguage(): Promise<string | undefined> {
	const language = await quietly((db) => db.get('settings', 'lang'));
	return LANGUAGES.find((one) => one === language && one !== BASE);
}

/** Something was typed on the page without network by a visitor, and nobody is known here since. */
async function hasBegun(): Promise<boolean> {
	if (await quietly((db) => db.get('settings', 'user'))) return false;
	const drafts = await openDrafts().catch(() => undefined);
	const typed = await drafts?.get('copies', WITHOUT_NETWORK).catch(() => undefined);
	drafts?.close();
	return typed !== undefined;
}

const lateAnswer = () => new Promise<undefined>((resolve) => setTimeout(resolve, LATE_MS));

/**
 * Signed out without network, nothing is asked in that person's name before the server knows: it is told first.
 * @returns false while it cannot hear of it
 */
async function hearsSignOut(): Promise<boolean> {
	const waits = async () => ((await quietly((db) => db.getAll('queue'))) ?? []).some(({ kind }) => kind === 'sign-out');
	if (!(await waits())) return true;
	await drain();
	return !(await waits());
}

/** A form that could not leave: 204 keeps the browser on its page, with all that was typed. */
async function sending(request: Request): Promise<Response> {
	const { referrer } = request;
	const response = (await hearsSignOut()) ? await fetch(request).catch(() => null) : null;
	if (response && !(await isNotTaken(response))) return response;
	await tell({ type: NOT_SENT }, referrer);
	return new Response(null, { status: 204 });
}

/** The server took nothing, nor does its answer bring the form back with what is wrong in it. */
async function isNotTaken(response: Response): Promise<boolean> {
	if (response.status < 500 && response.status !== 429) return false;
	const text = await response
		.clone()
		.text()
		.catch(() => '');
	return !text.includes('data-error-summary');
}

/** @returns whether somebody looks at a page that heard */
async function tell(message: ToPage, address?: string): Promise<boolean> {
	const windows = await clients.matchAll({ type: 'window' });
	// A referrer never tells which part of the page was in sight.
	const told = windows.filter(({ url }) => !address || url.split('#')[0] === address);
	for (const client of told) client.postMessage(message);
	return told.some(({ visibilityState }) => visibilityState === 'visible');
}

worker.addEventListener('push', (event) => {
	event.waitUntil(onPush(event.data?.text() ?? null, registration));
});

worker.addEventListener('notificationclick', (event) => {
	event.waitUntil(onNotificationClick(event.notification, event.action, registration).then(open));
});

async function open(address: string | null): Promise<void> {
	if (!address) return;
	const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true });
	const there = windows.find((client) => client.url === new URL(address, location.origin).href);
	await (there ? there.focus() : clients.openWindow(address));
}

worker.addEventListener('sync', (event) => {
	const { tag } = event as unknown as { tag: string };
	if (tag === SYNC_TAG) (event as ExtendableEvent).waitUntil(sendWaiting().then(retryIfAny));
});

async function sendWaiting(): Promise<void> {
	const done = await drain();
	await confirmSent(done, registration);
	if (!(await tell({ type: DRAINED, done }))) await showNotSent(done, registration);
}

/** A sync that fails is fired again by the browser. */
async function retryIfAny(): Promise<void> {
	if ((await waiting()).length > 0) throw new Error('something still waits');
}

worker.addEventListener('pushsubscriptionchange', (event) => {
	const { newSubscription, oldSubscription } = event;
	event.waitUntil(onSubscriptionChange(registration, newSubscription, oldSubscription));
});

worker.addEventListener('message', (event) => {
	const { type } = event.data as ToWorker;
	if (type === TAKE_OVER) event.waitUntil(worker.skipWaiting());
	const heard = () => event.ports[0]?.postMessage(type);
	if (type === PURGE) event.waitUntil(forgetPerson(registration).then(heard));
	if (type === SEND_WAITING) {
		heard();
		event.waitUntil(sendWaiting());
	}
});
