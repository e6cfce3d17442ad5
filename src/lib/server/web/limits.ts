import type { RequestEvent } from '@sveltejs/kit';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { DomainError } from '../platform/errors.ts';

const TEN_MINUTES_S = 600;

/**
 * Per address, in this process. Generous, because a whole reception desk shares one address; the strict limits are those
 * of the thing itself (five codes per contact, five tries per code), in the database.
 */
const LIMITS = {
	code_asked: 60,
	code_tried: 200,
	invitation: 60,
	search: 600,
	answer_link: 300,
	proof: 60,
	/** Calendars of many people are fetched from the few addresses of the big services. */
	calendar_feed: 3000,
	draft_opened: 120,
	request_sent: 120,
	paper_sent: 200,
} as const;

const limiters = Object.fromEntries(
	Object.entries(LIMITS).map(([name, points]) => [name, new RateLimiterMemory({ points, duration: TEN_MINUTES_S })]),
);

/** @throws DomainError `too_many_requests` */
export async function limitByAddress(event: RequestEvent, name: keyof typeof LIMITS): Promise<void> {
	try {
		await limiters[name]!.consume(networkOf(event.getClientAddress()));
	} catch {
		// The limiter rejects when the count is passed, and whatever else goes wrong here closes as well.
		throw new DomainError('too_many_requests', 'too_many');
	}
}

/**
 * One subscriber holds a whole /64 of IPv6: its first four groups stand for all of it, however the address is written
 * (`2001:db8::1` is `2001:db8:0:0:…`). An IPv4 address stands for itself, inside an IPv6 one too.
 */
export function networkOf(address: string): string {
	if (!address.includes(':')) return address;
	const [, inside] = /:(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [];
	if (inside) return inside;
	const [before = '', after] = address.split('%')[0]!.split('::');
	const groups = (part: string | undefined) => (part ? part.split(':') : []);
	const [head, tail] = [groups(before), groups(after)];
	const zeros = after === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
	return [...head, ...zeros, ...tail]
		.slice(0, 4)
		.map((group) => parseInt(group, 16).toString(16))
		.join(':');
}
