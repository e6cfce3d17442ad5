import { expect, test, type Locator, type Page } from '@playwright/test';
import type { Portal } from '../support/portal.ts';
import { startWorld, type World } from '../support/world.ts';

/** Whole journeys with Tab, Space, Enter and letters alone: what has the focus is seen, and comes in the order it is read in. */

const MOST_TABS = 120;

let portal: Portal;
let world: World;
test.beforeAll(async () => {
	({ portal, world } = await startWorld({ ROLE: 'web' }));
});
test.afterAll(() => portal?.stop());

/** Tab until it has the focus. Fails when the focus is not seen, goes backwards, or never comes. */
async function tabTo(page: Page, target: Locator): Promise<void> {
	await expect(target).toBeVisible();
	const wanted = await target.elementHandle();
	for (let tabs = 0; tabs < MOST_TABS; tabs++) {
		await page.keyboard.press('Tab');
		const { said, isSeen, isBackwards, isThere } = await page.evaluate((wanted) => {
			const here = document.activeElement as HTMLElement;
			const { lastFocus } = window as { lastFocus?: Element };
			Object.assign(window, { lastFocus: here === document.body ? undefined : here });
			const looks = [here, here.closest('label')].filter((one) => one !== null).map((one) => getComputedStyle(one));
			return {
				said: `${here.tagName} « ${(here.getAttribute('name') ?? here.textContent ?? '').trim().slice(0, 40)} »`,
				isSeen:
					here === document.body ||
					looks.some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2),
				isBackwards:
					Boolean(
						lastFocus?.isConnected && lastFocus.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_PRECEDING,
					) && here !== document.body,
				isThere: here === wanted,
			};
		}, wanted);
		expect(isSeen, `focus on ${said} is seen`).toBe(true);
		expect(isBackwards, `focus goes back to ${said}`).toBe(false);
		if (isThere) return;
	}
	throw new Error(`the keyboard does not reach ${String(target)}`);
}

const press = async (page: Page, target: Locator, key: 'Enter' | 'Space') => {
	await tabTo(page, target);
	await page.keyboard.press(key);
};
const type = async (page: Page, label: string, words: string) => {
	await tabTo(page, page.getByLabel(label, { exact: true }));
	await page.keyboard.type(words);
};
const title = (page: Page, name: string | RegExp) =>
	expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
const main = (page: Page) => page.locator('main');

test('asking for help, choosing an appointment and rating need no pointer', async ({ page }) => {
	// The limits of this world are by this header.
	await page.setExtraHTTPHeaders({ 'x-test-address': '192.0.2.77' });
	const next = page.getByRole('button', { name: 'Continuer', exact: true });
	await page.goto(`${portal.origin}/`);
	await press(page, page.getByRole('link', { name: 'Demander de l’aide' }).first(), 'Enter');
	await title(page, 'Que voulez-vous débloquer ?');
	await press(page, page.getByRole('checkbox', { name: /^Logement/ }), 'Space');
	await press(page, next, 'Enter');
	await title(page, 'Y a-t-il une urgence aujourd’hui ?');
	await press(page, next, 'Enter');
	await title(page, 'Où habitez-vous ?');
	await type(page, 'Nom de votre commune', 'sedan');
	await page.keyboard.press('Enter');
	await press(page, page.getByRole('radio', { name: /^Sedan/i }).first(), 'Space');
	await press(page, next, 'Enter');
	await title(page, 'Logement');
	await press(page, main(page).getByRole('checkbox').last(), 'Space');
	await press(page, next, 'Enter');
	await title(page, 'Votre situation');
	await press(page, next, 'Enter');
	await title(page, 'Comment vous joindre ?');
	// Sent empty first: the focus comes to what must be corrected, and a link leads to the field.
	await press(page, next, 'Enter');
	await expect(page.getByRole('alert')).toBeFocused();
	await press(page, page.getByRole('alert').getByRole('link').first(), 'Enter');
	await expect(page.getByLabel('Prénom', { exact: true })).toBeFocused();
	await page.keyboard.type('Clavier');
	await type(page, 'Nom', 'Seulement');
	await type(page, 'Adresse e-mail', 'clavier@example.fr');
	await press(page, next, 'Enter');
	await title(page, 'Vérifiez et envoyez votre demande');
	await press(page, page.getByRole('button', { name: 'Envoyer ma demande' }), 'Enter');
	await title(page, 'Votre demande est bien reçue');

	await page.context().addCookies([{ name: 'session', value: world.sessions.person, url: portal.origin }]);
	await page.goto(`${portal.origin}/rendez-vous/${world.a.invited}/choisir`);
	await press(page, main(page).locator('button[name="slot"]').first(), 'Enter');
	await page.waitForURL((url) => url.pathname === `/rendez-vous/${world.a.invited}`);

	await page.goto(`${portal.origin}/avis/${world.a.rating}`);
	await press(page, main(page).getByRole('radio').first(), 'Space');
	await press(page, page.getByRole('button', { name: 'Envoyer mon avis' }), 'Enter');
	await expect(main(page).getByText('Merci. Votre avis est compté.')).toBeVisible();
});
