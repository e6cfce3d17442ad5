import { expect, test } from '@playwright/test';
import { demoAccount, signInAs, withDatabase } from '../support/fixtures.ts';
import { usePhone } from '../support/phone-home.ts';
import { nothingPersonal } from '../support/phone-left.ts';
import { problemsOf } from '../support/axe.ts';

/** A phone with patchy network: what it shows, what it sends later, and how it is renewed. */

const home = usePhone();
const { visit, rows, note } = home;

const amina = () => demoAccount(home.portal, 'beneficiary', 'Ardennes').contact;
const karim = () => demoAccount(home.portal, 'beneficiary', 'Deux-Sèvres').contact;
const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;

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
	await visit('/aides');
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

test('an answer whose receipt is lost is sent again, counts once, and the form stays on the page meanwhile', async () => {
	await home.signInWithAgenda(amina());
	await visit('/parcours');
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
	await visit('/parcours');
	const { page } = home.phone;
	// A browser that takes its time to say that it will wake the worker.
	await page.evaluate(() => {
		const { SyncManager } = globalThis as unknown as { SyncManager: { prototype: { register: () => Promise<void> } } };
		const { register } = SyncManager.prototype;
		const isLate = new Promise<void>((answers) => Object.assign(globalThis, { answers }));
		SyncManager.prototype.register = function (...tag) {
			return isLate.then(() => register.apply(this, tag));
		};
	});
	await home.phone.context.setOffline(true);
	await page.locator('form[action$="?/tick"] button').first().click();
	// Tried, and not yet said to leave by itself.
	const isTried = () =>
		page.evaluate(() =>
			navigator.locks.request('queue', async () => {
				const database = await new Promise<IDBDatabase>((resolve) => {
					const opening = indexedDB.open('portal');
					opening.onsuccess = () => resolve(opening.result);
				});
				const found = await new Promise<{ tried?: object }[]>((resolve) => {
					const asked = database.transaction('queue').objectStore('queue').getAll();
					asked.onsuccess = () => resolve(asked.result);
				});
				database.close();
				return found[0]?.tried !== undefined;
			}),
		);
	await expect.poll(isTried).toBe(true);
	await expect(note()).toBeEmpty();
	await page.evaluate(() => (globalThis as unknown as { answers(): void }).answers());
	await expect(note()).toContainText('Ce sera envoyé');
	await page.close();
	await home.phone.context.setOffline(false);
	await expect.poll(() => rows('queue')).toBe(0);
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
	await visit('/parcours');
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
	await visit('/connexion');
	await update();
	const waits = () =>
		home.phone.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())!.waiting !== null);
	await expect.poll(waits).toBe(true);
	await expect(note()).toBeHidden();
	await home.phone.page.reload();
	expect(await waits()).toBe(true);
	await visit('/aide');
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
	const taps = await home.phone.page.evaluate(() => {
		const link = document.querySelector<HTMLAnchorElement>('main a[href^="/"]')!;
		const { classList } = document.documentElement;
		// Heard last: the page stays, so that there is time to look.
		addEventListener('click', (event) => event.preventDefault());
		return Array.from({ length: 9 }, () => {
			classList.remove('leaving');
			const start = performance.now();
			link.click();
			return { moving: classList.contains('leaving'), ms: performance.now() - start };
		});
	});
	expect(taps.every(({ moving }) => moving)).toBe(true);
	// A busy machine may take the processor away in the middle of one tap.
	expect(taps.map(({ ms }) => ms).sort((a, b) => a - b)[4]).toBeLessThan(100);
});
