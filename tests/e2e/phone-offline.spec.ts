import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { demoAccount, signInAs, withDatabase } from '../support/fixtures.ts';
import { usePhone } from '../support/phone-home.ts';
import { CACHE_PREFIX, COOKIES, DATABASES, KEPT_DAYS, LOCAL } from '../../src/lib/shared/phone-keeps.ts';
import { problemsOf } from '../support/axe.ts';
import type { Stored } from '../support/phone.ts';

/** A phone with patchy network: what it keeps, what it shows, what it sends later, and what it forgets. */

const home = usePhone();
const { visit, rows, note } = home;

const amina = () => demoAccount(home.portal, 'beneficiary', 'Ardennes').contact;
const nadege = () => demoAccount(home.portal, 'beneficiary', 'Manche').contact;
const karim = () => demoAccount(home.portal, 'beneficiary', 'Deux-Sèvres').contact;
const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;

const { locales } = JSON.parse(readFileSync('project.inlang/settings.json', 'utf8')) as { locales: string[] };
const KEPT_FILES = [
	expect.stringMatching(/^\/_app\/immutable\/phone\.\w+\.js$/),
	...[
		'/badge-96.png',
		'/icon-192.png',
		'/icon.svg',
		...locales.map((locale) => (locale === 'fr' ? '/hors-ligne' : `/${locale}/hors-ligne`)),
	].sort(),
];
const nothingPersonal = (stored: Stored, cookies: string[], settings = 0) =>
	expect(stored).toMatchObject({
		caches: { [Object.keys(stored.caches)[0]!]: KEPT_FILES },
		databases: { portal: { agenda: 0, queue: 0, settings } },
		localStorage: [],
		cookies,
	});

/** Of the page on the screen, on a small phone and as wide as a desk. */
async function problemsAtEachSize(locale: string): Promise<string[]> {
	const { page } = home.phone;
	const found: string[] = [];
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 740 });
		found.push(...(await problemsOf(page, locale)).map((problem) => `${problem} at ${width} px`));
	}
	await page.setViewportSize({ width: 360, height: 740 });
	return found;
}

/** What this phone remembers besides the agenda and what waits, by name. */
const settingsKept = () =>
	home.phone.page.evaluate(
		() =>
			new Promise<string[]>((resolve) => {
				const opening = indexedDB.open('portal');
				opening.onsuccess = () => {
					const names = opening.result.transaction('settings').objectStore('settings').getAllKeys();
					names.onsuccess = () => {
						opening.result.close();
						resolve(names.result as string[]);
					};
				};
			}),
	);

test('everything the phone stores for a signed-in person is on this list', async () => {
	await home.signInWithAgenda(amina());
	for (const path of ['/parcours', '/rendez-vous', '/aides', '/compte', '/aide']) await visit(path);
	const stored = await home.phone.stored();
	expect(Object.keys(stored.caches)).toEqual([expect.stringMatching(new RegExp(`^${CACHE_PREFIX}`))]);
	expect(Object.values(stored.caches)[0]).toEqual(KEPT_FILES);
	expect(stored.databases.portal).toEqual({ agenda: 1, queue: 0, settings: 2 });
	expect(stored.localStorage).toEqual([]);
	expect(stored.cookies).toEqual(['session']);
});

test('what was typed and left for more than thirty days leaves the phone; younger, it stays', async () => {
	const { page } = home.phone;
	await visit('/?commune=sedan');
	await page.locator('form[action$="?/choose"] button').first().click();
	await visit('/demande/nouvelle');
	await page.getByRole('checkbox', { name: /^Logement/ }).check();
	await expect.poll(async () => (await home.phone.stored()).databases['portal-drafts']?.copies).toBe(1);
	const copies = (ages: number[]) =>
		page.evaluate(
			(given) =>
				new Promise<string[]>((resolve) => {
					const opening = indexedDB.open('portal-drafts');
					opening.onsuccess = () => {
						const store = opening.result.transaction('copies', 'readwrite').objectStore('copies');
						for (const days of given)
							store.put({ base: '0', at: Date.now() - days * 86_400_000, fields: [] }, `of-${days}-days`);
						const names = store.getAllKeys();
						names.onsuccess = () => {
							opening.result.close();
							resolve(names.result as string[]);
						};
					};
				}),
			ages,
		);
	expect(await copies([KEPT_DAYS - 1, KEPT_DAYS + 1])).toContain(`of-${KEPT_DAYS + 1}-days`);
	await visit('/demande/nouvelle');
	await expect.poll(() => copies([])).not.toContain(`of-${KEPT_DAYS + 1}-days`);
	expect(await copies([])).toContain(`of-${KEPT_DAYS - 1}-days`);
});

