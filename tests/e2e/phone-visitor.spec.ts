import { expect, test } from '@playwright/test';
import { problemsOf } from '../support/axe.ts';
import { demoAccount, withDatabase } from '../support/fixtures.ts';
import { measuredProblems } from '../support/measured.ts';
import { usePhone } from '../support/phone-home.ts';
import { sendRequest } from '../support/request-flow.ts';

/** Who has no account and no network: numbers to call, and a request that is prepared and never leaves by itself. */

const home = usePhone();
const { visit, rows, note } = home;

const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;
const nadege = () => demoAccount(home.portal, 'beneficiary', 'Manche').contact;
const housing = () => home.phone.page.getByRole('checkbox', { name: /^Logement/ });
const sentence = () => home.phone.page.locator('form[data-draft] textarea');
const copies = async () => (await home.phone.stored()).databases['portal-drafts']?.copies ?? 0;
const posts = () => home.front.seen.filter((line) => line.startsWith('POST'));
const title = (name: string) => home.phone.page.getByRole('heading', { level: 1, name });
const goOn = () => home.phone.page.getByRole('link', { name: 'Continuer ma demande' });
const filed = () =>
	withDatabase(home.portal, (database) =>
		database.prepare(`SELECT count(*) FROM support_request WHERE status <> 'draft'`).pluck().get(),
	);

/** Opens a page without network and prepares a request there. */
async function prepareOffline(at = '/aide'): Promise<void> {
	await visit('/');
	await home.phone.context.setOffline(true);
	await home.phone.page.goto(home.front.origin + at);
	await expect(title('Pas de réseau')).toBeVisible();
	await home.phone.page.getByText('Préparer ma demande').click();
	await housing().check();
	await sentence().fill('Mon bail finit lundi.');
	await expect(home.phone.page.getByText('Gardé sur ce téléphone')).toBeVisible();
	await expect.poll(copies).toBe(1);
}

test('without network a visitor finds numbers to call, the services’ and those that cannot wait', async () => {
	const phones = withDatabase(
		home.portal,
		(database) => database.prepare(`SELECT phone FROM territory`).pluck().all() as string[],
	);
	await visit('/');
	home.front.target = null;
	const { page } = home.phone;
	await page.goto(`${home.front.origin}/aide?icone`);
	await expect(title('Pas de réseau')).toBeVisible();
	for (const number of [...phones.map((phone) => phone.replace(/[^+\d]/g, '')), '15', '112', '115', '3919', '3114'])
		await expect(page.locator(`a[href="tel:${number}"]`)).toBeVisible();
	await expect(page.getByText(/^Numéros relevés le \d+\S* \p{L}+ 20\d\d\.$/u)).toBeVisible();
	for (const [locale, at] of [
		['fr', '/aide'],
		['ar', '/ar/aide'],
	] as const) {
		await page.goto(home.front.origin + at);
		await page.locator('details:has(form[data-draft]) summary').click();
		await expect(page.locator('form[data-draft]')).toBeVisible();
		await page.screenshot({ path: `test-results/hors-ligne-visiteur-${locale}-360.png`, fullPage: true });
		await page.setViewportSize({ width: 320, height: 740 });
		expect([...(await problemsOf(page, locale)), ...(await measuredProblems(page, { isDesk: false }))]).toEqual([]);
		await page.setViewportSize({ width: 360, height: 740 });
	}
});

