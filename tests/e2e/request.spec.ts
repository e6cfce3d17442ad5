import { expect, lastCode, test, withDatabase } from '../support/fixtures.ts';
import { fillRequest, sendRequest } from '../support/request-flow.ts';

const filed = {
	themes: ['Travail', 'Logement', 'Me déplacer', 'Faire garder mes enfants'],
	commune: 'Sedan',
	firstName: 'Inès',
	lastName: 'O’Brien-Leroy',
	household: { label: 'Je vis seul·e avec un ou plusieurs enfants', children: 2 },
};

for (const javaScriptEnabled of [true, false]) {
	test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
		test.use({ javaScriptEnabled });

		test('a visitor asks once for four things, holds a receipt, confirms by code and is at home', async ({
			page,
			portal,
		}) => {
			const email = `ines-${javaScriptEnabled ? 'avec' : 'sans'}@example.fr`;
			const { screens } = await fillRequest(page, portal.origin, { ...filed, email });
			expect(screens + 1, 'screens of a request with four themes, receipt included').toBeLessThanOrEqual(12);

			// Change one answer from the check page: it returns there, with everything kept.
			await page.getByRole('link', { name: /^Modifier : Commune/ }).click();
			await page.getByRole('radio').first().check();
			await page.getByRole('button', { name: 'Continuer', exact: true }).click();
			await expect(page.getByRole('heading', { level: 1, name: 'Vérifiez et envoyez votre demande' })).toBeVisible();

			const reference = await sendRequest(page);
			const main = page.getByRole('main');
			await expect(main).toContainText(reference);
			await expect(main).toContainText('Un professionnel vous écrit par e-mail au plus tard le');
			// CRPA R112-5: who answers, how to reach them, what silence means and how to contest it.
			await expect(main.getByRole('link', { name: /^0\d( \d\d){4}$/ }).first()).toHaveAttribute('href', /^tel:\+33/);
			await expect(main).toContainText('@');
			await expect(main).toContainText(/refus/);

			// A reload and « back » then « send » show the same receipt; nothing is filed twice.
			await page.reload();
			await expect(main).toContainText(reference);
			// As when the worker of the phone was quicker to send it than the page.
			await page.goto(`${portal.origin}/demande/nouvelle/verifier`);
			await expect(page).toHaveURL(new RegExp(`/demande/${reference}$`));
			const count = () =>
				withDatabase(
					portal,
					(database) =>
						(database.prepare(`SELECT count(*) AS n FROM person WHERE email = ?`).get(email) as { n: number }).n,
				);
			expect(count()).toBe(1);

			await page
				.getByLabel('Code', { exact: false })
				.first()
				.fill(await lastCode(page, portal, email));
			await page.locator('form[action="?/confirm"] button').click();
			await page.waitForURL((url) => !url.pathname.endsWith(reference) || url.search === '');
			await page.goto(`${portal.origin}/accueil`);
			await expect(page.getByRole('heading', { level: 1 })).toContainText('Inès');
			await page.goto(`${portal.origin}/demande/${reference}`);
			await expect(main).toContainText(reference);
		});
	});
}

test('« Je ne sais pas, appelez-moi » is a full answer', async ({ page, portal }) => {
	await page.goto(`${portal.origin}/demande/nouvelle`);
	await page.getByRole('button', { name: 'Je ne sais pas, appelez-moi' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Comment vous joindre ?');
});

test('outside every perimeter the person is told whom to call, and keeps what they wrote', async ({ page, portal }) => {
	await page.goto(`${portal.origin}/demande/nouvelle`);
	await page.getByRole('checkbox', { name: /^Travail/ }).check();
	await page.getByRole('button', { name: 'Continuer', exact: true }).click();
	await page.goto(`${portal.origin}/demande/nouvelle/commune?nom=niort`);
	await page.getByRole('radio', { name: /^Niort/ }).check();
	await page.getByRole('button', { name: 'Continuer', exact: true }).click();
	await expect(page.getByRole('main')).toContainText('39 49');
	await expect(page.getByRole('main')).toContainText('Rien n’est perdu');
	await page.goto(`${portal.origin}/`);
	await expect(page.getByRole('main')).toContainText('Reprendre ma demande');
});

test('a receipt is shown to the browser that filed it and to nobody else', async ({ page, browser, portal }) => {
	await fillRequest(page, portal.origin, { ...filed, themes: ['Travail'], email: 'recu@example.fr' });
	const reference = await sendRequest(page);
	const stranger = await (await browser.newContext()).newPage();
	const response = await stranger.goto(`${portal.origin}/demande/${reference}`);
	expect(response?.status()).toBe(404);
	// The same of a reference that nobody holds: signing in is offered, whether it is there or not.
	const offer = stranger.getByRole('main').getByRole('link', { name: 'Me connecter' });
	const to = (held: string) => `/connexion?suite=/demande/${held}`;
	await expect(offer).toHaveAttribute('href', to(reference));
	const none = reference.replace(/....$/, '2222');
	expect((await stranger.goto(`${portal.origin}/demande/${none}`))?.status()).toBe(404);
	await expect(offer).toHaveAttribute('href', to(none));
	await stranger.context().close();
});
