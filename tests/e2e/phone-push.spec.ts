import { expect, test } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { demoAccount, signInAs, withDatabase } from '../support/fixtures.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';
import { startPushService, type PushService } from '../support/push-service.ts';

/** Reminders on a phone that has no page open: a real worker, real notifications, the portal's own pushes. */

let service: PushService;
let portal: Portal;
let phone: Phone;

test.beforeAll(async () => {
	service = await startPushService();
	portal = await startPortal({
		dataDir: seededCopy(),
		env: { PUSH_HOSTS: service.host, NODE_EXTRA_CA_CERTS: service.certFile },
	});
});
test.afterAll(async () => {
	await portal.stop();
	await service.stop();
});
test.afterEach(() => phone.close());

const reminder = (changes: object = {}) =>
	JSON.stringify({
		type: 'reminder',
		id: 'r1',
		tag: 'rdv-1',
		title: 'Vous avez un rendez-vous jeudi à 10 h',
		body: 'Pourrez-vous venir ?',
		lang: 'fr',
		dir: 'ltr',
		path: '/accueil',
		actions: [
			{ action: 'coming', title: 'Je viens' },
			{ action: 'cannot', title: 'Je ne peux pas' },
		],
		...changes,
	});

async function ready(at: Phone, path = '/'): Promise<void> {
	await at.page.goto(portal.origin + path);
	await at.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}

test('a reminder planned by the portal is shown with its buttons, and answered with no page open', async () => {
	phone = await openPhone(portal.origin, { service });
	const { contact } = demoAccount(portal, 'beneficiary');
	const next = withDatabase(
		portal,
		(database) =>
			database
				.prepare(
					`SELECT appointment.id FROM appointment JOIN account ON account.person_id = appointment.person_id
					WHERE account.email = ? AND appointment.state = 'booked' AND starts_at > ? ORDER BY starts_at LIMIT 1`,
				)
				.get(contact, Date.now()) as { id: string },
	);
	await signInAs(phone.context, portal, contact);
	await ready(phone, '/compte/notifications');
	await phone.page.locator('[data-push-enable]').click();
	await expect(phone.page.locator('[data-push-status]')).toContainText('arriveront sur ce téléphone');
	await phone.page.close();

	const reminders = (states: string) =>
		withDatabase(
			portal,
			(database) =>
				database
					.prepare(
						`SELECT id FROM reminder WHERE appointment_id = ? AND kind = 'appointment_2d' AND instr(?, state) > 0`,
					)
					.all(next.id, states).length,
		);
	await expect.poll(() => reminders('scheduled'), { timeout: 20_000 }).toBe(1);
	// Two days before at 10:00, or the last allowed hour before that when it is a Sunday or a holiday.
	const { due } = withDatabase(
		portal,
		(database) =>
			database
				.prepare(`SELECT due_at AS due FROM reminder WHERE appointment_id = ? AND kind = 'appointment_2d'`)
				.get(next.id) as { due: number },
	);
	const twoDaysBefore = due + 60_000;
	service.now = () => twoDaysBefore;
	await portal.setClock(new Date(twoDaysBefore));
	await expect.poll(() => service.received.length, { timeout: 30_000 }).toBeGreaterThan(0);
	// Other things may be due that morning too: a step, a paper.
	const aboutIt = async () => (await phone.notifications()).filter(({ tag }) => tag === `rdv-${next.id}`);
	await expect.poll(async () => (await aboutIt()).length).toBe(1);
	const [shown] = await aboutIt();
	expect(shown!.title).toMatch(/^Vous avez un rendez-vous .+ à 10/);
	expect(shown!.actions).toEqual(['Je viens', 'Je ne peux pas']);
	expect(shown!.lang).toBe('fr');

	const answer = () =>
		withDatabase(
			portal,
			(database) => database.prepare(`SELECT answer FROM appointment WHERE id = ?`).get(next.id) as { answer: string },
		).answer;
	await expect.poll(() => reminders('shown answered')).toBe(1);
	await phone.tap(shown!.tag, 'coming');
	await expect.poll(answer).toBe('coming');
	await expect.poll(async () => (await aboutIt()).map(({ title }) => title)).toEqual(['C’est noté']);
	await portal.setClock(new Date());
	service.now = () => Date.now();
});

test('an answer given without network is said to wait, and leaves by itself when the network is back', async () => {
	phone = await openPhone(portal.origin);
	await ready(phone);
	await phone.deliver(reminder({ token: 'no-such-token' }));
	await phone.context.setOffline(true);
	await phone.tap('rdv-1', 'cannot');
	await expect.poll(async () => (await phone.notifications()).map(({ title }) => title)).toEqual(['Pas de réseau']);
	expect((await phone.stored()).databases.portal).toMatchObject({ queue: 1 });
	await phone.page.close();
	await phone.context.setOffline(false);
	// The token opens nothing: the server's refusal is what proves that it was asked.
	await expect
		.poll(async () => (await phone.notifications()).map(({ title }) => title), { timeout: 20_000 })
		.toEqual(['Cette réponse n’est plus possible']);
	expect((await phone.stored()).databases.portal).toMatchObject({ queue: 0 });
});

