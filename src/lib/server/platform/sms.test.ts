import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { setMailbox, type MailboxMessage } from './mailbox.ts';
import { createSmsGateway, fitsOneSms, gsmLength, toGsm, type Sms } from './sms.ts';

const toClose: (() => unknown)[] = [];
afterEach(async () => {
	setMailbox(undefined);
	for (const close of toClose.splice(0).reverse()) await close();
});

type Behaviour = (response: ServerResponse, request: IncomingMessage) => unknown;
const status =
	(code: number, headers = {}): Behaviour =>
	(response) =>
		response.writeHead(code, headers).end('{"id":"1"}');

/** A real HTTP gateway on this machine. */
async function aGatewayThat(behave: Behaviour = status(202), deadlineMs = 8000, patienceMs?: number) {
	const received: { authorization?: string; body: unknown }[] = [];
	const server = http.createServer((request, response) => {
		void json(request).then((body) => {
			received.push({ authorization: request.headers.authorization, body });
			behave(response, request);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`;
	const gateway = createSmsGateway({ url, key: 'a-key-for-tests', deadlineMs, patienceMs });
	toClose.push(
		() => new Promise((resolve) => server.close(resolve)),
		() => server.closeAllConnections(),
		gateway.close,
	);
	return { received, gateway };
}

const QUARTER_MS = 15 * 60_000;
const aSms = (given: Partial<Sms> = {}): Sms => ({
	to: '+33639981234',
	text: 'Rappel : rendez-vous demain à 9 h.',
	reference: 'r-1',
	...given,
});

test('what was over when its turn came does not leave', async () => {
	const { gateway, received } = await aGatewayThat();
	const burst = Array.from({ length: 21 }, (_, at) => aSms({ reference: `r-${at}`, stillWanted: async () => false }));
	const all = await Promise.all(burst.map((sms) => gateway.send(sms)));
	expect([all.filter(({ reason }) => reason === 'overtaken').length, received.length]).toEqual([1, 20]);
});

test('whose turn does not come has not been tried', async () => {
	const slow: Behaviour = (response) => setTimeout(() => response.writeHead(202).end(), 400);
	const { gateway, received } = await aGatewayThat(slow, 8000, 50);
	const burst = Array.from({ length: 21 }, (_, at) => aSms({ reference: `r-${at}` }));
	const all = await Promise.all(burst.map((sms) => gateway.send(sms)));
	expect(all.at(-1)).toEqual({ outcome: 'temporary_failure', reason: 'busy', unsent: true });
	expect(received).toHaveLength(20);
});

describe('an SMS', () => {
	test('reaches the gateway with our key, in plain letters', async () => {
		const { gateway, received } = await aGatewayThat();
		const sms = aSms({ to: '+594694201234', text: 'L’équipe vous reçoit « bientôt »…' });
		expect(await gateway.send(sms)).toEqual({ outcome: 'accepted', status: 202, reason: 'http_202' });
		expect(received).toEqual([
			{
				authorization: 'Bearer a-key-for-tests',
				body: {
					to: '+594694201234',
					text: 'L\'équipe vous recoit "bientot"...',
					reference: 'r-1',
				},
			},
		]);
	});

	test.each(['+32470123456', '+33199001234', '0639981234', '+33694201234', 'nobody'])(
		'never leaves for %s',
		async (to) => {
			const { gateway, received } = await aGatewayThat();
			expect(await gateway.send(aSms({ to }))).toEqual({
				...{ outcome: 'permanent_failure', reason: 'not_a_french_mobile' },
			});
			expect(received).toEqual([]);
		},
	);

	test.each(['a'.repeat(161), '€'.repeat(81), 'مرحبا', 'Bonjour 👋'])('never leaves in two parts: %j', async (text) => {
		const { gateway, received } = await aGatewayThat();
		expect(await gateway.send(aSms({ text }))).toEqual({
			...{ outcome: 'technical_failure', reason: 'text_does_not_fit' },
		});
		expect(received).toEqual([]);
	});
});

test('in a burst each SMS has its whole deadline when its turn comes: none is given up that has left', async () => {
	// Five rounds of twenty last longer than one deadline, which leaves a busy machine three seconds.
	const { gateway, received } = await aGatewayThat(
		(response) => void setTimeout(() => response.writeHead(202).end(), 1000),
		4000,
	);
	const references = Array.from({ length: 100 }, (_, at) => `r${at}`);
	const all = await Promise.all(references.map((reference) => gateway.send(aSms({ reference }))));
	expect(all.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(references.length);
	expect(received).toHaveLength(references.length);
});

describe('what the gateway answers', () => {
	test.each<[string, Behaviour, object]>([
		['200', status(200), { outcome: 'accepted' }],
		['400', status(400), { outcome: 'permanent_failure', status: 400 }],
		['422', status(422), { outcome: 'permanent_failure' }],
		['401', status(401), { outcome: 'technical_failure', retryAfterMs: QUARTER_MS }],
		['402', status(402), { outcome: 'technical_failure', retryAfterMs: QUARTER_MS }],
		['403', status(403), { outcome: 'technical_failure', retryAfterMs: QUARTER_MS }],
		['404', status(404), { outcome: 'technical_failure' }],
		['408', status(408), { outcome: 'temporary_failure' }],
		['429', status(429, { 'retry-after': '30' }), { outcome: 'temporary_failure', retryAfterMs: 30_000 }],
		['500', status(500), { outcome: 'temporary_failure', reason: 'http_500' }],
		['503', status(503), { outcome: 'temporary_failure' }],
		['301', status(301, { location: 'http://127.0.0.1:1/' }), { outcome: 'temporary_failure' }],
		['silence', () => {}, { outcome: 'temporary_failure', reason: 'timeout' }],
		['a reset', (_, { socket }) => socket.destroy(), { outcome: 'temporary_failure', reason: 'reset' }],
		['garbage', (_, { socket }) => socket.end('HELO\r\n\r\n'), { outcome: 'temporary_failure', reason: 'garbage' }],
		['a cut body', (response) => response.writeHead(202, { 'content-length': 99 }).write('x'), { outcome: 'accepted' }],
	])('%s', async (answer, behave, expected) => {
		const { gateway } = await aGatewayThat(behave, answer === 'silence' ? 300 : 8000);
		const startedAt = performance.now();
		expect(await gateway.send(aSms())).toMatchObject(expected);
		expect(performance.now() - startedAt).toBeLessThan(4000);
	});
});

describe('without a gateway', () => {
	const gateway = createSmsGateway({ url: null, key: null });

	test('the demo keeps the SMS in its mailbox, under the same rules', async () => {
		const kept: MailboxMessage[] = [];
		setMailbox(async (message) => void kept.push(message));
		expect(await gateway.send(aSms())).toEqual({ outcome: 'accepted', reason: 'mailbox' });
		expect(await gateway.send(aSms({ text: 'a'.repeat(161) }))).toMatchObject({ outcome: 'technical_failure' });
		expect(kept).toEqual([{ channel: 'sms', ...aSms() }]);
	});

	test('a mailbox that fails is tried again', async () => {
		setMailbox(() => Promise.reject(new Error('full')));
		expect(await gateway.send(aSms())).toEqual({ outcome: 'temporary_failure', reason: 'mailbox' });
	});

	test('and without a mailbox, somebody is told', async () => {
		expect(await gateway.send(aSms())).toEqual({ outcome: 'technical_failure', reason: 'not_configured' });
	});
});

describe('the GSM alphabet', () => {
	test.each([
		['', 0],
		['Rendez-vous à 9 h', 17],
		['éèùàìòÇ', 7],
		['\n\r', 2],
		['€', 2],
		['{}[]~|\\^\f', 18],
		['@£$¥§¿¡ÄÖÑÜäöñüßÆæÅåØøΔΦΓΛΩΠΨΣΘΞ¤_', 34],
		['ê', null],
		['ç', null],
		['’', null],
		['\u00a0', null],
		['e\u0301', null],
		['\u001b', null],
		['👋', null],
	])('%j takes %s units', (text, units) => {
		expect(gsmLength(text)).toBe(units);
	});

	test.each([
		['L’accueil est fermé', "L'accueil est fermé"],
		['« Bonjour »', '"Bonjour"'],
		['«\u00a0Bonjour\u202f»', '"Bonjour"'],
		['À bientôt, ça va être bien', 'A bientot, ca va etre bien'],
		['ÉÈÊËÎÏÔÛÇ', 'ÉEEEIIOUÇ'],
		['cœur, Œuvre', 'coeur, OEuvre'],
		['9\u00a0h – 10\u202fh…', '9 h - 10 h...'],
		['e\u0301te\u0301', 'été'],
		['12 €', '12 €'],
		['مرحبا 👋', 'مرحبا 👋'],
	])('%j is sent as %j', (text, sent) => {
		expect(toGsm(text)).toBe(sent);
	});

	test.each([
		['a'.repeat(160), true],
		['a'.repeat(161), false],
		['€'.repeat(80), true],
		[`${'€'.repeat(80)}a`, false],
		['ê'.repeat(160), true],
		['…'.repeat(54), false],
		['م', false],
	])('%j in one SMS: %s', (text, expected) => {
		expect(fitsOneSms(text)).toBe(expected);
	});
});
