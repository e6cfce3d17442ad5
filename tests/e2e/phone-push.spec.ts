import { expect, test } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { startDesktop, type Desktop, type DesktopNotification } from '../support/desktop.ts';
import { demoAccount, signInAs, typeContactAndCode, withDatabase } from '../support/fixtures.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';
import { startPushService, type PushService } from '../support/push-service.ts';

/** Reminders on a phone that has no page open: a real worker, real notifications, the portal's own pushes. */

let service: PushService;
let portal: Portal;
let phone: Phone;
let desktop: Desktop;

test.beforeAll(async () => {
	service = await startPushService();
	desktop = await startDesktop();
	portal = await startPortal({
		dataDir: seededCopy(),
		env: { PUSH_HOSTS: service.host, NODE_EXTRA_CA_CERTS: service.certFile },
	});
});
test.afterAll(async () => {
	await portal.stop();
	await service.stop();
	desktop.stop();
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

/** As the screen has it, open. */
async function shownAs(title: string): Promise<DesktopNotification> {
	const open = () => desktop.shown.find((one) => one.isOpen && one.title === title);
	await expect.poll(open, { message: `« ${title} » on the screen` }).toBeTruthy();
	return open()!;
}

const devices = () =>
	withDatabase(
		portal,
		(database) => database.prepare(`SELECT count(*) AS rows FROM push_subscription`).get() as { rows: number },
	).rows;

async function ready(at: Phone, path = '/'): Promise<void> {
	await at.open(portal.origin + path);
	await at.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}

test('a reminder planned by the portal is shown with its buttons, and answered with no page open', async () => {
	phone = await openPhone(portal.origin, { service, desktop });
	// Six days ahead at least: two days before is still to come, moved as it may be to before a Sunday and a holiday.
	const next = withDatabase(
		portal,
		(database) =>
			database
				.prepare(
					`SELECT appointment.id, account.email AS contact, local_time AS time FROM appointment
					JOIN account ON account.person_id = appointment.person_id WHERE appointment.territory_id = 'ardennes'
					AND appointment.state = 'booked' AND answer = 'none' AND account.email IS NOT NULL AND starts_at > ?
					ORDER BY starts_at LIMIT 1`,
				)
				.get(Date.now() + 6 * 86_400_000) as { id: string; contact: string; time: string },
	);
	await signInAs(phone.context, portal, next.contact);
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
	await expect.poll(() => reminders('scheduled')).toBe(1);
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
	await expect.poll(() => service.received.length).toBeGreaterThan(0);
	// Other things may be due that morning too: a step, a paper.
	const aboutIt = async () => (await phone.notifications()).filter(({ tag }) => tag === `rdv-${next.id}`);
	await expect.poll(async () => (await aboutIt()).length).toBe(1);
	const [shown] = await aboutIt();
	expect(shown!.title).toMatch(new RegExp(`^Vous avez un rendez-vous .+ à ${Number(next.time.slice(0, 2))}\\sh`));
	expect(shown!.actions).toEqual(['Je viens', 'Je ne peux pas']);
	expect(shown!.lang).toBe('fr');

	const answer = () =>
		withDatabase(
			portal,
			(database) => database.prepare(`SELECT answer FROM appointment WHERE id = ?`).get(next.id) as { answer: string },
		).answer;
	await expect.poll(() => reminders('shown answered')).toBe(1);
	desktop.tap(await shownAs(shown!.title), 'Je viens');
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
		.poll(async () => (await phone.notifications()).map(({ title }) => title))
		.toEqual(['Cette réponse n’est plus possible']);
	// Forgotten once it is shown.
	await expect.poll(async () => (await phone.stored()).databases.portal?.queue).toBe(0);
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
	phone = await openPhone(portal.origin, { desktop });
	await ready(phone);
	const tapped = async (title: string, path: string) => {
		await phone.deliver(reminder({ tag: title, title, path, actions: [] }));
		const opening = phone.context.waitForEvent('page');
		desktop.tap(await shownAs(title));
		const opened = await opening;
		await opened.waitForURL(/^http/);
		return new URL(opened.url());
	};
	expect((await tapped('elsewhere', 'https://elsewhere.example/steal')).origin).toBe(portal.origin);
	expect((await tapped('answer', '/r/abc')).pathname).toBe('/r/abc');
});

test('a tap by who is signed out opens the page that was named once they are signed in', async () => {
	phone = await openPhone(portal.origin, { desktop });
	await ready(phone);
	const { contact } = demoAccount(portal, 'beneficiary');
	withDatabase(portal, (database) =>
		database
			.prepare(
				`INSERT INTO reminder (id, once_key, kind, person_id, path, due_at, useful_until, state, attempts, sent_at, created_at)
				SELECT 'about-aid', 'about-aid', 'aid_changed', person_id, '/aides', @now, @now, 'sent', 0, @now, @now FROM account WHERE email = @contact`,
			)
			.run({ now: Date.now(), contact }),
	);
	// As a discreet message about an aid: what leaves does not say so (wording.ts).
	const path = '/compte/messages?message=about-aid';
	await phone.deliver(reminder({ title: 'Vous avez un message', path, actions: [] }));
	const opening = phone.context.waitForEvent('page');
	desktop.tap(await shownAs('Vous avez un message'));
	const opened = await opening;
	await expect(opened).toHaveURL(/\/connexion/);
	await typeContactAndCode(opened, portal, contact);
	await expect(opened).toHaveURL(`${portal.origin}/aides`);
});

test('who signs out is reminded no more there: what is on the screen goes, and nothing more of theirs arrives', async () => {
	phone = await openPhone(portal.origin, { service, desktop });
	await signInAs(phone.context, portal, demoAccount(portal, 'beneficiary').contact);
	await ready(phone, '/compte/notifications');
	const before = devices();
	await phone.page.locator('[data-push-enable]').click();
	await expect.poll(devices).toBe(before + 1);
	await phone.deliver(reminder({ title: 'Pour qui était là' }));
	const shown = await shownAs('Pour qui était là');
	await phone.page.goto(`${portal.origin}/deconnexion`);
	await phone.page.locator('form[data-purge-on-submit] button').first().click();
	await phone.page.locator('[data-purge-now]').waitFor();
	expect(devices()).toBe(before);
	await expect.poll(() => shown.isOpen).toBe(false);
	expect(await phone.notifications()).toEqual([]);
});

test('a phone too slow to say its address when one signs out had said it before: the server reminds it no more', async () => {
	phone = await openPhone(portal.origin, { service });
	await signInAs(phone.context, portal, demoAccount(portal, 'beneficiary').contact);
	await ready(phone, '/compte/notifications');
	const before = devices();
	await phone.page.locator('[data-push-enable]').click();
	await expect.poll(devices).toBe(before + 1);
	await phone.open(`${portal.origin}/deconnexion`);
	await expect(phone.page.locator('[data-push-endpoint]').first()).not.toHaveValue('');
	await phone.page.evaluate(() => (PushManager.prototype.getSubscription = () => new Promise(() => {})));
	await phone.page.locator('form[data-purge-on-submit] button').first().click();
	await phone.page.locator('[data-purge-now]').waitFor();
	expect(devices()).toBe(before);
});

test('« not my phone » on a page left open until the session was over takes everything away all the same', async () => {
	phone = await openPhone(portal.origin, { service });
	const { contact } = demoAccount(portal, 'beneficiary');
	await signInAs(phone.context, portal, contact);
	await phone.context.addCookies([{ name: 'browser', value: 'b'.repeat(43), url: portal.origin }]);
	await ready(phone, '/compte/notifications');
	const before = devices();
	await phone.page.locator('[data-push-enable]').click();
	await expect.poll(devices).toBe(before + 1);
	await phone.open(`${portal.origin}/deconnexion`);
	withDatabase(portal, (database) =>
		database
			.prepare(`DELETE FROM session WHERE account_id = (SELECT id FROM account WHERE ? IN (email, phone))`)
			.run(contact),
	);
	await phone.page.getByRole('button', { name: 'Tout effacer de ce téléphone' }).click();
	await phone.page.locator('[data-purge-now]').waitFor();
	expect(devices()).toBe(before);
	expect((await phone.context.cookies(portal.origin)).map(({ name }) => name)).not.toContain('browser');
});

test('a phone that was removed from the list stays removed when it starts again', async () => {
	phone = await openPhone(portal.origin, { service });
	// Somebody without another phone: there is one button.
	await signInAs(phone.context, portal, demoAccount(portal, 'beneficiary', 'Doubs').contact);
	await ready(phone, '/compte/notifications');
	const before = devices();
	await phone.page.locator('[data-push-enable]').click();
	await expect.poll(devices).toBe(before + 1);
	// By then the phone has kept that it was said: it is not said again when the page loads.
	await expect(phone.page.locator('[data-push-status]')).toContainText('arriveront sur ce téléphone');
	await phone.page.reload();
	await phone.page.getByRole('button', { name: 'Retirer cet appareil' }).click();
	await expect.poll(devices).toBe(before);
	// Asked at each start, twice a day at most: as if half a day had gone by. Removed before: a start that is not over yet is
	// refused as well.
	const refused = phone.page.waitForResponse((answer) => answer.url().endsWith('/api/push/subscribe'));
	await phone.page.clock.setFixedTime(new Date(Date.now() + 13 * 3_600_000));
	await phone.page.reload();
	expect((await refused).status()).toBe(410);
	await expect.poll(() => phone.page.evaluate(() => sessionStorage.getItem('subscription'))).toBeNull();
	expect(devices()).toBe(before);
});

test('a changed subscription is taken again and told to the server', async () => {
	phone = await openPhone(portal.origin);
	await signInAs(phone.context, portal, demoAccount(portal, 'beneficiary').contact);
	await ready(phone);
	const renewed = service.subscribe('', undefined);
	await phone.inWorker((json) => {
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
		await expect(status()).toContainText('n’a pas marché');
		await expect(button()).toBeEnabled();
	});

	test('we ask before the browser does; a refusal names the other ways, and nothing is asked for 30 days', async () => {
		phone = await openPhone(portal.origin);
		await phone.context.addInitScript(() => {
			Notification.requestPermission = async () => 'denied';
			Object.defineProperty(Notification, 'permission', { get: () => 'default' });
		});
		await signInAs(phone.context, portal, demoAccount(portal, 'beneficiary').contact);
		await ready(phone, '/accueil');
		const offer = phone.page.locator('[data-push-offer]');
		await offer.getByRole('link', { name: 'Voir comment' }).click();
		await button().click();
		await expect(status()).toContainText('par e-mail ou par SMS');
		expect((await phone.stored()).localStorage).toEqual(['push-refused-at']);
		const offeredIn = async (days: number) => {
			await phone.page.clock.setFixedTime(new Date(Date.now() + days * 86_400_000));
			await ready(phone, '/accueil');
			return offer;
		};
		await expect(await offeredIn(29)).toBeHidden();
		await expect(await offeredIn(31)).toBeVisible();
		await offer.getByRole('button', { name: 'Plus tard' }).click();
		await expect(await offeredIn(32)).toBeHidden();
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
