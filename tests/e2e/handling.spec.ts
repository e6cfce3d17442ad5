import { expect, test, type Browser, type Page } from '@playwright/test';
import { lastCode, withDatabase } from '../support/fixtures.ts';
import { aFiling, receiptOf } from '../support/filing.ts';
import { problemsOf } from '../support/axe.ts';
import { formsOf } from '../support/forms.ts';
import { aBrowser, ask } from '../support/http.ts';
import type { Portal } from '../support/portal.ts';
import { startWorld, type ActorName, type World } from '../support/world.ts';

/** What professionals do with a request, on a small world of its own. */
let portal: Portal;
let world: World;
test.beforeAll(async () => {
	({ portal, world } = await startWorld());
});
test.afterAll(() => portal?.stop());

const sessionOf = (actor: Exclude<ActorName, 'visitor'>) => world.sessions[actor];

async function openPage(browser: Browser, width: number, session?: string): Promise<Page> {
	const context = await browser.newContext({
		viewport: { width, height: 800 },
		extraHTTPHeaders: { 'x-test-address': `192.0.2.${width % 250}` },
	});
	if (session) await context.addCookies([{ name: 'session', value: session, url: portal.origin }]);
	return context.newPage();
}

async function codeSent(visitor: ReturnType<typeof aBrowser>, contact: string): Promise<string> {
	let code = '';
	await expect
		.poll(async () => {
			const { body } = await visitor.ask(`/demo/messages?destinataire=${encodeURIComponent(contact)}`);
			return (code = /data-code[^>]*>\s*(\d{3}) ?(\d{3})/.exec(body)?.slice(1).join('') ?? '');
		})
		.toBeTruthy();
	return code;
}

test('a professional files it on the phone, prints one sheet, and the person takes it over once', async ({
	browser,
}) => {
	const desk = await openPage(browser, 1280, sessionOf('lead'));
	await desk.goto(`${portal.origin}/pro/demandes/nouvelle`);
	await desk.getByLabel('Prénom', { exact: true }).fill('Inès');
	await desk.getByLabel('Nom', { exact: true }).fill('Feuille');
	await desk.getByLabel('Téléphone', { exact: true }).fill('06 39 98 77 01');
	await desk.getByLabel('Commune', { exact: true }).selectOption({ label: 'Sedan' });
	await desk.locator('input[name="themes[]"][value="housing"]').check();
	await desk.locator('input[name="way"][value="phone"]').check();
	await desk.locator('input[name="consent"]').check();
	await desk.getByRole('button', { name: 'Envoyer la demande' }).click();
	await desk.waitForURL(/\/fiche\?nouvelle$/);
	const reference = /demandes\/([^/]+)\/fiche/.exec(desk.url())![1]!;
	await desk.getByRole('button', { name: 'Préparer la feuille' }).click();
	const address = await desk.locator('.sheet .address').innerText();
	// Lost, it tells nothing: no name, no need, no reference.
	const sheet = await desk.locator('.sheet').innerText();
	for (const word of ['Inès', 'Feuille', 'ogement', reference]) expect(sheet).not.toContain(word);
	const pdf = (await desk.pdf({ format: 'A4' })).toString('latin1');
	expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
	await desk.context().close();

	const phone = await openPage(browser, 360);
	await phone.goto(address);
	await expect(phone.getByRole('main')).not.toContainText('Inès');
	await phone.getByRole('button', { name: 'Recevoir un code' }).click();
	await phone.locator('input[name="code"]').fill(await lastCode(phone, portal, '+33639987701'));
	await phone.getByRole('button', { name: 'Continuer' }).click();
	await phone.waitForURL(`**/demande/${reference}`);
	await expect(phone.getByRole('main')).toContainText('Saisie avec vous par');
	await phone.context().clearCookies();
	await phone.goto(address);
	await expect(phone.getByRole('heading', { level: 1 })).toHaveText('Ce lien ne sert plus');
	await phone.context().close();
});

