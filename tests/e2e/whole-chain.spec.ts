import { expect, test, type Browser, type Page } from '@playwright/test';
import { demoAccount, lastCode, signInAs, withDatabase } from '../support/fixtures.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';
import { startPushService, type PushService } from '../support/push-service.ts';
import { fillRequest, sendRequest } from '../support/request-flow.ts';
import { nextTuesday } from '../support/working-days.ts';

/**
 * The whole chain, as in the promise: asked once, taken, planned, reminded on the phone, answered without opening
 * anything, seen, rated, and the aid that says who must do what. A real worker, a real service worker, a real push.
 */
const DAY_MS = 86_400_000;
const EMAIL = 'chaine@example.fr';
/** What the number typed below becomes: a code goes to the mobile first. */
const MOBILE = '+33639989901';

/** Nothing is put off: the reminder of two days before leaves a week later, the appointment is two days after. */
const now = nextTuesday(7, 9);

let service: PushService;
let portal: Portal;
let phone: Phone;
let desk: Page;
let steering: Page;

/** Time moves for the portal and for the push service that checks the age of our tokens. */
async function setClock(at: Date): Promise<void> {
	service.now = () => at.getTime();
	await portal.setClock(at);
}

async function asStaff(browser: Browser, role: 'referent' | 'coordinator', now: Date): Promise<Page> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
	await signInAs(context, portal, demoAccount(portal, role).contact, { now });
	return context.newPage();
}

test.beforeAll(async ({ browser }) => {
	service = await startPushService();
	service.now = () => now.getTime();
	portal = await startPortal({
		dataDir: seededCopy(),
		clock: now,
		env: { PUSH_HOSTS: service.host, NODE_EXTRA_CA_CERTS: service.certFile },
	});
	phone = await openPhone(portal.origin, { service });
	desk = await asStaff(browser, 'referent', now);
	steering = await asStaff(browser, 'coordinator', now);
});
test.afterAll(async () => {
	await phone.close();
	await desk.context().close();
	await steering.context().close();
	await portal.stop();
	await service.stop();
});

