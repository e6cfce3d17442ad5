import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import { SMTPServer } from 'smtp-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Channel } from '../../shared/codes.ts';
import { aFollowUp, anAppointment, aPerson, aReferent } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { anOutside, remindersIn, tickAt } from '../../../../tests/support/reminders.ts';
import type { Db } from '../db/client.ts';
import { delivery, person, reminder } from '../db/schema/index.ts';
import { correctPerson, identityVersion } from '../people/contacts.ts';
import { personOf } from '../people/queries.ts';
import { config } from '../platform/config.ts';
import { newId } from '../platform/ids.ts';
import { createMailer } from '../platform/mail.ts';
import { messageOfReturnPath, type Bounce } from '../platform/return-path.ts';
import { createSmsGateway, gsmLength } from '../platform/sms.ts';
import { markAnswered } from './commands.ts';
import { addressWorks, confirmAddress, deadAddressOf } from './dead-addresses.ts';
import { recipientsOf } from './recipients.ts';
import { noteBounce, noteSmsReceipt } from './receipts.ts';
import { unsubscribe, unsubscribeLink, unsubscribeToken } from './unsubscribe.ts';

/** The appointment is on Thursday 3 December 2026 at 10:00 in Paris. */
const BOOKED_ON = new Date('2026-11-27T09:00:00Z');
const TWO_BEFORE = new Date('2026-12-01T09:00:00Z');
const CANARY = 'Xylophone';
type Who = Awaited<ReturnType<typeof aPerson>>;

interface Refusal {
	code: number | null;
	of?: 'recipient' | 'sender' | 'login';
}

/** A real SMTP server that takes everything, or refuses with a code: the recipient, unless said otherwise. */
async function anSmtpServer(refusal: Refusal) {
	const sources: string[] = [];
	const senders: string[] = [];
	const refused = (what: Refusal['of']) =>
		refusal.code && (refusal.of ?? 'recipient') === what
			? Object.assign(new Error('No such user'), { responseCode: refusal.code })
			: null;
	const server = new SMTPServer({
		authOptional: true,
		allowInsecureAuth: true,
		disabledCommands: ['STARTTLS'],
		onAuth: (_auth, _session, done) => done(refused('login'), { user: 'portail' }),
		onMailFrom: ({ address }, _session, done) => (senders.push(address), done(refused('sender'))),
		onRcptTo: (_address, _session, done) => done(refused('recipient')),
		onData: (stream, _session, done) => void text(stream).then((source) => (sources.push(source), done())),
	});
	server.on('error', () => {});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
	return { sources, senders, url: `smtp://portail:key@127.0.0.1:${(server.server.address() as AddressInfo).port}` };
}

