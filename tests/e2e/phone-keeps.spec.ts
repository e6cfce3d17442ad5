import { expect, test } from '@playwright/test';
import { demoAccount, withDatabase } from '../support/fixtures.ts';
import { usePhone } from '../support/phone-home.ts';
import { KEPT_FILES, locales, nothingPersonal } from '../support/phone-left.ts';
import { CACHE_PREFIX, COOKIES, DATABASES, KEPT_DAYS, LOCAL } from '../../src/lib/shared/phone-keeps.ts';

/** What a phone keeps of somebody, and how nothing of it is left for the next one. */

const home = usePhone();
const { visit, rows, note } = home;

const amina = () => demoAccount(home.portal, 'beneficiary', 'Ardennes').contact;
const nadege = () => demoAccount(home.portal, 'beneficiary', 'Manche').contact;
const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;

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

test('what is typed while the phone still looks for what it had kept is neither lost nor written over', async () => {
	const { page, context } = home.phone;
	const box = (name: RegExp) => page.getByRole('checkbox', { name });
	const kept = async () =>
		(
			await home.phone.inWorker(
				() =>
					new Promise<string[]>((resolve) => {
						const opening = indexedDB.open('portal-drafts');
						opening.onsuccess = () => {
							const asked = opening.result.transaction('copies').objectStore('copies').getAll();
							asked.onsuccess = () => {
								opening.result.close();
								resolve(asked.result.flatMap(({ fields }) => fields.map((field: string[]) => field[1])));
							};
						};
					}),
			)
		).sort();
	await visit('/?commune=sedan');
	await page.locator('form[action$="?/choose"] button').first().click();
	await visit('/demande/nouvelle');
	await box(/^Logement/).check();
	await expect.poll(kept).toEqual(['housing']);
	// Another tab has the store to itself for a while.
	const slow = await context.newPage();
	await slow.goto(`${home.front.origin}/aide`);
	await slow.evaluate(
		() =>
			new Promise<void>((isHeld) => {
				let holds = true;
				Object.assign(globalThis, { letGo: () => (holds = false) });
				const opening = indexedDB.open('portal-drafts');
				opening.onsuccess = () => {
					const store = opening.result.transaction('copies', 'readwrite').objectStore('copies');
					const hold = () => {
						isHeld();
						if (holds) store.count().onsuccess = hold;
					};
					hold();
				};
			}),
	);
	await page.reload();
	await box(/^Santé/).check();
	await expect(box(/^Logement/)).not.toBeChecked();
	await slow.evaluate(() => (globalThis as unknown as { letGo(): void }).letGo());
	await expect(box(/^Logement/)).toBeChecked();
	await expect(box(/^Santé/)).toBeChecked();
	await expect.poll(kept).toEqual(['health', 'housing']);
	// Typed as the page is left: it is written all the same.
	await Promise.all([
		page.waitForEvent('load'),
		box(/^Santé/).evaluate((one) => {
			(one as HTMLInputElement).click();
			location.reload();
		}),
	]);
	await expect(box(/^Logement/)).toBeChecked();
	await expect(box(/^Santé/)).not.toBeChecked();
	expect(await kept()).toEqual(['housing']);
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
	await visit('/connexion');
	await page.locator('input[name="contact"]').fill(amina());
	await Promise.all([
		page.waitForURL('**/connexion/code'),
		page.getByRole('button', { name: 'Recevoir mon code' }).click(),
	]);
	await home.signInWithAgenda(amina());
	await visit('/rendez-vous');
	await page.locator('details:has(form[action^="?/subscribe"]) summary').click();
	await Promise.all([page.waitForEvent('load'), page.locator('form[action^="?/subscribe"] button').click()]);
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
	await visit('/accueil');
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
	await visit('/accueil');
	await expect(home.phone.page).toHaveURL(/connexion/);
	expect(sessions()).toBe(before - 1);
	await expect.poll(() => rows('queue')).toBe(0);
});

test('when another person signs in, nothing of the first is left, and what waited is dropped with a word', async () => {
	await home.signInWithAgenda(amina());
	await visit('/parcours');
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
	nothingPersonal(await home.phone.stored(), ['session'], 2);
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
