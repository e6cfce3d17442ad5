import http from 'node:http';
import https from 'node:https';

/** The whole exchange: queueing for a connection, name, connection, handshake, headers, body. */
export const DEADLINE_MS = 10_000;

/** An answer is read for its status. What follows is thrown away, and the connection with it beyond this size. */
const MAX_DISCARDED_BYTES = 16 * 1024;

export interface Post {
	/** Parsed once by who checked it, or as text. */
	url: string | URL;
	headers: Record<string, string | number>;
	body: Buffer | string;
	agent: http.Agent;
	deadlineMs?: number;
}

export type NetworkFailure = 'timeout' | 'dns' | 'refused' | 'reset' | 'garbage' | 'tls' | 'network';
export type Answer =
	{ status: number; headers: http.IncomingHttpHeaders } | { failure: NetworkFailure; onReusedConnection?: boolean };

/**
 * Posts, and ends within the deadline whatever the other side does (silence, drip, flood, cut, garbage). Never rejects,
 * never follows a redirect, never keeps a body.
 */
export async function post(request: Post): Promise<Answer> {
	const endsAt = performance.now() + (request.deadlineMs ?? DEADLINE_MS);
	const answer = await attempt(request, request.agent, endsAt);
	// A kept-alive connection that the other side was just closing: the request was not read, a new connection is fair.
	const isStale = 'failure' in answer && answer.failure === 'reset' && answer.onReusedConnection;
	return isStale ? attempt(request, false, endsAt) : answer;
}

function attempt(request: Post, agent: http.Agent | false, endsAt: number): Promise<Answer> {
	return new Promise((resolve) => {
		const url = typeof request.url === 'string' ? new URL(request.url) : request.url;
		const client = url.protocol === 'https:' ? https : http;
		const outgoing = client.request(url, {
			method: 'POST',
			agent,
			headers: { ...request.headers, 'Content-Length': Buffer.byteLength(request.body) },
			// A connection of its own trusts whom the kept ones trust.
			...(!agent && { secureContext: (request.agent as https.Agent).options?.secureContext }),
		});
		const giveUp = () => {
			// Answered here and not on the 'error' event: a request still queued for a connection emits none.
			resolve({ failure: 'timeout' });
			outgoing.destroy();
		};
		// Timers come before what was received: a process that was held up reads first the answer that waits for it, or a
		// message that was taken would be sent again.
		const timer = setTimeout(() => setImmediate(giveUp), Math.max(0, endsAt - performance.now()));
		outgoing.on('error', (error: NodeJS.ErrnoException) => {
			resolve({ failure: failureOf(error), onReusedConnection: outgoing.reusedSocket });
		});
		outgoing.on('response', (incoming) => {
			resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers });
			discard(incoming);
		});
		// The last word in every case, and the end of the timer: it also watches over the discarded body.
		outgoing.on('close', () => {
			clearTimeout(timer);
			resolve({ failure: 'reset' });
		});
		outgoing.end(request.body);
	});
}

/** Reads a short body to its end, so that the connection serves again; cuts a long one. */
function discard(incoming: http.IncomingMessage) {
	let bytes = 0;
	incoming.on('error', () => {});
	incoming.on('data', (chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes > MAX_DISCARDED_BYTES) incoming.destroy();
	});
}

function failureOf({ code = '', syscall }: NodeJS.ErrnoException): NetworkFailure {
	if (code === 'ECONNREFUSED') return 'refused';
	if (syscall === 'getaddrinfo') return 'dns';
	if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset';
	if (code === 'ETIMEDOUT') return 'timeout';
	if (code.startsWith('HPE_')) return 'garbage';
	return /CERT|TLS|SSL|ISSUER|VERIFY/.test(code) ? 'tls' : 'network';
}

/** A longer wait is a mistake of the other side: believed, one answer would silence a whole service for days. */
export const MAX_WAIT_MS = 4 * 60 * 60_000;

/**
 * `Retry-After`, in milliseconds from `now`, four hours at most: seconds or an HTTP date (RFC 9110 §10.2.3); undefined when
 * unreadable.
 */
export function retryAfterMs(value: string | undefined, now: Date): number | undefined {
	const text = value?.trim() ?? '';
	if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_WAIT_MS);
	if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
	const left = Date.parse(text) - now.getTime();
	return Number.isNaN(left) ? undefined : Math.min(Math.max(0, left), MAX_WAIT_MS);
}
