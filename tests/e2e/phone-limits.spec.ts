import { expect, test } from '@playwright/test';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { KEPT_DAYS } from '../../src/lib/shared/phone-keeps.ts';
import { demoAccount, withDatabase } from '../support/fixtures.ts';
import { ask } from '../support/http.ts';
import { usePhone } from '../support/phone-home.ts';
import { startPortal } from '../support/portal.ts';

/** What a phone does when something gives way: its storage, its worker, the order of things, a week without network. */

const home = usePhone();
const { visit, rows, note } = home;
const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;
const karim = () => demoAccount(home.portal, 'beneficiary', 'Deux-Sèvres').contact;
const tick = () => home.phone.page.locator('form[action$="?/tick"] button').first();
const refusePosts = () => (home.front.onRequest = ({ method }) => (method === 'POST' ? { status: 503 } : 'pass'));

/** What this phone keeps under a key. */
const kept = (store: 'agenda' | 'settings', key: string) =>
	home.phone.page.evaluate(
		async ({ store, key }) => {
			const database = await new Promise<IDBDatabase>((resolve) => {
				const opening = indexedDB.open('portal');
				opening.onsuccess = () => resolve(opening.result);
			});
			const found = await new Promise<unknown>((resolve) => {
				const reading = database.transaction(store).objectStore(store).get(key);
				reading.onsuccess = () => resolve(reading.result);
			});
			database.close();
			return found;
		},
		{ store, key },
	);
const agenda = async () => (await kept('agenda', 'current')) as { fetchedAt: string; isStale?: string };

