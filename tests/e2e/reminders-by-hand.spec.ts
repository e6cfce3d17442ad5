import { expect, test, type Browser, type Page } from '@playwright/test';
import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AXE, problemsOf } from '../support/axe.ts';
import { signInAs, withDatabase } from '../support/fixtures.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';
import { startPushService, type PushService } from '../support/push-service.ts';
import { nextWorkingMorning } from '../support/working-days.ts';

/**
 * A referent writes to several people at once (product.md §5): who can be written to, what each channel will say, ten seconds to
 * take it back, then what became of it. One process serves the pages and another sends, when it is started: what has not left is certain.
 */
const REFERENT = 'referent3.ardennes@example.fr';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MAIL = 'courriel@example.fr';
const LANDLINE = '+33324590000';

const NUMBER = '03 24 59 00 00';
const SMALL = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 800 };

let service: PushService;
let portal: Portal;
let sender: Portal | undefined;
let now: Date;

interface Somebody {
	id: string;
	account: string;
	name: string;
}
/** The device that will be refused. */
let refused: string;
/** People of one caseload, each reached another way. */
let people: Record<'byMail' | 'onPhone' | 'deadPhone' | 'nowhere' | 'reminded' | 'muted', Somebody>;

const run = (sql: string, ...values: unknown[]) =>
	withDatabase(portal, (database) => database.prepare(sql).run(...values));
const rows = <Row>(sql: string, ...values: unknown[]) =>
	withDatabase(portal, (database) => database.prepare(sql).all(...values) as Row[]);

/** Time moves for pages, for what is sent, and for the push service that checks the age of our tokens. */
async function setClock(at: Date): Promise<void> {
	now = at;
	service.now = () => at.getTime();
	await portal.setClock(at);
	await sender?.setClock(at);
}

