import { chromium, expect, type BrowserContext, type CDPSession, type Page, type Worker } from '@playwright/test';
import { CHROMIUM_FLAGS } from './chromium.mjs';
import type { Desktop } from './desktop.ts';
import type { PushService, ReceivedPush } from './push-service.ts';

interface Registration {
	registrationId: string;
	scopeURL: string;
}
type Mint = (vapidKey: string) => Promise<object>;

/** A phone with its own browser profile: real worker, real notifications, real storage; only `pushManager` is a stand-in. */
export interface Phone {
	context: BrowserContext;
	page: Page;
	/** Opens a page of the portal, which answers, however slowly: after four seconds the worker shows what it has, asked again it waits. */
	open(address: string): Promise<void>;
	/** Waits until the browser woke the worker for what is kept, and the worker could not send it: it does not wake it again for five minutes. */
	triedInVain(): Promise<void>;
	/** Gives the worker a push as the browser would; resolves once it has handled it. */
	deliver(text: string): Promise<void>;
	/** What a function answers inside the worker that runs the portal's `/service-worker.js`, started if need be. */
	inWorker<Answer, Arg = void>(does: (arg: Arg) => Answer | Promise<Answer>, arg?: Arg): Promise<Answer>;
	/** Notifications on the screen. */
	notifications(): Promise<ShownNotification[]>;
	/** A tap on a notification, or on one of its buttons. */
	tap(tag: string, action?: string): Promise<void>;
	/** Everything this site stored. */
	stored(): Promise<Stored>;
	close(): Promise<void>;
}
export interface ShownNotification {
	title: string;
	body: string;
	tag: string;
	lang: string;
	dir: string;
	actions: string[];
}
export interface Stored {
	caches: Record<string, string[]>;
	/** How many rows are in each store of each database. */
	databases: Record<string, Record<string, number>>;
	localStorage: string[];
	cookies: string[];
}

interface PhoneOptions {
	service?: PushService;
	desktop?: Desktop;
	grant?: boolean;
	mint?: Mint;
}

const NO_SERVICE: Mint = () => Promise.reject(new Error('no push service'));

/** `service`: where subscriptions are made; what it receives is delivered to this phone. `desktop`: where notifications show. */
export async function openPhone(
	origin: string,
	{ service, desktop, grant = true, mint }: PhoneOptions = {},
): Promise<Phone> {
	const context = await chromium.launchPersistentContext('', {
		executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
		headless: true,
		args: CHROMIUM_FLAGS,
		locale: 'fr-FR',
		viewport: { width: 360, height: 740 },
		...(desktop && { env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: desktop.address } }),
	});
	// Granting one permission denies all that are not named.
	const allowed = grant ? ['notifications', 'background-sync'] : ['background-sync'];
	await context.grantPermissions(allowed, { origin });
	const watcher = context.pages()[0]!;
	const cdp = await context.newCDPSession(watcher);
	const orderly = new WeakMap<Worker, Promise<void>>();
	context.on('serviceworker', (worker) => {
		orderly.set(
			worker,
			worker.evaluate(oneAtATime).catch(() => undefined),
		);
	});
	const registrations = new Map<string, Registration>();
	const handled: (() => void)[] = [];
	let isOff = false;
	let sync = '';
	cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: all }) =>
		all.forEach((one) => registrations.set(one.scopeURL, one)),
	);
	cdp.on('BackgroundService.backgroundServiceEventReceived', ({ backgroundServiceEvent: { service, eventName } }) => {
		if (eventName === 'Push event completed') handled.shift()?.();
		if (service === 'backgroundSync') sync = eventName;
	});
	await cdp.send('ServiceWorker.enable');
	for (const service of ['pushMessaging', 'backgroundSync'] as const) {
		await cdp.send('BackgroundService.startObserving', { service });
		await cdp.send('BackgroundService.setRecording', { shouldRecord: true, service });
	}

	const deliver = async (data: string) => {
		// The page can know that its worker is ready before the browser has told us which it is.
		await expect.poll(() => registrations.has(`${origin}/`), { message: 'the worker is registered' }).toBe(true);
		const done = new Promise<void>((resolve) => handled.push(resolve));
		const { registrationId } = registrations.get(`${origin}/`)!;
		await cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
		await done;
	};
	/** What the service has for a phone that is switched off, here for ever, reaches nobody. */
	const receive = async ({ text }: ReceivedPush) => {
		try {
			if (!isOff) await deliver(text);
		} catch (error) {
			if (!isOff) throw error;
		}
	};
	const subscribe: Mint = async (vapidKey) => service!.subscribe(vapidKey, (push) => void receive(push));
	/** The browser ends and starts workers as it likes; a question it cut off is asked again. */
	const inWorker: Phone['inWorker'] = async (does, arg) => {
		for (let attempt = 1; ; attempt++) {
			const worker = await runningWorker(context, cdp, origin);
			await orderly.get(worker);
			try {
				return await (worker.evaluate as (does: unknown, arg: unknown) => Promise<never>)(does, arg);
			} catch (error) {
				if (attempt === 5 || !/restarted|closed/.test(String(error))) throw error;
			}
		}
	};
	await context.exposeFunction('__mint', mint ?? (service ? subscribe : NO_SERVICE));
	await context.addInitScript(standInForPushManager);
	const phone: Phone = {
		context,
		page: await context.newPage(),
		async open(address) {
			await phone.page.goto(address);
			if ((await phone.page.locator('main[data-offline]').count()) > 0) await phone.page.goto(address);
		},
		triedInVain: () => expect.poll(() => sync, { message: 'the worker was woken in vain' }).toBe('sync event failed'),
		deliver,
		inWorker,
		notifications: () => inWorker(shownNotifications),
		tap: (tag, action = '') => inWorker(tapNotification, { tag, action }),
		stored: async () => {
			const cookies = (await context.cookies(origin)).map(({ name }) => name).sort();
			return {
				...(await inWorker(storedByWorker)),
				cookies,
				localStorage: await localStorageOf(context, origin),
			};
		},
		close: () => {
			isOff = true;
			return context.close();
		},
	};
	return phone;
}

