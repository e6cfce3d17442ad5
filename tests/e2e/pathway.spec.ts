import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import { followedPerson, signInAs, withDatabase } from '../support/fixtures.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';

/**
 * The shared pathway, from both sides, on plain pages without script. Its months are in follow-up.spec.ts.
 */
const DAY_MS = 86_400_000;
let portal: Portal;
let now = new Date();
let pages: Page[] = [];

test.beforeAll(async () => {
	portal = await startPortal({ dataDir: seededCopy(), clock: now, env: { ROLE: 'web' } });
});
test.afterEach(async () => {
	for (const page of pages) await page.context().close();
	pages = [];
});
test.afterAll(() => portal.stop());

async function setClock(at: Date): Promise<void> {
	now = at;
	await portal.setClock(at);
}

async function as(browser: Browser, contact: string): Promise<Page> {
	const context = await browser.newContext({ javaScriptEnabled: false, baseURL: portal.origin });
	await signInAs(context, portal, contact, { now });
	const page = await context.newPage();
	pages.push(page);
	return page;
}

const one = <T>(sql: string, ...values: unknown[]) =>
	withDatabase(portal, (database) => database.prepare(sql).get(...values) as T);

const someone = (contact: string) => followedPerson(portal, contact);

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

/** Goes from control to control until this one has the focus, as somebody without a mouse. */
async function tabTo(page: Page, target: Locator): Promise<void> {
	for (let presses = 0; presses < 150; presses++) {
		await page.keyboard.press('Tab');
		if (await target.evaluate((element) => element === document.activeElement)) {
			const ring = await target.evaluate((element) => getComputedStyle(element).outlineStyle);
			expect(ring, 'the focus is seen').not.toBe('none');
			return;
		}
	}
	throw new Error('the keyboard does not reach it');
}