test('a second reminder about the same thing takes the place of the first', async () => {
	phone = await openPhone(portal.origin);
	await ready(phone);
	await phone.deliver(reminder());
	await phone.deliver(reminder({ title: 'Votre rendez-vous a changé : vendredi à 9 h' }));
	await phone.deliver(reminder({ tag: 'rdv-2', title: 'Un autre' }));
	const titles = (await phone.notifications()).map(({ title }) => title).sort();
	expect(titles).toEqual(['Un autre', 'Votre rendez-vous a changé : vendredi à 9 h']);
});

for (const [what, text] of Object.entries({
	'an empty push': '',
	'a push that is not JSON': '\u0000<not json>',
	'a push of another time': JSON.stringify({ notification: { title: 'old' } }),
	'a push with a title that is no text': reminder({ title: { html: '<b>' } }),
	'a push of 20 kB': randomBytes(10_000).toString('hex'),
}))
	test(`${what} shows the neutral sentence, in the language of the last page`, async () => {
		phone = await openPhone(portal.origin);
		await ready(phone, '/en');
		await expect.poll(async () => (await phone.stored()).databases.portal?.settings).toBe(1);
		await phone.deliver(text);
		expect(await phone.notifications()).toMatchObject([{ title: 'You have a message', lang: 'en', actions: [] }]);
	});

test('a tap opens the page that was named, and only a page of ours', async () => {
	phone = await openPhone(portal.origin);
	await ready(phone);
	await phone.deliver(reminder({ tag: 'evil', path: 'https://elsewhere.example/steal', actions: [] }));
	const worker = await phone.worker();
	await worker.evaluate(() => {
		const scope = self as unknown as { clients: object; opened: string[] };
		scope.opened = [];
		Object.assign(Object.getPrototypeOf(scope.clients), { openWindow: async (to: string) => scope.opened.push(to) });
	});
	const opened = () => worker.evaluate(() => (self as unknown as { opened: string[] }).opened);
	await phone.tap('evil');
	await expect.poll(opened).toEqual(['/accueil']);
	await phone.deliver(reminder({ tag: 'good', path: '/r/abc', actions: [] }));
	await phone.tap('good');
	await expect.poll(opened).toEqual(['/accueil', `${portal.origin}/r/abc`]);
});

test('a changed subscription is taken again and told to the server', async () => {
	phone = await openPhone(portal.origin);
	await signInAs(phone.context, portal, demoAccount(portal, 'beneficiary').contact);
	await ready(phone);
	const renewed = service.subscribe('', undefined);
	await (
		await phone.worker()
	).evaluate((json) => {
		const event = new Event('pushsubscriptionchange');
		const waiting = { waitUntil: (work: Promise<unknown>) => void work };
		self.dispatchEvent(Object.assign(event, waiting, { newSubscription: json, oldSubscription: null }));
	}, renewed);
	const known = () =>
		withDatabase(
			portal,
			(database) =>
				database.prepare(`SELECT count(*) AS rows FROM push_subscription WHERE endpoint = ?`).get(renewed.endpoint) as {
					rows: number;
				},
		).rows;
	await expect.poll(known).toBe(1);
});

test.describe('asking for reminders', () => {
	const button = () => phone.page.locator('[data-push-enable]');
	const status = () => phone.page.locator('[data-push-status]');
	const open = async () => {
		await signInAs(phone.context, portal, demoAccount(portal, 'beneficiary').contact);
		await ready(phone, '/compte/notifications');
	};

	test('a subscription that never answers ends in a sentence within ten seconds', async () => {
		phone = await openPhone(portal.origin, { mint: () => new Promise(() => {}) });
		await open();
		await button().click();
		await expect(status()).toContainText('n’a pas marché', { timeout: 11_500 });
		await expect(button()).toBeEnabled();
	});

	test('a refusal names the other ways, and is remembered', async () => {
		phone = await openPhone(portal.origin);
		await phone.context.addInitScript(() => {
			Notification.requestPermission = async () => 'denied';
		});
		await open();
		await button().click();
		await expect(status()).toContainText('par e-mail ou par SMS');
		expect((await phone.stored()).localStorage).toEqual(['push-refused-at']);
	});

	test('where notifications are forbidden there is no button, and the other ways are named', async () => {
		phone = await openPhone(portal.origin, { grant: false });
		await open();
		await expect(status()).toContainText('par e-mail ou par SMS');
		await expect(button()).toBeHidden();
	});

	test('somebody else’s phone is offered nothing', async () => {
		phone = await openPhone(portal.origin, { service });
		await signInAs(phone.context, portal, demoAccount(portal, 'beneficiary').contact, { shared: true });
		await ready(phone, '/compte/notifications');
		await expect(button()).toBeHidden();
	});
});
