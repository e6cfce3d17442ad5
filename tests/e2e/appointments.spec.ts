import { createHash, randomBytes } from 'node:crypto';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { demoAccount, openSessionOf, signInAs, withDatabase } from '../support/fixtures.ts';
import { ask, type Ask } from '../support/http.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';
import { nextTuesday } from '../support/working-days.ts';

/** Appointments as people and professionals live them, without JavaScript: one portal, one clock. */
const DAY_MS = 86_400_000;
let portal: Portal;

/** From where all the days on which somebody is met below are working days. */
const now = nextTuesday(8, 9, 10, 11, 13, 14, 15);
const dayIn = (days: number) => new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10);

const one = <T>(sql: string, ...values: unknown[]): T =>
	withDatabase(portal, (database) => database.prepare(sql).get(...values) as T);
const session = (contact: string, at = now) => openSessionOf(portal, contact, { now: at });
const personOf = (contact: string) =>
	one<{ personId: string }>(`SELECT person_id AS personId FROM account WHERE email = ?`, contact).personId;

/** Where a referent is met each week: a free hour there can be chosen instead. */
const officeOf = (contact: string) =>
	one<{ mode: string; placeName: string | null }>(
		`SELECT h.mode, h.place_name AS placeName FROM availability h JOIN account a ON a.id = h.account_id
		WHERE a.email = ? ORDER BY h.mode LIMIT 1`,
		contact,
	);

/** The lead referent books an hour for the person of the demo, early in the morning: nothing else is there. */
async function booked(territory: string, day: string): Promise<{ id: string; personId: string }> {
	const contact = demoAccount(portal, 'referent', territory).contact;
	const personId = personOf(demoAccount(portal, 'beneficiary', territory).contact);
	const { mode, placeName } = officeOf(contact);
	const form = { type: 'follow_up', mode, placeName: placeName ?? '', durationMinutes: '30', day, time: '07:30' };
	const answer = await post(`/pro/personnes/${personId}/rendez-vous?/book`, session(contact), form);
	expect(answer.status).toBe(303);
	return one<{ id: string; personId: string }>(
		`SELECT id, person_id AS personId FROM appointment WHERE person_id = ? AND local_day = ? AND state = 'booked'`,
		personId,
		day,
	);
}

async function withoutScripts(browser: Browser, contact: string): Promise<Page> {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
	await signInAs(context, portal, contact, { now });
	return context.newPage();
}

/** Posts as a form of the page does. */
async function post(path: string, as: string | null, form: Record<string, string>, options: Ask = {}) {
	return ask(portal, path, { form, ...(as && { session: as }), ...options });
}

test.beforeAll(async () => {
	portal = await startPortal({ dataDir: seededCopy(), clock: now, env: { ROLE: 'web' } });
});
test.afterAll(() => portal?.stop());

test('a person chooses, moves and cancels without JavaScript; the same link offers times again', async ({
	browser,
}) => {
	const amina = demoAccount(portal, 'beneficiary').contact;
	const personId = personOf(amina);
	const referent = session(demoAccount(portal, 'referent').contact);
	const { mode, placeName } = officeOf(demoAccount(portal, 'referent').contact);
	const days = Object.fromEntries(
		[9, 10, 11].flatMap((days, index) => [
			[`day${index + 1}`, dayIn(days)],
			[`time${index + 1}`, '07:15'],
		]),
	);
	const invited = await post(`/pro/personnes/${personId}/rendez-vous?/invite`, referent, {
		...days,
		mode,
		placeName: placeName ?? '',
		type: 'orientation',
		durationMinutes: '30',
	});
	expect(invited.status).toBe(303);
	const { id } = one<{ id: string }>(
		`SELECT id FROM appointment WHERE person_id = ? AND state = 'invited' ORDER BY created_at DESC`,
		personId,
	);

	const page = await withoutScripts(browser, amina);
	const main = page.getByRole('main');
	const link = `${portal.origin}/rendez-vous/${id}/choisir`;
	await page.goto(link);
	await expect(page.locator('button[name="slot"]')).toHaveCount(3);
	// They end at an hour: a day alone would promise its evening.
	await expect(main).toContainText(/Ces dates vous attendent jusqu’au .+ à \d+\sh/);
	await page.locator('button[name="slot"]').first().click();
	await page.waitForURL(`**/rendez-vous/${id}`);
	await expect(main).toContainText('7 h 15');

	await page.goto(link);
	const moved = page.locator('button[name="slot"]').last();
	const hour = (await moved.textContent())!.trim();
	await moved.click();
	await page.waitForURL(`**/rendez-vous/${id}`);
	await expect(main).toContainText(hour);

	await page.getByText('Annuler ce rendez-vous').click();
	await page.getByRole('button', { name: 'Annuler le rendez-vous' }).click();
	await expect(main).toContainText('Ce rendez-vous est annulé.');
	// « Votre référente ou référent sera prévenu »: on their first page, and by e-mail.
	expect((await ask(portal, '/pro', { session: referent })).body).toContain('n’est plus prévu avec vous');
	const box = `/demo/messages?destinataire=${encodeURIComponent(demoAccount(portal, 'referent').contact)}`;
	await expect.poll(async () => (await ask(portal, box)).body).toContain('n’est plus prévu avec vous');
	await page.goto(link);
	await expect(page).not.toHaveURL(new RegExp(id));
	await page.locator('button[name="slot"]').first().click();
	await expect(main.getByRole('heading', { level: 1 })).toHaveText('Votre rendez-vous');
	await page.context().close();
});