test('what a visitor prepares without network is filled in when it returns, and sent by hand, once', async () => {
	const { page } = home.phone;
	const before = Number(filed());
	await prepareOffline();
	await page.reload();
	await expect(housing()).toBeChecked();
	await expect(sentence()).toHaveValue('Mon bail finit lundi.');
	// Asked for without network, the questions come by themselves with it.
	await goOn().click();
	await page.waitForURL('**/demande/nouvelle');
	await expect(title('Pas de réseau')).toBeVisible();
	await expect(housing()).toBeChecked();
	home.front.seen.length = 0;
	await home.phone.context.setOffline(false);
	await expect(title('Que voulez-vous débloquer ?')).toBeVisible();
	await expect(housing()).toBeChecked();
	expect(posts()).toEqual([]);

	const next = page.getByRole('button', { name: 'Continuer', exact: true });
	await next.click();
	await next.click();
	await page.getByLabel('Nom de votre commune').fill('sedan');
	await page.getByRole('button', { name: 'Chercher' }).click();
	await page
		.getByRole('radio', { name: /^Sedan/ })
		.first()
		.check();
	await next.click();
	await expect(title('Logement')).toBeVisible();
	await expect(sentence()).toHaveValue('Mon bail finit lundi.');
	await next.click();
	await next.click();
	await page.getByLabel('Prénom', { exact: true }).fill('Inès');
	await page.getByLabel('Nom', { exact: true }).fill('Roux');
	await page.getByLabel('Adresse e-mail').fill('ines-hors-ligne@example.fr');
	await next.click();
	await expect(page.getByRole('main')).toContainText('Mon bail finit lundi.');
	expect(Number(filed())).toBe(before);
	await sendRequest(page);
	expect(Number(filed())).toBe(before + 1);
	await expect.poll(copies).toBe(0);
});

test('a visitor’s preparation is said when the network returns, found again from the icon, and is nobody else’s', async () => {
	const { page } = home.phone;
	await prepareOffline();
	home.front.seen.length = 0;
	await home.phone.context.setOffline(false);
	// Still being written: the page is not taken away.
	await expect(note()).toContainText('Le réseau est revenu');
	await expect(sentence()).toHaveValue('Mon bail finit lundi.');
	await page.goto(`${home.front.origin}/accueil?icone`);
	await page.waitForURL('**/demande/nouvelle');

	await home.phone.context.setOffline(true);
	await page.goto(`${home.front.origin}/aide`);
	// What has found no room yet is still there, in sight.
	await expect(sentence()).toHaveValue('Mon bail finit lundi.');
	await sentence().fill('Secret de la première.');
	await expect(page.getByText('Gardé sur ce téléphone')).toBeVisible();
	await home.phone.context.setOffline(false);
	// Somebody of the same household signs in, and does not say whose it is: neither shown to them nor sent in their name.
	await home.signInWithAgenda(lucas());
	await expect(note()).toContainText('Est-ce vous');
	await page.goto(`${home.front.origin}/accueil?icone`);
	await page.waitForURL('**/accueil?icone');
	await visit('/demande/nouvelle');
	await expect(housing()).not.toBeChecked();
	expect(posts()).toEqual([]);
	expect(await rows('queue')).toBe(0);
	await home.phone.context.setOffline(true);
	await page.goto(`${home.front.origin}/accueil`);
	await expect(title('Pas de réseau')).toBeVisible();
	await expect(page.locator('main')).not.toContainText('Secret');
	await expect(page.locator('form[data-draft]')).toHaveCount(0);
	await home.phone.context.setOffline(false);
	// On a phone that is somebody else's, it goes away.
	await home.signIn(nadege(), { shared: true });
	await expect.poll(copies).toBe(0);
	await expect(page.locator('[data-visitor-draft]')).toHaveCount(0);
	home.front.target = null;
	await page.goto(`${home.front.origin}/accueil`);
	await expect(page.locator('a[href="tel:115"]')).toBeVisible();
	await expect(page.locator('form[data-draft]')).toHaveCount(0);
});

