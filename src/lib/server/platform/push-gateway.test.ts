import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPushService, type PushFault, type PushService } from '../../../../tests/support/push-service.ts';
import { newKeys } from './config.ts';
import { createPushGateway, type PushGateway, type PushMessage } from './push-gateway.ts';
import { MAX_PLAINTEXT_BYTES } from './push-payload.ts';

const keys = newKeys();
const vapid = {
	publicKey: keys.VAPID_PUBLIC_KEY,
	privateKey: keys.VAPID_PRIVATE_KEY,
	subject: 'mailto:contact@example.fr',
};
/** Short where the service never ends; ample elsewhere, since a busy machine is slow and not broken. */
const DEADLINE_MS = 300;
const AMPLE_MS = 8000;
const now = new Date('2026-11-22T10:00:00Z');
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const aMessage = (given: Partial<PushMessage> = {}): PushMessage => ({
	payload: { title: 'Rendez-vous', body: 'Vous avez un rendez-vous demain.' },
	ttlSeconds: 3600,
	topic: 'rdv4821',
	now,
	...given,
});

let service: PushService;
let gateway: PushGateway;
const toClose: (() => unknown)[] = [];

const aGateway = (given: object = {}) => {
	const settings = { vapid, hosts: [service.host], ca: service.ca, deadlineMs: AMPLE_MS, ...given };
	const made = createPushGateway(settings);
	toClose.push(made.close);
	return made;
};
const aTarget = (from = service, key = vapid.publicKey) => {
	const { endpoint, keys } = from.subscribe(key);
	return { endpoint, ...keys };
};

beforeEach(async () => {
	service = await startPushService();
	toClose.push(service.stop);
	gateway = aGateway();
});

afterEach(async () => {
	for (const close of toClose.splice(0).reverse()) await close();
});

describe('a push', () => {
	test('arrives readable by that phone alone, with its life, urgency and topic', async () => {
		const target = aTarget();
		expect(await gateway.send(target, aMessage({ urgency: 'high' }))).toEqual({
			...{ outcome: 'accepted', status: 201, reason: 'http_201' },
		});
		expect(service.received).toMatchObject([
			{ endpoint: target.endpoint, ttl: 3600, urgency: 'high', topic: 'rdv4821' },
		]);
		expect(JSON.parse(service.received[0]!.text)).toEqual(aMessage().payload);
	});

	test('may be a plain text without topic, of normal urgency', async () => {
		await gateway.send(aTarget(), aMessage({ payload: 'Bonjour', topic: undefined, ttlSeconds: 0.5 }));
		expect(service.received).toMatchObject([{ text: 'Bonjour', urgency: 'normal', topic: undefined, ttl: 0 }]);
	});

	test('never asks to be kept longer than 28 days', async () => {
		await gateway.send(aTarget(), aMessage({ ttlSeconds: 1e9 }));
		expect(service.received[0]!.ttl).toBe(2_419_200);
	});

	test('that is too long is cut between characters and fills the allowance to the byte', async () => {
		const payload = { title: '🇫🇷 Rendez-vous', body: 'é'.repeat(5000) };
		expect(await gateway.send(aTarget(), aMessage({ payload }))).toMatchObject({ outcome: 'accepted' });
		const [message] = service.received;
		expect(message!.bytes).toBeLessThanOrEqual(4096);
		expect(message!.bytes).toBeGreaterThan(4090);
		expect((JSON.parse(message!.text) as typeof payload).body).toMatch(/^é+…$/);
	});

	test('of the greatest size is taken', async () => {
		await gateway.send(aTarget(), aMessage({ payload: 'a'.repeat(MAX_PLAINTEXT_BYTES) }));
		expect(service.received[0]!.bytes).toBe(4096);
	});

	test('shares one connection with the next one', async () => {
		for (let sent = 0; sent < 5; sent += 1) await gateway.send(aTarget(), aMessage());
		expect(service.received).toHaveLength(5);
		expect(service.connections).toBe(1);
	});

	test('two hundred at once all arrive', { timeout: 120_000 }, async () => {
		// Both ends of two hundred handshakes in one process: what is proved is that all arrive, not how fast a busy machine is. That
		// each ends in time, however many there are, is proved below.
		const patient = aGateway({ deadlineMs: 100_000 });
		const outcomes = await Promise.all(Array.from({ length: 200 }, () => patient.send(aTarget(), aMessage())));
		expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
		expect(service.received).toHaveLength(200);
	});
});

