import { randomUUID } from 'node:crypto';
import { aPhoto } from '../factories/files.ts';
import { demoAccount, expect, openSessionOf, signInAs, test, withDatabase } from '../support/fixtures.ts';
import { aBrowser, type Ask } from '../support/http.ts';
import { multipart } from '../support/multipart.ts';
import type { Portal } from '../support/portal.ts';
import { dayFromNow } from '../support/working-days.ts';

/**
 * Families and those who decide, over plain HTTP: what a browser without JavaScript does. Days are those of the demo's
 * territory in Paris.
 */
const dayIn = (days: number) => dayFromNow(days, 'Europe/Paris');

interface Row {
	reference: string;
	version: number;
	status: string;
	silence_on: string | null;
}

const one = <T>(portal: Portal, query: string, ...values: unknown[]) =>
	withDatabase(portal, (database) => database.prepare(query).get(...values) as T);
const fileOf = (portal: Portal, reference: string) =>
	one<Row>(portal, `SELECT reference, version, status, silence_on FROM childcare_aid WHERE reference = ?`, reference);

/** What one reads: no tags, plain spaces. */
const words = (html: string) =>
	html
		.slice(html.indexOf('<main'), html.indexOf('</main>'))
		.replace(/<[^>]+>/g, ' ')
		.replace(/&#39;/g, '’')
		.replace(/[\s\u00a0\u202f]+/g, ' ');

const aPaper = () => multipart({ formKey: randomUUID() }, [{ name: 'photo.jpg', bytes: aPhoto(), type: 'image/jpeg' }]);

function as(portal: Portal, contact: string) {
	const browser = aBrowser(portal, `192.0.2.${20 + (contact.length % 200)}`);
	browser.jar.set('session', openSessionOf(portal, contact));
	return {
		async read(path: string) {
			const { status, body } = await browser.ask(path);
			return { status, text: words(body) };
		},
		async post(path: string, form: Ask['form'] = {}) {
			const { status, location, body } = await browser.ask(path, { form });
			expect(status, `${path} ${words(body).slice(0, 300)}`).toBe(303);
			return location;
		},
		async refused(path: string, form: Ask['form']) {
			const { status, body } = await browser.ask(path, { form });
			expect(status).toBe(409);
			return body;
		},
		async send(path: string) {
			const { status, body } = await browser.ask(`${path}?/join`, aPaper());
			expect(status, words(body).slice(0, 300)).toBe(303);
		},
	};
}

/** Two who decide in the structure of a file. */
function decidersOf(portal: Portal, reference: string) {
	const found = withDatabase(
		portal,
		(database) =>
			database
				.prepare(
					`SELECT a.email FROM account a JOIN childcare_aid f ON f.decider_structure_id = a.structure_id
					WHERE f.reference = ? AND a.role = 'referent' AND a.status = 'active' ORDER BY a.email LIMIT 2`,
				)
				.all(reference) as { email: string }[],
	);
	return found.map(({ email }) => as(portal, email));
}

async function decide(
	portal: Portal,
	reference: string,
	to: string,
	form: Record<string, string | string[]> = {},
	who = 0,
) {
	const decider = decidersOf(portal, reference)[who]!;
	const { version } = fileOf(portal, reference);
	return decider.post(`/pro/aides/${reference}`, { to, version: String(version), ...form });
}

const amina = (portal: Portal) => demoAccount(portal, 'beneficiary', 'Ardennes').contact;
const referenceIn = (location: string) => /aides\/([^/?]+)/.exec(location)![1]!;

test('a single parent with an interview tomorrow asks once, without JavaScript: service and referent know at once', async ({
	browser,
	portal,
}) => {
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
	await signInAs(context, portal, amina(portal));
	const page = await context.newPage();
	await page.goto(`${portal.origin}/aides`);
	await page.getByRole('link', { name: /C’est urgent/ }).click();
	await expect(page.getByLabel(/Quel jour/)).toHaveValue(dayIn(1));
	const place = page.getByRole('listitem').filter({ hasText: 'Crèche Les Petits Pas (fictif)' }).first();
	await expect(place).toContainText(/Mis à jour le \d+/);
	await expect(place.getByRole('link')).toHaveAttribute('href', /^tel:\+33/);
	await page.getByRole('button', { name: 'Demander maintenant' }).click();
	await page.waitForURL(/\/aides\/08-A/);
	const main = page.getByRole('main');
	await expect(main).toContainText(/doit agir/);
	await expect(main.getByRole('link', { name: /^0\d/ }).first()).toBeVisible();
	const reference = referenceIn(page.url());
	// What she hands to the crèche, in Arabic as well: one A4, in French.
	await page.goto(`${portal.origin}/ar/aides/${reference}/feuille`);
	await page.locator('form[action="?/make"] button').click();
	await expect(page.getByRole('main')).toContainText('Pour vérifier cette feuille');
	const sheet = (await page.pdf({ format: 'A4' })).toString('latin1');
	expect(sheet.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
	await context.close();
	await expect
		.poll(() =>
			one(
				portal,
				`SELECT count(*) AS sent FROM aid_notice n JOIN childcare_aid f ON f.id = n.aid_id
				WHERE f.reference = ? AND n.sent_at IS NOT NULL`,
				reference,
			),
		)
		.toEqual({ sent: 2 });
	const queue = await decidersOf(portal, reference)[0]!.read('/pro/aides');
	expect(queue.text.indexOf(reference)).toBeGreaterThan(0);
	expect(queue.text.indexOf(reference)).toBeLessThan(queue.text.indexOf('Urgent') + 400);
});

test('a complete file goes to payment: examined, proposed by one, confirmed by another, paid', async ({ portal }) => {
	const parent = as(portal, amina(portal));
	const reference = referenceIn(await parent.post('/aides/nouvelle/driving_licence'));
	// The receipt and its mandatory mentions (CRPA R112-5), in a message that leaves at once as well.
	const { address } = one<{ address: string }>(
		portal,
		`SELECT s.address FROM structure s JOIN childcare_aid f ON f.decider_structure_id = s.id WHERE f.reference = ?`,
		reference,
	);
	const receipt = (await parent.read(`/aides/${reference}`)).text;
	for (const said of [
		'Demande reçue le',
		'Sans réponse le',
		'c’est un refus',
		'tribunal administratif',
		'03 53 01',
		address,
	])
		expect(receipt).toContain(said);
	const notice = `SELECT count(*) AS told FROM reminder WHERE kind = 'aid_changed' AND path = ?`;
	expect(one(portal, notice, `/aides/${reference}`)).toEqual({ told: 1 });
	await decide(portal, reference, 'under_review');
	const grant = { amount: '800,00', periodFrom: dayIn(5), periodTo: dayIn(60) };
	expect(await decide(portal, reference, 'granted', grant)).toContain('propose');
	expect((await parent.read(`/aides/${reference}`)).text).not.toContain('800');
	await decide(portal, reference, 'granted', grant, 1);
	expect((await parent.read(`/aides/${reference}`)).text).toMatch(/L’aide est accordée : 800 €/);
	await decide(portal, reference, 'paid', { paidOn: dayIn(0) });
	expect((await parent.read(`/aides/${reference}`)).text).toMatch(/L’aide est versée : 800 €/);
	// The first page calls it by its own name.
	expect((await parent.read('/accueil')).text).toMatch(/Aide pour le permis de conduire \S+ L’aide est versée : 800 €/);
});

test('a paper is missing: named, the legal clock stands still, and runs again when it comes', async ({ portal }) => {
	const parent = as(portal, demoAccount(portal, 'beneficiary', 'Doubs').contact);
	const reference = referenceIn(await parent.post('/aides/nouvelle/vehicle_repair'));
	const legal = fileOf(portal, reference).silence_on!;
	await decide(portal, reference, 'incomplete', { 'papers[]': ['quote'], dueOn: dayIn(20) });
	expect(fileOf(portal, reference).silence_on! > legal).toBe(true);
	const file = await parent.read(`/aides/${reference}`);
	expect(file.text).toMatch(/C’est à vous d’agir : envoyez un devis/);
	expect(file.text).toMatch(/Le délai est arrêté/);
	await parent.post(`/aides/${reference}?/declare`, { kind: 'quote' });
	await decide(portal, reference, 'under_review');
	expect(fileOf(portal, reference)).toMatchObject({ status: 'under_review', silence_on: legal });
});

test('a paper found to do and asked for anew is sent from its page; asked for by mistake, it is no longer waited for', async ({
	portal,
}) => {
	const parent = as(portal, demoAccount(portal, 'beneficiary', 'Guyane').contact);
	const reference = referenceIn(await parent.post('/aides/nouvelle/urgent_help'));
	const page = `/aides/${reference}/papiers/interview_notice`;
	const decider = () => decidersOf(portal, reference)[0]!;
	const lastPaper = () =>
		one<{ id: string }>(
			portal,
			`SELECT p.id FROM paper p JOIN childcare_aid f ON f.id = p.aid_id WHERE f.reference = ? AND p.state <> 'replaced'`,
			reference,
		).id;
	const next = () => one(portal, `SELECT next_actor FROM childcare_aid WHERE reference = ?`, reference);
	await parent.send(page);
	await decide(portal, reference, 'under_review');
	await decider().post(`/pro/papiers/${lastPaper()}?/examine`);
	await decide(portal, reference, 'incomplete', { 'papers[]': ['interview_notice'], dueOn: dayIn(20) });
	for (const said of ['À envoyer au plus tard', 'Envoyer le papier'])
		expect((await parent.read(page)).text).toContain(said);
	await parent.send(page);
	expect((await parent.read(page)).text).not.toContain('À envoyer au plus tard');
	expect(next()).toEqual({ next_actor: 'structure' });
	await decider().post(`/pro/papiers/${lastPaper()}?/again`, { reason: 'cut' });
	expect(next()).toEqual({ next_actor: 'person' });
	const told = () =>
		one<{ told: number }>(portal, `SELECT count(*) AS told FROM reminder WHERE path = ?`, `/aides/${reference}`);
	const before = told().told;
	await decider().post(`/pro/papiers/${lastPaper()}?/examine`);
	expect(next()).toEqual({ next_actor: 'structure' });
	expect(told().told).toBe(before + 1);
	expect((await parent.read(`/aides/${reference}`)).text).not.toContain('À envoyer au plus tard');
});

test('a child that another file names is said, and what was typed is given back', async ({ portal }) => {
	const contacts = withDatabase(
		portal,
		(database) =>
			database
				.prepare(
					`SELECT a.email FROM account a JOIN person p ON p.id = a.person_id
					WHERE a.role = 'beneficiary' AND a.status = 'active' AND a.email IS NOT NULL AND p.territory_id = 'doubs'
					AND NOT EXISTS (SELECT 1 FROM childcare_aid f WHERE f.person_id = p.id) ORDER BY a.email LIMIT 2`,
				)
				.pluck()
				.all() as string[],
	);
	const [first, second] = contacts.map((contact) => as(portal, contact));
	const child = { child1: 'Zélie', birth1: '2023-04-05' };
	await first!.post('/aides/garde-enfants/nouvelle', child);
	const body = await second!.refused('/aides/garde-enfants/nouvelle', child);
	expect(words(body)).toContain('Une demande existe déjà pour cet enfant');
	for (const typed of Object.values(child)) expect(body).toContain(`value="${typed}"`);
});

test('a file that silence would refuse tomorrow is seen first, and answered in time', async ({ portal }) => {
	const found = one<{ reference: string; contact: string }>(
		portal,
		`SELECT f.reference, coalesce(a.email, a.phone) AS contact FROM childcare_aid f JOIN account a ON a.person_id = f.person_id
		WHERE f.silence_on IS NOT NULL AND f.status = 'submitted' AND f.territory_id = 'ardennes' ORDER BY f.silence_on LIMIT 1`,
	);
	// The demo cannot have one every day: nothing sent in February is refused by silence on 29 or 30 April, and since the demo was made
	// it may have struck midnight.
	withDatabase(portal, (database) =>
		database.prepare(`UPDATE childcare_aid SET silence_on = ? WHERE reference = ?`).run(dayIn(1), found.reference),
	);
	const person = as(portal, found.contact);
	expect((await person.read(`/aides/${found.reference}`)).text).toContain('La date de réponse approche');
	await decide(portal, found.reference, 'under_review');
	await decide(portal, found.reference, 'granted', { amount: '416' });
	const answered = (await person.read(`/aides/${found.reference}`)).text;
	expect(answered).toMatch(/L’aide est accordée/);
	expect(answered).not.toContain('La date de réponse approche');
});

test('parents who separate: the other adult sees one file and nothing else, until it is withdrawn', async ({
	portal,
}) => {
	const contact = demoAccount(portal, 'beneficiary', 'Manche').contact;
	const parent = as(portal, contact);
	const reference = referenceIn(await parent.post('/aides/nouvelle/driving_licence'));
	const guestContact = 'autre.parent@example.fr';
	await parent.post(`/aides/${reference}/partage?/invite`, { firstName: 'Sacha', contact: guestContact });
	const visitor = aBrowser(portal, '192.0.2.240');
	let token: string | undefined;
	await expect
		.poll(async () => {
			const { body } = await visitor.ask(`/demo/messages?destinataire=${encodeURIComponent(guestContact)}`);
			return (token = /invitation\/([\w-]{43})/.exec(body)?.[1]);
		})
		.toBeTruthy();
	await visitor.ask(`/invitation/${token}`, { form: { device: 'own' } });
	const seen = await visitor.ask(`/aides/${reference}`);
	expect(seen.status).toBe(200);
	const { phone } = one<{ phone: string | null }>(
		portal,
		`SELECT p.phone FROM person p JOIN childcare_aid f ON f.person_id = p.id WHERE f.reference = ?`,
		reference,
	);
	for (const secret of [contact, phone?.slice(-8), guestContact].filter(Boolean))
		expect(seen.body).not.toContain(secret);
	for (const path of ['/accueil', '/parcours', `/aides/${reference}/partage`, `/aides/${reference}/feuille`])
		expect((await visitor.ask(path)).status, path).toBe(404);
	// What the person sent is theirs; once it will not do, either may send another.
	const quote = `/aides/${reference}/papiers/quote`;
	await parent.send(quote);
	expect(words((await visitor.ask(quote)).body)).toContain('déjà envoyé par l’autre adulte');
	const sent = one<{ id: string }>(portal, `SELECT id FROM paper ORDER BY joined_at DESC LIMIT 1`);
	expect((await visitor.ask(`${quote}/__data.json`)).body).not.toContain(sent.id);
	await decidersOf(portal, reference)[0]!.post(`/pro/papiers/${sent.id}?/again`, { reason: 'cut' });
	expect(words((await visitor.ask(quote)).body)).toContain('Envoyer le papier');
	expect((await visitor.ask(`${quote}?/join`, aPaper())).status).toBe(303);
	const { id } = one<{ id: string }>(portal, `SELECT id FROM aid_guest WHERE ended_at IS NULL`);
	await parent.post(`/aides/${reference}/partage?/end`, { guest: id });
	const after = await visitor.ask(`/aides/${reference}`);
	expect([after.status, after.location]).toEqual([303, expect.stringContaining('/connexion')]);
});

test('who is shown a file and has one of their own is asked which, though both bear their name', async ({ portal }) => {
	const { reference, owner } = one<{ reference: string; owner: string }>(
		portal,
		`SELECT f.reference, coalesce(a.email, a.phone) owner FROM childcare_aid f JOIN account a ON a.person_id = f.person_id
		WHERE f.territory_id = 'manche' LIMIT 1`,
	);
	const { contact } = demoAccount(portal, 'beneficiary', 'Guyane');
	const { name } = one<{ name: string }>(portal, `SELECT display_name name FROM account WHERE email = ?`, contact);
	await as(portal, owner).post(`/aides/${reference}/partage?/invite`, { firstName: name, contact });
	const visitor = aBrowser(portal, '192.0.2.243');
	await visitor.ask('/connexion', { form: { contact, device: 'shared' } });
	let code = '';
	await expect
		.poll(async () => {
			const { body } = await visitor.ask(`/demo/messages?destinataire=${encodeURIComponent(contact)}`);
			return (code = /data-code[^>]*>\s*(\d{3}) ?(\d{3})/.exec(body)?.slice(1).join('') ?? '');
		})
		.toBeTruthy();
	const asked = words((await visitor.ask('/connexion/code?/check', { form: { code } })).body);
	expect(asked.split(name)).toHaveLength(3);
	expect(asked.split(`${name}, pour le dossier qu’on me montre`)).toHaveLength(2);
});

test('a refusal says why, what can be done, until when and whom to talk to; a printed sheet proves itself, then no longer', async ({
	portal,
}) => {
	const parent = as(portal, demoAccount(portal, 'beneficiary', 'Deux-Sèvres').contact);
	const reference = referenceIn(await parent.post('/aides/urgence', { on: dayIn(1) }));
	await parent.post(`/aides/${reference}/feuille?/make`);
	const sheet = (await parent.read(`/aides/${reference}/feuille`)).text;
	const token = /verifier\/([\w-]{43})/.exec(sheet)![1]!;
	const creche = aBrowser(portal, '192.0.2.241');
	const check = async () => words((await creche.ask(`/verifier/${token}`)).body);
	expect(await check()).toMatch(new RegExp(`Cette feuille est vraie .*${reference}`));
	await decide(portal, reference, 'under_review');
	await decide(portal, reference, 'refused', { reason: 'not_for_work' });
	expect(await check()).not.toContain(reference);
	const { text } = await parent.read(`/aides/${reference}`);
	for (const said of [
		'Pourquoi',
		'Ce que vous pouvez faire',
		'Jusqu’à quand',
		'À qui parler',
		'tribunal administratif',
	])
		expect(text).toContain(said);
});
