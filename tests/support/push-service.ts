import crypto from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { testCertificate, testCertificateFile } from './certificate.ts';
import { decrypt, verifyVapid, type Receiver } from './ece.ts';

/**
 * A browser maker's push service on this machine: RFC 8030 over HTTPS, decrypts what the phone would (RFC 8291), checks
 * our key (RFC 8292), and misbehaves on demand. Plain Node: serves vitest and Playwright alike.
 */

export type PushFault =
	| { status: number; headers?: Record<string, string> }
	/** Takes the request and never answers. */
	| { hang: true }
	/** Closes the connection without an answer. */
	| { reset: true }
	/** Answers something that is not HTTP. */
	| { garbage: true }
	/** Announces 100 bytes, gives three, closes. */
	| { partial: true; status?: number }
	/** A status, then one byte every so many milliseconds, for ever. */
	| { drip: number; status?: number }
	/** One byte of the headers every so many milliseconds, for ever. */
	| { dripHeaders: number }
	/** A status, then so many megabytes. */
	| { flood: number; status?: number };

export interface ReceivedPush {
	endpoint: string;
	/** Decrypted; empty when the push had no body. */
	text: string;
	ttl: number;
	urgency?: string;
	topic?: string;
	/** Size of the encrypted body. */
	bytes: number;
}

export interface PushSubscriptionJson {
	endpoint: string;
	expirationTime: null;
	keys: { p256dh: string; auth: string };
}

type OnMessage = (message: ReceivedPush) => void;
type Subscription = Receiver & { vapidKey: string; onMessage?: OnMessage; gone?: boolean };
type FaultOf = (request: { endpoint: string; attempt: number }) => PushFault | null | undefined;

export interface PushService {
	origin: string;
	/** What PUSH_HOSTS must list for this service. */
	host: string;
	/** Its certificate, for `ca` of the gateway. */
	ca: string;
	/** The same as a file, for NODE_EXTRA_CA_CERTS. */
	readonly certFile: string;
	received: ReceivedPush[];
	/** Requests seen, refused and faulty ones included. */
	attempts: number;
	/** Connections opened by the senders. */
	connections: number;
	/** Bytes of a flood that left before the sender hung up. */
	flooded: number;
	/** What time it is there, when the portal's clock was moved: tokens are dated. */
	now: () => number;
	setFault(fault: PushFault | FaultOf | null): void;
	subscribe(vapidKey: string, onMessage?: OnMessage): PushSubscriptionJson;
	/** From now on this subscription answers 410. */
	expire(endpoint: string): void;
	stop(): Promise<void>;
}