test('all it can store is what the page about it tells, in each language', async () => {
	const { page, context } = home.phone;
	await visit('/?commune=sedan');
	await page.locator('form[action$="?/choose"] button').first().click();
	await visit('/demande/nouvelle');
	await page.getByRole('checkbox', { name: /^Logement/ }).check();
	await expect.poll(async () => (await home.phone.stored()).databases['portal-drafts']?.copies).toBe(1);
	await page.getByRole('button', { name: 'Continuer', exact: true }).click();
	await home.signInWithAgenda(amina());
	await visit('/compte/notifications');
	// As after the refusal of a question, and the button of the professionals.
	await page.evaluate((names) => names.forEach((name) => localStorage.setItem(name, '1')), [...LOCAL]);
	const stored = await home.phone.stored();
	expect(stored.cookies).toEqual([...COOKIES].sort());
	expect(stored.localStorage).toEqual([...LOCAL].sort());
	expect(Object.keys(stored.databases).sort()).toEqual(Object.keys(DATABASES).sort());
	for (const [name, stores] of Object.entries(DATABASES))
		expect(Object.keys(stored.databases[name]!).sort()).toEqual([...stores].sort());
	expect(Object.keys(stored.caches).every((name) => name.startsWith(CACHE_PREFIX))).toBe(true);
	expect((await context.storageState()).origins.length).toBe(1);
	for (const locale of locales) {
		await visit(locale === 'fr' ? '/confidentialite' : `/${locale}/confidentialite`);
		const told = page.locator('[data-stored]');
		// Cookies by name, two of them on one line; then pages, agenda, queue, drafts, choices, worker, push.
		await expect(told.locator('li')).toHaveCount(COOKIES.length - 1 + 7);
		for (const name of [...COOKIES, 'IndexedDB', 'service worker']) await expect(told).toContainText(name);
		await expect(told).toContainText(String(KEPT_DAYS));
	}
});

test('opened without network, it shows the next appointment, the pathway and numbers that dial, with their age', async () => {
	await home.signInWithAgenda(amina());
	home.front.target = null;
	await home.phone.page.goto(`${home.front.origin}/accueil`);
	const { page } = home.phone;
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pas de réseau');
	await expect(page.getByText(/^Mis à jour \p{L}+ \d+.* à \d+\sh/u)).toBeVisible();
	await expect(page.locator('.when').first()).toContainText(/à 10\sh/);
	await expect(page.getByText('Maison des solidarités')).toBeVisible();
	await expect(page.locator('a[href^="tel:"]').first()).toBeVisible();
	await expect(page.getByRole('heading', { name: 'Votre parcours' })).toBeVisible();
	expect(await page.locator('[data-list="stages"] li').count()).toBeGreaterThan(1);
	await expect(page.getByText('Ce téléphone ne garde rien')).toBeHidden();
	await page.screenshot({ path: 'test-results/hors-ligne-360.png', fullPage: true });
	expect(await problemsAtEachSize('fr')).toEqual([]);
	await page.getByRole('link', { name: 'العربية' }).click();
	await expect(page).toHaveURL(`${home.front.origin}/ar/accueil`);
	await expect(page.locator('[data-list="stages"] li').first()).toBeVisible();
	await expect(page.locator('.when').first()).toHaveAttribute('lang', 'fr');
	await page.screenshot({ path: 'test-results/hors-ligne-ar-360.png', fullPage: true });
	expect(await problemsAtEachSize('ar')).toEqual([]);
	await page.goto(`${home.front.origin}/accueil`);

	home.front.target = home.portal.origin;
	await page.getByRole('button', { name: 'Réessayer' }).click();
	await expect(page).toHaveURL(`${home.front.origin}/accueil`);
	await expect(page.getByRole('navigation').first()).toBeVisible();
});

