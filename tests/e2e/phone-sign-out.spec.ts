import { expect, test } from '@playwright/test';
import { demoAccount, withDatabase } from '../support/fixtures.ts';
import { usePhone } from '../support/phone-home.ts';

/** Signing out when the network, the server or the storage of the phone gives way. */

const home = usePhone();
const { visit, rows, note } = home;
const amina = () => demoAccount(home.portal, 'beneficiary', 'Ardennes').contact;
const karim = () => demoAccount(home.portal, 'beneficiary', 'Deux-Sèvres').contact;
const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;

const sessions = (contact: string) =>
	withDatabase(home.portal, (database) =>
		database
			.prepare(`SELECT count(*) FROM session JOIN account ON account.id = account_id WHERE email = ?`)
			.pluck()
			.get(contact),
	) as number;
const erase = () => home.phone.page.getByRole('button', { name: 'Effacer et me déconnecter', exact: true });
const heading = () => home.phone.page.getByRole('heading', { level: 1 });
const openOffline = async () => {
	home.front.target = null;
	await home.phone.page.goto(`${home.front.origin}/accueil`);
	await expect(heading()).toHaveText('Pas de réseau');
};
const backOnline = () => Object.assign(home.front, { target: home.portal.origin, onRequest: () => 'pass' });

/** Writes into the agenda this phone keeps. */
const changeAgenda = (changes: object) =>
	home.phone.page.evaluate(
		(given) =>
			new Promise<void>((resolve) => {
				const opening = indexedDB.open('portal');
				opening.onsuccess = () => {
					const transaction = opening.result.transaction('agenda', 'readwrite');
					const store = transaction.objectStore('agenda');
					store.get('current').onsuccess = ({ target }) =>
						store.put({ ...(target as IDBRequest<object>).result, ...given }, 'current');
					transaction.oncomplete = () => {
						opening.result.close();
						resolve();
					};
				};
			}),
		changes,
	);

/** What waits is as old as that. */
const age = (days: number) =>
	home.phone.page.evaluate(
		(ms) =>
			new Promise<void>((resolve) => {
				const opening = indexedDB.open('portal');
				opening.onsuccess = () => {
					const transaction = opening.result.transaction('queue', 'readwrite');
					const store = transaction.objectStore('queue');
					store.getAll().onsuccess = ({ target }) => {
						for (const entry of (target as IDBRequest<{ at: number }[]>).result)
							store.put({ ...entry, at: entry.at - ms });
					};
					transaction.oncomplete = () => {
						opening.result.close();
						resolve();
					};
				};
			}),
		days * 24 * 3_600_000,
	);

test('a sign-out that waited for two weeks is heard all the same, and no page is shown before it is', async () => {
	await home.signInWithAgenda(amina());
	const before = sessions(amina());
	await openOffline();
	await erase().click();
	await expect(note()).toContainText('ne garde plus rien');
	await age(14);
	for (const status of [500, 429]) {
		Object.assign(home.front, {
			target: home.portal.origin,
			onRequest: ({ method, url }: { method?: string; url?: string }) =>
				method === 'POST' && url!.includes('deconnexion') ? { status } : 'pass',
		});
		await home.phone.page.goto(`${home.front.origin}/accueil`);
		await expect(heading()).toHaveText('Pas de réseau');
		expect(await rows('queue')).toBe(1);
	}
	backOnline();
	await visit('/accueil');
	await expect(home.phone.page).toHaveURL(/connexion/);
	expect(sessions(amina())).toBe(before - 1);
});

test('signing out on a page that is open, the server being dead, is kept until it is heard', async () => {
	await home.signInWithAgenda(karim());
	const before = sessions(karim());
	await visit('/deconnexion');
	home.front.target = null;
	await home.phone.page.getByRole('button', { name: 'Me déconnecter' }).click();
	await expect(note()).toContainText('ne garde plus rien');
	expect((await home.phone.stored()).databases.portal).toMatchObject({ agenda: 0, queue: 1 });
	backOnline();
	await visit('/accueil');
	await expect(home.phone.page).toHaveURL(/connexion/);
	expect(sessions(karim())).toBe(before - 1);
});

test('where nothing can be kept, nobody is told that they are signed out when they are not', async () => {
	await home.signIn(lucas());
	const before = sessions(lucas());
	await visit('/deconnexion');
	await home.phone.page.evaluate(() => {
		IDBObjectStore.prototype.add = function () {
			this.transaction.abort();
			throw new DOMException('full', 'QuotaExceededError');
		};
	});
	home.front.target = null;
	const button = home.phone.page.getByRole('button', { name: 'Me déconnecter' });
	await button.click();
	await expect(note()).toContainText('vous n’êtes pas encore déconnecté');
	backOnline();
	await button.click();
	await expect(home.phone.page).toHaveURL(/deconnexion\?fait=1/);
	expect(sessions(lucas())).toBe(before - 1);
});