test('times to choose that the service calls off: their link opens on a sentence, and no message tells an hour', async () => {
	const person = demoAccount(portal, 'beneficiary', 'Ardennes').contact;
	const personId = personOf(person);
	const contact = demoAccount(portal, 'referent', 'Ardennes').contact;
	const { mode, placeName } = officeOf(contact);
	const path = `/pro/personnes/${personId}/rendez-vous`;
	const times = [13, 14, 15].map((days, index) => [`day${index + 1}`, dayIn(days)]);
	const form = { ...Object.fromEntries(times), time1: '07:15', time2: '07:15', time3: '07:15', mode };
	const offer = { ...form, placeName: placeName ?? '', type: 'orientation', durationMinutes: '30' };
	expect((await post(`${path}?/invite`, session(contact), offer)).status).toBe(303);
	const { id } = one<{ id: string }>(
		`SELECT id FROM appointment WHERE person_id = ? AND state = 'invited' ORDER BY created_at DESC`,
		personId,
	);
	expect((await post(`${path}?/outcome`, session(contact), { id, outcome: 'revoked' })).status).toBe(303);
	const opened = await ask(portal, `/rendez-vous/${id}/choisir`, { session: session(person) });
	expect([opened.status, opened.location]).toEqual([303, `/rendez-vous/${id}`]);
	const page = await ask(portal, `/rendez-vous/${id}`, { session: session(person) });
	expect(page.status).toBe(200);
	expect(page.body).toContain('Ce rendez-vous est annulé.');
	const told = `SELECT group_concat(kind || ' ' || state) AS told FROM reminder WHERE subject_id = ? OR appointment_id = ?`;
	expect(one(told, id, id)).toEqual({ told: 'invitation dropped' });
});

test('« je ne peux pas » behind a link offers three times or a call; opening it changes nothing', async () => {
	const { id } = await booked('Ardennes', dayIn(8));
	const appointment = () =>
		one<{ answer: string; day: string; sequence: number }>(
			`SELECT answer, local_day AS day, sequence FROM appointment WHERE id = ?`,
			id,
		);
	const before = appointment();
	const token = Array.from(randomBytes(40), (byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte % 32]).join('');
	withDatabase(portal, (database) =>
		database
			.prepare(`INSERT INTO answer_link (token_hash, appointment_id, created_at, expires_at) VALUES (?, ?, ?, ?)`)
			.run(createHash('sha256').update(token).digest('base64url'), id, now.getTime(), now.getTime() + 60 * DAY_MS),
	);
	for (const method of ['GET', 'HEAD', 'GET']) expect((await ask(portal, `/r/${token}`, { method })).status).toBe(200);
	expect(appointment()).toEqual(before);
	const shown = (await ask(portal, `/r/${token}`)).body;
	for (const indiscreet of ['Amina', 'Kaci', 'solidarités', 'Marché', 'Rendez-vous de suivi'])
		expect(shown).not.toContain(indiscreet);

	expect((await post(`/r/${token}?/answer`, null, { answer: 'cannot' })).status).toBe(303);
	const asked = (await ask(portal, `/r/${token}`)).body;
	expect(asked).toContain('Rappelez-moi');
	const slots = [...asked.matchAll(/name="slot" value="([^"]+)"/g)].map(([, slot]) => slot!);
	expect(slots).toHaveLength(3);
	const chosen = await post(`/r/${token}?/choose`, null, { slot: slots[0]! });
	expect(chosen.status).toBe(303);
	expect((await ask(portal, `/r/${token}`)).status).toBe(410);
	const next = await ask(portal, chosen.location);
	expect(next.status).toBe(200);
	expect(appointment()).toMatchObject({ answer: 'none', sequence: 1 });
});

