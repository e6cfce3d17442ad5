import { demoAccount, expect, lastCode, openSessionOf, signInAs, test, withDatabase } from '../support/fixtures.ts';
import { aFiling, receiptOf } from '../support/filing.ts';
import { ask } from '../support/http.ts';

const DESK = { viewport: { width: 1280, height: 800 } };

test('a professional files it on the phone, prints one sheet, and the person takes it over once', async ({
	browser,
	portal,
}) => {
	const desk = await (await browser.newContext(DESK)).newPage();
	await signInAs(desk, portal, demoAccount(portal, 'referent').contact);
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

	const phone = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
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
	portal,
}) => {
	const { browser: visitor, send } = await aFiling(portal, 7811);
	const receipt = receiptOf(await send())!;
	const staff = `/pro${receipt.replace('/demande/', '/demandes/')}`;
	const told = async () => (await visitor.ask(receipt)).body;
	const referent = demoAccount(portal, 'referent').contact;
	const structure = withDatabase(portal, (database) =>
		database
			.prepare(`SELECT s.id, s.name FROM account a JOIN structure s ON s.id = a.structure_id WHERE a.email = ?`)
			.get(referent),
	) as { id: string; name: string };
	const desk = await (await browser.newContext(DESK)).newPage();
	await signInAs(desk, portal, demoAccount(portal, 'coordinator').contact);
	await desk.goto(`${portal.origin}${staff}`);
	await desk.getByLabel('Parcours vers l’emploi').check();
	await desk.locator('form[action="?/assign"] select[name="structureId"]').selectOption(structure.id);
	await desk.locator('form[action="?/assign"] textarea[name="reason"]').fill('Elle y est connue');
	await desk.getByRole('button', { name: 'Confier la demande' }).click();
	await desk.waitForURL(/fait=envoi/);
	expect(await told()).toContain(structure.name.replace('’', '’'));

	const session = openSessionOf(portal, referent);
	const declined = await ask(portal, `${staff}?/decline`, { session, form: { why: 'full', note: 'Plus de place' } });
	expect(declined.status).toBe(303);
	expect(await told()).toContain('Votre date ne change pas');

	await desk.goto(`${portal.origin}/pro/demandes?etat=returned`);
	await desk.getByRole('link', { name: 'Salve Numéro 7811' }).click();
	await expect(desk.getByRole('main')).toContainText('Plus de place');
	await desk.getByRole('button', { name: 'Accepter la proposition' }).click();
	await desk.waitForURL('**/pro/demandes');
	expect(await told()).toMatch(/class="[^"]*timeline|Un professionnel/);
	await desk.context().close();
});

test('two files are compared and become one; said by who decides, told to the person', async ({ portal }) => {
	const [one, other] = [await aFiling(portal, 7822), await aFiling(portal, 7822)];
	const receipts = [receiptOf(await one.send())!, receiptOf(await other.send())!];
	const people = () =>
		withDatabase(portal, (database) =>
			database.prepare(`SELECT id FROM person WHERE phone = '+33639987822' ORDER BY created_at`).all(),
		) as { id: string }[];
	const [first, second] = people();
	const session = openSessionOf(portal, demoAccount(portal, 'coordinator').contact);
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

test('who moves agrees, and the request goes on in the other territory with its whole history', async ({ portal }) => {
	const session = openSessionOf(portal, 'lucas@example.fr');
	const before = await ask(portal, '/demande', { session });
	const old = /08-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(before.body)![0];
	const preview = await ask(portal, '/demande/demenager?commune=25056', { session });
	expect(preview.body).toContain('Doubs');
	const agreed = await ask(portal, '/demande/demenager?/agree', { session, form: { inseeCode: '25056' } });
	expect(agreed.location).toMatch(/^\/demande\/25-/);
	const now = await ask(portal, agreed.location, { session });
	expect(now.body).toContain('Ardennes');
	expect((await ask(portal, `/demande/${old}`, { session })).location).toBe(agreed.location);
});