/** A real HTTP gateway for SMS. */
async function anSmsGateway(answer: { status: number }) {
	const received: { to: string; text: string; reference: string }[] = [];
	const server = http.createServer((request, response) => {
		void json(request).then((body) => {
			received.push(body as (typeof received)[number]);
			response.writeHead(answer.status).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const gateway = createSmsGateway({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'test' });
	onTestFinished(() => {
		gateway.close();
		server.closeAllConnections();
		server.close();
	});
	return { received, send: gateway.send };
}

async function setting({ smsStatus = 202 }: { smsStatus?: number } = {}) {
	const refusal: Refusal = { code: null };
	const smsAnswer = { status: smsStatus };
	const outside = await anOutside();
	const smtp = await anSmtpServer(refusal);
	const sms = await anSmsGateway(smsAnswer);
	const edges = {
		...outside.edges,
		sendMail: createMailer({ smtpUrl: smtp.url, from: config().mailFrom }).send,
		sendSms: sms.send,
	};
	const db = await testDatabase();
	const who = await aPerson(db, { firstName: CANARY, lastName: CANARY });
	await anAppointment(db, { personId: who.id, day: '2026-12-03', time: '10:00', placeName: CANARY, address: CANARY });
	const at = (now: Date) => tickAt(db, { ...outside, edges }, now);
	await at(BOOKED_ON);
	const attempts = async () =>
		(await db.read.select().from(delivery)).map(({ channel, outcome, reason }) => [channel, outcome, reason]);
	const first = async () => (await remindersIn(db))[0]!;
	return { db, refusal, smsAnswer, smtp, sms, who, at, attempts, first };
}

test('the mail that travels holds the day, the hour and the link, and nothing else about the person', async () => {
	const { db, who, at, smtp, sms } = await setting();
	await at(TWO_BEFORE);
	expect(smtp.sources).toHaveLength(1);
	const [, token = ''] = /List-Unsubscribe: <https:\/\/portail\.example\.fr\/api\/desabonnement\/([^>]+)>/.exec(
		smtp.sources[0]!.replace(/\r\n /g, ' '),
	)!;
	expect(smtp.sources[0]).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
	expect(await db.write((tx) => unsubscribe(tx, { token, now: TWO_BEFORE }))).toBe(true);
	expect((await personOf(db.read, who.id)).mutedKinds).toEqual(['appointment_2d']);
	expect(smtp.sources[0]!.replace(/=\r\n/g, '')).toContain('https://portail.example.fr/r/');
	expect(smtp.sources[0]).not.toContain(CANARY);
	expect(sms.received).toEqual([]);
});

test('an address that refuses for good gives way to the SMS in the same tick', async () => {
	const { at, refusal, sms, who, attempts, first } = await setting();
	refusal.code = 550;
	await at(TWO_BEFORE);
	expect(await attempts()).toEqual([
		['email', 'permanent_failure', 'dead_address'],
		['sms', 'accepted', 'http_202'],
	]);
	const [message] = sms.received;
	expect(message).toMatchObject({ to: who.phone, reference: (await first()).id });
	expect(gsmLength(message!.text)).toBeLessThanOrEqual(160);
	expect(message!.text).not.toContain(CANARY);
});

test('a mail server that is busy is tried again, and nothing else is sent meanwhile', async () => {
	const { at, refusal, smtp, sms, first } = await setting();
	refusal.code = 451;
	await at(TWO_BEFORE);
	expect(await first()).toMatchObject({ state: 'scheduled', attempts: 1 });
	refusal.code = null;
	await at(new Date(TWO_BEFORE.getTime() + 2 * 60_000));
	expect([smtp.sources.length, sms.received.length]).toEqual([1, 0]);
	expect(await first()).toMatchObject({ state: 'sent' });
});

test('refused by mail and by SMS, the reminder says that nobody was reached', async () => {
	const { at, refusal, first } = await setting({ smsStatus: 422 });
	refusal.code = 550;
	await at(TWO_BEFORE);
	expect(await first()).toMatchObject({ state: 'failed', reason: 'unreachable', actAt: null });
});

describe('a key of ours that is refused, and no other channel', () => {
	const after = (minutes: number) => new Date(TWO_BEFORE.getTime() + minutes * 60_000);

	test.each([
		['the password of the mail server', { code: 535, of: 'login' }, 'email'],
		['our address as a sender', { code: 553, of: 'sender' }, 'email'],
		['the key of the SMS gateway', { status: 401 }, 'sms'],
		['its credit, used up', { status: 402 }, 'sms'],
	] as const)('%s: what is due leaves once it is put right', async (_, fault, channel) => {
		const { db, at, refusal, smsAnswer, smtp, sms, first } = await setting();
		await db.write((tx) => tx.update(person).set({ channelOrder: [channel] }));
		Object.assign('code' in fault ? refusal : smsAnswer, fault);
		await at(TWO_BEFORE);
		expect(await first()).toMatchObject({ state: 'scheduled', reason: null, attempts: 1 });
		const heard = () => smtp.sources.length + sms.received.length;
		await at(after(10));
		const before = heard();
		Object.assign(refusal, { code: null });
		Object.assign(smsAnswer, { status: 202 });
		await at(after(20));
		expect([await first(), heard() - before]).toMatchObject([{ state: 'sent', sentAt: after(20) }, 1]);
	});

	test('refused for two hours, it is our fault and said so', async () => {
		const { db, at, refusal, first } = await setting();
		await db.write((tx) => tx.update(person).set({ channelOrder: ['email'] }));
		Object.assign(refusal, { code: 535, of: 'login' });
		for (const minutes of [0, 20, 40, 60]) await at(after(minutes));
		expect(await first()).toMatchObject({ state: 'scheduled', attempts: 4 });
		await at(after(140));
		expect(await first()).toMatchObject({ state: 'failed', reason: 'technical', actAt: null });
	});
});

test('a token to unsubscribe that was changed, or is of a message owed by law, stops nothing', async () => {
	const { db, who } = await setting();
	const good = unsubscribeToken(who.id, 'manual');
	const wrong = [
		'',
		'..',
		good.slice(0, -1),
		good.replace('manual', 'rating'),
		`x${good}`,
		unsubscribeToken(who.id, 'aid_changed'),
	];
	for (const token of wrong) {
		expect(await unsubscribeLink(db.read, token)).toBeNull();
		expect(await db.write((tx) => unsubscribe(tx, { token, now: TWO_BEFORE }))).toBe(false);
	}
	expect((await personOf(db.read, who.id)).mutedKinds).toEqual([]);
});

test('opening the link of a mail stops nothing: a page asks first, in the person’s language', async () => {
	const { db, who } = await setting();
	const token = unsubscribeToken(who.id, 'manual');
	expect(await unsubscribeLink(db.read, token)).toEqual({ locale: 'fr', stopped: false });
	expect((await personOf(db.read, who.id)).mutedKinds).toEqual([]);
	await db.write((tx) => unsubscribe(tx, { token, now: TWO_BEFORE }));
	expect(await unsubscribeLink(db.read, token)).toEqual({ locale: 'fr', stopped: true });
});

describe('what the gateway says of an SMS afterwards', () => {
	async function sentBySms({ channelOrder }: { channelOrder: Channel[] }) {
		const given = await setting();
		const { db, at, first } = given;
		await db.write((tx) => tx.update(person).set({ channelOrder }));
		await at(TWO_BEFORE);
		const { id: reference } = await first();
		const say = (receipt: 'delivered' | 'failed') =>
			db.write((tx) => noteSmsReceipt(tx, { reference, receipt, now: TWO_BEFORE }));
		return { ...given, say };
	}

	test('delivered: it is noted, and nothing else is sent', async () => {
		const { say, at, attempts, smtp } = await sentBySms({ channelOrder: ['sms', 'email'] });
		expect(await say('delivered')).toBe('noted');
		await at(TWO_BEFORE);
		expect([await attempts(), smtp.sources.length]).toEqual([[['sms', 'accepted', 'delivered']], 0]);
	});

	test('failed: the next channel at once, and once', async () => {
		const { say, at, attempts, first } = await sentBySms({ channelOrder: ['sms', 'email'] });
		await say('failed');
		await say('failed');
		await at(TWO_BEFORE);
		await say('failed');
		await at(TWO_BEFORE);
		expect(await attempts()).toEqual([
			['sms', 'permanent_failure', 'receipt_failed'],
			['email', 'accepted', 'smtp_250'],
		]);
		expect((await first()).state).toBe('sent');
	});

	test('failed, said after delivered: receipts cross on their way, and it was on the phone', async () => {
		const { say, at, attempts, first, smtp } = await sentBySms({ channelOrder: ['sms', 'email'] });
		await say('delivered');
		await say('failed');
		await at(TWO_BEFORE);
		expect([await attempts(), smtp.sources.length]).toEqual([[['sms', 'accepted', 'delivered']], 0]);
		expect((await first()).state).toBe('sent');
	});

	test('failed, and no other channel: somebody must call', async () => {
		const { say, first } = await sentBySms({ channelOrder: ['sms'] });
		await say('failed');
		expect(await first()).toMatchObject({ state: 'failed', reason: 'unreachable', actAt: null });
	});

	test('failed, after a notification that a push service took: a 201 proves nothing', async () => {
		const { say, first, db } = await sentBySms({ channelOrder: ['sms'] });
		const { id: reminderId } = await first();
		const at = new Date(TWO_BEFORE.getTime() - 4 * 3_600_000);
		const pushed = { id: newId(), reminderId, channel: 'push', outcome: 'accepted', reason: 'http_201', at } as const;
		await db.write((tx) => tx.insert(delivery).values(pushed));
		await say('failed');
		expect(await first()).toMatchObject({ state: 'failed', reason: 'unseen', sentAt: at, actAt: null });
	});

	test('delivered, said after failed: nobody has to call any more', async () => {
		const { say, first, attempts } = await sentBySms({ channelOrder: ['sms'] });
		await say('failed');
		await say('delivered');
		expect(await first()).toMatchObject({ state: 'sent', reason: null, sentAt: TWO_BEFORE, actAt: null });
		expect(await attempts()).toEqual([['sms', 'accepted', 'delivered']]);
	});

	test('delivered, said before the e-mail that a failure called for has left: it does not leave', async () => {
		const { say, at, first, smtp } = await sentBySms({ channelOrder: ['sms', 'email'] });
		await say('failed');
		await say('delivered');
		await at(TWO_BEFORE);
		expect([(await first()).state, smtp.sources.length]).toEqual(['sent', 0]);
	});

	describe('although it had not answered', () => {
		async function unanswered(channelOrder: Channel[]) {
			const given = await setting({ smsStatus: 504 });
			const { db, at, first } = given;
			await db.write((tx) => tx.update(person).set({ channelOrder }));
			await at(TWO_BEFORE);
			const { id: reference } = await first();
			const say = (receipt: 'delivered' | 'failed') =>
				db.write((tx) => noteSmsReceipt(tx, { reference, receipt, now: TWO_BEFORE }));
			return { ...given, say };
		}
		const HOURS = new Date(TWO_BEFORE.getTime() + 2 * 3_600_000);

		test('delivered: it is not sent a second time', async () => {
			const { say, at, first, sms } = await unanswered(['sms', 'email']);
			expect((await first()).state).toBe('scheduled');
			await say('delivered');
			await at(HOURS);
			expect(await first()).toMatchObject({ state: 'sent', sentAt: TWO_BEFORE, actAt: null });
			expect(sms.received).toHaveLength(1);
		});

		test('failed: the next channel at once', async () => {
			const { say, at, attempts, sms } = await unanswered(['sms', 'email']);
			await say('failed');
			await at(TWO_BEFORE);
			expect([(await attempts()).at(-1), sms.received.length]).toEqual([['email', 'accepted', 'smtp_250'], 1]);
		});

		test('failed, once the e-mail has left: that one stands', async () => {
			const { say, at, first, db } = await unanswered(['sms', 'email']);
			const { id } = await first();
			await db.write((tx) =>
				tx
					.update(reminder)
					.set({ ladder: ['email'] })
					.where(eq(reminder.id, id)),
			);
			await at(HOURS);
			expect((await first()).state).toBe('sent');
			await say('failed');
			expect((await first()).state).toBe('sent');
		});
	});

	test('about an SMS that is not ours, it says so', async () => {
		const { db } = await setting();
		const receipt = { reference: 'none', receipt: 'failed', now: TWO_BEFORE } as const;
		expect(await db.write((tx) => noteSmsReceipt(tx, receipt))).toBe('unknown');
	});
});

describe('a mail that comes back after it was taken in charge', () => {
	async function sentByMail({ channelOrder }: { channelOrder: Channel[] }) {
		const given = await setting();
		const { db, at, smtp } = given;
		// Part of the configuration of this file, read at its first use.
		config().bounces = { address: 'retours@example.fr', key: 'test' };
		onTestFinished(() => void (config().bounces = null));
		await db.write((tx) => tx.update(person).set({ channelOrder }));
		await at(TWO_BEFORE);
		const reference = messageOfReturnPath(smtp.senders[0]!, 'test')!;
		const comeBack = (given: Partial<Bounce> = {}) =>
			db.write((tx) => noteBounce(tx, { id: reference, email: null, isDead: true, ...given, now: TWO_BEFORE }));
		return { ...given, reference, comeBack };
	}

	test('leaves from an address of return that names it, and says in its head who it is from', async () => {
		const { reference, first, smtp } = await sentByMail({ channelOrder: ['email', 'sms'] });
		expect(reference).toBe((await first()).id);
		expect(smtp.sources[0]).toContain('From: Mon parcours <portail@example.fr>');
	});

	test('gives way to the SMS at once, and once', async () => {
		const { comeBack, at, attempts, sms } = await sentByMail({ channelOrder: ['email', 'sms'] });
		expect(await comeBack()).toBe('noted');
		await comeBack();
		await at(TWO_BEFORE);
		await comeBack();
		await at(TWO_BEFORE);
		expect(await attempts()).toEqual([
			['email', 'permanent_failure', 'dead_address'],
			['sms', 'accepted', 'http_202'],
		]);
		expect(sms.received).toHaveLength(1);
	});

	test('when there is no other channel, somebody must call', async () => {
		const { comeBack, first } = await sentByMail({ channelOrder: ['email'] });
		await comeBack();
		expect(await first()).toMatchObject({ state: 'failed', reason: 'unreachable', actAt: null });
	});

	test('after it stopped being useful, it did not arrive all the same: somebody must call', async () => {
		const { reference, db, first, at } = await sentByMail({ channelOrder: ['email', 'sms'] });
		const now = new Date('2026-12-03T12:00:00Z');
		await db.write((tx) => noteBounce(tx, { id: reference, email: null, isDead: true, now }));
		await at(now);
		expect(await first()).toMatchObject({ state: 'failed', reason: 'unreachable', sentAt: TWO_BEFORE, actAt: null });
	});

	test('is of no consequence once the person has answered', async () => {
		const { db, comeBack, first } = await sentByMail({ channelOrder: ['email', 'sms'] });
		const { appointmentId } = await first();
		await db.write((tx) => markAnswered(tx, { appointmentId: appointmentId!, now: TWO_BEFORE }));
		await comeBack();
		expect((await first()).state).toBe('answered');
	});

	describe('for an address that is dead', () => {
		const EVENING = new Date('2026-12-02T17:00:00Z');
		const skipped = ['email', 'permanent_failure', 'dead_address'];

		test('is not written to again: the next reminder says so and takes the next channel', async () => {
			const { comeBack, at, attempts, sms, smtp, db, who } = await sentByMail({ channelOrder: ['email', 'sms'] });
			await comeBack();
			await at(TWO_BEFORE);
			expect(await deadAddressOf(db.read, who.id)).toEqual({ email: who.email, since: TWO_BEFORE });
			await at(EVENING);
			expect(smtp.sources).toHaveLength(1);
			expect(sms.received).toHaveLength(2);
			expect((await attempts()).slice(2)).toEqual([skipped, ['sms', 'accepted', 'http_202']]);
		});

		test('and no other channel: somebody must call, and the caseload says why', async () => {
			const { comeBack, at, db, who } = await sentByMail({ channelOrder: ['email'] });
			const referent = await aReferent(db);
			await aFollowUp(db, { personId: who.id, member: referent, part: 'second' });
			await comeBack();
			await at(EVENING);
			const evening = (await remindersIn(db)).find(({ kind }) => kind === 'appointment_evening');
			expect(evening).toMatchObject({ state: 'failed', reason: 'unreachable' });
			const [recipient] = await recipientsOf(db.read, referent.id, EVENING);
			expect(recipient).toMatchObject({ blocked: 'unreachable', closed: ['dead_email'], phone: who.phone });
		});

		test.each([
			['the person says that it works', async (db: Db, who: Who) => db.write((tx) => confirmAddress(tx, who.id))],
			['a code sent there was used', async (db: Db, who: Who) => db.write((tx) => addressWorks(tx, who.email!))],
			[
				'another one is written in the file',
				async (db: Db) => db.write((tx) => tx.update(person).set({ email: 'autre@example.fr' })),
			],
		])('is written to again once %s', async (_, mend) => {
			const { comeBack, at, db, who, smtp } = await sentByMail({ channelOrder: ['email', 'sms'] });
			await comeBack();
			await mend(db, who);
			expect(await deadAddressOf(db.read, who.id)).toBeNull();
			await at(EVENING);
			expect(smtp.sources).toHaveLength(2);
		});

		test.each([
			['the person says that it works', async (db: Db, who: Who) => db.write((tx) => confirmAddress(tx, who.id))],
			['a code sent there was used', async (db: Db, who: Who) => db.write((tx) => addressWorks(tx, who.email!))],
		])('handed over again once %s, is not believed twice', async (_, mend) => {
			const { comeBack, db, who } = await sentByMail({ channelOrder: ['email', 'sms'] });
			await comeBack({ email: who.email });
			await mend(db, who);
			expect(await comeBack({ email: who.email })).toBe('noted');
			expect(await deadAddressOf(db.read, who.id)).toBeNull();
		});

		test.each([
			['the address was corrected since', 'email'],
			['the name was, and the address of that mail is the present one', 'lastName'],
		] as const)('when the report names none: %s', async (_, field) => {
			const { comeBack, db, who } = await sentByMail({ channelOrder: ['email', 'sms'] });
			const { id: accountId, structureId } = await aReferent(db);
			const row = await personOf(db.read, who.id);
			const { firstName, lastName } = row;
			await db.write((tx) =>
				correctPerson(tx, {
					...{ personId: who.id, version: identityVersion(row), isLost: false },
					correction: { firstName, lastName, [field]: 'nouvelle@example.fr' },
					by: { accountId, role: 'referent', structureId },
					now: new Date(TWO_BEFORE.getTime() + 60_000),
				}),
			);
			await comeBack();
			const dead = await deadAddressOf(db.read, who.id);
			expect(dead).toEqual(field === 'email' ? null : { email: who.email, since: TWO_BEFORE });
		});

		test.each([
			['it was that mail that was refused', { isDead: false }],
			['the report is about a former address', { email: 'ancienne@example.fr' }],
		])('is not the present one when %s', async (_, report) => {
			const { comeBack, db, who } = await sentByMail({ channelOrder: ['email', 'sms'] });
			await comeBack(report);
			expect(await deadAddressOf(db.read, who.id)).toBeNull();
		});
	});
});
