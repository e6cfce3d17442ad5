import { expect, test, type Browser, type Page } from '@playwright/test';
import { signInAs, withDatabase } from '../support/fixtures.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';

/**
 * The shared pathway, from both sides, on plain pages without script.
 */
let portal: Portal;
const now = new Date();
let pages: Page[] = [];

test.beforeAll(async () => {
	portal = await startPortal({ dataDir: seededCopy(), clock: now, env: { ROLE: 'web' } });
});
test.afterEach(async () => {
	for (const page of pages) await page.context().close();
	pages = [];
});
test.afterAll(() => portal.stop());

async function as(browser: Browser, contact: string): Promise<Page> {
	const context = await browser.newContext({ javaScriptEnabled: false, baseURL: portal.origin });
	await signInAs(context, portal, contact, { now });
	const page = await context.newPage();
	pages.push(page);
	return page;
}

const one = <T>(sql: string, ...values: unknown[]) =>
	withDatabase(portal, (database) => database.prepare(sql).get(...values) as T);

/** Somebody of the demo, and who leads them. */
function someone(contact: string) {
	const { id } = one<{ id: string }>(`SELECT person_id id FROM account WHERE email = ?`, contact);
	const lead = one<{ email: string; id: string; name: string }>(
		`SELECT a.email, a.id, a.display_name name FROM follow_up_member f JOIN account a ON a.id = f.account_id
		WHERE f.person_id = ? AND f.part = 'lead' AND f.ended_at IS NULL`,
		id,
	);
	return { id, contact, lead };
}

const main = (page: Page) => page.getByRole('main');

test('both sides fill one diagnosis; the person contests a point, then agrees', async ({ browser }) => {
	const lucas = someone('lucas@example.fr');
	const desk = await as(browser, lucas.lead.email);
	const phone = await as(browser, lucas.contact);
	const address = `/pro/personnes/${lucas.id}/diagnostic`;
	const noteAndShare = async (note: string) => {
		await desk.goto(address);
		await desk.locator('[name="need_mobility"]').selectOption('need');
		await desk.locator('[name="note_mobility"]').fill(note);
		await desk.getByRole('button', { name: 'Enregistrer la grille' }).click();
		await desk.getByRole('button', { name: 'Partager avec la personne' }).click();
		await expect(main(desk)).toContainText('Réponse attendue jusqu’au');
	};
	await desk.goto(address);
	await desk.getByRole('button', { name: 'Commencer un nouveau diagnostic' }).click();
	await noteAndShare('Une voiture à acheter');

	await phone.goto('/parcours/diagnostic');
	await expect(main(phone)).toContainText('Une voiture à acheter');
	await phone.locator('[name="answer"][value="contest"]').check();
	await phone.locator('[name="point"]').selectOption('mobility');
	await phone.locator('[name="why"]').fill('Je préfère le vélo');
	await phone.getByRole('button', { name: 'Envoyer ma réponse' }).click();
	await desk.goto(address);
	await expect(main(desk)).toContainText('Je préfère le vélo');

	await noteAndShare('Un vélo prêté');
	await phone.goto('/parcours/diagnostic');
	await phone.locator('[name="answer"][value="agree"]').check();
	await phone.getByRole('button', { name: 'Envoyer ma réponse' }).click();
	await desk.goto(address);
	await expect(main(desk)).toContainText('La personne est d’accord.');
});
