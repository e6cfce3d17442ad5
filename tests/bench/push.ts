import { fork } from 'node:child_process';
import crypto from 'node:crypto';
import https from 'node:https';
import path from 'node:path';
import webPush from 'web-push';
import { config } from '../../src/lib/server/platform/config.ts';
import { cachedVapidHeader, createPushGateway } from '../../src/lib/server/platform/push-gateway.ts';
import { plaintextOf, topicOf } from '../../src/lib/server/platform/push-payload.ts';
import { IN_FLIGHT } from '../../src/lib/server/reminders/worker.ts';
import { encrypt } from '../support/ece.ts';
import { alternate, concurrently, cpuPerTurn, median, milliseconds, times, type Figure, type Part } from './harness.ts';

const USUAL_CONCURRENCY = 100;
const PAYLOAD = {
	type: 'reminder',
	title: 'Vous avez un rendez-vous jeudi à 10 h',
	body: 'Serez-vous là ? Répondez ici.',
	path: `/r/${'x'.repeat(43)}`,
};

function aBrowser() {
	const ecdh = crypto.createECDH('prime256v1');
	ecdh.generateKeys();
	const auth = crypto.randomBytes(16);
	return {
		publicKey: ecdh.getPublicKey(),
		auth,
		keys: { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') },
	};
}

/** What each push costs before it leaves. */
async function cost(): Promise<Figure[]> {
	const { vapid } = config();
	const { publicKey, auth, keys } = aBrowser();
	const origin = 'https://fcm.googleapis.com';
	const vapidHeader = cachedVapidHeader(vapid);
	const now = new Date();
	const turns = 400;
	const ours = () => {
		webPush.encrypt(keys.p256dh, keys.auth, plaintextOf(PAYLOAD)!, 'aes128gcm');
		vapidHeader(origin, now);
		topicOf('rdv', 'a');
	};
	const text = JSON.stringify(PAYLOAD);
	const lean = () => {
		const ecdh = crypto.createECDH('prime256v1');
		ecdh.generateKeys();
		encrypt(text, { publicKey, auth }, { ecdh, salt: crypto.randomBytes(16) });
	};
	const subscription = { endpoint: `${origin}/x`, keys };
	const usual = () =>
		webPush.generateRequestDetails(subscription, text, {
			vapidDetails: { ...vapid },
			TTL: 60,
		});
	for (const warm of [ours, lean, usual]) cpuPerTurn(turns, warm);
	const found = await alternate({
		ours: () => cpuPerTurn(turns, ours),
		lean: () => cpuPerTurn(turns, lean),
		usual: () => cpuPerTurn(turns, usual),
	});
	const name = 'CPU per push: encryption and headers';
	return [
		{
			name,
			value: found.ours,
			unit: 'µs',
			yardstick: { name: 'lean cryptography, µs', value: found.lean },
			limit: times(found.ours / found.lean, 1.5, 'most'),
		},
		{
			name: `${name}, against web-push as usual`,
			value: found.ours,
			unit: 'µs',
			yardstick: { name: 'generateRequestDetails, µs', value: found.usual },
			limit: times(found.ours / found.usual, 1, 'most'),
		},
	];
}

/**
 * Milliseconds for so many pushes to a service in another process, by our gateway and by web-push as usual, in turn. What else the
 * machine does changes from one second to the next: two turns side by side are compared, and the ratio is the median of these pairs.
 */
async function race(delayMs: number, { perTurn, turns }: { perTurn: number; turns: number }) {
	const service = fork(path.resolve('tests/bench/push-service-process.ts'), [String(delayMs)], {
		execArgv: ['--import', 'tsx'],
	});
	const { host, ca } = await new Promise<{ host: string; ca: string }>((resolve) =>
		service.once('message', (message) => resolve(message as { host: string; ca: string })),
	);
	const { vapid } = config();
	const gateway = createPushGateway({ vapid, hosts: [host], ca, deadlineMs: 60_000 });
	// As usual: no agent of its own, the process's.
	https.globalAgent.options.ca = ca;
	const targets = Array.from({ length: 50 }, (_, i) => ({ endpoint: `https://${host}/p/${i}`, ...aBrowser() }));
	const targetOf = (index: number) => targets[index % targets.length]!;
	const options = { vapidDetails: vapid, TTL: 60 };
	const taken = { ours: [] as number[], usual: [] as number[] };
	const ours = () =>
		concurrently(perTurn, IN_FLIGHT, async (index) => {
			const { endpoint, keys } = targetOf(index);
			const message = { payload: PAYLOAD, ttlSeconds: 60, topic: topicOf('a', String(index)), now: new Date() };
			const { outcome } = await gateway.send({ endpoint, ...keys }, message);
			if (outcome !== 'accepted') throw new Error(`our gateway was answered ${outcome}`);
		});
	const usual = () =>
		concurrently(perTurn, USUAL_CONCURRENCY, async (index) => {
			const { endpoint, keys } = targetOf(index);
			await webPush.sendNotification({ endpoint, keys }, JSON.stringify(PAYLOAD), options);
		});
	try {
		// Connections opened, code compiled, the thread that encrypts started.
		await ours();
		await usual();
		for (let turn = 0; turn < turns; turn += 1) {
			taken.ours.push(await milliseconds(ours));
			taken.usual.push(await milliseconds(usual));
		}
	} finally {
		gateway.close();
		https.globalAgent.destroy();
		service.disconnect();
	}
	const ratio = median(taken.ours.map((ms, turn) => ms / taken.usual[turn]!));
	return { ours: median(taken.ours), usual: median(taken.usual), ratio };
}

async function speed(): Promise<Figure[]> {
	const perTurn = 1_000;
	const { ours, usual, ratio } = await race(0, { perTurn, turns: 11 });
	const perSecond = (ms: number) => (perTurn / ms) * 1000;
	return [
		{
			name: 'pushes to a local HTTPS service on another core',
			value: perSecond(ours),
			unit: '/s',
			yardstick: { name: `${(1 / ratio).toFixed(2)} × web-push.sendNotification ×100, /s`, value: perSecond(usual) },
			limit: times(1 / ratio, 3, 'least'),
		},
	];
}

async function slowAnswers(): Promise<Figure[]> {
	// All of them in each turn: the last answers, for which nothing else is left to do, are waited for once in 10,000.
	const { ours, usual, ratio } = await race(50, { perTurn: 10_000, turns: 5 });
	return [
		{
			name: '10,000 pushes when each answer takes 50 ms',
			value: ours / 1000,
			unit: 's',
			yardstick: { name: `${ratio.toFixed(2)} × web-push.sendNotification ×100, s`, value: usual / 1000 },
			limit: times(ratio, 0.3, 'most'),
		},
	];
}

const part: Part = {
	name: 'push',
	run: async () => [...(await cost()), ...(await speed()), ...(await slowAnswers())],
};
export default part;