describe('a push that must not leave', () => {
	const target = () => aTarget();
	test.each([
		['to an address that is not listed', () => ({ ...target(), endpoint: 'https://push.example.fr/x' }), {}],
		['with a topic that Mozilla refuses', target, { topic: 'rdv_4821' }],
		['with a life that is no number', target, { ttlSeconds: Number.NaN }],
		['with a life already over', target, { ttlSeconds: -1 }],
		['with data that cannot be shortened', target, { payload: { url: '/x'.repeat(3000) } }],
	])('%s: our mistake, no request is made', async (_, to, message) => {
		expect(await gateway.send(to(), aMessage(message))).toMatchObject({ outcome: 'technical_failure' });
		expect(service.attempts).toBe(0);
	});

	test.each([{ p256dh: 'BAAA' }, { auth: 'c2hvcnQ' }])('with keys that are none: %j', async (bad) => {
		const outcome = await gateway.send({ ...target(), ...bad }, aMessage());
		expect(outcome).toEqual({ outcome: 'permanent_failure', reason: 'bad_keys' });
		expect(service.attempts).toBe(0);
	});
});

describe('whatever the push service does, a push ends in time', () => {
	const temporary = (reason: string) => ({ outcome: 'temporary_failure', reason });
	const accepted = { outcome: 'accepted', reason: 'http_201' };
	const FAULTS: [string, PushFault, object][] = [
		['never answers', { hang: true }, temporary('timeout')],
		['drips its headers', { dripHeaders: 20 }, temporary('timeout')],
		['resets the connection', { reset: true }, temporary('reset')],
		['talks garbage', { garbage: true }, temporary('garbage')],
		['accepts, then cuts', { partial: true }, accepted],
		['accepts, then drips', { drip: 20 }, accepted],
		['accepts, then floods', { flood: 64 }, accepted],
		['fails, then cuts', { partial: true, status: 500 }, temporary('http_500')],
		['fails, then drips', { drip: 20, status: 502 }, temporary('http_502')],
		['is gone, then floods', { flood: 64, status: 410 }, { outcome: 'permanent_failure', gone: true }],
		['sends endless headers', { status: 201, headers: { 'x-big': 'x'.repeat(40_000) } }, temporary('garbage')],
		['fails', { status: 500 }, temporary('http_500')],
		['fails', { status: 502 }, temporary('http_502')],
		['is closed', { status: 503 }, temporary('http_503')],
		['is busy', { status: 503, headers: { 'retry-after': '120' } }, { retryAfterMs: 120_000 }],
		['is overrun', { status: 429, headers: { 'retry-after': '120' } }, { retryAfterMs: 120_000 }],
		['does not know the phone', { status: 404 }, { outcome: 'permanent_failure', gone: true }],
		['forgot the phone', { status: 410 }, { outcome: 'permanent_failure', gone: true }],
		['refuses the request', { status: 400 }, { outcome: 'technical_failure' }],
		['refuses the size', { status: 413 }, { outcome: 'technical_failure' }],
		['refuses the key', { status: 401 }, { outcome: 'technical_failure', stopChannel: true }],
		['refuses the key', { status: 403 }, { outcome: 'technical_failure', stopChannel: true }],
		...[200, 201, 202, 204].map((status): [string, PushFault, object] => ['takes it', { status }, { status }]),
	];

	const isEndless = (fault: PushFault) => 'hang' in fault || 'dripHeaders' in fault;

	test.each(FAULTS)('%s: %j', async (_, fault, expected) => {
		service.setFault(fault);
		const startedAt = performance.now();
		const deadlineMs = isEndless(fault) ? DEADLINE_MS : AMPLE_MS;
		expect(await gateway.send(aTarget(), aMessage(), { deadlineMs })).toMatchObject(expected);
		expect(performance.now() - startedAt).toBeLessThan(AMPLE_MS / 2);
		service.setFault(null);
		const next = aGateway();
		expect(await next.send(aTarget(), aMessage())).toMatchObject(accepted);
	});

	test('never finishes the handshake', async () => {
		const silent = net.createServer(() => {});
		toClose.push(() => silent.close());
		await new Promise<void>((resolve) => silent.listen(0, 'localhost', resolve));
		const host = `localhost:${(silent.address() as AddressInfo).port}`;
		const target = { ...aTarget(), endpoint: `https://${host}/p/1` };
		const sending = aGateway({ hosts: [host], deadlineMs: DEADLINE_MS }).send(target, aMessage());
		expect(await sending).toEqual(temporary('timeout'));
	});

	test('is down, or is not who it says', async () => {
		const target = aTarget();
		expect(await aGateway({ ca: undefined }).send(target, aMessage())).toEqual(temporary('tls'));
		await service.stop();
		expect(await gateway.send(target, aMessage())).toEqual(temporary('refused'));
	});

	test('a hundred silent answers do not hold up more than one deadline, queue for a connection included', async () => {
		service.setFault({ hang: true });
		const narrow = aGateway({ maxSockets: 2, deadlineMs: DEADLINE_MS });
		const startedAt = performance.now();
		const outcomes = await Promise.all(Array.from({ length: 100 }, () => narrow.send(aTarget(), aMessage())));
		expect(outcomes.every(({ reason }) => reason === 'timeout')).toBe(true);
		expect(performance.now() - startedAt).toBeLessThan(AMPLE_MS / 2);
	});

	test('what two services keep open does not keep a third one waiting', async () => {
		const others = await Promise.all([startPushService(), startPushService()]);
		toClose.push(...others.map(({ stop }) => stop));
		const [first, second] = others as [PushService, PushService];
		const shared = aGateway({ hosts: [service.host, first.host, second.host], deadlineMs: 3 * AMPLE_MS });
		const burst = (to: PushService) =>
			Promise.all(Array.from({ length: 260 }, () => shared.send(aTarget(to), aMessage())));
		// Connections that rest are kept for 30 s: a limit for all services together made the next one wait for them.
		const outcomes = [...(await burst(first)), ...(await burst(second))];
		expect(outcomes.filter(({ outcome }) => outcome !== 'accepted')).toEqual([]);
		expect(await shared.send(aTarget(), aMessage(), { deadlineMs: AMPLE_MS })).toMatchObject(accepted);
	}, 60_000);

	test('a flood is cut after the first drops, whatever is poured', async () => {
		service.setFault({ flood: 256 });
		const before = process.memoryUsage().rss;
		for (let sent = 0; sent < 5; sent += 1) await gateway.send(aTarget(), aMessage());
		// Both ends live in this process: what the service got rid of is the honest measure, memory the second one.
		expect(service.flooded).toBeLessThan(5 * 8 * 1024 * 1024);
		expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
	});

	test('a body that drips after an acceptance does not keep its connection beyond the deadline', async () => {
		service.setFault({ drip: 20 });
		const impatient = aGateway({ maxSockets: 1 });
		await impatient.send(aTarget(), aMessage(), { deadlineMs: DEADLINE_MS });
		service.setFault(null);
		// The only connection is taken by the drip until then.
		expect(await impatient.send(aTarget(), aMessage())).toMatchObject(accepted);
		expect(service.connections).toBe(2);
	});

	test('a redirect is not followed', async () => {
		const inside = await startPushService();
		toClose.push(inside.stop);
		for (const status of [301, 302, 303, 307, 308]) {
			service.setFault({ status, headers: { location: `${inside.origin}/admin` } });
			expect(await gateway.send(aTarget(), aMessage())).toEqual({ ...temporary(`http_${status}`), status });
		}
		expect([service.attempts, inside.attempts]).toEqual([5, 0]);
	});

	test('a kept connection that the service closed meanwhile is replaced without a failure', async () => {
		const target = aTarget();
		await gateway.send(target, aMessage());
		service.setFault(({ attempt }) => (attempt === 2 ? { reset: true } : null));
		expect(await gateway.send(target, aMessage())).toMatchObject(accepted);
		expect([service.attempts, service.connections]).toEqual([3, 2]);
	});
});