test('sent to a structure, given back with a reason, then given as the rules propose; the person reads each', async ({
	browser,
}) => {
	const { browser: visitor, send } = await aFiling(portal, 7811);
	const receipt = receiptOf(await send())!;
	const staff = `/pro${receipt.replace('/demande/', '/demandes/')}`;
	const told = async () => (await visitor.ask(receipt)).body;
	const structure = withDatabase(portal, (database) =>
		database.prepare(`SELECT id, name FROM structure WHERE id = ?`).get(world.structure),
	) as { id: string; name: string };
	const desk = await openPage(browser, 1280, sessionOf('coordinator'));
	await desk.goto(`${portal.origin}${staff}`);
	await desk.getByLabel('Parcours vers l’emploi').check();
	await desk.locator('form[action="?/assign"] select[name="structureId"]').selectOption(structure.id);
	await desk.locator('form[action="?/assign"] textarea[name="reason"]').fill('Elle y est connue');
	await desk.getByRole('button', { name: 'Confier la demande' }).click();
	await desk.waitForURL(/fait=envoi/);
	expect(await told()).toContain(structure.name);

	const refused = await ask(portal, staff, { session: sessionOf('decider') });
	expect(refused.status, 'another structure reads nothing of it').toBe(404);
	const declined = await ask(portal, `${staff}?/decline`, {
		session: sessionOf('colleague'),
		form: { why: 'full', note: 'Plus de place' },
	});
	expect(declined.status).toBe(303);
	expect(await told()).toContain('Votre date ne change pas');

	await desk.goto(`${portal.origin}/pro/demandes?etat=returned`);
	await desk.getByRole('link', { name: 'Salve Numéro 7811' }).click();
	await expect(desk.getByRole('main')).toContainText('Plus de place');
	await desk.getByRole('button', { name: 'Accepter la proposition' }).click();
	await desk.waitForURL('**/pro/demandes');
	expect(await told()).toContain('Un professionnel la suit');
	await desk.context().close();
});

test('called back from a structure: its people read when, and where to go on; nobody else learns that there was anything', async ({
	browser,
}) => {
	const { send } = await aFiling(portal, 7866);
	const receipt = receiptOf(await send())!;
	const staff = `/pro${receipt.replace('/demande/', '/demandes/')}`;
	const other = withDatabase(
		portal,
		(database) =>
			database
				.prepare(
					`SELECT s.id FROM structure s JOIN structure own ON own.territory_id = s.territory_id WHERE own.id = ? AND s.id <> own.id ORDER BY s.id LIMIT 1`,
				)
				.get(world.structure) as { id: string },
	);
	const give = (structureId: string) =>
		ask(portal, `${staff}?/assign`, {
			session: sessionOf('coordinator'),
			form: { kind: 'pro', accountId: '', structureId, second: '', reason: 'Elle y est connue' },
		});
	const read = async (actor: 'colleague' | 'decider' | 'stranger') =>
		(await ask(portal, staff, { session: sessionOf(actor) })).status;
	expect((await give(world.structure)).status).toBe(303);
	expect(await read('colleague')).toBe(200);
	expect([await read('decider'), await read('stranger')]).toEqual([404, 404]);
	expect((await give(other.id)).status).toBe(303);
	expect(await read('colleague')).toBe(410);
	expect(await read('stranger')).toBe(404);

	for (const width of [360, 1280]) {
		const desk = await openPage(browser, width, sessionOf('colleague'));
		await desk.goto(`${portal.origin}${staff}`);
		await expect(desk.getByRole('heading', { level: 1 })).toHaveText('Cette demande a été reprise');
		await expect(desk.getByRole('main')).toContainText(/Elle a été reprise le \w+ \d+/);
		// Of whom, and of what, nothing.
		for (const word of ['Salve', '7866', 'ogement', 'ravail'])
			await expect(desk.getByRole('main')).not.toContainText(word);
		expect(await problemsOf(desk)).toEqual([]);
		await desk.getByRole('link', { name: 'Revenir aux demandes' }).click();
		await desk.waitForURL('**/pro/demandes');
		await desk.context().close();
	}
});

