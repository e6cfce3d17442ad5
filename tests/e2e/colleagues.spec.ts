import { expect, test, type Page } from '@playwright/test';
import { demoAccount, followedPerson, openSessionOf, signInAs, withDatabase } from '../support/fixtures.ts';
import { ask } from '../support/http.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';

/** What concerns a professional and was decided, or said, while they were not there: it reaches them, or who stands for them. */
const DAY_MS = 86_400_000;
const iso = (at: Date) => at.toISOString().slice(0, 10);

let portal: Portal;
let now = new Date();

test.beforeAll(async () => {
	portal = await startPortal({ dataDir: seededCopy(), clock: now, env: { ROLE: 'web' } });
});
test.afterAll(() => portal?.stop());

const write = (sql: string, ...values: unknown[]) =>
	withDatabase(portal, (database) => database.prepare(sql).run(...values));
const one = <T>(sql: string, ...values: unknown[]) =>
	withDatabase(portal, (database) => database.prepare(sql).get(...values) as T);
const main = (page: Page) => page.getByRole('main');

/** Somebody at a desk, at this moment. */
function atDesk(contact: string) {
	const session = openSessionOf(portal, contact, { now });
	return (path: string, form?: Record<string, string | string[]>) => ask(portal, path, { session, form });
}

test('a meeting is moved: who was invited reads it on their first page and in an e-mail, who moved it does not', async ({
	page,
}) => {
	const amina = followedPerson(portal, 'amina@example.fr');
	const group = one<{ id: string; starts: number; member: string }>(
		`SELECT g.id, g.starts_at starts, a.email member FROM case_group g JOIN case_group_member m ON m.group_id = g.id
		JOIN account a ON a.id = m.account_id WHERE g.person_id = ? AND a.role = 'referent'`,
		amina.id,
	);
	const desk = atDesk(amina.lead.email);
	const day = iso(new Date(group.starts + 14 * DAY_MS));
	const moved = await desk(`/pro/groupes/${group.id}?/move`, { day, time: '10:00', minutes: '45' });
	expect(moved.status).toBe(303);
	const said = 'Le rendez-vous du';
	expect((await desk('/pro')).body).not.toContain(said);
	await signInAs(page, portal, group.member, { now });
	await page.goto(`${portal.origin}/pro`);
	await expect(main(page).getByRole('link', { name: said })).toContainText('est déplacé au');
	const box = `/demo/messages?destinataire=${encodeURIComponent(group.member)}`;
	await expect.poll(async () => (await ask(portal, box)).body).toContain(said);
	const { body } = await ask(portal, box);
	expect(body).toContain(`/pro/groupes/${group.id}`);
	for (const word of ['Kaci', 'Me déplacer']) expect(body).not.toContain(word);
	await page.getByRole('link', { name: said }).click();
	await expect(main(page)).toContainText('Le dossier n’est pas ouvert');
});

test('« je n’y arrive pas » while the lead is away and nobody seconds: the coordinator reads who', async ({ page }) => {
	const nadege = followedPerson(portal, 'nadege@example.fr');
	const { contact } = demoAccount(portal, 'coordinator', 'Manche');
	const at = now.getTime();
	write(`UPDATE follow_up_member SET ended_at = ? WHERE person_id = ? AND part = 'second'`, at, nadege.id);
	write(
		`INSERT INTO availability_exception (id, account_id, from_day, to_day, created_at) VALUES ('away', ?, ?, ?, ?)`,
		...[nadege.lead.id, iso(new Date(at - DAY_MS)), iso(new Date(at + 2 * DAY_MS)), at],
	);
	await signInAs(page, portal, contact, { now });
	await page.goto(`${portal.origin}/pilotage`);
	await expect(main(page).getByRole('heading', { name: 'En attente : référent absent' })).toHaveCount(0);
	write(
		`UPDATE step SET state = 'waiting', owner = 'person', stuck_at = ? WHERE id = (SELECT id FROM step WHERE person_id = ? LIMIT 1)`,
		...[at, nadege.id],
	);
	await page.reload();
	const list = page.locator('section', { has: page.getByRole('heading', { name: 'En attente : référent absent' }) });
	await expect(list.getByRole('link', { name: 'Lemoine Nadège' })).toBeVisible();
	await expect(list).toContainText('est absent·e jusqu’au');
});

test('a follow-up that ends in the evening calls off the hour of the next morning: whoever closed it has the call to make', async ({
	page,
}) => {
	const karim = followedPerson(portal, 'karim@example.fr');
	// Wednesday evening, past the last hour of messages in Paris.
	const evening = new Date(now.getTime() + ((10 - now.getUTCDay()) % 7 || 7) * DAY_MS);
	evening.setUTCHours(20, 0, 0, 0);
	now = evening;
	await portal.setClock(now);
	/** 8:00 in Paris the next day, or an hour before in winter. */
	const starts = now.getTime() + 10 * 3_600_000;
	const { structure, territory } = one<{ structure: string; territory: string }>(
		`SELECT structure_id structure, territory_id territory FROM account WHERE id = ?`,
		karim.lead.id,
	);
	write(
		`INSERT INTO appointment (id, person_id, territory_id, referent_id, structure_id, type, mode, local_day, local_time, zone, duration_minutes,
		 starts_at, ends_at, state, answer, origin, sequence, created_at)
		 VALUES ('near', ?, ?, ?, ?, 'follow_up', 'on_site', ?, '08:00', 'Europe/Paris', 30, ?, ?, 'booked', 'none', 'invitation', 0, ?)`,
		...[
			karim.id,
			territory,
			karim.lead.id,
			structure,
			iso(new Date(starts)),
			starts,
			starts + 1_800_000,
			starts - DAY_MS,
		],
	);
	const shown = withDatabase(portal, (database) =>
		database.prepare(`SELECT id FROM appointment WHERE person_id = ? AND state = 'booked'`).all(karim.id),
	) as { id: string }[];
	const { id: from } = one<{ id: string }>(
		`SELECT s.id FROM stage s JOIN pathway p ON p.id = s.pathway_id WHERE p.person_id = ? AND p.ended_at IS NULL AND s.state = 'current'`,
		karim.id,
	);
	const closing = { endReason: 'goals_met', endNote: '', from, 'shownHours[]': shown.map(({ id }) => id) };
	const closed = await atDesk(karim.lead.email)(`/pro/personnes/${karim.id}/parcours?/close`, closing);
	expect(closed.status).toBe(303);
	await signInAs(page, portal, karim.lead.email, { now });
	await page.goto(`${portal.origin}/pro`);
	const row = page.locator('tr', { has: page.locator('th', { hasText: 'Karim Benali' }) });
	await expect(row).toContainText('À appeler');
	await expect(row).toContainText('la personne ne le sait pas encore');
	// The file is closed to them: the number, and nothing to open.
	await expect(row.getByRole('link', { name: 'Appeler le' })).toBeVisible();
	await expect(row.locator('th a')).toHaveCount(0);
	now = new Date(now.getTime() + 60_000);
	await portal.setClock(now);
	await row.getByRole('button', { name: 'J’ai pu lui parler' }).click();
	await expect(row).toHaveCount(0);
	expect((await atDesk(karim.contact)('/compte/acces')).body).toContain('A parlé avec vous');
});