describe('a service that asks to wait', () => {
	test.each([
		['in seconds', '120'],
		['as a date', 'Sun, 22 Nov 2026 10:02:00 GMT'],
	])('%s is left in peace until then, the others go on', async (_, retryAfter) => {
		const other = await startPushService();
		toClose.push(other.stop);
		const both = aGateway({ hosts: [service.host, other.host], ca: [service.ca, other.ca].join('\n') });
		service.setFault({ status: 429, headers: { 'retry-after': retryAfter } });
		expect(await both.send(aTarget(), aMessage())).toMatchObject({ status: 429, retryAfterMs: 120_000 });
		service.setFault(null);
		expect(await both.send(aTarget(), aMessage({ now: later(1) }))).toEqual({
			...{ outcome: 'temporary_failure', reason: 'host_paused', retryAfterMs: 60_000, unsent: true },
		});
		expect(service.attempts).toBe(1);
		expect(await both.send(aTarget(other), aMessage({ now: later(1) }))).toMatchObject({ outcome: 'accepted' });
		expect(await both.send(aTarget(), aMessage({ now: later(2) }))).toMatchObject({ outcome: 'accepted' });
	});
});

describe('a key that is refused', () => {
	test('stops the whole channel, for every service, until the pause is over', async () => {
		service.setFault({ status: 403 });
		expect(await gateway.send(aTarget(), aMessage())).toMatchObject({ stopChannel: true });
		service.setFault(null);
		expect(gateway.channel.isOpen(now)).toBe(false);
		expect(await gateway.send(aTarget(), aMessage({ now: later(5) }))).toEqual({
			...{
				outcome: 'temporary_failure',
				reason: 'channel_stopped',
				stopChannel: true,
				retryAfterMs: 600_000,
				unsent: true,
			},
		});
		expect(service.attempts).toBe(1);
		expect(await gateway.send(aTarget(), aMessage({ now: later(15) }))).toMatchObject({ outcome: 'accepted' });
	});

	test('after the pause a single message goes first: refused again, the others never leave', async () => {
		service.setFault({ status: 403 });
		await gateway.send(aTarget(), aMessage());
		const burst = () => Promise.all([1, 2, 3, 4].map(() => gateway.send(aTarget(), aMessage({ now: later(15) }))));
		const outcomes = await burst();
		expect(service.attempts).toBe(2);
		expect(outcomes.filter(({ unsent }) => unsent)).toHaveLength(3);
		expect(gateway.channel.closedForMs(later(15))).toBe(15 * 60_000);
	});

	test('after the pause, once a message is accepted the others go', async () => {
		service.setFault({ status: 403 });
		await gateway.send(aTarget(), aMessage());
		service.setFault(null);
		expect(await gateway.send(aTarget(), aMessage({ now: later(15) }))).toMatchObject({ outcome: 'accepted' });
		const all = await Promise.all([1, 2, 3].map(() => gateway.send(aTarget(), aMessage({ now: later(15) }))));
		expect(all.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
	});

	test('after the pause, a probe that teaches nothing gives way to another', async () => {
		service.setFault({ status: 403 });
		await gateway.send(aTarget(), aMessage());
		service.setFault({ status: 500 });
		await gateway.send(aTarget(), aMessage({ now: later(15) }));
		service.setFault(null);
		expect(await gateway.send(aTarget(), aMessage({ now: later(15) }))).toMatchObject({ outcome: 'accepted' });
	});

	test('for three subscriptions of one account stops nobody', async () => {
		await gateway.send(aTarget(), aMessage());
		const forged = () => ({ ...aTarget(service, newKeys().VAPID_PUBLIC_KEY), accountId: 'one' });
		for (let i = 0; i < 4; i++) await gateway.send(forged(), aMessage());
		expect(gateway.channel.isOpen(now)).toBe(true);
	});

	test('for one forged subscription among good ones stops nobody', async () => {
		await gateway.send(aTarget(), aMessage());
		const forged = aTarget(service, newKeys().VAPID_PUBLIC_KEY);
		const outcome = await gateway.send(forged, aMessage());
		expect(outcome).toEqual({ outcome: 'technical_failure', status: 403, reason: 'http_403', retryAfterMs: 60_000 });
		expect(gateway.channel.isOpen(now)).toBe(true);
		expect(await gateway.send(aTarget(), aMessage())).toMatchObject({ outcome: 'accepted' });
	});
});