test('who comes second to take a request, or a need, is told who has it; who taps twice goes on', async () => {
	const { send } = await aFiling(portal, 7844);
	const receipt = receiptOf(await send())!;
	const staff = `/pro${receipt.replace('/demande/', '/demandes/')}`;
	const form = { kind: 'pro', second: '' };
	const take = (as: 'lead' | 'colleague') => ask(portal, `${staff}?/take`, { session: sessionOf(as), form });
	const first = await take('lead');
	expect(first.location).toMatch(/^\/pro\/personnes\//);
	expect((await take('lead')).location).toBe(first.location);
	const second = await take('colleague');
	expect(second.location).toContain('?prise=');
	const holder = withDatabase(
		portal,
		(database) =>
			database
				.prepare(
					`SELECT display_name AS name FROM support_request r JOIN account a ON a.id = r.assigned_to_id WHERE r.reference = ?`,
				)
				.get(receipt.split('/').at(-1)) as { name: string },
	);
	const told = await ask(portal, second.location, { session: sessionOf('colleague') });
	expect(told.body).toContain(`${holder.name} suit déjà cette demande.`);
});

test('taken, its pathway ended, reopened and taken again: the person is told of each taking', async () => {
	const { browser: visitor, send } = await aFiling(portal, 7855);
	const receipt = receiptOf(await send())!;
	const take = (as: 'lead' | 'colleague') =>
		ask(portal, `/pro${receipt.replace('/demande/', '/demandes/')}?/take`, {
			session: sessionOf(as),
			form: { kind: 'pro', second: '' },
		});
	const { location } = await take('lead');
	const confirmed = await visitor.ask(`${receipt}?/confirm`, {
		form: { code: await codeSent(visitor, '+33639987855'), device: 'own' },
	});
	expect(confirmed.status).toBe(303);
	const session = sessionOf('lead');
	const form = formsOf((await ask(portal, `${location}/parcours`, { session })).body, `${location}/parcours`).find(
		({ action }) => action.endsWith('?/close'),
	)!;
	const ended = await ask(portal, form.action, { session, form: { from: form.values.from!, endReason: 'other' } });
	expect(ended.location, ended.body.slice(0, 300)).toBe('/pro/personnes');
	const reference = receipt.split('/').at(-1)!;
	expect((await visitor.ask('/demande?/reopen', { form: { reference } })).location).toBe('/demande');
	expect((await take('colleague')).location).toBe(location);
	const told = withDatabase(portal, (database) =>
		database
			.prepare(`SELECT kind FROM reminder WHERE path = ? AND once_key LIKE 'request_handled:%:taken%'`)
			.all(receipt),
	);
	expect(told).toHaveLength(2);
});

test('a need that came back, sent twice from the same screen: the second is told on the list, or goes on when it is the same', async () => {
	const { send } = await aFiling(portal, 7845);
	const receipt = receiptOf(await send())!;
	const staff = `/pro${receipt.replace('/demande/', '/demandes/')}`;
	const lead = sessionOf('lead');
	await ask(portal, `${staff}?/take`, { session: lead, form: { kind: 'pro', second: '' } });
	const sending = async (session: string) => {
		const { body } = await ask(portal, staff, { session });
		const form = formsOf(body, staff).find(({ action }) => action.endsWith('?/send'));
		expect(form?.values.need, body.slice(0, 300)).toBeTruthy();
		return { need: `${form!.values.need}`, seen: `${form!.values.seen}` };
	};
	const [first, other] = withDatabase(
		portal,
		(database) =>
			database
				.prepare(
					`SELECT s.id FROM structure s WHERE s.territory_id = (SELECT territory_id FROM support_request WHERE reference = ?)
					ORDER BY s.id = (SELECT structure_id FROM account WHERE id = ?) DESC, s.id LIMIT 2`,
				)
				.pluck()
				.all(receipt.split('/').at(-1), world.accounts.lead) as string[],
	);
	const post = (action: string, session: string, form: Record<string, string>) =>
		ask(portal, `${staff}?/${action}`, { session, form });
	const { need, seen } = await sending(lead);
	expect((await post('send', lead, { need, seen, structureId: first! })).status).toBe(303);
	expect((await post('declineNeed', lead, { need, why: 'full', note: '' })).status).toBe(303);

	const session = sessionOf('coordinator');
	const again = { ...(await sending(session)), structureId: first! };
	expect((await post('send', session, again)).location).toBe('/pro/demandes?fait=envoi');
	expect((await post('send', session, again)).location).toBe('/pro/demandes?fait=envoi');
	const second = await post('send', session, { ...again, structureId: other! });
	expect(second.location).toBe('/pro/demandes?fait=decide');
	const told = await ask(portal, second.location, { session });
	expect(told.body).toContain('Une autre personne vient de décider pour ce besoin.');
});

test('a need is settled by who follows the person, and by nobody else; the person reads it in plain words', async () => {
	const { browser: visitor, send } = await aFiling(portal, 7833);
	const receipt = receiptOf(await send())!;
	const staff = `/pro${receipt.replace('/demande/', '/demandes/')}`;
	const session = sessionOf('lead');
	expect((await ask(portal, `${staff}?/take`, { session, form: { kind: 'pro', second: '' } })).status).toBe(303);
	const { body } = await ask(portal, staff, { session });
	const need = /action="\?\/lift"[^>]*>.*?name="need" value="([^"]+)"/s.exec(body)![1]!;
	const settle = (as: string) => ask(portal, `${staff}?/lift`, { session: as, form: { need } });
	for (const other of ['colleague', 'decider', 'coordinator'] as const)
		expect((await settle(sessionOf(other))).status, other).toBe(404);
	expect((await settle(session)).location).toBe(staff);
	const page = (await visitor.ask(receipt)).body;
	expect(page).toContain('Réglé');
	expect(page).toContain('C’est réglé. Vous pouvez le redemander.');
	const told = withDatabase(portal, (database) =>
		database
			.prepare(`SELECT kind FROM reminder WHERE path = ? AND once_key LIKE 'request_handled:%:lift:%'`)
			.all(receipt),
	);
	expect(told).toEqual([{ kind: 'pathway_changed' }]);
});

