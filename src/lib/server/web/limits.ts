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
		await limiters[name]!.consume(networkOf(event));
	} catch {
		// The limiter rejects when the count is passed, and whatever else goes wrong here closes as well.
		throw new DomainError('too_many_requests', 'too_many');
	}
}

/** One subscriber holds a whole /64 of IPv6: the first four groups stand for all of it. */
function networkOf(event: RequestEvent): string {
	const address = event.getClientAddress();
	return address.includes(':') && !address.includes('.') ? address.split(':').slice(0, 4).join(':') : address;
}
