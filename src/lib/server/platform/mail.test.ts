import net, { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import { createMailer, type Mail } from './mail.ts';
import { setMailbox, type MailboxMessage } from './mailbox.ts';

const toClose: (() => unknown)[] = [];
afterEach(async () => {
	setMailbox(undefined);
	for (const close of toClose.splice(0)) await close();
});

interface Received {
	to: string[];
	from: string;
	/** As it travelled: headers, empty line, body. */
	source: string;
}

/** A real SMTP server on this machine; `options` make it refuse. */
async function anSmtpServer(options: SMTPServerOptions = {}) {
	const received: Received[] = [];
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		onData: (stream, { envelope }, done) =>
			void text(stream).then((source) => {
				const from = envelope.mailFrom ? envelope.mailFrom.address : '';
				received.push({ to: envelope.rcptTo.map(({ address }) => address), from, source });
				done();
			}),
		...options,
	});
	server.on('error', () => {});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	toClose.push(() => new Promise<void>((resolve) => server.close(resolve)));
	return { received, port: (server.server.address() as AddressInfo).port };
}

const FROM = 'Mon parcours <ne-pas-repondre@example.fr>';
const QUARTER_MS = 15 * 60_000;
const aMailer = (port: number, { user = '', timeoutMs = 8000 } = {}) =>
	createMailer({ smtpUrl: `smtp://${user}127.0.0.1:${port}`, from: FROM, timeoutMs, deadlineMs: 2 * timeoutMs });
const aMail = (given: Partial<Mail> = {}): Mail => ({
	to: 'marie@example.fr',
	subject: 'Vous avez un rendez-vous',
	text: 'Bonjour,\nvoir votre espace.',
	...given,
});

const reply = (responseCode: number, words = 'no') => Object.assign(new Error(words), { responseCode });

test('a burst takes twenty connections at once, and every mail leaves once', async () => {
	let open = 0;
	let most = 0;
	const server = await anSmtpServer({
		onConnect: (_session, done) => {
			most = Math.max(most, ++open);
			setTimeout(done, 20);
		},
		onClose: () => void (open -= 1),
	});
	const mailer = aMailer(server.port);
	const people = Array.from({ length: 70 }, (_, at) => `personne${at}@example.fr`);
	const all = await Promise.all(people.map((to) => mailer.send(aMail({ to }))));
	expect(all.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(people.length);
	expect(server.received.flatMap(({ to }) => to).sort()).toEqual([...people].sort());
	// One that was answered may still be closing.
	expect(most).toBeLessThanOrEqual(25);
});

test('what was over when its turn came does not leave; what need not wait is not asked again', async () => {
	const server = await anSmtpServer();
	const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${server.port}`, from: FROM, maxConnections: 1 });
	const asked: string[] = [];
	const mail = (subject: string, isWanted: boolean) => {
		const stillWanted = async () => {
			asked.push(subject);
			return isWanted;
		};
		return mailer.send(aMail({ subject, stillWanted }));
	};
	const all = await Promise.all([mail('first', false), mail('over', false), mail('wanted', true)]);
	expect(all.map(({ reason }) => reason)).toEqual(['smtp_250', 'overtaken', 'smtp_250']);
	expect(all[1]).toMatchObject({ unsent: true });
	expect([asked, server.received.length]).toEqual([['over', 'wanted'], 2]);
});

test('a code goes before the reminders that wait for their turn', async () => {
	const server = await anSmtpServer();
	const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${server.port}`, from: FROM, maxConnections: 1 });
	const reminders = ['one', 'two', 'three'].map((subject) => aMail({ subject, stillWanted: async () => true }));
	const codes = ['code', 'other code'].map((subject) => aMail({ subject }));
	await Promise.all([...reminders, ...codes].map((mail) => mailer.send(mail)));
	const subjects = server.received.map(({ source }) => /^Subject: (.*)$/m.exec(source)![1]!.trim());
	expect(subjects).toEqual(['one', 'code', 'other code', 'two', 'three']);
});

test('the mailbox of the demo is given no whole burst at once: each is a write, before those of whoever tries the portal', async () => {
	let [atOnce, most] = [0, 0];
	setMailbox(async () => {
		most = Math.max(most, ++atOnce);
		await new Promise((resolve) => setImmediate(resolve));
		atOnce -= 1;
	});
	const mailer = createMailer({ smtpUrl: null, from: FROM });
	const all = await Promise.all(Array.from({ length: 100 }, () => mailer.send(aMail())));
	expect([all.filter(({ outcome }) => outcome === 'accepted').length, most]).toEqual([100, 20]);
});

