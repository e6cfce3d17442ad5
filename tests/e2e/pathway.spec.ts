import { expect, test, type Browser, type Page } from '@playwright/test';
import { demoAccount, signInAs, withDatabase } from '../support/fixtures.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';

/**
 * The shared pathway, from both sides: one diagnosis, stages with their delays, the limit of a caseload, a referent who
 * leaves, a group that decides, the first months at work. Plain pages, without script; the clock is moved, nothing waits.
 */
const DAY_MS = 86_400_000;
const iso = (at: Date) => at.toISOString().slice(0, 10);

/** 21 December at 10:00 UTC, ahead of us: ten working days from there cross Christmas and New Year's day. */
function beforeChristmas(): Date {
	const now = new Date();
	const here = new Date(Date.UTC(now.getUTCFullYear(), 11, 21, 10));
	return here > now ? here : new Date(Date.UTC(now.getUTCFullYear() + 1, 11, 21, 10));
}

/** Monday to Friday but the two fixed holidays of those weeks: what « jours ouvrés » are between two years. */
function workingDaysAfter(from: Date, count: number): Date {
	const day = new Date(from);
	for (let left = count; left > 0;) {
		day.setTime(day.getTime() + DAY_MS);
		const closed = [0, 6].includes(day.getUTCDay()) || ['12-25', '01-01'].includes(iso(day).slice(5));
		if (!closed) left--;
	}
	return day;
}

let portal: Portal;
let now = new Date();
let pages: Page[] = [];

test.describe.configure({ mode: 'serial' });
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