test('« besoin d’aide » opens a need and reaches the referent', async () => {
	const karim = demoAccount(portal, 'beneficiary', 'Deux-Sèvres').contact;
	const own = session(karim);
	const personId = personOf(karim);
	const { id } = await booked('Deux-Sèvres', dayIn(8));
	withDatabase(portal, (database) =>
		database.prepare(`UPDATE need SET status = 'lifted' WHERE person_id = ? AND theme = 'mobility'`).run(personId),
	);
	const answered = await post(`/rendez-vous/${id}?/answer`, own, { answer: 'needs_help', from: 'detail' });
	expect(answered.location).toBe(`/rendez-vous/${id}/reponse`);
	expect((await post(answered.location, own, { reason: 'transport', note: 'Le bus ne passe plus' })).status).toBe(303);
	expect(one(`SELECT status FROM need WHERE person_id = ? AND theme = 'mobility'`, personId)).toEqual({
		status: 'open',
	});
	const agenda = await ask(portal, '/pro/agenda', {
		session: session(demoAccount(portal, 'referent', 'Deux-Sèvres').contact),
	});
	expect(agenda.body).toContain('Le bus ne passe plus');
});

test('a meeting of two professionals is in both diaries; one who is busy refuses it', async () => {
	const contact = demoAccount(portal, 'referent').contact;
	const pair = one<{ personId: string; second: string; secondContact: string }>(
		`SELECT lead.person_id AS personId, other.account_id AS second, account.email AS secondContact
		FROM follow_up_member lead
		JOIN follow_up_member other ON other.person_id = lead.person_id AND other.part = 'second' AND other.ended_at IS NULL
		JOIN account ON account.id = other.account_id
		WHERE lead.part = 'lead' AND lead.ended_at IS NULL AND lead.account_id = (SELECT id FROM account WHERE email = ?)
		ORDER BY lead.person_id`,
		contact,
	);
	const referent = session(contact);
	const page = `/pro/personnes/${pair.personId}/rendez-vous`;
	const book = (time: string) =>
		post(`${page}?/book`, referent, {
			type: 'situation_review',
			mode: 'on_site',
			placeName: 'Mairie de Rethel',
			durationMinutes: '60',
			origin: 'invitation',
			secondReferentId: pair.second,
			day: dayIn(13),
			time,
		});
	expect((await book('19:00')).status).toBe(303);
	const diary = await ask(portal, `/pro/agenda?semaine=${dayIn(13)}`, { session: session(pair.secondContact) });
	expect(diary.body).toContain('Mairie de Rethel');
	const busy = await book('19:30');
	expect(busy.status).toBe(409);
	expect(busy.body).toContain('Vous avez déjà un rendez-vous');
});

test('a meeting by video has an https link or none: another one is refused, and one that is there is not shown', async () => {
	const contact = demoAccount(portal, 'referent').contact;
	const amina = demoAccount(portal, 'beneficiary').contact;
	const book = (address: string) =>
		post(`/pro/personnes/${personOf(amina)}/rendez-vous?/book`, session(contact), {
			type: 'follow_up',
			mode: 'video',
			// The form comes filled in with the office.
			placeName: 'Bureau de Rethel',
			address,
			durationMinutes: '30',
			day: dayIn(15),
			time: '07:00',
		});
	for (const address of ['javascript:alert(1)', 'http://visio.example.fr/salle-12']) {
		const refused = await book(address);
		expect(refused.status).toBe(400);
		expect(refused.body).toContain('Donnez un lien qui commence par https://');
		expect(refused.body, 'what was typed is still there').toContain(`value="${address}"`);
	}
	expect((await book('https://visio.example.fr/salle-12')).status).toBe(303);
	const { id } = one<{ id: string }>(
		`SELECT id FROM appointment WHERE mode = 'video' AND address = 'https://visio.example.fr/salle-12'`,
	);
	const diary = await ask(portal, `/pro/agenda?semaine=${dayIn(15)}`, { session: session(contact) });
	expect(diary.body).toContain('En vidéo');
	expect(diary.body).not.toContain('Bureau de Rethel');
	const read = () => ask(portal, `/rendez-vous/${id}`, { session: session(amina) });
	expect((await read()).body).toContain('href="https://visio.example.fr/salle-12"');
	for (const address of ['javascript:alert(1)', 'http://visio.example.fr/salle-12']) {
		withDatabase(portal, (database) =>
			database.prepare(`UPDATE appointment SET address = ? WHERE id = ?`).run(address, id),
		);
		const { body } = await read();
		expect(body).not.toContain(`href="${address}"`);
		expect(body).toContain('Le lien vous sera envoyé avant.');
	}
});