test('on a phone that is full, what cannot be kept stays on the page and is said, and pages go on', async () => {
	await home.signIn(lucas());
	await visit('/parcours');
	// As Chromium says it when the disk is full: the write is taken, then its transaction is given up.
	await home.phone.page.evaluate(() => {
		IDBObjectStore.prototype.add = function () {
			this.transaction.abort();
			throw new DOMException('full', 'QuotaExceededError');
		};
	});
	refusePosts();
	await tick().click();
	await expect(note()).toContainText('gardez cette page');
	expect(await rows('queue')).toBe(0);
	home.front.onRequest = () => 'pass';
	await tick().click();
	await expect(note()).toBeEmpty();
	await visit('/rendez-vous');
	await expect(home.phone.page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('what was tried in vain for more than a week is given up with a word, and sent again by hand', async () => {
	await home.signInWithAgenda(karim());
	await visit('/parcours');
	refusePosts();
	await tick().click();
	await expect(note()).toContainText('Ce sera envoyé');
	// Given up by the worker meanwhile, it would be said on the page that is left.
	await home.phone.triedInVain();
	// Once it was tried for the first time, and while nobody tries: an attempt under way would write over what is put here.
	const age = () =>
		home.phone.page.evaluate(() =>
			navigator.locks.request('queue', async () => {
				const database = await new Promise<IDBDatabase>((resolve) => {
					const opening = indexedDB.open('portal');
					opening.onsuccess = () => resolve(opening.result);
				});
				const store = database.transaction('queue', 'readwrite').objectStore('queue');
				const isAged = await new Promise<boolean>((resolve) => {
					store.getAll().onsuccess = ({ target }) => {
						const [entry] = (target as IDBRequest<{ tried?: object }[]>).result;
						if (!entry?.tried) return resolve(false);
						store.put({ ...entry, tried: { days: 7, last: 0 } }).onsuccess = () => resolve(true);
					};
				});
				database.close();
				return isAged;
			}),
		);
	await expect.poll(age).toBe(true);
	await visit('/aides');
	await expect(note()).toContainText('plus de 7 jours');
	await expect.poll(() => rows('queue')).toBe(0);
	home.front.onRequest = () => 'pass';
	home.front.seen.length = 0;
	await note().getByRole('button', { name: 'Envoyer encore' }).click();
	const ticks = () => home.front.seen.filter((line) => line.startsWith('POST') && line.includes('?/tick'));
	await expect.poll(ticks).toHaveLength(1);
	await home.phone.page.waitForURL('**/parcours**');

	// What can be read lives no longer than a session, also on a phone that never finds a network again.
	// What was sent made it stale: the page that answers fetches it again, once.
	await expect.poll(agenda).not.toHaveProperty('isStale');
	await home.phone.page.evaluate(
		async (month) => {
			const database = await new Promise<IDBDatabase>((resolve) => {
				const opening = indexedDB.open('portal');
				opening.onsuccess = () => resolve(opening.result);
			});
			const store = database.transaction('agenda', 'readwrite').objectStore('agenda');
			await new Promise<void>((resolve) => {
				store.get('current').onsuccess = ({ target }) => {
					const fetchedAt = new Date(Date.now() - month - 1).toISOString();
					const agenda = { ...(target as IDBRequest<object>).result, fetchedAt };
					store.put(agenda, 'current').onsuccess = () => resolve();
				};
			});
			database.close();
		},
		KEPT_DAYS * 24 * 3_600_000,
	);
	home.front.target = null;
	await home.phone.page.goto(`${home.front.origin}/accueil`);
	await expect(home.phone.page.getByText('Ce téléphone ne garde rien')).toBeVisible();
	expect(await rows('agenda')).toBe(0);
});

test('a step proposed without network leaves by itself and is there once, though its first answer was lost', async () => {
	await home.signInWithAgenda(karim());
	await visit('/parcours');
	const { page } = home.phone;
	await page.getByText('Proposer une action').click();
	const form = page.locator('form[action$="?/propose"]');
	await form.locator('input[name="title"]').fill('Passer le code de la route');
	home.front.onRequest = ({ method }) => (method === 'POST' ? 'lose' : 'pass');
	await form.getByRole('button').click();
	await expect(note()).toContainText('Ce sera envoyé');
	home.front.onRequest = () => 'pass';
	await visit('/aides');
	await expect.poll(() => rows('queue')).toBe(0);
	await visit('/parcours');
	await expect(page.getByRole('heading', { name: 'Passer le code de la route' })).toHaveCount(1);
});

test('of two answers about one thing the last one is heard, also when it is lost once more', async () => {
	await home.signInWithAgenda(karim());
	const id = withDatabase(
		home.portal,
		(database) =>
			database
				.prepare(
					`SELECT t.id FROM appointment t JOIN account ON account.person_id = t.person_id
					WHERE email = ? AND t.state IN ('booked', 'confirmed') AND starts_at > ? ORDER BY starts_at LIMIT 1`,
				)
				.pluck()
				.get(karim(), Date.now()) as string,
	);
	const stored = () =>
		withDatabase(home.portal, (database) =>
			database.prepare(`SELECT answer FROM appointment WHERE id = ?`).pluck().get(id),
		);
	const answerOn = async (page: string, answer: string) => {
		await visit(page);
		await home.phone.page.locator(`form[action*="${id}?/answer"] button[value="${answer}"]`).first().click();
		await expect(note()).toContainText('Pas de réseau');
	};
	refusePosts();
	await answerOn('/accueil', 'coming');
	await answerOn(`/rendez-vous/${id}`, 'needs_help');
	// What is said next about a thing takes the place of what was.
	await expect.poll(() => rows('queue')).toBe(1);
	let first = true;
	home.front.onRequest = ({ method }) => {
		if (method !== 'POST') return 'pass';
		const what = first ? ({ status: 503 } as const) : 'pass';
		first = false;
		return what;
	};
	await visit('/aides');
	await visit('/aides');
	await expect.poll(() => rows('queue')).toBe(0);
	expect(stored()).toBe('needs_help');
});

test('help is asked for without network, leaves by itself, and is one request however often it is sent', async () => {
	await home.signInWithAgenda(lucas());
	const needs = () =>
		withDatabase(home.portal, (database) =>
			database
				.prepare(
					`SELECT count(*) FROM need JOIN account ON account.person_id = need.person_id WHERE email = ? AND theme = 'digital'`,
				)
				.pluck()
				.get(lucas()),
		);
	const before = needs();
	home.front.target = null;
	const { page } = home.phone;
	await page.goto(`${home.front.origin}/demande/nouvelle`);
	await page.getByText('Demander de l’aide').click();
	const form = page.locator('form[action$="/demande/sans-reseau"]');
	await form.locator('input[value="digital"]').check();
	await form.locator('textarea').fill('Je n’ai pas d’ordinateur.');
	await form.getByRole('button', { name: 'Envoyer ma demande' }).click();
	await expect(note()).toContainText('Ce sera envoyé');
	expect(await rows('queue')).toBe(1);
	Object.assign(home.front, { target: home.portal.origin, onRequest: loseOnePost() });
	await visit('/aides');
	await visit('/aides');
	await expect.poll(() => rows('queue')).toBe(0);
	expect(needs()).toBe(Number(before) + 1);
});

/** The first answer to something sent is cut: the portal has acted, the phone does not know. */
function loseOnePost() {
	let lost = false;
	return ({ method }: { method?: string }) => {
		if (method !== 'POST' || lost) return 'pass' as const;
		lost = true;
		return 'lose' as const;
	};
}

/** Installs a version that answers no page any more. `more`: of its script. */
async function breakWorker(more = ''): Promise<void> {
	home.front.workerSuffix = `\nself.fetch = () => Promise.reject(new TypeError("broken")); self.skipWaiting();${more}`;
	const { page } = home.phone;
	await page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()));
	await expect.poll(() => home.phone.inWorker(() => String(self.fetch).includes('broken'))).toBe(true);
	await page.goto(`${home.front.origin}/aides`);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pas de réseau');
}

test('a worker that went wrong gives way to the next version by itself, but never under what is being written', async () => {
	await home.signInWithAgenda(lucas());
	await breakWorker();
	const { page } = home.phone;
	await page.getByText('Demander de l’aide').click();
	const note = page.locator('form[action$="/demande/sans-reseau"] textarea');
	await note.fill('Je n’ai pas d’ordinateur.');
	home.front.workerSuffix = '';
	// Looked for again: a search that had begun before finds what was there then.
	const renewal = () =>
		page.evaluate(async () => {
			const registration = await navigator.serviceWorker.ready;
			await registration.update();
			return registration.waiting !== null || registration.installing !== null;
		});
	await expect.poll(renewal).toBe(true);
	await expect(note).toHaveValue('Je n’ai pas d’ordinateur.');
	// As somebody who looks again now and then: a busy machine may take longer over it than one look.
	await expect(async () => {
		await page.goto(`${home.front.origin}/aides`);
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mes aides', { timeout: 5_000 });
	}).toPass({ timeout: 60_000 });
});

test('a worker that takes over before the page without network can hear of it opens the page that was asked for', async () => {
	await home.signInWithAgenda(lucas());
	await breakWorker();
	const repaired = await startPortal({
		dataDir: home.portal.dataDir,
		env: { ORIGIN: home.front.origin, SERVICE_WORKER: 'off', ROLE: 'web' },
	});
	const { page, context } = home.phone;
	const other = await context.newPage();
	await other.goto(`${home.front.origin}/aide`);
	// An old phone takes long over a page, during which nothing reaches it.
	await page.addInitScript(() => {
		const end = Date.now() + 3_000;
		while (document.readyState === 'loading' && Date.now() < end);
	});
	await page.goto(`${home.front.origin}/aides`, { waitUntil: 'commit' });
	Object.assign(home.front, { target: repaired.origin, workerSuffix: '' });
	await other.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()));
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mes aides');
	// Asked for at its own address, where no worker keeps it, it stays.
	let shown = 0;
	other.on('framenavigated', () => shown++);
	await other.goto(`${home.front.origin}/hors-ligne`);
	await expect.poll(() => shown).toBe(2);
	await other.waitForTimeout(2_000);
	expect(shown).toBe(2);
	await other.close();
	await repaired.stop({ keep: true });
});