test('whose turn does not come has not been tried', async () => {
	const { port } = await anSmtpServer({ onData: (_stream, _session, done) => void setTimeout(done, 400) });
	const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: FROM, maxConnections: 1, patienceMs: 50 });
	const [, second] = await Promise.all([mailer.send(aMail()), mailer.send(aMail())]);
	expect(second).toEqual({ outcome: 'temporary_failure', reason: 'busy', unsent: true });
});

describe('a mail', () => {
	test('arrives whole, says who it is from and that a robot wrote it', async () => {
		const server = await anSmtpServer();
		const mail = aMail({ html: '<p>Bonjour</p>', headers: { 'List-Unsubscribe': '<https://example.fr/stop>' } });
		expect(await aMailer(server.port).send(mail)).toEqual({ outcome: 'accepted', reason: 'smtp_250' });
		const [{ to, from, source } = { to: [], from: '', source: '' }] = server.received;
		expect({ to, from }).toEqual({ to: ['marie@example.fr'], from: 'ne-pas-repondre@example.fr' });
		for (const line of [
			'To: marie@example.fr',
			`From: ${FROM}`,
			'Auto-Submitted: auto-generated',
			'List-Unsubscribe: <https://example.fr/stop>',
			'Subject: Vous avez un rendez-vous',
			'<p>Bonjour</p>',
		])
			expect(source).toContain(line);
	});

	test.each([
		['marie@example.fr\r\nBcc: pirate@example.fr'],
		['marie@example.fr, pirate@example.fr'],
		['Marie <marie@example.fr>'],
		['nobody'],
	])('to %j never leaves', async (to) => {
		const server = await anSmtpServer();
		expect(await aMailer(server.port).send(aMail({ to }))).toEqual({
			...{ outcome: 'permanent_failure', reason: 'bad_address' },
		});
		expect(server.received).toEqual([]);
	});

	test.each(['\r\n', '\n', '\r', '\u2028', '\u0085', '\u0000'])(
		'a line break in the subject adds no header: %j',
		async (end) => {
			const server = await anSmtpServer();
			await aMailer(server.port).send(aMail({ subject: `Bonjour${end}Bcc: pirate@example.fr${end}${end}Texte` }));
			const [{ to, source } = { to: [], source: '' }] = server.received;
			expect(to).toEqual(['marie@example.fr']);
			expect(source).not.toMatch(/^Bcc:/im);
			expect(source).toContain('Subject: Bonjour Bcc: pirate@example.fr');
		},
	);

	test.each([
		[{ 'X-Note': 'a\r\nBcc: pirate@example.fr' }],
		[{ 'X-Note\r\nBcc': 'pirate@example.fr' }],
		[{ Bcc: 'pirate@example.fr' }],
		[{ 'Reply-To': 'pirate@example.fr' }],
		[{ 'content-type': 'text/html' }],
		[{ '': 'x' }],
	])('a header that is not ours to give is refused: %j', async (headers) => {
		const server = await anSmtpServer();
		expect(await aMailer(server.port).send(aMail({ headers }))).toEqual({
			...{ outcome: 'technical_failure', reason: 'bad_header' },
		});
		expect(server.received).toEqual([]);
	});
});

