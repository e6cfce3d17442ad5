import { problemsOf } from '../support/axe.ts';
import { demoAccount, expect, signInAs, test } from '../support/fixtures.ts';

/** What pages say when they refuse, and aloud. Every page, in each state: accessible-every.spec.ts. */

test('the check itself sees a picture without words, small contrast, a field without a name and a wide line', async ({
	page,
}) => {
	await page.setContent(`<html lang="fr" dir="ltr"><title>Page</title><main><h1>Titre</h1><img src="data:,">
		<p style="color:#bbb;background:#fff">pâle</p><input><p style="inline-size:3000px">large</p>
		<h2 style="background:linear-gradient(#fff,#000)">sur un dégradé</h2></main>`);
	const found = (await problemsOf(page)).join(' ');
	for (const problem of ['image-alt', 'color-contrast', 'label', 'scrolls sideways', 'to be looked at: color-contrast'])
		expect(found).toContain(problem);
});

test('what a link is higher than its line hides no small contrast around it, and is no fault itself', async ({
	page,
}) => {
	const around = (text: string, ground = '') => `<html lang="fr" dir="ltr"><title>Page</title>
		<style>* { margin: 0; line-height: 1.5 } main a { padding-block: 1.2em; color: #000; ${ground} }</style>
		<main><h1>Titre</h1><ul><li style="color:${text}"><a href="/aide">Un lien</a><br>puis du texte</li></ul></main>`;
	await page.setContent(around('#222'));
	expect(await problemsOf(page)).toEqual([]);
	await page.setContent(around('#aaa'));
	expect(await problemsOf(page)).toEqual([expect.stringMatching(/^color-contrast: li$/)]);
	// Painted, it does hide some of the text.
	await page.setContent(around('#222', 'background: #fff'));
	expect(await problemsOf(page)).toEqual(['to be looked at: color-contrast: li']);
});

test('the page of another role is not found, in the portal’s own words', async ({ browser, portal }) => {
	const context = await browser.newContext({ serviceWorkers: 'block' });
	await signInAs(context, portal, demoAccount(portal, 'beneficiary').contact);
	const page = await context.newPage();
	const response = await page.goto(`${portal.origin}/pro`);
	expect(response?.status()).toBe(404);
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	expect(await problemsOf(page)).toEqual([]);
	await context.close();
});

test('a form sent empty says so in a summary that takes the focus, and its title begins with « Erreur »', async ({
	page,
	portal,
}) => {
	for (const path of ['/connexion', '/demande/nouvelle']) {
		await page.goto(portal.origin + path);
		await page.locator('main form button').first().click();
		await expect(page.getByRole('alert')).toBeFocused();
		await expect(page).toHaveTitle(/^Erreur/);
		expect(await problemsOf(page)).toEqual([]);
		await page.getByRole('alert').getByRole('link').first().click();
		await expect(page.locator(':focus')).toHaveAttribute('name', /.+/);
	}
});

/** A phone with voices for these languages only, known to it at once or once `voicesCome` is called; what it is asked to say is remembered. */
function voices({ languages, isLate = false }: { languages: string[]; isLate?: boolean }): void {
	const said: string[] = [];
	const spoken: string[][] = [];
	const all = languages.map((lang) => ({ lang, localService: true }));
	let known = isLate ? [] : all;
	Object.assign(window, {
		said,
		spoken,
		SpeechSynthesisUtterance: class {
			constructor(readonly text: string) {}
		},
	});
	const speech = Object.assign(new EventTarget(), {
		getVoices: () => known,
		speak: ({ text, lang }: { text: string; lang: string }) => said.push(text) && spoken.push([lang, text]),
		cancel: () => said.push('(silence)'),
	});
	Object.defineProperty(window, 'speechSynthesis', { value: speech });
	const voicesCome = () => {
		known = all;
		speech.dispatchEvent(new Event('voiceschanged'));
	};
	Object.assign(window, { voicesCome });
}

