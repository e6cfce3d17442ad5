/**
 * Takes the place of a service worker that went wrong (docs/deploying.md): `SERVICE_WORKER=off` serves it under that name.
 * It answers no page, so every page comes from the network again; it stays registered, because leaving would end the
 * reminders of every phone. What waits to be sent (IndexedDB) is left alone: the next page sends it.
 */
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(forgetPages().then(() => self.clients.claim())));

async function forgetPages() {
	for (const name of await caches.keys()) await caches.delete(name);
}

self.addEventListener('push', (event) => {
	let reminder = {};
	try {
		reminder = event.data.json();
	} catch {
		// A reminder that cannot be read is shown all the same: a browser takes the permission away otherwise.
	}
	const { title = 'Mon parcours', body = '', tag = 'portal', lang = 'fr', path = '/accueil' } = reminder;
	event.waitUntil(self.registration.showNotification(title, { body, tag, lang, data: { path } }));
});

self.addEventListener('notificationclick', (event) => {
	event.notification.close();
	const address = new URL(event.notification.data?.path ?? '/accueil', self.location.origin);
	const isOurs = address.origin === self.location.origin;
	event.waitUntil(self.clients.openWindow(isOurs ? address.href : '/accueil'));
});
