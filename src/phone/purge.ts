/** Nothing of the person stays: by the pages, or by the service worker, which outlives the page that asked. */
import { clearDrafts } from './draft';
import { quietly } from './offline-store';
import { PURGE } from './signals';

const PURGED_WITHIN_MS = 2_000;

export async function forgetPerson(registration: ServiceWorkerRegistration | undefined): Promise<void> {
	await quietly((db) => Promise.all([db.clear('agenda'), db.clear('queue'), db.clear('settings')]));
	await clearDrafts().catch(() => undefined);
	await closeNotifications(registration);
}

/** The session is over: what could be read goes, what is half-written or waits for its author stays. */
export async function forgetAgenda(registration: ServiceWorkerRegistration | undefined): Promise<void> {
	await quietly((db) => db.clear('agenda'));
	await closeNotifications(registration);
}

async function closeNotifications(registration: ServiceWorkerRegistration | undefined): Promise<void> {
	for (const notification of (await registration?.getNotifications?.()) ?? []) notification.close();
}

/** Asks the worker, and does it here when there is none or it says nothing. */
export async function purge(): Promise<void> {
	const registration = await navigator.serviceWorker?.getRegistration();
	const worker = registration?.active;
	const done = worker && (await answered(worker));
	if (!done) await forgetPerson(registration);
}

function answered(worker: ServiceWorker): Promise<boolean> {
	return new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		const timer = setTimeout(() => resolve(false), PURGED_WITHIN_MS);
		port1.onmessage = () => {
			clearTimeout(timer);
			port1.close();
			resolve(true);
		};
		worker.postMessage({ type: PURGE }, [port2]);
	});
}