test('from « Demander de l’aide » to a reminder answered on the phone, a rating and an aid', async ({ browser }) => {
	test.setTimeout(240_000);
	const { page } = phone;
	const { origin } = portal;
	const main = page.getByRole('main');
	const twoDaysBefore = new Date(now.getTime() + 7 * DAY_MS + 5 * 60_000);

	await test.step('a visitor files one request for work and childcare, and confirms by code', async () => {
		await fillRequest(page, origin, {
			themes: ['Travail', 'Faire garder mes enfants'],
			commune: 'Sedan',
			firstName: 'Léa',
			lastName: 'Garnier',
			email: EMAIL,
			phone: '06 39 98 99 01',
			household: { label: 'Je vis seul·e avec un ou plusieurs enfants', children: 1 },
		});
		const reference = await sendRequest(page);
		await page.locator('input[name="code"]').fill(await lastCode(page, portal, MOBILE));
		await page.locator('input[name="device"][value="own"]').check();
		await page.locator('form[action="?/confirm"] button').click();
		await expect(page.locator('input[name="code"]')).toHaveCount(0);
		await desk.goto(`${origin}/pro/demandes/${reference}`);
	});

	let person = '';
	await test.step('a referent takes it: the pathway opens from the territory’s template', async () => {
		await expect(desk.getByRole('main')).toContainText('Un mot sur : Travail');
		await desk.getByLabel('Parcours global : emploi et vie quotidienne').check();
		await desk.getByRole('button', { name: 'Je prends cette demande' }).click();
		await desk.waitForURL(/\/pro\/personnes\/[^/]+/);
		person = /personnes\/([^/?]+)/.exec(desk.url())![1]!;
		await page.goto(`${origin}/parcours`);
		await expect(main).toContainText('Premier contact');
	});

	await test.step('she adds a step and an appointment in nine days', async () => {
		await desk.goto(`${origin}/pro/personnes/${person}/parcours`);
		await desk.getByLabel('Action', { exact: true }).fill('Apporter mon livret de famille');
		await desk.getByRole('button', { name: 'Ajouter', exact: true }).click();
		await expect(desk.getByRole('main')).toContainText('Apporter mon livret de famille');
		await desk.goto(`${origin}/pro/personnes/${person}/rendez-vous`);
		const day = new Date(now.getTime() + 9 * DAY_MS).toISOString().slice(0, 10);
		await desk.locator('input[name="day"]').fill(day);
		await desk.locator('input[name="time"]').fill('07:45');
		await desk.getByRole('button', { name: 'Fixer le rendez-vous' }).click();
		await expect(desk.getByRole('main')).toContainText('7 h 45');
	});

	await test.step('the person sees both at home, ticks her step', async () => {
		await page.goto(`${origin}/accueil`);
		await expect(main).toContainText('7 h 45');
		await page.goto(`${origin}/parcours`);
		await expect(main).toContainText('Apporter mon livret de famille');
		await page.getByRole('button', { name: 'C’est fait' }).first().click();
		await expect(main).toContainText(/Actions terminées|fait le/);
	});

	await test.step('she turns reminders on; two days before, the phone shows one, and she answers from it', async () => {
		await page.goto(`${origin}/compte/notifications`);
		await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
		await page.locator('[data-push-enable]').first().click();
		await expect(page.locator('[data-push-status]')).toContainText('arriveront sur ce téléphone');
		await page.goto('about:blank');
		// The worker plans first; then it is two days before at 10:00, in the zone of the appointment.
		await expect
			.poll(() =>
				withDatabase(
					portal,
					(database) =>
						database
							.prepare(`SELECT state FROM reminder WHERE person_id = ? AND kind = 'appointment_2d'`)
							.get(person) as object,
				),
			)
			.toEqual({ state: 'scheduled' });
		await setClock(twoDaysBefore);
		await expect
			.poll(async () => (await phone.notifications()).map(({ title }) => title), { timeout: 40_000 })
			.toContainEqual(expect.stringMatching(/^Vous avez un rendez-vous jeudi à 7\sh\s45/));
		const shown = (await phone.notifications()).find(({ title }) => title.includes('rendez-vous'))!;
		expect(shown.actions).toEqual(['Je viens', 'Je ne peux pas']);
		for (const indiscreet of ['Léa', 'Garnier', 'solidarités', 'Travail', 'enfant', 'RSA'])
			expect(`${shown.title} ${shown.body}`).not.toContain(indiscreet);
		await phone.tap(shown.tag, 'coming');
		await expect
			.poll(() =>
				withDatabase(
					portal,
					(database) =>
						database
							.prepare(`SELECT answer, answered_via AS via FROM appointment WHERE person_id = ?`)
							.get(person) as object,
				),
			)
			.toEqual({ answer: 'coming', via: 'notification' });
	});

	const later = new Date(now.getTime() + 9 * DAY_MS);
	await test.step('the referent sees the answer; after the hour she says it took place', async () => {
		await signInAs(desk, portal, demoAccount(portal, 'referent').contact, { now: twoDaysBefore });
		await desk.goto(`${origin}/pro/personnes/${person}/rendez-vous`);
		await expect(desk.getByRole('main')).toContainText('Venue confirmée');
		await setClock(later);
		await signInAs(desk, portal, demoAccount(portal, 'referent').contact, { now: later });
		await desk.reload();
		await desk.getByRole('button', { name: 'Venu', exact: true }).first().click();
		await expect(desk.getByRole('main')).toContainText('A eu lieu');
	});

	await test.step('the person rates it in a face and a sentence; the coordinator reads it masked', async () => {
		await page.goto(`${origin}/avis`);
		await main.getByRole('link').first().click();
		await page.locator('input[type="radio"]').first().check();
		await page.locator('textarea').first().fill('On m’a écoutée.');
		await main.getByRole('button').first().click();
		await expect(main).toContainText(/[Mm]erci/);
		await signInAs(steering, portal, demoAccount(portal, 'coordinator').contact, { now: later });
		await steering.goto(`${origin}/pilotage/evaluation`);
		await expect(steering.getByRole('main')).toContainText(/\d+ avis/);
		await expect(steering.getByRole('main')).not.toContainText('Garnier');
	});

	await test.step('the aid asked for with childcare says who must do what; a missing paper reaches her', async () => {
		await page.goto(`${origin}/aides`);
		await expect(main).toContainText('garde d’enfants');
		const aid = withDatabase(
			portal,
			(database) =>
				(
					database.prepare(`SELECT reference FROM childcare_aid WHERE person_id = ?`).get(person) as {
						reference: string;
					}
				).reference,
		);
		await page.goto(`${origin}/aides/${aid}`);
		const before = service.received.length;
		await askForPaper(browser, aid, later);
		await page.reload();
		await expect(main).toContainText(/C’est à vous d’agir/);
		await expect.poll(() => service.received.length).toBeGreaterThan(before);
	});
});

/** A referent of the deciding structure asks for a paper. */
async function askForPaper(browser: Browser, aid: string, now: Date): Promise<void> {
	const decider = withDatabase(
		portal,
		(database) =>
			(
				database
					.prepare(
						`SELECT email FROM account WHERE role = 'referent' AND status = 'active' AND structure_id =
						(SELECT decider_structure_id FROM childcare_aid WHERE reference = ?) LIMIT 1`,
					)
					.get(aid) as { email: string }
			).email,
	);
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
	await signInAs(context, portal, decider, { now });
	const page = await context.newPage();
	await page.goto(`${portal.origin}/pro/aides/${aid}?decision=incomplete`);
	const form = page.locator('form:has(input[name="to"][value="incomplete"])');
	await form.locator('input[name="papers[]"]').first().check();
	await form.locator('input[name="dueOn"]').fill(new Date(now.getTime() + 20 * DAY_MS).toISOString().slice(0, 10));
	await form.getByRole('button').click();
	await expect(page.getByRole('main')).toContainText(/[Àà] compléter/);
	await context.close();
}
