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

test('what waited for more than a week is dropped with a word, and never sent', async () => {
	await home.signInWithAgenda(karim());
	await visit('/parcours');
	refusePosts();
	await tick().click();
	await expect(note()).toContainText('Ce sera envoyé');
	await home.phone.page.evaluate(async () => {
		const database = await new Promise<IDBDatabase>((resolve) => {
			const opening = indexedDB.open('portal');
			opening.onsuccess = () => resolve(opening.result);
		});
		const store = database.transaction('queue', 'readwrite').objectStore('queue');
		const aged = new Promise<void>((resolve) => {
			store.getAll().onsuccess = ({ target }) => {
				const [entry] = (target as IDBRequest<{ at: number }[]>).result;
				store.put({ ...entry, at: entry!.at - 7 * 24 * 3_600_000 - 1 }).onsuccess = () => resolve();
			};
		});
		await aged;
		database.close();
	});
	home.front.onRequest = () => 'pass';
	home.front.seen.length = 0;
	await visit('/aides');
	await expect(note()).toContainText('plus de 7 jours');
	await expect.poll(() => rows('queue')).toBe(0);
	expect(home.front.seen.filter((line) => line.startsWith('POST') && line.includes('?/tick'))).toEqual([]);

	// What can be read lives no longer than a session, also on a phone that never finds a network again.
	await expect.poll(() => rows('agenda')).toBe(1);
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

test('two answers about one thing are heard in the order they were given, also when the first is lost once more', async () => {
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
	await expect.poll(() => rows('queue')).toBe(2);
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

test('a worker that went wrong is replaced by one that lets every page through, and keeps what waits and the reminders', async () => {
	await home.signInWithAgenda(lucas());
	await visit('/parcours');
	refusePosts();
	await tick().click();
	await expect(note()).toContainText('Ce sera envoyé');
	// A version that answers no page any more.
	home.front.workerSuffix = '\nself.fetch = () => Promise.reject(new TypeError("broken")); self.skipWaiting();';
	const { page } = home.phone;
	await page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()));
	await expect.poll(() => home.phone.inWorker(() => String(self.fetch).includes('broken'))).toBe(true);
	await page.goto(`${home.front.origin}/aides`);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pas de réseau');

	const repaired = await startPortal({
		dataDir: home.portal.dataDir,
		env: { ORIGIN: home.front.origin, SERVICE_WORKER: 'off', ROLE: 'web' },
	});
	Object.assign(home.front, { target: repaired.origin, workerSuffix: '', onRequest: () => 'pass' });
	// Each visit makes the browser look whether the worker changed.
	await expect
		.poll(async () => {
			await page.goto(`${home.front.origin}/aides`);
			return page.getByRole('heading', { level: 1 }).textContent();
		})
		.not.toBe('Pas de réseau');
	await expect.poll(() => rows('queue')).toBe(0);
	expect((await home.phone.stored()).caches).toEqual({});
	await home.phone.deliver(JSON.stringify({ title: 'Rendez-vous', body: 'Demain', tag: 'rdv', path: '/accueil' }));
	expect(await home.phone.notifications()).toMatchObject([{ title: 'Rendez-vous', tag: 'rdv' }]);

	home.front.target = home.portal.origin;
	await expect
		.poll(async () => {
			await page.goto(`${home.front.origin}/aide`);
			return Object.keys((await home.phone.stored()).caches).length;
		})
		.toBe(1);
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
	for (const target of [home.portal.origin, null]) {
		home.front.target = target;
		// The page says which language it is in once it is shown.
		await expect(async () => {
			await page.goto(home.front.origin + start);
			expect(new URL(page.url()).pathname).toBe('/ar/accueil');
		}).toPass();
		await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
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