export async function startPushService(): Promise<PushService> {
	const { key, cert } = testCertificate();
	const subscriptions = new Map<string, Subscription>();
	let faultOf: FaultOf = () => null;

	const server = https.createServer({ key, cert }, (request, response) => {
		const chunks: Buffer[] = [];
		request.on('error', () => {});
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			service.attempts += 1;
			const endpoint = service.origin + request.url;
			const fault = faultOf({ endpoint, attempt: service.attempts });
			if (fault) return misbehave(fault, request, response, (bytes) => (service.flooded += bytes));
			const answer = receive(request, Buffer.concat(chunks), subscriptions.get(endpoint), service);
			if ('why' in answer) return response.writeHead(answer.status).end(answer.why);
			const message = { endpoint, ...answer };
			service.received.push(message);
			subscriptions.get(endpoint)?.onMessage?.(message);
			response.writeHead(201, { Location: `${service.origin}/m/${service.received.length}` }).end();
		});
	});
	// Closes nothing by itself: on a loaded machine, a connection that waits for its turn looks like one left behind.
	Object.assign(server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
	server.on('secureConnection', () => (service.connections += 1));
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
	const host = `localhost:${(server.address() as AddressInfo).port}`;

	const service: PushService = {
		origin: `https://${host}`,
		host,
		ca: cert,
		get certFile() {
			return testCertificateFile();
		},
		received: [],
		attempts: 0,
		connections: 0,
		flooded: 0,
		now: () => Date.now(),
		setFault: (fault) => (faultOf = typeof fault === 'function' ? fault : () => fault),
		subscribe(vapidKey, onMessage) {
			const ecdh = crypto.createECDH('prime256v1');
			ecdh.generateKeys();
			const auth = crypto.randomBytes(16);
			const endpoint = `${service.origin}/p/${crypto.randomBytes(9).toString('base64url')}`;
			subscriptions.set(endpoint, { ecdh, auth, vapidKey, onMessage });
			const keys = { p256dh: ecdh.getPublicKey().toString('base64url'), auth: auth.toString('base64url') };
			return { endpoint, expirationTime: null, keys };
		},
		expire(endpoint) {
			const subscription = subscriptions.get(endpoint);
			if (subscription) subscription.gone = true;
		},
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
	return service;
}

type Receipt = Omit<ReceivedPush, 'endpoint'> | { status: number; why: string };

let lastGood: string | undefined;

/** As push services do: a token that was checked a moment ago, for the same key, is not checked again. */
function knownGood(authorization: string | undefined, expected: Parameters<typeof verifyVapid>[1]) {
	const key = `${authorization} ${expected.audience} ${expected.publicKey} ${Math.floor((expected.now ?? 0) / 60_000)}`;
	if (key === lastGood) return { status: 201 as const };
	const checked = verifyVapid(authorization, expected);
	if (checked.status === 201) lastGood = key;
	return checked;
}

/** RFC 8030 §5: what a push service checks before it takes a message. */
function receive(
	{ headers }: IncomingMessage,
	body: Buffer,
	subscription: Subscription | undefined,
	{ origin, now }: Pick<PushService, 'origin' | 'now'>,
): Receipt {
	const topic = headers.topic as string | undefined;
	if (!subscription) return { status: 404, why: 'unknown subscription' };
	if (subscription.gone) return { status: 410, why: 'subscription is gone' };
	if (!/^\d+$/.test((headers.ttl as string | undefined) ?? '')) return { status: 400, why: 'TTL' };
	if (topic !== undefined && !/^[A-Za-z0-9]{1,32}$/.test(topic)) return { status: 400, why: 'Topic' };
	if (body.length > 4096) return { status: 413, why: 'body' };
	if (body.length > 0 && headers['content-encoding'] !== 'aes128gcm') return { status: 400, why: 'Content-Encoding' };
	const vapid = knownGood(headers.authorization, { audience: origin, publicKey: subscription.vapidKey, now: now() });
	if (vapid.status !== 201) return vapid;
	try {
		const text = body.length > 0 ? decrypt(body, subscription).toString() : '';
		const urgency = headers.urgency as string | undefined;
		return { text, ttl: Number(headers.ttl), urgency, topic, bytes: body.length };
	} catch (error) {
		return { status: 400, why: (error as Error).message };
	}
}

function misbehave(
	fault: PushFault,
	{ socket }: IncomingMessage,
	response: ServerResponse,
	onFlood: (bytes: number) => void,
) {
	const every = (ms: number, write: () => void) => {
		const timer = setInterval(write, ms);
		socket.on('close', () => clearInterval(timer));
	};
	if ('hang' in fault) return;
	if ('reset' in fault) return socket.destroy();
	if ('garbage' in fault) return socket.end('NOT HTTP\r\n\r\n');
	if ('dripHeaders' in fault) {
		socket.write('HTTP/1.1 201 Created\r\nx-drip: ');
		return every(fault.dripHeaders, () => socket.write('.'));
	}
	if ('partial' in fault) {
		response.writeHead(fault.status ?? 201, { 'Content-Length': 100 }).write('abc', () => socket.destroy());
		return;
	}
	if ('drip' in fault) {
		response.writeHead(fault.status ?? 201).flushHeaders();
		return every(fault.drip, () => response.write('.'));
	}
	if ('flood' in fault) return flood(fault, response, onFlood);
	response.writeHead(fault.status, fault.headers).end();
}

function flood(
	{ flood: megabytes, status = 201 }: { flood: number; status?: number },
	response: ServerResponse,
	onFlood: (bytes: number) => void,
) {
	const chunk = Buffer.alloc(64 * 1024, 'x');
	let left = megabytes * 16;
	response.writeHead(status);
	const pour = () => {
		while (left > 0 && !response.destroyed) {
			left -= 1;
			onFlood(chunk.length);
			if (!response.write(chunk)) return response.once('drain', pour);
		}
		response.end();
	};
	pour();
}
