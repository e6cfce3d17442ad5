import { expect, test } from '@playwright/test';
import { demoAccount, withDatabase } from '../support/fixtures.ts';
import { ask } from '../support/http.ts';
import { nextRelease } from '../support/next-release.ts';
import { usePhone } from '../support/phone-home.ts';
import { startPortal } from '../support/portal.ts';

/** A release is put in place of another, over the same data, while pages of the one before are open. */

const home = usePhone();
const { visit, rows, note } = home;
const karim = () => demoAccount(home.portal, 'beneficiary', 'Deux-Sèvres').contact;
const TITLE = 'Passer le code de la route';
const steps = () =>
	withDatabase(home.portal, (database) =>
		Number(
			database
				.prepare(`SELECT count(*) FROM step JOIN account ON account.person_id = step.person_id WHERE email = ?`)
				.pluck()
				.get(karim()),
		),
	);
const immutable = (page: typeof home.phone.page) =>
	page.evaluate(() => [...document.scripts].map(({ src }) => new URL(src).pathname));
const isWaiting = (page: typeof home.phone.page) =>
	page.evaluate(async () => (await navigator.serviceWorker.getRegistration())!.waiting !== null);

let next: ReturnType<typeof nextRelease>;
test.beforeAll(() => void (next = nextRelease()));
test.afterAll(() => next?.remove());

test('a release is offered, never under a half-filled form: its page keeps its words, finds its scripts, and sends once', async () => {
	await home.signInWithAgenda(karim());
	const stepsBefore = steps();
	const old = home.phone.page;
	await visit('/parcours');
	await old.getByText('Proposer une action').click();
	const form = old.locator('form[action$="?/propose"]');
	const title = form.locator('input[name="title"]');
	await title.fill(TITLE);
	const assets = await immutable(old);
	expect(assets).toContainEqual(expect.stringMatching(/\/phone\.\w+\.js$/));
	const before = await Promise.all(assets.map(async (address) => (await ask(home.portal, address)).body));
	const [first] = Object.keys((await home.phone.stored()).caches);

	await home.portal.stop({ keep: true });
	const { dataDir } = home.portal;
	home.portal = await startPortal({ dataDir, root: next.root, env: { ORIGIN: home.front.origin } });
	home.front.target = home.portal.origin;

	// What the page of before asks for is still there, as it was; a page of now asks for others.
	for (const [index, address] of assets.entries())
		expect(await ask(home.portal, address), address).toMatchObject({ status: 200, body: before[index] });
	await old.evaluate(async () => {
		await (await navigator.serviceWorker.ready).update();
	});
	await expect.poll(() => isWaiting(old)).toBe(true);
	await expect(note()).toBeEmpty();
	await title.fill(`${TITLE} en mai`);
	await expect(note()).toBeEmpty();

	// Another page, with nothing to fill in: there it is offered, and taken.
	const quiet = await home.phone.context.newPage();
	await quiet.goto(`${home.front.origin}/aide`);
	expect(await immutable(quiet)).not.toContainEqual(assets.find((address) => address.includes('/phone.')));
	await expect(quiet.locator('#phone-note')).toContainText('nouvelle version');
	expect(await isWaiting(quiet)).toBe(true);
	const reloaded = quiet.waitForEvent('load');
	await quiet.locator('#phone-note').getByRole('button', { name: 'Mettre à jour' }).click();
	await reloaded;
	await expect.poll(() => isWaiting(quiet)).toBe(false);
	await expect(quiet.locator('html[data-release="next"]')).toHaveCount(1);
	await expect.poll(async () => Object.keys((await home.phone.stored()).caches)).not.toContain(first);

	// The new worker stands behind the old page, which stays as it was, and sends what it holds.
	await expect(title).toHaveValue(`${TITLE} en mai`);
	await expect(old.locator('html[data-release]')).toHaveCount(0);
	home.front.seen.length = 0;
	await Promise.all([old.waitForEvent('load'), form.getByRole('button').click()]);
	await expect(old.getByRole('heading', { name: `${TITLE} en mai` })).toHaveCount(1);
	await expect(old.locator('html[data-release="next"]')).toHaveCount(1);
	expect(home.front.seen.filter((line) => line.startsWith('POST') && line.includes('?/propose'))).toHaveLength(1);
	expect(steps()).toBe(stepsBefore + 1);
	expect(await rows('queue')).toBe(0);
});