test('« C’est moi », from a commune of another territory: nobody is moved before they agree', async () => {
	const visitor = aBrowser(portal, '203.0.113.44');
	const contact = world.contacts.person;
	const person = () =>
		withDatabase(portal, (database) =>
			database.prepare(`SELECT territory_id AS territory FROM person WHERE id = ?`).get(world.a.person),
		);
	const answers: [string, Record<string, string | string[]>][] = [
		['', { 'themes[]': ['digital'] }],
		['/commune', { inseeCode: '25056' }],
		['/contact', { firstName: 'Ana', lastName: 'Revenue', email: contact }],
	];
	for (const [page, form] of answers)
		expect((await visitor.ask(`/demande/nouvelle${page}`, { form })).status).toBe(303);
	const draft = /name="draft" value="([^"]+)"/.exec((await visitor.ask('/demande/nouvelle/verifier')).body)![1]!;
	const receipt = (await visitor.ask('/demande/nouvelle/verifier', { form: { draft } })).location;
	expect(receipt).toMatch(/^\/demande\/25-/);
	const code = await codeSent(visitor, contact);
	const asked = await visitor.ask(`${receipt}?/confirm`, { form: { code, device: 'own' } });
	const who = /name="who"[^>]*value="([^"]+)"/.exec(asked.body)![1]!;
	const known = await visitor.ask(`${receipt}?/confirm`, { form: { code, device: 'own', who } });
	expect(known.location).toBe('/demande/demenager?commune=25056');
	expect(person()).toEqual({ territory: 'ardennes' });
	const page = (await visitor.ask(known.location)).body;
	expect(page).toContain('Rien ne change sans votre accord');
	expect((await visitor.ask('/demande/demenager?/refuse', { form: {} })).location).toBe('/demande');
	expect(person()).toEqual({ territory: 'ardennes' });
	expect((await visitor.ask('/demande')).body).toContain('Internet et téléphone');
});