test('a borrowed phone, which keeps no agenda, is signed out without network as well', async () => {
	await home.signIn(lucas(), { shared: true });
	const before = sessions(lucas());
	await openOffline();
	await expect(home.phone.page.getByText('Ce téléphone ne garde rien')).toBeVisible();
	await erase().click();
	await expect(note()).toContainText('ne garde plus rien');
	backOnline();
	await visit('/accueil');
	await expect(home.phone.page).toHaveURL(/connexion/);
	expect(sessions(lucas())).toBe(before - 1);
	await expect.poll(() => rows('queue')).toBe(0);
});

test('what has not left yet is never erased unasked: one is told how much, and may wait', async () => {
	await home.signInWithAgenda(lucas());
	await visit('/parcours');
	const { page } = home.phone;
	home.front.onRequest = ({ method }) => (method === 'POST' ? { status: 503 } : 'pass');
	await page.locator('form[action$="?/tick"] button').first().click();
	await expect(note()).toContainText('Ce sera envoyé');
	await openOffline();
	await erase().click();
	const warning = page.locator('[data-unsent]');
	await expect(warning).toBeVisible();
	await expect(warning).toBeFocused();
	await expect(warning).toContainText(/attendent encore le réseau\s: 1/);
	expect(await rows('queue')).toBe(1);
	expect(await rows('agenda')).toBe(1);
	await warning.getByRole('button', { name: 'Attendre' }).click();
	await expect(warning).toBeHidden();
	await erase().click();
	await warning.getByRole('button', { name: 'Effacer quand même' }).click();
	await expect(note()).toContainText('ne garde plus rien');
	expect((await home.phone.stored()).databases.portal).toMatchObject({ agenda: 0, queue: 1 });
	backOnline();
	home.front.seen.length = 0;
	await visit('/accueil');
	await expect(page).toHaveURL(/connexion/);
	expect(home.front.seen.some((line) => line.includes('?/tick'))).toBe(false);
});

test('a worker that is slow to wake takes away nothing that was left here since: the server still hears of the sign-out', async () => {
	await home.signInWithAgenda(amina());
	const before = sessions(amina());
	await visit('/deconnexion');
	const { page } = home.phone;
	// What pages say to the worker arrives when it wakes.
	await page.evaluate(() => {
		const say = ServiceWorker.prototype.postMessage as (...said: unknown[]) => void;
		const waiting: (() => void)[] = [];
		ServiceWorker.prototype.postMessage = function (...said: unknown[]) {
			waiting.push(() => say.apply(this, said));
		};
		Object.assign(globalThis, { wake: () => waiting.forEach((one) => one()) });
	});
	home.front.target = null;
	await page.getByRole('button', { name: 'Me déconnecter' }).click();
	await expect(note()).toContainText('ne garde plus rien');
	await page.evaluate(
		() =>
			new Promise((resolve) => {
				const { port1, port2 } = new MessageChannel();
				port1.onmessage = resolve;
				navigator.serviceWorker.controller!.postMessage({ type: 'SEND_WAITING' }, [port2]);
				(globalThis as unknown as { wake(): void }).wake();
			}),
	);
	expect((await home.phone.stored()).databases.portal).toMatchObject({ agenda: 0, queue: 1 });
	backOnline();
	await visit('/accueil');
	await expect(page).toHaveURL(/connexion/);
	expect(sessions(amina())).toBe(before - 1);
});

test('an agenda that was on its way when one signed out is not kept', async () => {
	await home.signInWithAgenda(karim());
	await changeAgenda({ isStale: 'since' });
	const { page } = home.phone;
	let arrives = () => {};
	const until = new Promise<void>((resolve) => (arrives = resolve));
	home.front.onRequest = ({ method, url }) =>
		url!.includes('/api/moi/agenda') ? { until } : method === 'POST' ? { status: 503 } : 'pass';
	home.front.seen.length = 0;
	const answer = page.waitForResponse((response) => response.url().includes('/api/moi/agenda'));
	await visit('/deconnexion');
	await expect.poll(() => home.front.seen.some((line) => line.includes('/api/moi/agenda'))).toBe(true);
	await page.getByRole('button', { name: 'Me déconnecter' }).click();
	await expect(note()).toContainText('ne garde plus rien');
	arrives();
	await (await answer).finished();
	expect((await home.phone.stored()).databases.portal).toMatchObject({ agenda: 0, settings: 0 });
});