test('without network a family reads where its aid stands, in the words of the page, with « vu le … »', async () => {
	await home.signInWithAgenda(amina());
	const { page } = home.phone;
	await page.goto(`${home.front.origin}/aides`);
	const card = page
		.getByRole('main')
		.getByText(/^C’est à vous d’agir/)
		.first();
	const online = (await card.textContent())!;
	// Offline, a day is said with its year and never as « dans 18 jours ».
	const words = online.split(/\d/)[0]!.trim();
	home.front.target = null;
	await page.goto(`${home.front.origin}/aides`);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pas de réseau');
	const aid = page.locator('section', { has: page.getByRole('heading', { name: 'Où en est votre aide' }) });
	await expect(aid).toContainText(words);
	await expect(aid).toContainText(/\b20\d\d\b/);
	await expect(aid).not.toContainText(/dans \d+ jours|demain/);
	await expect(aid.getByText(/^Vu le \p{L}+ \d+.* à \d+\sh/u)).toBeVisible();
	await expect(page.locator('a[href^="tel:"]').first()).toBeVisible();
});

test('the offline page says so in the language of the address, and holds nothing for a visitor', async () => {
	await visit('/en');
	await home.phone.context.setOffline(true);
	await home.phone.page.goto(`${home.front.origin}/en/aide`);
	await expect(home.phone.page.getByRole('heading', { level: 1 })).toHaveText('No network');
	await expect(home.phone.page.getByText('This phone keeps nothing yet')).toBeVisible();
	expect(await problemsAtEachSize('en')).toEqual([]);
});

test('signing out leaves nothing personal on the phone, and Back shows nothing', async () => {
	await home.signInWithAgenda(amina());
	const reminder = { title: 'Rendez-vous', body: '…', tag: 'rdv', lang: 'fr', path: '/accueil', actions: [] };
	await home.phone.deliver(JSON.stringify(reminder));
	expect(await home.phone.notifications()).toHaveLength(1);
	await visit('/deconnexion');
	await home.phone.page.getByRole('button', { name: 'Me déconnecter' }).click();
	await home.phone.page.waitForURL('**/deconnexion?fait=1');
	// The page that says goodbye may write its language before or after the rest is gone.
	await expect.poll(async () => (await settingsKept()).filter((name) => name !== 'lang')).toEqual([]);
	const stored = await home.phone.stored();
	nothingPersonal(stored, [], Math.min(stored.databases.portal!.settings!, 1));
	expect(await home.phone.notifications()).toEqual([]);
	await home.phone.page.goto(`${home.front.origin}/accueil`);
	await expect(home.phone.page).toHaveURL(/connexion/);
	home.front.target = null;
	await home.phone.page.goto(`${home.front.origin}/accueil`);
	await expect(home.phone.page.getByText('Ce téléphone ne garde rien')).toBeVisible();
});

test('signing out without network empties the phone at once, and the session ends at the next contact', async () => {
	await home.signInWithAgenda(amina());
	const sessions = () =>
		withDatabase(
			home.portal,
			(database) =>
				database
					.prepare(`SELECT count(*) AS n FROM session JOIN account ON account.id = account_id WHERE email = ?`)
					.get(amina()) as { n: number },
		).n;
	const before = sessions();
	home.front.target = null;
	await home.phone.page.goto(`${home.front.origin}/accueil`);
	await home.phone.page.getByRole('button', { name: 'Effacer et me déconnecter' }).click();
	await expect(note()).toContainText('ne garde plus rien');
	expect((await home.phone.stored()).databases.portal).toEqual({ agenda: 0, queue: 1, settings: 0 });
	home.front.target = home.portal.origin;
	await home.phone.page.goto(`${home.front.origin}/accueil`);
	await expect(home.phone.page).toHaveURL(/connexion/);
	expect(sessions()).toBe(before - 1);
	await expect.poll(() => rows('queue')).toBe(0);
});