test('a page is read aloud line by line where the phone has a voice for its language; elsewhere there is no button', async ({
	browser,
	portal,
}) => {
	const context = await browser.newContext({ serviceWorkers: 'block' });
	await context.addInitScript(voices, { languages: ['fr_FR', 'ar-SA'] });
	await signInAs(context, portal, demoAccount(portal, 'beneficiary').contact);
	const page = await context.newPage();
	const listen = page.locator('[data-listen]');
	const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said);
	for (const path of ['/', '/demande/nouvelle', '/accueil', '/rendez-vous', '/avis', '/hors-ligne', '/ar/parcours']) {
		await page.goto(portal.origin + path);
		await expect(listen, path).toBeVisible();
	}
	await page.goto(`${portal.origin}/parcours`);
	const title = (await page.getByRole('heading', { level: 1 }).textContent())!.trim();
	await listen.click();
	await expect(listen).toHaveText('Arrêter');
	await expect.poll(said).toContain(title);
	await listen.click();
	await expect(listen).toHaveText('Écouter');
	expect((await said()).at(-1)).toBe('(silence)');
	// Each language by its own voice: what the professional wrote, on a page in Arabic.
	await page.goto(`${portal.origin}/ar/rendez-vous`);
	const place = page.locator('main [lang="fr"]').first();
	const written = (await place.textContent())!.trim();
	await listen.click();
	const spoken = () => page.evaluate(() => (window as unknown as { spoken: string[][] }).spoken);
	await expect.poll(spoken).toContainEqual(['fr-FR', written]);
	const heading = (await page.getByRole('heading', { level: 1 }).textContent())!.trim();
	expect(await spoken()).toContainEqual(['ar-SA', heading]);
	// What is folded away is not read; its name is.
	await page.goto(`${portal.origin}/avis`);
	const folded = page
		.locator('main details')
		.filter({ has: page.locator('label') })
		.first();
	const hidden = (await folded.locator('label').first().textContent())!.trim();
	const summary = (await folded.locator('summary').textContent())!.trim();
	await listen.click();
	await expect.poll(said).toContain(summary);
	expect((await said()).join(' ')).not.toContain(hidden);
	await listen.click();
	await folded.locator('summary').click();
	await listen.click();
	await expect.poll(async () => (await said()).join(' ')).toContain(hidden);
	for (const path of ['/uk/parcours', '/en']) {
		await page.goto(portal.origin + path);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		// Once its script has looked.
		await expect.poll(() => page.evaluate(() => performance.now())).toBeGreaterThan(900);
		await expect(listen, path).toBeHidden();
	}
	await context.close();
});

test('a phone that knows its voices seconds after the page offers to listen then', async ({ browser, portal }) => {
	const context = await browser.newContext({ serviceWorkers: 'block' });
	await context.addInitScript(voices, { languages: ['fr-FR'], isLate: true });
	const page = await context.newPage();
	await page.goto(`${portal.origin}/aide`);
	await expect(page.locator('[data-listen]')).toBeHidden();
	await page.evaluate(() => (window as unknown as { voicesCome(): void }).voicesCome());
	await expect(page.locator('[data-listen]')).toBeVisible();
	await page.locator('[data-listen]').click();
	await expect
		.poll(() => page.evaluate(() => (window as unknown as { said: string[] }).said.length))
		.toBeGreaterThan(2);
	await context.close();
});

test('one key goes to the search of professionals, and can be turned off; people’s pages know nothing of it', async ({
	browser,
	portal,
}) => {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
	await signInAs(context, portal, demoAccount(portal, 'referent').contact);
	const page = await context.newPage();
	await page.goto(`${portal.origin}/pro/personnes`);
	const search = page.locator('input[data-search]').first();
	await page.keyboard.press('/');
	await expect(search).toBeFocused();
	await page.locator('[data-shortcut] button').click();
	await page.keyboard.press('/');
	await expect(search).not.toBeFocused();
	await page.reload();
	await page.keyboard.press('/');
	await expect(search).not.toBeFocused();
	await page.locator('[data-shortcut] button').click();
	await page.keyboard.press('/');
	await expect(search).toBeFocused();
	await page.goto(`${portal.origin}/aide`);
	const scripts = await page.evaluate(() => [...document.scripts].map(({ src }) => src));
	expect(scripts.filter((src) => src.includes('shortcuts'))).toEqual([]);
	await context.close();
});

test('the language of messages is the account’s: read in another one, it is offered to keep that one', async ({
	browser,
	portal,
}) => {
	const context = await browser.newContext({ serviceWorkers: 'block' });
	await signInAs(context, portal, demoAccount(portal, 'beneficiary').contact);
	const page = await context.newPage();
	const keep = page.getByRole('button', { name: 'Use this language for my messages' });
	await page.goto(`${portal.origin}/en/compte`);
	await expect(page.locator('input[name="locale"][value="fr"]')).toBeChecked();
	expect(await problemsOf(page, 'en')).toEqual([]);
	await keep.click();
	await expect(page).toHaveURL(/\/en\/compte\?langue=1/);
	await expect(page.locator('input[name="locale"][value="en"]')).toBeChecked();
	await expect(keep).toHaveCount(0);
	await page.goto(`${portal.origin}/compte`);
	await expect(page.getByText('English').first()).toBeVisible();
	await page.getByRole('button', { name: 'Garder cette langue' }).click();
	await expect(page.locator('input[name="locale"][value="fr"]')).toBeChecked();
	await context.close();
});