async function runningWorker(context: BrowserContext, cdp: CDPSession, origin: string): Promise<Worker> {
	const ours = () => context.serviceWorkers().find((worker) => worker.url().startsWith(origin));
	if (!ours()) await cdp.send('ServiceWorker.startWorker', { scopeURL: `${origin}/` });
	return ours() ?? context.waitForEvent('serviceworker');
}

async function localStorageOf(context: BrowserContext, origin: string): Promise<string[]> {
	const { origins } = await context.storageState();
	return (origins.find((one) => one.origin === origin)?.localStorage ?? []).map(({ name }) => name).sort();
}

/** Chromium under test has no push service: subscribing is answered by ours, remembered for the tab. */
function standInForPushManager() {
	const bytes = (text: string) =>
		Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
	const wrap = (json: { endpoint: string; keys: Record<string, string> }) => ({
		...json,
		toJSON: () => json,
		getKey: (name: string) => bytes(json.keys[name]!).buffer,
		unsubscribe: async () => {
			sessionStorage.removeItem('subscription');
			return true;
		},
	});
	const current = () => {
		const text = sessionStorage.getItem('subscription');
		return text ? wrap(JSON.parse(text)) : null;
	};
	Object.assign(PushManager.prototype, {
		getSubscription: async () => current(),
		async subscribe({ applicationServerKey }: { applicationServerKey: string }) {
			if (Notification.permission !== 'granted') throw new DOMException('denied', 'NotAllowedError');
			const { __mint } = globalThis as unknown as { __mint: (key: string) => Promise<object> };
			sessionStorage.setItem('subscription', JSON.stringify(await __mint(applicationServerKey)));
			return current();
		},
	});
}

type WorkerScope = typeof globalThis & { registration: ServiceWorkerRegistration };

/**
 * Chromium forgets a notification that it is asked about while it shows it (reliability.md §2.2): in the worker, showing and
 * asking wait for each other.
 */
function oneAtATime(): void {
	const { prototype } = ServiceWorkerRegistration as unknown as {
		prototype: Record<string, (...given: unknown[]) => Promise<unknown>>;
	};
	let before: Promise<unknown> = Promise.resolve();
	for (const name of ['showNotification', 'getNotifications']) {
		const own = prototype[name]!;
		prototype[name] = function (...given) {
			const done = before.then(() => own.apply(this, given));
			before = done.catch(() => undefined);
			return done;
		};
	}
}

async function shownNotifications(): Promise<ShownNotification[]> {
	const notifications = await (self as unknown as WorkerScope).registration.getNotifications();
	return notifications.map((notification) => {
		const { title, body, tag, lang, dir } = notification;
		const { actions } = notification as unknown as { actions: { title: string }[] };
		return { title, body, tag, lang, dir, actions: actions.map((action) => action.title) };
	});
}

async function tapNotification({ tag, action }: { tag: string; action: string }): Promise<void> {
	const [notification] = await (self as unknown as WorkerScope).registration.getNotifications({ tag });
	const { NotificationEvent } = globalThis as unknown as {
		NotificationEvent: new (type: string, init: object) => Event;
	};
	self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action }));
}

async function storedByWorker(): Promise<Pick<Stored, 'caches' | 'databases'>> {
	const found: Stored['caches'] = {};
	for (const name of await caches.keys()) {
		const requests = await (await caches.open(name)).keys();
		found[name] = requests.map(({ url }) => new URL(url).pathname).sort();
	}
	const databases: Stored['databases'] = {};
	for (const { name } of await indexedDB.databases()) {
		const database = await new Promise<IDBDatabase>((resolve, reject) => {
			const opening = indexedDB.open(name!);
			opening.onsuccess = () => resolve(opening.result);
			opening.onerror = () => reject(opening.error);
		});
		const counts: Record<string, number> = {};
		for (const store of database.objectStoreNames)
			counts[store] = await new Promise((resolve, reject) => {
				const counting = database.transaction(store).objectStore(store).count();
				counting.onsuccess = () => resolve(counting.result);
				counting.onerror = () => reject(counting.error);
			});
		database.close();
		databases[name!] = counts;
	}
	return { caches: found, databases };
}
