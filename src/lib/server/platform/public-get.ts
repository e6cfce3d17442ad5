import { lookup, type LookupAddress } from 'node:dns';
import https from 'node:https';
import { BlockList, isIPv4 } from 'node:net';
import { isListedLocal, isPublicAddress } from './push-endpoint.ts';

/** The whole reading, redirections included. */
export const READ_DEADLINE_MS = 10_000;
export const MOST_BYTES = 2 * 1024 * 1024;
const MOST_REDIRECTS = 3;

export type ReadProblem = 'address' | 'private' | 'unreachable' | 'status' | 'redirects' | 'too_large' | 'too_slow';
export type Reading = { body: string } | { problem: ReadProblem };

export interface ReadSettings {
	/** Of the configuration: `localhost:PORT` among them opens that one. */
	hosts: string[];
	deadlineMs?: number;
	mostBytes?: number;
	/** Certificates besides the system's. */
	ca?: string | Buffer;
	/** Names to addresses; the system's own by default. */
	resolve?: typeof lookup;
}

/**
 * Reads a text from an address somebody gave us. Https only, names only, no more than 3 redirections, each looked at again; the
 * connection goes to the very address that was found public. Ends within the deadline whatever the other side does; never rejects.
 */
export async function getPublic(address: string, settings: ReadSettings): Promise<Reading> {
	const endsAt = performance.now() + (settings.deadlineMs ?? READ_DEADLINE_MS);
	let next = address;
	for (let turn = 0; turn <= MOST_REDIRECTS; turn += 1) {
		if (!isPublicAddress(next, settings.hosts)) return { problem: turn === 0 ? 'address' : 'private' };
		const answer = await readOnce(new URL(next), settings, endsAt);
		if (!('redirect' in answer)) return answer;
		if (!URL.canParse(answer.redirect, next)) return { problem: 'status' };
		next = new URL(answer.redirect, next).href;
	}
	return { problem: 'redirects' };
}

function readOnce(url: URL, settings: ReadSettings, endsAt: number): Promise<Reading | { redirect: string }> {
	const { hosts, mostBytes = MOST_BYTES, ca, resolve: names = lookup } = settings;
	return new Promise((resolve) => {
		const request = https.request(url, {
			agent: false,
			ca,
			headers: { accept: 'text/calendar, text/plain;q=0.5', 'accept-encoding': 'identity' },
			lookup: (name, options, callback) =>
				names(name, { ...options, all: true }, (error, found: LookupAddress[] = []) => {
					const allowed = isListedLocal(url, hosts) ? found : found.filter(({ address }) => !isPrivate(address));
					if (error || allowed.length === 0) {
						callback(error ?? Object.assign(new Error('private network'), { code: 'PRIVATE' }), '', 0);
						return;
					}
					if (options.all) (callback as unknown as (e: null, all: LookupAddress[]) => void)(null, allowed);
					else callback(null, allowed[0]!.address, allowed[0]!.family);
				}),
		});
		const end = (answer: Reading | { redirect: string }) => {
			clearTimeout(timer);
			resolve(answer);
			request.destroy();
		};
		const timer = setTimeout(() => end({ problem: 'too_slow' }), Math.max(0, endsAt - performance.now()));
		request.on('error', ({ code }: NodeJS.ErrnoException) =>
			end({ problem: code === 'PRIVATE' ? 'private' : 'unreachable' }),
		);
		request.on('response', (response) => {
			const { statusCode = 0, headers } = response;
			if (statusCode >= 300 && statusCode < 400 && headers.location) return end({ redirect: headers.location });
			if (statusCode !== 200) return end({ problem: 'status' });
			const pieces: Buffer[] = [];
			let bytes = 0;
			response.on('data', (piece: Buffer) => {
				bytes += piece.length;
				if (bytes > mostBytes) end({ problem: 'too_large' });
				else pieces.push(piece);
			});
			response.on('error', () => end({ problem: 'unreachable' }));
			response.on('aborted', () => end({ problem: 'unreachable' }));
			response.on('end', () => end({ body: Buffer.concat(pieces).toString('utf8') }));
		});
		request.end();
	});
}

const NOT_PUBLIC = new BlockList();
for (const [range, bits] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 3],
] as const)
	NOT_PUBLIC.addSubnet(range, bits, 'ipv4');
/** 2000::/3 is all that is routed; of it, documentation and the tunnels that hold an IPv4 address. */
const PUBLIC_V6 = new BlockList();
PUBLIC_V6.addSubnet('2000::', 3, 'ipv6');
const TUNNELS_V6 = new BlockList();
TUNNELS_V6.addSubnet('2001::', 23, 'ipv6');
TUNNELS_V6.addSubnet('2001:db8::', 32, 'ipv6');
TUNNELS_V6.addSubnet('2002::', 16, 'ipv6');

/** Whether this address is of no public network: our own machine, the local one, a range kept for something else. */
export function isPrivate(address: string): boolean {
	if (isIPv4(address)) return NOT_PUBLIC.check(address, 'ipv4');
	return !PUBLIC_V6.check(address, 'ipv6') || TUNNELS_V6.check(address, 'ipv6');
}