test('an hour with who works here no more is taken over by the lead, alone; who follows the person no more has no way to their file', async () => {
	const contact = demoAccount(portal, 'referent', 'Doubs').contact;
	const { id, personId } = await booked('Doubs', dayIn(10));
	const lead = one<{ id: string }>(`SELECT id FROM account WHERE email = ?`, contact);
	const colleague = one<{ id: string; email: string }>(
		`SELECT id, email FROM account WHERE role = 'referent' AND status = 'active' AND email IS NOT NULL
		AND territory_id = (SELECT territory_id FROM account WHERE id = ?)
		AND id NOT IN (SELECT account_id FROM follow_up_member WHERE person_id = ?) ORDER BY id`,
		lead.id,
		personId,
	);
	const write = (sql: string, ...values: unknown[]) =>
		withDatabase(portal, (database) => database.prepare(sql).run(...values));
	const at = now.getTime();
	write(`UPDATE follow_up_member SET ended_at = ? WHERE person_id = ? AND part <> 'lead'`, at, personId);
	const given = `UPDATE appointment SET referent_id = ?, answer = 'cannot', answered_at = ? WHERE id = ?`;
	write(given, colleague.id, at, id);
	const diary = await ask(portal, `/pro/agenda?semaine=${dayIn(10)}`, { session: session(colleague.email) });
	expect(diary.body).toMatch(/7\sh\s30/);
	expect(diary.body).not.toContain(`/pro/personnes/${personId}`);

	write(`UPDATE account SET status = 'disabled' WHERE id = ?`, colleague.id);
	const path = `/pro/personnes/${personId}/rendez-vous`;
	const form = await ask(portal, `${path}?deplacer=${id}`, { session: session(contact) });
	expect(form.body).toContain('Qui reçoit');
	const row = () =>
		one<{ referent: string; sequence: number; state: string }>(
			`SELECT referent_id AS referent, sequence, state FROM appointment WHERE id = ?`,
			id,
		);
	const { mode } = officeOf(contact);
	const hour = { day: dayIn(10), time: '07:30', durationMinutes: '30', mode, type: 'follow_up' };
	const moved = await post(`${path}?/move`, session(contact), { ...hour, id, sequence: '0', referentId: lead.id });
	expect(moved.status).toBe(303);
	expect(row()).toEqual({ referent: lead.id, sequence: 1, state: 'booked' });
	// « Annuler », of a page that showed it before.
	const late = await post(`${path}?/outcome`, session(contact), { id, sequence: '0', outcome: 'revoked' });
	expect(late.status).toBe(409);
	expect(row().state).toBe('booked');
	expect((await ask(portal, path, { session: session(contact) })).body).toContain('name="sequence" value="1"');
});

test('what the page of an hour promises holds: no earlier hour in its last seven days, no last day of a choice that is past', async () => {
	const own = session(demoAccount(portal, 'beneficiary', 'Manche').contact);
	const { id } = await booked('Manche', dayIn(8));
	const write = (sql: string, ...values: unknown[]) =>
		withDatabase(portal, (database) => database.prepare(sql).run(...values, id));
	const read = async (path = '') => (await ask(portal, `/rendez-vous/${id}${path}`, { session: own })).body;
	write(`UPDATE appointment SET earlier_wanted_at = ? WHERE id = ?`, now.getTime());
	const waits = 'Nous vous dirons si une heure se libère.';
	expect(await read()).toContain(waits);
	const until = 'Ces dates vous attendent';
	write(`UPDATE appointment SET choose_by = ? WHERE id = ?`, now.getTime() + DAY_MS);
	expect(await read('/choisir')).toContain(until);
	write(`UPDATE appointment SET choose_by = ? WHERE id = ?`, now.getTime() - DAY_MS);
	const choice = await read('/choisir');
	expect(choice).toContain('name="slot"');
	expect(choice).not.toContain(until);
	write(`UPDATE appointment SET starts_at = starts_at - ?, ends_at = ends_at - ? WHERE id = ?`, 2 * DAY_MS, 2 * DAY_MS);
	expect(await read()).not.toContain(waits);
});