test('when another person signs in, nothing of the first is left, and what waited is dropped with a word', async () => {
	await home.signInWithAgenda(amina());
	await home.phone.page.goto(`${home.front.origin}/parcours`);
	home.front.onRequest = () => ({ status: 503 });
	await home.phone.page.locator('form[data-queue] button').first().click();
	await expect(note()).toContainText('Ce sera envoyé');
	expect(await rows('queue')).toBe(1);
	home.front.onRequest = ({ method }) => (method === 'POST' ? { status: 503 } : 'pass');
	await home.signIn(lucas());
	await expect(note()).toContainText('autre personne');
	await expect.poll(() => rows('queue')).toBe(0);
	await expect.poll(() => rows('agenda')).toBe(1);
	home.front.target = null;
	await home.phone.page.goto(`${home.front.origin}/accueil`);
	await expect(home.phone.page.getByText('Doubs').or(home.phone.page.locator('.when')).first()).toBeVisible();
	await expect(home.phone.page.locator('main')).not.toContainText('Ardennes');
});

test('somebody else’s phone keeps nothing at all', async () => {
	await home.signIn(nadege(), { shared: true });
	await visit('/parcours');
	home.front.onRequest = ({ method }) => (method === 'POST' ? { status: 503 } : 'pass');
	await home.phone.page.locator('form[data-queue] button').first().click();
	await expect(note()).toContainText('gardez cette page');
	nothingPersonal(await home.phone.stored(), ['session'], 1);
});

test('what was kept is refused by the server for anybody else, whatever the phone thinks', async () => {
	await home.signIn(lucas());
	const status = await home.phone.page.evaluate(async () => {
		const headers = { 'x-phone-user': 'somebody-else', accept: 'application/json' };
		return (await fetch('/parcours?/tick', { method: 'POST', headers, body: new URLSearchParams({ step: 'x' }) }))
			.status;
	});
	expect(status).toBe(412);
	await home.phone.context.clearCookies();
	const signedOut = await home.phone.page.evaluate(async () => {
		const headers = { 'x-phone-user': 'somebody', accept: 'application/json' };
		return (await fetch('/parcours?/tick', { method: 'POST', headers, body: new URLSearchParams({ step: 'x' }) }))
			.status;
	});
	expect(signedOut).toBe(401);
});

test('an answer whose receipt is lost is sent again, counts once, and the form stays on the page meanwhile', async () => {
	await home.signInWithAgenda(amina());
	await home.phone.page.goto(`${home.front.origin}/parcours`);
	const title = await home.phone.page.locator('h3').first().textContent();
	const doneSteps = () =>
		withDatabase(
			home.portal,
			(database) =>
				database
					.prepare(
						`SELECT count(*) AS n FROM step JOIN account ON account.person_id = step.person_id WHERE email = ? AND state = 'done'`,
					)
					.get(amina()) as { n: number },
		).n;
	const before = doneSteps();
	home.front.onRequest = ({ method }) => (method === 'POST' ? 'lose' : 'pass');
	await home.phone.page.locator('form[action$="?/tick"] button').first().click();
	await expect(note()).toContainText('Pas de réseau. Ce sera envoyé');
	await expect(home.phone.page.locator('h3').first()).toHaveText(title!);
	expect(await rows('queue')).toBe(1);
	home.front.onRequest = () => 'pass';
	await visit('/rendez-vous');
	await expect.poll(() => rows('queue')).toBe(0);
	expect(doneSteps()).toBe(before + 1);
	expect(home.front.seen.filter((line) => line.includes('?/tick')).length).toBeGreaterThanOrEqual(2);
});