test('the caseload by keyboard alone: search, filters, ticking, opening a person', async ({ browser }) => {
	const amina = someone('amina@example.fr');
	const desk = await as(browser, amina.lead.email);
	await desk.goto('/pro/personnes');
	await tabTo(desk, desk.locator('#q'));
	// No accent, another order.
	await desk.keyboard.type('kaci amina');
	await desk.keyboard.press('Enter');
	await desk.waitForURL(/q=kaci/);
	const pick = desk.locator(`input[name="personne"][value="${amina.id}"]`);
	await expect(desk.locator('input[name="personne"]')).toHaveCount(1);
	await tabTo(desk, pick);
	await desk.keyboard.press('Space');
	await expect(pick).toBeChecked();
	await tabTo(desk, desk.getByRole('button', { name: 'Inviter' }));
	await desk.keyboard.press('Enter');
	await desk.waitForURL(/inviter\?personne=/);

	await desk.goto('/pro/personnes');
	await tabTo(desk, desk.locator('#besoin'));
	await desk.keyboard.press('ArrowDown');
	await tabTo(desk, desk.locator('input[name="retard"]'));
	await desk.keyboard.press('Space');
	await desk.keyboard.press('Enter');
	await desk.waitForURL(/besoin=employment.*retard=1/);
	await expect(desk.locator('input[name="retard"]')).toBeChecked();

	await desk.goto('/pro');
	const first = main(desk).locator('a.name').first();
	const name = (await first.innerText()).trim();
	await tabTo(desk, first);
	await desk.keyboard.press('Enter');
	await desk.waitForURL(/\/pro\/(personnes|demandes)\//);
	await expect(main(desk)).toContainText(name);
});

test('a group meets: told why and about what, a word said, the file read for its time, decisions and an answer', async ({
	browser,
}) => {
	const amina = someone('amina@example.fr');
	const group = one<{ id: string; starts: number; member: string }>(
		`SELECT g.id, g.starts_at starts, a.email member FROM case_group g JOIN case_group_member m ON m.group_id = g.id
		JOIN account a ON a.id = m.account_id WHERE g.person_id = ? AND a.role = 'referent'`,
		amina.id,
	);
	const phone = await as(browser, amina.contact);
	await phone.goto('/parcours');
	await expect(main(phone)).toContainText('Sujets de la réunion : Me déplacer');
	await phone.getByLabel('Un mot à leur dire').fill('Je préfère le matin');
	await phone.getByRole('button', { name: 'Envoyer ce mot' }).click();

	const before = await as(browser, group.member);
	await before.goto(`/pro/groupes/${group.id}`);
	await expect(main(before)).toContainText('Le dossier n’est pas ouvert');
	await expect(main(before)).not.toContainText('Kaci');

	await setClock(new Date(group.starts + 60_000));
	const during = await as(browser, group.member);
	await during.goto(`/pro/groupes/${group.id}`);
	await expect(main(during)).toContainText('Je préfère le matin');
	// What the meeting is about, and no other theme.
	await expect(main(during)).toContainText('Pouvoir me déplacer');
	await expect(main(during)).not.toContainText('Reprendre un travail');
	const desk = await as(browser, amina.lead.email);
	await desk.goto(`/pro/groupes/${group.id}`);
	// The same form, opened before anybody has written.
	const late = await as(browser, amina.lead.email);
	await late.goto(`/pro/groupes/${group.id}`);
	await desk.getByLabel('Ce qui a été regardé').fill('Les trajets vers la formation');
	await desk.getByLabel('Décision 1').fill('Réserver un taxi solidaire');
	await desk.locator('#dues-0').fill(new Date(group.starts + 7 * DAY_MS).toISOString().slice(0, 10));
	await desk.getByLabel('Réponse à la personne').fill('Un taxi viendra vous chercher.');
	await desk.getByRole('button', { name: 'Enregistrer et répondre' }).click();
	await expect(main(desk)).toContainText('Un taxi viendra vous chercher.');

	await late.getByLabel('Ce qui a été regardé').fill('Les horaires du bus');
	await late.getByLabel('Décision 1').fill('Demander un abonnement');
	await late.locator('#dues-0').fill(new Date(group.starts + 7 * DAY_MS).toISOString().slice(0, 10));
	await late.getByLabel('Réponse à la personne').fill('Un abonnement de bus.');
	await late.getByRole('button', { name: 'Enregistrer et répondre' }).click();
	await expect(main(late), 'what is kept').toContainText('Un taxi viendra vous chercher.');
	const typed = main(late).locator('section', { hasText: 'Ce que vous avez écrit' });
	for (const words of ['Les horaires du bus', 'Demander un abonnement', 'à la personne · ', 'Un abonnement de bus.'])
		await expect(typed, 'what was typed in vain').toContainText(words);

	await setClock(new Date(group.starts + 2 * 3_600_000));
	await during.goto(`/pro/groupes/${group.id}`);
	await expect(main(during)).not.toContainText('Kaci');
	const told = await as(browser, amina.contact);
	await told.goto('/parcours');
	await expect(main(told)).toContainText('Un taxi viendra vous chercher.');
	await expect(main(told)).toContainText('Réserver un taxi solidaire');
	const sheet = await told.pdf({ format: 'A4' });
	expect(sheet.toString('latin1').match(/\/Type\s*\/Page\b/g), 'prints on one sheet').toHaveLength(1);
});

test('whoever closes a pathway says which booked hours stand; the others are called off and the person reads it', async ({
	browser,
}) => {
	const nadege = someone('nadege@example.fr');
	const desk = await as(browser, nadege.lead.email);
	const file = `/pro/personnes/${nadege.id}`;
	/** Two working days to come, late: nobody else is met then. */
	const days: string[] = [];
	for (let ahead = 20; days.length < 2; ahead++) {
		const day = new Date(now.getTime() + ahead * DAY_MS);
		if (![0, 6].includes(day.getUTCDay())) days.push(day.toISOString().slice(0, 10));
	}
	for (const day of days) {
		await desk.goto(`${file}/rendez-vous`);
		await desk.locator('input[name="day"]').fill(day);
		await desk.locator('input[name="time"]').fill('19:00');
		await desk.getByRole('button', { name: 'Fixer le rendez-vous' }).click();
		await expect(main(desk)).toContainText('19 h');
	}
	const hours = () =>
		withDatabase(portal, (database) =>
			database
				.prepare(
					`SELECT id, local_day day, state FROM appointment WHERE person_id = ? AND local_time = '19:00' ORDER BY starts_at`,
				)
				.all(nadege.id),
		) as { id: string; day: string; state: string }[];
	expect(hours().map(({ state }) => state)).toEqual(['booked', 'booked']);
	const [over, kept] = hours().map(({ id }) => id) as [string, string];

	await desk.goto(`${file}/parcours`);
	await desk.getByText('Clore le parcours', { exact: true }).click();
	const form = desk.locator('form[action="?/close"]');
	await expect(form).toContainText('Rendez-vous déjà fixés : lesquels gardez-vous ?');
	await form.locator('input[name="endReason"][value="goals_met"]').check();
	await form.locator(`input[name="keptHours[]"][value="${kept}"]`).check();
	await form.getByRole('button', { name: 'Clore' }).click();
	await desk.waitForURL('**/pro/personnes');
	expect(hours().map(({ state }) => state)).toEqual(['revoked', 'booked']);
	const told = withDatabase(portal, (database) =>
		database
			.prepare(
				`SELECT appointment_id id FROM reminder WHERE person_id = ? AND kind = 'appointment_changed' AND once_key LIKE '%:1'`,
			)
			.all(nadege.id),
	);
	expect(told).toEqual([{ id: over }]);
	const phone = await as(browser, nadege.contact);
	await phone.goto(`/rendez-vous/${over}`);
	await expect(main(phone)).toContainText('nnulé');
	await phone.goto(`/rendez-vous/${kept}`);
	await expect(main(phone)).not.toContainText('nnulé');
});