/** As the service worker does: a portal that is too busy to hear it is told again. */
async function sayShown(body: string): Promise<void> {
	const { origin, process } = portal;
	const headers = { 'content-type': 'application/json', origin };
	while (process.exitCode === null && process.signalCode === null) {
		const answer = await fetch(`${origin}/api/push/shown`, { method: 'POST', headers, body }).catch(() => null);
		if (answer?.ok) return;
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
}

/** A browser of somebody, registered with the push service; `shows`: it says so when a notification is on its screen. */
function aPhone({ account }: Somebody, { shows }: { shows: boolean }) {
	const keys = JSON.parse(readFileSync(path.join(portal.dataDir, 'demo-keys.json'), 'utf8')) as Record<string, string>;
	const subscription = service.subscribe(keys.VAPID_PUBLIC_KEY!, ({ text }) => {
		const { beacon } = JSON.parse(text) as { beacon: string };
		if (shows) void sayShown(JSON.stringify({ beacon }));
	});
	const { endpoint, keys: secrets } = subscription;
	run(
		`INSERT INTO push_subscription (id, account_id, endpoint, p256dh, auth, label, created_at, last_alive_at) VALUES (?, ?, ?, ?, ?, 'Chrome – Android', ?, ?)`,
		`phone-${account}`,
		account,
		endpoint,
		secrets.p256dh,
		secrets.auth,
		now.getTime(),
		now.getTime(),
	);
	return subscription;
}

const reachedBy = ({ id, account }: Somebody, { email, phone }: { email: string | null; phone: string | null }) => {
	run(`UPDATE person SET email = ?, phone = ? WHERE id = ?`, email, phone, id);
	run(`UPDATE account SET email = ?, phone = NULL WHERE id = ?`, email, account);
};

test.beforeEach(async () => {
	service = await startPushService();
	portal = await startPortal({ dataDir: seededCopy(), env: { ROLE: 'web' } });
	await setClock(nextWorkingMorning());
	const found = rows<Somebody>(
		`SELECT p.id, a.id account, p.first_name || ' ' || p.last_name name FROM follow_up_member f JOIN account r ON r.id = f.account_id
		JOIN person p ON p.id = f.person_id JOIN account a ON a.person_id = p.id AND a.status = 'active'
		WHERE r.email = ? AND f.part = 'lead' AND f.ended_at IS NULL AND p.locale = 'fr' AND p.email IS NOT NULL ORDER BY p.last_name, p.first_name LIMIT 6`,
		REFERENT,
	);
	expect(found).toHaveLength(6);
	const [byMail, onPhone, deadPhone, nowhere, reminded, muted] = found as [Somebody, ...Somebody[]];
	people = { byMail, onPhone: onPhone!, deadPhone: deadPhone!, nowhere: nowhere!, reminded: reminded!, muted: muted! };
	reachedBy(byMail, { email: MAIL, phone: null });
	reachedBy(people.onPhone, { email: null, phone: LANDLINE });
	aPhone(people.onPhone, { shows: true });
	reachedBy(people.deadPhone, { email: null, phone: LANDLINE });
	refused = aPhone(people.deadPhone, { shows: false }).endpoint;
	reachedBy(people.nowhere, { email: null, phone: LANDLINE });
	run(`UPDATE person SET muted_kinds = '["manual"]' WHERE id = ?`, people.muted.id);
	const at = now.getTime() - 3 * HOUR_MS;
	run(
		`INSERT INTO reminder (id, once_key, kind, person_id, path, due_at, useful_until, state, attempts, sent_at, created_at)
		VALUES ('earlier', 'earlier', 'manual', ?, '/compte/messages', ?, ?, 'sent', 1, ?, ?)`,
		people.reminded.id,
		at,
		at + 24 * HOUR_MS,
		at,
		at,
	);
});
test.afterEach(async () => {
	await sender?.stop({ keep: true });
	sender = undefined;
	await portal.stop();
	await service.stop();
});

/** What sends is on from now on. */
async function startSending(): Promise<void> {
	const env = { ROLE: 'worker', PUSH_HOSTS: service.host, NODE_EXTRA_CA_CERTS: service.certFile };
	sender = await startPortal({ dataDir: portal.dataDir, clock: now, env });
}

/** What is kept of the messages to these people by hand, and what left for them. */
function kept() {
	const ids = Object.values(people).map(({ id }) => id);
	return rows<{ person: string; state: string; reason: string | null }>(
		`SELECT person_id person, state, reason FROM reminder WHERE kind = 'manual' AND id <> 'earlier'
		AND person_id IN (${ids.map(() => '?').join()}) ORDER BY created_at`,
		...ids,
	);
}
/** What was due before has left, or was given up: a device that is refused later is refused for a message by hand. */
const othersLeft = () =>
	expect
		.poll(
			() =>
				rows(`SELECT id FROM reminder WHERE act_at <= ? AND state IN ('scheduled', 'sending') LIMIT 5`, now.getTime()),
			{ timeout: 120_000 },
		)
		.toEqual([]);
const mailsTo = (recipient: string) =>
	rows<{ subject: string; body: string }>(`SELECT subject, body FROM demo_message WHERE recipient = ?`, recipient);

async function atDesk(browser: Browser, { scripts, viewport }: { scripts: boolean; viewport: typeof SMALL }) {
	const context = await browser.newContext({ javaScriptEnabled: scripts, viewport, locale: 'fr-FR' });
	await signInAs(context, portal, REFERENT, { now });
	if (scripts) await context.addInitScript(AXE);
	return context.newPage();
}

const lineOf = (page: Page, { name }: Somebody) => page.getByRole('row').filter({ hasText: name });
const box = (page: Page, { name }: Somebody) => page.getByRole('checkbox', { name: `Choisir ${name}` });

/** Chooses three of them, writes a word, and asks to see. */
async function compose(page: Page): Promise<void> {
	await page.goto(`${portal.origin}/pro/rappels`);
	for (const one of [people.byMail, people.onPhone, people.deadPhone]) await box(page, one).check();
	await page.getByLabel('Merci de nous appeler').check();
	await page.getByLabel('Un mot de vous').fill('Je suis là tout le matin.');
	await page.getByRole('button', { name: 'Voir avant d’envoyer' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Avant d’envoyer');
}
/** What left for them, on any channel, of a message by hand. */
const leftByHand = () => ({
	mails: mailsTo(MAIL).filter(({ subject }) => subject === 'Merci de nous appeler').length,
	tried: rows(`SELECT d.id FROM delivery d JOIN reminder r ON r.id = d.reminder_id WHERE r.kind = 'manual'`).length,
});
const states = () =>
	kept()
		.map(({ state, reason }) => (reason ? `${state}: ${reason}` : state))
		.sort();

test('several are chosen and seen, taken back in time, written to again, and what became of each is said', async ({
	browser,
}) => {
	const page = await atDesk(browser, { scripts: true, viewport: WIDE });
	const main = page.getByRole('main');

	await test.step('who cannot be written to is greyed, with the reason and what is left to do', async () => {
		await page.goto(`${portal.origin}/pro/rappels`);
		for (const one of [people.nowhere, people.reminded, people.muted]) await expect(box(page, one)).toBeDisabled();
		await expect(lineOf(page, people.nowhere)).toContainText('aucun appareil, pas d’e-mail, pas de mobile français');
		await expect(lineOf(page, people.nowhere)).toContainText(NUMBER);
		await expect(lineOf(page, people.reminded)).toContainText('Déjà un rappel');
		await expect(lineOf(page, people.muted)).toContainText('A coupé ces messages');
		await expect(lineOf(page, people.byMail)).toContainText('e-mail');
		await expect(lineOf(page, people.onPhone)).toContainText('notification');
		expect(await problemsOf(page)).toEqual([]);
	});

	await test.step('what each channel will say is seen before', async () => {
		await compose(page);
		await expect(main).toContainText('3 personnes recevront ce message.');
		for (const channel of ['Sur le téléphone', 'Par e-mail', 'Par SMS', 'Dans son espace'])
			await expect(main).toContainText(channel);
		await expect(main).toContainText('Je suis là tout le matin.');
		expect(await problemsOf(page)).toEqual([]);
	});

	await test.step('sent and taken back: nothing leaves, whoever sends and whenever', async () => {
		await page.getByRole('button', { name: 'Envoyer' }).click();
		await expect(main).toContainText('3 messages prévus.');
		await expect(main).toContainText('Partis ou conclus : 0 sur 3');
		expect(await problemsOf(page)).toEqual([]);
		await page.getByRole('button', { name: 'Annuler l’envoi' }).click();
		await expect(main).toContainText('3 messages annulés.');
		await expect(page.getByRole('button', { name: 'Annuler l’envoi' })).toHaveCount(0);
		await expect(main).not.toContainText('Partis ou conclus');
		await startSending();
		await setClock(new Date(now.getTime() + MINUTE_MS));
		await othersLeft();
		expect(states()).toEqual(Array(3).fill('dropped: undone'));
		expect(leftByHand()).toEqual({ mails: 0, tried: 0 });
	});

	await test.step('written to again at once: who was taken back is not « déjà un rappel »', async () => {
		await compose(page);
		service.expire(refused);
		await page.getByRole('button', { name: 'Envoyer' }).click();
		await expect(main).toContainText('3 messages prévus.');
		await setClock(new Date(now.getTime() + MINUTE_MS));
	});

	await test.step('the page says by itself how far it is, then what became of it on each channel', async () => {
		await expect(main).toContainText('C’est fini : les 3 messages sont partis ou conclus.', { timeout: 120_000 });
		await expect(page.getByRole('button', { name: 'Annuler l’envoi' })).toHaveCount(0);
		const ofThisTime = ['failed: unreachable', 'sent', 'shown'];
		await expect.poll(states).toEqual([...Array<string>(3).fill('dropped: undone'), ...ofThisTime]);
		expect(leftByHand().mails).toBe(1);
		// The phone may have said that it shows it after the page was read.
		await page.reload();
		const channel = (name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
		// Sent, seen, answered, refused.
		expect(await channel('notification').getByRole('cell').allTextContents()).toEqual(['1', '1', '0', '1']);
		expect(await channel('e-mail').getByRole('cell').allTextContents()).toEqual(['1', 'inconnu', '0', '0']);
		await expect(lineOf(page, people.onPhone)).toContainText('Vu sur le téléphone');
		await expect(lineOf(page, people.byMail)).toContainText('Envoyé par e-mail');
		await expect(lineOf(page, people.deadPhone)).toContainText('Pas arrivé : à appeler');
		await expect(lineOf(page, people.deadPhone)).toContainText('notification : refusé');
		expect(await problemsOf(page)).toEqual([]);
	});

	await test.step('nobody is written to twice in a day, but whom nothing reached', async () => {
		await page.goto(`${portal.origin}/pro/rappels`);
		for (const one of [people.byMail, people.onPhone]) {
			await expect(box(page, one)).toBeDisabled();
			await expect(lineOf(page, one).first()).toContainText('Déjà un rappel');
		}
		// The device is known to be dead.
		await expect(lineOf(page, people.deadPhone).first()).toContainText('Injoignable par message');
	});

	await test.step('whom no channel reaches is a task of the day, with the number to dial', async () => {
		await page.goto(`${portal.origin}/pro`);
		const task = lineOf(page, people.deadPhone);
		await expect(task).toContainText('Injoignable');
		await expect(task.getByRole('link', { name: `Appeler le ${NUMBER}` })).toHaveAttribute('href', `tel:${LANDLINE}`);
		expect(await problemsOf(page)).toEqual([]);
		await task.getByRole('link', { name: people.deadPhone.name }).first().click();
		await expect(main).toContainText('À appeler');
		// A landline takes no message.
		await expect(main.getByText('Messages par').locator('xpath=following-sibling::dd[1]')).toHaveText('aucun');
		await page.getByRole('button', { name: 'J’ai pu lui parler' }).click();
		await expect(page.getByRole('button', { name: 'J’ai pu lui parler' })).toHaveCount(0);
	});
});

test('without script it is taken back by a form, and followed by a link', async ({ browser }) => {
	const page = await atDesk(browser, { scripts: false, viewport: SMALL });
	const main = page.getByRole('main');
	await compose(page);
	await page.getByRole('button', { name: 'Envoyer' }).click();
	await expect(main).toContainText('3 messages prévus.');
	// Nothing moves by itself under somebody who reads.
	await expect(page.locator('meta[http-equiv="refresh"]')).toHaveCount(0);
	await page.getByRole('button', { name: 'Annuler l’envoi' }).click();
	await expect(main).toContainText('3 messages annulés.');
	expect(states()).toEqual(Array(3).fill('dropped: undone'));

	await compose(page);
	await page.getByRole('button', { name: 'Envoyer' }).click();
	await expect(main).toContainText('Partis ou conclus : 0 sur 3');
	await startSending();
	await setClock(new Date(now.getTime() + MINUTE_MS));
	await expect.poll(() => states().filter((state) => state === 'scheduled' || state === 'sending')).toEqual([]);
	await page.getByRole('link', { name: 'Voir où en est l’envoi' }).click();
	await expect(main).toContainText('C’est fini : les 3 messages sont partis ou conclus.');
	await expect(page.getByRole('link', { name: 'Voir où en est l’envoi' })).toHaveCount(0);
	expect(leftByHand().mails).toBe(1);
});

test('while another process holds the database, it is said, and nothing that was written is lost', async ({
	browser,
}) => {
	const page = await atDesk(browser, { scripts: false, viewport: SMALL });
	const main = page.getByRole('main');
	const whileHeld = async (name: string) => {
		const other = new Database(path.join(portal.dataDir, 'portal.db'));
		other.exec('BEGIN IMMEDIATE');
		const answered = page.waitForResponse((response) => response.request().method() === 'POST');
		await page.getByRole('button', { name }).click();
		expect((await answered).status()).toBe(503);
		await expect(main).toContainText('Cela n’a pas marché. Réessayez dans un moment.');
		other.exec('ROLLBACK');
		other.close();
	};
	await compose(page);
	await whileHeld('Envoyer');
	expect(states()).toEqual([]);
	await expect(page.getByLabel('Un mot de vous')).toHaveValue('Je suis là tout le matin.');
	await expect(box(page, people.byMail)).toBeChecked();
	await page.getByRole('button', { name: 'Voir avant d’envoyer' }).click();
	await page.getByRole('button', { name: 'Envoyer' }).click();
	await expect(main).toContainText('3 messages prévus.');
	await whileHeld('Annuler l’envoi');
	await page.getByRole('button', { name: 'Annuler l’envoi' }).click();
	await expect(main).toContainText('3 messages annulés.');
	expect(states()).toEqual(Array(3).fill('dropped: undone'));
});

test('taken back too late says so, and what left stays', async ({ browser }) => {
	const page = await atDesk(browser, { scripts: false, viewport: SMALL });
	const main = page.getByRole('main');
	await compose(page);
	await page.getByRole('button', { name: 'Envoyer' }).click();
	const undo = page.getByRole('button', { name: 'Annuler l’envoi' });
	await expect(undo).toBeVisible();
	await startSending();
	await setClock(new Date(now.getTime() + MINUTE_MS));
	await expect.poll(() => states().filter((state) => state === 'scheduled' || state === 'sending')).toEqual([]);
	await undo.click();
	await expect(main).toContainText('Trop tard : les messages sont partis.');
	expect(states()).not.toContain('dropped: undone');
});
