/** Nothing of the person stays. */
import { clearDrafts } from './draft-store';
import { quietly } from './offline-store';

const STORES = ['agenda', 'queue', 'settings'] as const;

export async function forgetPerson(registration: ServiceWorkerRegistration | undefined): Promise<void> {
	await quietly(async (db) => {
		const work = db.transaction(STORES, 'readwrite');
		const cleared = STORES.map((name) => work.objectStore(name).clear());
		// Once asked for, all of it goes, whatever becomes of the page.
		work.commit();
		await Promise.all([...cleared, work.done]);
	});
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

/**
 * By the page itself: a worker that is slow to wake would do it once more, later, and take away what the next person, or the very
 * sign-out, has left here since.
 */
export async function purge(): Promise<void> {
	await forgetPerson(await navigator.serviceWorker?.getRegistration());
}