/**
 * A page asked for within milliseconds of one worker giving way to the next starts the first one again. Chromium (156) then lets
 * the next one wait until the first had nothing to do for half a minute (31 s, 15 times), or five minutes where a debugger looks
 * at workers (301 s). A page asked for meanwhile makes it look again: 4 s, and of 64 rounds that met on purpose, 7 of them so,
 * none stayed without network. Here the first worker is busy: the same wait, each time.
 */
test('behind a worker that does not give way, the page without network is asked for again by itself', async () => {
	await home.signInWithAgenda(lucas());
	await breakWorker(`self.addEventListener('message', (event) => event.waitUntil(new Promise(() => undefined)));`);
	const { page } = home.phone;
	home.front.workerSuffix = '';
	let shown = 0;
	page.on('framenavigated', () => shown++);
	await page.evaluate(async () => {
		const registration = await navigator.serviceWorker.ready;
		registration.active!.postMessage({});
		void registration.update();
	});
	await expect.poll(() => shown).toBeGreaterThan(1);
});

test('a page that is answered by the worker that goes, and opens under the next, opens the page that was asked for', async () => {
	await home.signInWithAgenda(lucas());
	await breakWorker();
	const { page, context } = home.phone;
	const other = await context.newPage();
	await other.goto(`${home.front.origin}/aide`);
	await page.addInitScript(() => {
		const end = Date.now() + 3_000;
		while (document.readyState === 'loading' && Date.now() < end);
	});
	await page.goto(`${home.front.origin}/aides`, { waitUntil: 'commit' });
	// Another release, which takes its time.
	home.front.workerSuffix = `
		self.skipWaiting();
		self.addEventListener('activate', (event) => event.waitUntil(new Promise((end) => setTimeout(end, 6_000))));`;
	await other.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()));
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mes aides');
});