test('kept without network, a tick leaves by itself when the network returns, with no page of ours open', async () => {
	await home.signInWithAgenda(lucas());
	await home.phone.page.goto(`${home.front.origin}/parcours`);
	await home.phone.context.setOffline(true);
	await home.phone.page.locator('form[action$="?/tick"] button').first().click();
	await expect(note()).toContainText('Ce sera envoyé');
	await home.phone.page.close();
	await home.phone.context.setOffline(false);
	await expect.poll(() => rows('queue'), { timeout: 20_000 }).toBe(0);
});

test('a form posted to a server that dies stays on the page with all that was typed', async () => {
	await visit('/connexion');
	const field = home.phone.page.locator('input[name="contact"]');
	await field.fill('amina@example.fr');
	home.front.target = null;
	await home.phone.page.getByRole('button', { name: 'Recevoir mon code' }).click();
	await expect(note()).toContainText('Rien n’est perdu');
	await expect(field).toHaveValue('amina@example.fr');
	home.front.target = home.portal.origin;
	await home.phone.page.getByRole('button', { name: 'Recevoir mon code' }).click();
	await expect(home.phone.page).toHaveURL(/connexion\/code/);
});

test('without storage, as in some private windows, the portal works online', async () => {
	await home.phone.context.addInitScript(() => {
		indexedDB.open = () => {
			throw new DOMException('refused', 'SecurityError');
		};
	});
	const errors: string[] = [];
	home.phone.page.on('pageerror', ({ message }) => errors.push(message));
	await home.signIn(karim());
	await home.phone.page.goto(`${home.front.origin}/parcours`);
	await expect(home.phone.page.getByRole('heading', { level: 1 })).toBeVisible();
	await home.phone.page.locator('form[data-queue] button').first().click();
	await expect(home.phone.page).toHaveURL(/parcours/);
	expect(errors).toEqual([]);
});

test('a new version waits: it is offered on a quiet page, never over a form, and takes over when asked', async () => {
	await visit('/aide');
	home.front.workerSuffix = '\n// another version';
	const update = () =>
		home.phone.page.evaluate(async () => {
			const registration = await navigator.serviceWorker.ready;
			await registration.update();
		});
	await home.phone.page.goto(`${home.front.origin}/connexion`);
	await update();
	const waits = () =>
		home.phone.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())!.waiting !== null);
	await expect.poll(waits).toBe(true);
	await expect(note()).toBeHidden();
	await home.phone.page.reload();
	expect(await waits()).toBe(true);
	await home.phone.page.goto(`${home.front.origin}/aide`);
	await expect(note()).toContainText('nouvelle version');
	const reloaded = home.phone.page.waitForEvent('load');
	await note().getByRole('button', { name: 'Mettre à jour' }).click();
	await reloaded;
	expect(await waits()).toBe(false);
	await expect(note()).toBeHidden();
});

test('pages of professionals are none of the worker’s business', async () => {
	await visit('/aide');
	await signInAs(
		home.phone.context,
		{ ...home.portal, origin: home.front.origin },
		demoAccount(home.portal, 'referent', 'Ardennes').contact,
	);
	const response = await home.phone.page.goto(`${home.front.origin}/pro`);
	expect(response!.fromServiceWorker()).toBe(false);
	expect((await home.phone.page.goto(`${home.front.origin}/aide`))!.fromServiceWorker()).toBe(true);
	nothingPersonal(await home.phone.stored(), ['session'], 1);
});

test('after a tap something moves within 100 ms', async () => {
	await visit('/');
	home.front.onRequest = () => 'pass';
	const seen = await home.phone.page.evaluate(async () => {
		const link = document.querySelector<HTMLAnchorElement>('main a[href^="/"]')!;
		link.addEventListener('click', (event) => setTimeout(() => event.preventDefault()));
		const start = performance.now();
		link.click();
		await new Promise((resolve) => setTimeout(resolve));
		return { moving: document.documentElement.classList.contains('leaving'), ms: performance.now() - start };
	});
	expect(seen.moving).toBe(true);
	expect(seen.ms).toBeLessThan(100);
});