test('whoever confirmed their contact with a professional meanwhile follows their request from the receipt too', async () => {
	const { browser: visitor, send } = await aFiling(portal, 7877);
	const receipt = receiptOf(await send())!;
	const code = await codeSent(visitor, '+33639987877');
	withDatabase(portal, (database) =>
		database
			.prepare(
				`INSERT INTO account (id, role, status, phone, display_name, person_id, territory_id, locale, created_at)
				SELECT 'proved', 'beneficiary', 'active', phone, first_name, id, territory_id, 'fr', created_at
				FROM person WHERE phone = '+33639987877'`,
			)
			.run(),
	);
	const confirmed = await visitor.ask(`${receipt}?/confirm`, { form: { code, device: 'own' } });
	expect([confirmed.status, confirmed.location]).toEqual([303, receipt]);
	expect((await visitor.ask('/demande')).body).toContain(receipt.split('/').at(-1));
});

test('two files are compared and become one; said by who decides, told to the person', async () => {
	const [one, other] = [await aFiling(portal, 7822), await aFiling(portal, 7822)];
	const receipts = [receiptOf(await one.send())!, receiptOf(await other.send())!];
	const people = () =>
		withDatabase(portal, (database) =>
			database.prepare(`SELECT id FROM person WHERE phone = '+33639987822' ORDER BY created_at`).all(),
		) as { id: string }[];
	const [first, second] = people();
	const session = sessionOf('coordinator');
	const page = `/pro${receipts[1]!.replace('/demande/', '/demandes/')}/comparer?avec=${first!.id}`;
	const compared = await ask(portal, page, { session });
	expect(compared.body).toContain('identique');
	expect(compared.body).not.toContain('06 39 98 78 22');
	expect((await ask(portal, `${page}&/same`, { session, form: {} })).status).toBe(303);
	expect(people()).toEqual([first]);
	expect(second).toBeDefined();
	// The receipt of the second leads to the request that goes on.
	expect((await other.browser.ask(receipts[1]!)).status).not.toBe(500);
});

test('who moves agrees, and the request goes on in the other territory with its whole history', async () => {
	const session = sessionOf('other');
	const old = world.b.reference;
	const preview = await ask(portal, '/demande/demenager?commune=25056', { session });
	expect(preview.body).toContain('Doubs');
	const agreed = await ask(portal, '/demande/demenager?/agree', { session, form: { inseeCode: '25056' } });
	expect(agreed.location).toMatch(/^\/demande\/25-/);
	const now = await ask(portal, agreed.location, { session });
	expect(now.body).toContain('Ardennes');
	expect((await ask(portal, `/demande/${old}`, { session })).location).toBe(agreed.location);
	// Who followed her in Ardennes no longer sees her file; Doubs reads the request.
	const staff = (actor: 'colleague' | 'farCoordinator') =>
		ask(portal, `/pro${agreed.location.replace('/demande/', '/demandes/')}`, { session: sessionOf(actor) });
	expect((await ask(portal, `/pro/personnes/${world.b.person}`, { session: sessionOf('colleague') })).status).toBe(404);
	expect([(await staff('colleague')).status, (await staff('farCoordinator')).status]).toEqual([404, 200]);
});

test('a move that a professional notes for somebody without an account sends the receipt of what it made', async () => {
	const { send } = await aFiling(portal, 7867);
	const old = receiptOf(await send())!;
	const noted = await ask(portal, `/pro${old.replace('/demande/', '/demandes/')}/demenagement`, {
		session: sessionOf('coordinator'),
		form: { inseeCode: '25056', agreed: '1' },
	});
	expect(noted.location).toBe('/pro/demandes');
	const told = withDatabase(portal, (database) =>
		database
			.prepare(
				`SELECT m.kind, m.path = '/demande/' || r.reference AS "toTheNewOne" FROM support_request r JOIN support_request was ON was.id = r.continues_id
				JOIN reminder m ON m.subject_id = r.id WHERE was.reference = ?`,
			)
			.all(old.split('/').at(-1)),
	);
	expect(told).toEqual([{ kind: 'request_received', toTheNewOne: 1 }]);
});