test('a workshop: its one seat, its sheet, and an absence whose reason is asked', async ({ browser }) => {
	const contact = demoAccount(portal, 'referent').contact;
	const page = await withoutScripts(browser, contact);
	await page.setViewportSize({ width: 1280, height: 800 });
	const main = page.getByRole('main');
	await page.goto(`${portal.origin}/pro/agenda/ateliers`);
	await page.getByLabel('Nom de l’atelier').fill('Découvrir le numérique');
	await page.locator('input[name="day"]').fill(dayIn(14));
	await page.locator('input[name="time"]').fill('18:00');
	await page.locator('input[name="seats"]').fill('1');
	await page.getByRole('button', { name: 'Créer' }).click();
	await expect(main.getByRole('heading', { level: 1 })).toHaveText('Découvrir le numérique');
	await page.getByRole('button', { name: 'Inscrire', exact: true }).click();
	await expect(main).toContainText('Places prises\u00a0: 1 sur 1');
	await expect(main).toContainText('Il n’y a plus de place.');
	const sheet = page.url();
	const after = new Date(now.getTime() + 14 * DAY_MS + 12 * 3_600_000);
	await portal.setClock(after);
	await signInAs(page, portal, contact, { now: after });
	await page.goto(`${portal.origin}/pro/agenda`);
	await page.getByRole('link', { name: 'Découvrir le numérique' }).first().click();
	await expect(page).toHaveURL(sheet);
	await page.getByLabel('Pas venu').check();
	await page.getByRole('button', { name: 'Enregistrer les présences' }).click();
	await expect(main).toContainText('Présences enregistrées.');
	await page.emulateMedia({ media: 'print' });
	await expect(main.getByText('Signature')).toBeVisible();

	await page.emulateMedia({ media: 'screen' });
	await page.goto(`${portal.origin}/pro/agenda`);
	await page.getByRole('button', { name: 'Pas venu', exact: true }).first().click();
	await expect(main).toContainText('Savez-vous pourquoi');
	await page.getByRole('button', { name: 'Transport', exact: true }).click();
	await expect(main).not.toContainText('Savez-vous pourquoi');
	expect(
		one<{ count: number }>(`SELECT count(*) AS count FROM appointment WHERE absence_reason = 'transport'`).count,
	).toBe(1);
	// Nobody who did not come is told that it was cancelled, or anything else.
	const told = `SELECT count(*) AS count FROM reminder WHERE kind = 'appointment_changed' AND created_at >= ?`;
	expect(one<{ count: number }>(told, after.getTime()).count).toBe(0);
	await page.context().close();
	await portal.setClock(now);
});

test('in Guyane, the hour is that of Cayenne everywhere: page, file, calendar feed', async () => {
	const maelys = demoAccount(portal, 'beneficiary', 'Guyane').contact;
	const own = session(maelys);
	const { id } = await booked('Guyane', dayIn(8));
	const row = one<{ time: string; startsAt: number; zone: string }>(
		`SELECT local_time AS time, starts_at AS startsAt, zone FROM appointment WHERE id = ?`,
		id,
	);
	expect(row.zone).toBe('America/Cayenne');
	const wall = new Intl.DateTimeFormat('fr', { hour: '2-digit', minute: '2-digit', timeZone: row.zone });
	expect(wall.format(row.startsAt)).toBe(row.time);
	const { body } = await ask(portal, `/rendez-vous/${id}`, { session: own });
	expect(body).toMatch(/7\sh\s30/);
	const file = await ask(portal, `/rendez-vous/${id}/agenda.ics`, { session: own });
	expect(file.body).toMatch(new RegExp(`DTSTART;TZID=America/Cayenne:\\d{8}T${row.time.replace(':', '')}00`));
});
