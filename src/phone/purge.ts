/** Nothing of the person stays: by the pages, or by the service worker, which outlives the page that asked. */
import { clearDrafts } from './draft-store';
import { quietly } from './offline-store';
import { heard, PURGE } from './signals';

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
	if (!(await heard(registration, PURGE))) await forgetPerson(registration);
}