test('who signs in on their own phone is asked whether what a visitor prepared is theirs: if so, they go on with it', async () => {
	const { page } = home.phone;
	await prepareOffline();
	home.front.seen.length = 0;
	await home.phone.context.setOffline(false);
	await home.signIn(lucas());
	for (const [locale, at, asked] of [
		['ar', '/ar/accueil', 'هل هو أنت؟'],
		['fr', '/accueil', 'Est-ce vous'],
	] as const) {
		await visit(at);
		await expect(note()).toContainText(asked);
		await page.screenshot({ path: `test-results/demande-de-qui-${locale}-360.png` });
		await page.setViewportSize({ width: 320, height: 640 });
		expect([...(await problemsOf(page, locale)), ...(await measuredProblems(page, { isDesk: false }))]).toEqual([]);
		await page.setViewportSize({ width: 360, height: 740 });
	}
	await expect(page.locator('body')).not.toContainText('Mon bail');
	// On the questions too, which are empty until then.
	await visit('/demande/nouvelle');
	await expect(note()).toContainText('Est-ce vous');
	await expect(housing()).not.toBeChecked();
	await note().getByRole('button', { name: 'Oui, je continue' }).click();
	await expect(housing()).toBeChecked();
	await expect(note()).toBeEmpty();
	await page.getByRole('button', { name: 'Continuer', exact: true }).click();
	await visit('/demande/nouvelle/housing');
	await expect(sentence()).toHaveValue('Mon bail finit lundi.');
	await home.signInWithAgenda(lucas());
	await expect(note()).toBeEmpty();
	expect(posts()).toEqual([expect.stringContaining('/demande/nouvelle')]);
});

test('if it is not, it is erased and asked no more', async () => {
	await prepareOffline();
	await home.phone.context.setOffline(false);
	await home.signIn(nadege());
	await note().getByRole('button', { name: 'Non, l’effacer' }).click();
	await expect(note()).toContainText('effacée de ce téléphone');
	await expect.poll(copies).toBe(0);
	await visit('/demande/nouvelle');
	await expect(housing()).not.toBeChecked();
	await home.signInWithAgenda(nadege());
	await expect(note()).toBeEmpty();
});

/** Of the first subject, as a visitor: what is typed on its page is on this phone alone. */
async function typeAsVisitor(words: string): Promise<void> {
	const { page } = home.phone;
	const next = page.getByRole('button', { name: 'Continuer', exact: true });
	await visit('/demande/nouvelle');
	await housing().check();
	await next.click();
	await page.waitForURL('**/nouvelle/securite');
	await page.goto(`${home.front.origin}/demande/nouvelle/housing`);
	await sentence().fill(words);
	await expect(page.getByText('Gardé sur ce téléphone')).toBeVisible();
}

/** Who signed in says that what a visitor began there is theirs. */
async function sayItIsMine(): Promise<void> {
	const { page } = home.phone;
	await page.goto(`${home.front.origin}/demande/nouvelle/housing`);
	await page.waitForURL('**/reprendre?suite=*');
	await page.waitForLoadState('load');
	await page.getByRole('main').getByRole('button', { name: 'Oui, je continue' }).click();
	await page.waitForURL('**/demande/nouvelle/housing');
}

test('said to be theirs, what a visitor had typed and not sent on is theirs too', async () => {
	await typeAsVisitor('Mon bail finit mardi.');
	await home.signIn(lucas());
	// The draft of an earlier test, if there is one, is another story.
	await visit('/accueil');
	await sayItIsMine();
	await expect(sentence()).toHaveValue('Mon bail finit mardi.');
	await home.phone.page.reload();
	await expect(sentence()).toHaveValue('Mon bail finit mardi.');
});

test('the same in a draft that they had: it goes on under the name of the one that is kept', async () => {
	const { page } = home.phone;
	const ownDrafts = () =>
		withDatabase(home.portal, (database) =>
			database
				.prepare(
					`SELECT id FROM support_request WHERE status = 'draft' AND person_id = (SELECT person_id FROM account WHERE email = ? OR phone = ?)`,
				)
				.pluck()
				.all(nadege(), nadege()),
		) as string[];
	await home.signIn(nadege());
	await visit('/demande/nouvelle');
	await page.getByRole('checkbox').first().check();
	await page.getByRole('button', { name: 'Continuer', exact: true }).click();
	await page.waitForURL((url) => url.pathname !== '/demande/nouvelle');
	const [kept] = ownDrafts();
	expect(kept).toBeTruthy();
	await page.context().clearCookies({ name: 'session' });
	await typeAsVisitor('Mon bail finit jeudi.');
	await home.signIn(nadege());
	await sayItIsMine();
	expect(ownDrafts()).toEqual([kept]);
	await expect(sentence()).toHaveValue('Mon bail finit jeudi.');
	await expect(page.locator(`form[data-draft="${kept}:housing"]`)).toBeVisible();
});