test('a group meets: told why, a word said, the file read for its time, decisions and an answer', async ({
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
	const desk = await as(browser, amina.lead.email);
	await desk.goto(`/pro/groupes/${group.id}`);
	await desk.getByLabel('Ce qui a été regardé').fill('Les trajets vers la formation');
	await desk.getByLabel('Décision 1').fill('Réserver un taxi solidaire');
	await desk.locator('#dues-0').fill(iso(new Date(group.starts + 7 * DAY_MS)));
	await desk.getByLabel('Réponse à la personne').fill('Un taxi viendra vous chercher.');
	await desk.getByRole('button', { name: 'Enregistrer et répondre' }).click();
	await expect(main(desk)).toContainText('Un taxi viendra vous chercher.');

	await setClock(new Date(group.starts + 2 * 3_600_000));
	await during.goto(`/pro/groupes/${group.id}`);
	await expect(main(during)).not.toContainText('Kaci');
	await phone.goto('/parcours');
	await expect(main(phone)).toContainText('Un taxi viendra vous chercher.');
	await expect(main(phone)).toContainText('Réserver un taxi solidaire');
	const sheet = await phone.pdf({ format: 'A4' });
	expect(sheet.toString('latin1').match(/\/Type\s*\/Page\b/g), 'prints on one sheet').toHaveLength(1);
});

test('a referent leaves: their people have nobody at once, all go to another in one go, and are told', async ({
	browser,
}) => {
	const maelys = someone('maelys@example.fr');
	const heir = one<{ id: string; name: string }>(
		`SELECT id, display_name name FROM account WHERE territory_id = 'guyane' AND role = 'referent' AND status = 'active' AND id <> ?`,
		maelys.lead.id,
	);
	const desk = await as(browser, demoAccount(portal, 'coordinator', 'Guyane').contact);
	await desk.goto(`/pilotage/territoire?desactiver=${maelys.lead.id}`);
	await desk.getByRole('button', { name: 'Désactiver ce compte' }).click();
	await desk.goto('/pilotage');
	const orphans = desk.locator('#sans-referent input[type="checkbox"]');
	await expect(main(desk)).toContainText('Saint-Just');
	const count = await orphans.count();
	expect(count).toBeGreaterThan(1);
	for (let index = 0; index < count; index++) await orphans.nth(index).check();
	await desk.locator('#sans-referent [name="accountId"]').selectOption(heir.id);
	await desk.getByRole('button', { name: 'Confier' }).click();
	await expect(main(desk)).not.toContainText('Saint-Just');

	const phone = await as(browser, maelys.contact);
	await phone.goto('/parcours');
	await expect(main(phone)).toContainText(heir.name);
	const told = one<{ notices: number }>(
		`SELECT count(*) notices FROM reminder WHERE person_id = ? AND once_key LIKE 'lead_changed:%'`,
		maelys.id,
	);
	expect(told.notices).toBe(1);
});

test('in Deux-Sèvres the limit of people per referent holds, until the coordinator says why', async ({ browser }) => {
	const { contact } = demoAccount(portal, 'referent', 'Deux-Sèvres');
	const referent = one<{ id: string }>(`SELECT id FROM account WHERE email = ?`, contact).id;
	withDatabase(portal, (database) => {
		const { people } = database
			.prepare(
				`SELECT count(*) people FROM follow_up_member WHERE account_id = ? AND part = 'lead' AND ended_at IS NULL`,
			)
			.get(referent) as { people: number };
		database
			.prepare(`UPDATE territory SET settings = json_set(settings, '$.caseloadLimit', ?) WHERE id = 'deux-sevres'`)
			.run(people);
	});
	const { reference } = one<{ reference: string }>(
		`SELECT reference FROM support_request WHERE territory_id = 'deux-sevres' AND status = 'submitted' ORDER BY submitted_at LIMIT 1`,
	);
	const desk = await as(browser, contact);
	await desk.goto(`/pro/demandes/${reference}`);
	await desk.locator('[name="kind"]').first().check();
	await desk.getByRole('button', { name: 'Je prends cette demande' }).click();
	await expect(main(desk)).toContainText('La limite de personnes suivies est atteinte.');

	const steering = await as(browser, demoAccount(portal, 'coordinator', 'Deux-Sèvres').contact);
	await steering.goto(`/pro/demandes/${reference}`);
	const give = steering.locator('form[action="?/assign"]');
	await give.locator('[name="kind"]').first().check();
	await give.locator('[name="accountId"]').selectOption(referent);
	await give.locator('[name="reason"]').fill('Sa collègue est en congé');
	await give.locator('button').click();
	await desk.goto(`/pro/demandes/${reference}`);
	await expect(desk.getByRole('button', { name: 'Je prends cette demande' })).toHaveCount(0);
});

test('a delay counted in working days crosses two holidays, and both sides see it pass the day after', async ({
	browser,
}) => {
	const nadege = someone('nadege@example.fr');
	await setClock(beforeChristmas());
	const desk = await as(browser, nadege.lead.email);
	await desk.goto(`/pro/personnes/${nadege.id}/parcours`);
	const fourth = main(desk).getByRole('row', { name: /Je rencontre mon référent/ });
	await fourth.getByRole('button').click();
	const last = workingDaysAfter(now, 10);
	await expect(fourth).toContainText(`${last.getUTCDate()} janvier`);

	await setClock(new Date(last.getTime()));
	const inTime = await as(browser, nadege.contact);
	await inTime.goto('/parcours');
	await expect(main(inTime)).not.toContainText('devait finir');
	await setClock(new Date(last.getTime() + DAY_MS));
	const phone = await as(browser, nadege.contact);
	await phone.goto('/parcours');
	await expect(main(phone)).toContainText('L’étape « Je rencontre mon référent » devait finir');
	await phone.getByRole('button', { name: 'J’attends toujours' }).click();
	await expect(main(phone)).toContainText('Vous l’avez dit.');
	const after = await as(browser, nadege.lead.email);
	await after.goto('/pro');
	await expect(main(after).getByRole('row', { name: /Nadège Lemoine/ })).toContainText('Attend toujours');
	await after.goto(`/pro/personnes/${nadege.id}`);
	await expect(main(after)).toContainText('1 jour de retard');
});

test('on a return to work, a question after a week; « c’est difficile » reaches the referent', async ({ browser }) => {
	const karim = someone('karim@example.fr');
	const desk = await as(browser, karim.lead.email);
	await desk.goto(`/pro/personnes/${karim.id}/parcours`);
	await desk.getByText('Clore le parcours').first().click();
	await desk.locator('[name="endReason"]').selectOption('work');
	await desk.getByRole('button', { name: 'Clore', exact: true }).click();
	await expect(main(desk)).toContainText('Premiers mois au travail');

	await setClock(new Date(now.getTime() + 7 * DAY_MS));
	const phone = await as(browser, karim.contact);
	await phone.goto('/parcours');
	await phone.getByLabel('C’est difficile').check();
	await phone.getByRole('button', { name: 'Répondre' }).click();
	const after = await as(browser, karim.lead.email);
	await after.goto('/pro');
	await expect(main(after).getByRole('row', { name: /Karim Benali/ })).toContainText('c’est difficile');
});