describe('a server that refuses', () => {
	const refuse = (code: number, words?: string) => (_: unknown, __: unknown, done: (error: Error) => void) =>
		done(reply(code, words));
	const refuseData: (code: number) => SMTPServerOptions['onData'] = (code) => (stream, _, done) => {
		stream.resume();
		stream.on('end', () => done(reply(code)));
	};

	test.each<[string, SMTPServerOptions, object]>([
		[
			'the recipient for good',
			{ onRcptTo: refuse(550, 'No such user') },
			{ outcome: 'permanent_failure', status: 550, deadAddress: true },
		],
		['the recipient for now', { onRcptTo: refuse(450) }, { outcome: 'temporary_failure', status: 450 }],
		['the message for good', { onData: refuseData(554) }, { outcome: 'permanent_failure', status: 554 }],
		['the message for now', { onData: refuseData(451) }, { outcome: 'temporary_failure', status: 451 }],
		[
			'us as a sender',
			{ onMailFrom: refuse(553) },
			{ outcome: 'technical_failure', status: 553, retryAfterMs: QUARTER_MS },
		],
		['us as a sender for now', { onMailFrom: refuse(421) }, { outcome: 'temporary_failure', status: 421 }],
		[
			'the connection',
			{ onConnect: (_, done) => done(reply(554)) },
			{ outcome: 'technical_failure', status: 554, retryAfterMs: QUARTER_MS },
		],
		['the connection for now', { onConnect: (_, done) => done(reply(421)) }, { outcome: 'temporary_failure' }],
	])('%s', async (_, options, expected) => {
		const server = await anSmtpServer(options);
		expect(await aMailer(server.port).send(aMail())).toMatchObject(expected);
	});

	test.each(['5.7.1 unwanted', '5.1.8 our domain', '5.2.3 too long', 'SPF check failed', 'no'])(
		'this mail or us, and not its address: %s',
		async (words) => {
			const server = await anSmtpServer({ onRcptTo: refuse(550, words) });
			const refused = { outcome: 'permanent_failure', status: 550, reason: 'smtp_550' };
			expect(await aMailer(server.port).send(aMail())).toEqual(refused);
		},
	);

	test('our password', async () => {
		const server = await anSmtpServer({ authOptional: false, allowInsecureAuth: true, onAuth: refuse(535) });
		expect(await aMailer(server.port, { user: 'someone:wrong@' }).send(aMail())).toMatchObject({
			...{ outcome: 'technical_failure', reason: 'smtp_535', retryAfterMs: QUARTER_MS },
		});
	});
});

describe('whatever the server does, a mail ends in time', () => {
	async function aServerThat(behave: (socket: net.Socket) => void) {
		const sockets = new Set<net.Socket>();
		const server = net.createServer((socket) => {
			socket.on('error', () => {});
			sockets.add(socket);
			behave(socket);
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		toClose.push(() => {
			for (const socket of sockets) socket.destroy();
			server.close();
		});
		return (server.address() as AddressInfo).port;
	}
	const every = (ms: number, write: string) => (socket: net.Socket) => {
		const timer = setInterval(() => socket.write(write), ms);
		socket.on('close', () => clearInterval(timer));
	};

	test.each<[string, (socket: net.Socket) => void, string]>([
		['never greets', () => {}, 'timeout'],
		['greets, then is silent', (socket) => socket.write('220 here\r\n'), 'timeout'],
		['drips its greeting', every(50, '220-still here\r\n'), 'timeout'],
		['hangs up', (socket) => socket.destroy(), 'reset'],
		['talks garbage', (socket) => socket.end('NOT SMTP\r\n'), 'garbage'],
	])('%s', async (_, behave, reason) => {
		const port = await aServerThat(behave);
		const startedAt = performance.now();
		const outcome = await aMailer(port, { timeoutMs: 300 }).send(aMail());
		expect(outcome.outcome).toBe('temporary_failure');
		expect([reason, 'network']).toContain(outcome.reason);
		expect(performance.now() - startedAt).toBeLessThan(4000);
	});

	test('is down', async () => {
		const port = await aServerThat(() => {});
		await toClose.pop()!();
		expect(await aMailer(port).send(aMail())).toMatchObject({ outcome: 'temporary_failure' });
	});
});

describe('without a server', () => {
	const mailer = createMailer({ smtpUrl: null, from: FROM });

	test('the demo keeps the mail in its mailbox', async () => {
		const kept: MailboxMessage[] = [];
		setMailbox(async (message) => void kept.push(message));
		expect(await mailer.send(aMail())).toEqual({ outcome: 'accepted', reason: 'mailbox' });
		expect(kept).toMatchObject([{ channel: 'email', ...aMail() }]);
	});

	test('a mailbox that fails is tried again', async () => {
		setMailbox(() => Promise.reject(new Error('full')));
		expect(await mailer.send(aMail())).toEqual({ outcome: 'temporary_failure', reason: 'mailbox' });
	});

	test('and without a mailbox, somebody is told', async () => {
		expect(await mailer.send(aMail())).toEqual({ outcome: 'technical_failure', reason: 'not_configured' });
	});
});