test('a worker that went wrong is replaced by one that lets every page through, and keeps what waits and the reminders', async () => {
	await home.signInWithAgenda(lucas());
	await visit('/parcours');
	refusePosts();
	await tick().click();
	await expect(note()).toContainText('Ce sera envoyé');
	await breakWorker();
	const { page } = home.phone;
	const repaired = await startPortal({
		dataDir: home.portal.dataDir,
		env: { ORIGIN: home.front.origin, SERVICE_WORKER: 'off', ROLE: 'web' },
	});
	Object.assign(home.front, { target: repaired.origin, workerSuffix: '', onRequest: () => 'pass' });
	// One visit is enough: the page without network looks for another worker by itself.
	await page.goto(`${home.front.origin}/aides`);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mes aides');
	await expect.poll(() => rows('queue')).toBe(0);
	expect((await home.phone.stored()).caches).toEqual({});
	await home.phone.deliver(JSON.stringify({ title: 'Rendez-vous', body: 'Demain', tag: 'rdv', path: '/accueil' }));
	expect(await home.phone.notifications()).toMatchObject([{ title: 'Rendez-vous', tag: 'rdv' }]);

	home.front.target = home.portal.origin;
	// The browser looks for a new worker a second after a page; another page asked for meanwhile would put it off.
	await page.goto(`${home.front.origin}/aide`);
	await expect.poll(async () => Object.keys((await home.phone.stored()).caches).length).toBe(1);
	await repaired.stop({ keep: true });
});

test('the browser finds nothing that keeps it from being installed, and it is offered after the first success', async () => {
	await visit('/');
	const { page } = home.phone;
	const cdp = await home.phone.context.newCDPSession(page);
	const { errors } = await cdp.send('Page.getAppManifest');
	expect(errors).toEqual([]);
	const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
	expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);

	const reference = withDatabase(home.portal, (database) => {
		const mine = `person_id = (SELECT person_id FROM account WHERE email = '${lucas()}') AND reference IS NOT NULL`;
		database.exec(`UPDATE support_request SET submitted_at = ${Date.now()} WHERE ${mine}`);
		return database.prepare(`SELECT reference FROM support_request WHERE ${mine}`).pluck().get() as string;
	});
	await home.signIn(lucas());
	await visit(`/demande/${reference}`);
	// Chromium itself says that the portal can be installed: the offer shows after a success, not before.
	await expect(page.locator('[data-install]').getByRole('button')).toBeVisible();

	// From its icon it starts in the language that was read last, with or without network.
	const { data } = await cdp.send('Page.getAppManifest');
	const { start_url: start } = JSON.parse(data ?? '{}') as { start_url: string };
	await visit('/ar/aide');
	// Asked before it is kept, the icon's page would be French, and the last one read.
	await expect.poll(() => kept('settings', 'lang')).toBe('ar');
	for (const target of [home.portal.origin, null]) {
		home.front.target = target;
		// The page says which language it is in once it is shown.
		await expect(async () => {
			await page.goto(home.front.origin + start);
			expect(new URL(page.url()).pathname).toBe('/ar/accueil');
		}).toPass();
		await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
	}
	// Who goes back to French starts in French.
	home.front.target = home.portal.origin;
	await visit('/aide');
	await expect.poll(() => kept('settings', 'lang')).toBe('fr');
	for (const target of [home.portal.origin, null]) {
		home.front.target = target;
		await page.goto(home.front.origin + start);
		expect(new URL(page.url()).pathname).toBe('/accueil');
		await expect(page.locator('html')).toHaveAttribute('dir', 'ltr');
	}
});

test('a page that was open during a deploy still finds its script', async () => {
	const folder = path.join(home.portal.dataDir, 'earlier-builds');
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, 'phone.0123456789.js'), 'const earlier = true;');
	utimesSync(path.join(folder, 'phone.0123456789.js'), 0, 0);
	const next = await startPortal({ dataDir: home.portal.dataDir, env: { ROLE: 'web' } });
	const script = await ask(next, '/_app/immutable/phone.0123456789.js');
	expect(script).toMatchObject({ status: 200, body: 'const earlier = true;' });
	expect(script.headers).toMatchObject({ 'content-type': 'text/javascript', 'x-content-type-options': 'nosniff' });
	for (const never of ['phone.9999999999.js', '..%2fportal.db', '../../portal.db'])
		expect((await ask(next, `/_app/immutable/${never}`)).status).toBe(404);
	await next.stop({ keep: true });
});
