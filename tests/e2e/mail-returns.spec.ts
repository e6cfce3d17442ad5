import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { returnPathOf } from '../../src/lib/server/platform/return-path.ts';
import { demoAccount, openSessionOf, withDatabase } from '../support/fixtures.ts';
import { ask } from '../support/http.ts';
import { seededCopy, startPortal, type Portal } from '../support/portal.ts';

/** docs/retours-de-mail.md, as it is written: its script is run as the mail server would run it. */

const bounces = { address: 'retours@portail.example.fr', key: 'a-key-of-tests-for-mails-that-come-back' };
let portal: Portal;

test.beforeAll(async () => {
	portal = await startPortal({
		dataDir: seededCopy(),
		env: { BOUNCE_ADDRESS: bounces.address, BOUNCE_KEY: bounces.key },
	});
});
test.afterAll(async () => void (await portal.stop()));

const [, script = ''] = /```sh\n([\s\S]*?)```/.exec(readFileSync('docs/retours-de-mail.md', 'utf8')) ?? [];

/** @returns the code that the mail server reads: 0 when the mail was handed over, 75 when it must be kept. */
function handOver(mail: string, recipient: string, key = bounces.key): Promise<number | null> {
	const env = { PATH: process.env.PATH, ORIGIN: portal.origin, BOUNCE_KEY: key };
	const run = spawn('sh', ['-c', script, 'sh', recipient], { env, stdio: ['pipe', 'ignore', 'ignore'] });
	run.stdin.end(mail);
	return new Promise((resolve) => run.on('exit', resolve));
}

const report = (email: string, status = '5.1.1') =>
	[
		'From: MAILER-DAEMON@mx.example.fr',
		'Content-Type: multipart/report; report-type=delivery-status; boundary="limit"',
		'',
		'--limit',
		'Content-Type: message/delivery-status',
		'',
		'Reporting-MTA: dns; mx.example.fr',
		'',
		`Final-Recipient: rfc822; ${email}`,
		'Action: failed',
		`Status: ${status}`,
		'--limit--',
		'',
	].join('\n');

test('a mail handed back by the documented script is a refusal, and the person reads that their address is dead', async () => {
	const { contact } = demoAccount(portal, 'beneficiary');
	const id = 'AAECAwQFBgcICQoLDA0ODw';
	withDatabase(portal, (database) => {
		const now = Date.now();
		const { person } = database.prepare(`SELECT person_id AS person FROM account WHERE email = ?`).get(contact) as {
			person: string;
		};
		database
			.prepare(
				`INSERT INTO reminder (id, once_key, kind, person_id, path, due_at, useful_until, state, ladder, attempts, sent_at, created_at)
				VALUES (?, ?, 'manual', ?, '/compte/messages', ?, ?, 'sent', '[]', 0, ?, ?)`,
			)
			.run(id, 'manual:test', person, now, now + 3_600_000, now, now);
		database
			.prepare(
				`INSERT INTO delivery (id, reminder_id, channel, outcome, reason, at) VALUES (?, ?, 'email', 'accepted', '250', ?)`,
			)
			.run('d-test', id, now);
	});
	const state = () =>
		withDatabase(
			portal,
			(database) => database.prepare(`SELECT state FROM reminder WHERE id = ?`).get(id) as { state: string },
		).state;
	const recipient = returnPathOf(id, bounces);
	expect(await handOver(report(contact), recipient, 'another key')).toBe(75);
	expect(await handOver('Subject: absent\n\nJe suis en congé.', recipient)).toBe(0);
	expect(state()).toBe('sent');
	expect(await handOver(report(contact), recipient)).toBe(0);
	expect(state()).toBe('failed');

	const session = openSessionOf(portal, contact);
	const settings = () => ask(portal, '/compte/notifications', { session });
	expect((await settings()).body).toContain('Votre adresse ne reçoit plus');
	expect((await ask(portal, '/accueil', { session })).body).toContain('Votre adresse ne reçoit plus');
	await ask(portal, '/compte/notifications?/address', { session, form: {} });
	expect((await settings()).body).not.toContain('Votre adresse ne reçoit plus');
});

test('a mail that comes back while the portal is down is kept by the mail server', async () => {
	const { origin } = portal;
	portal.origin = 'http://127.0.0.1:9';
	expect(await handOver(report('personne@example.fr'), returnPathOf('AAECAwQFBgcICQoLDA0ODw', bounces))).toBe(75);
	portal.origin = origin;
});
