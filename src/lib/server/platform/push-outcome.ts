import { retryAfterMs, type NetworkFailure } from './http-post.ts';
import type { Delivery } from './outcome.ts';

export interface PushOutcome extends Delivery {
	/** The subscription will never work again: delete it. */
	gone?: true;
	/** Our VAPID key is refused: nothing more is sent to anybody until somebody looks, or the pause ends. */
	stopChannel?: true;
}

type Headers = Record<string, string | string[] | undefined>;

/** What a 429 without a readable Retry-After is taken to ask: the first step of the back-off. */
const DEFAULT_WAIT_MS = 60_000;

const TRY_AGAIN_LATER = new Set([408, 421, 425]);

/**
 * What the answer of a push service means for the subscription and for us (RFC 8030 §5 and §7, RFC 8292 §4.2). A
 * redirect is never followed: it counts as a passing trouble of the service.
 */
export function outcomeOf(status: number, headers: Headers, now: Date): PushOutcome {
	const reason = `http_${status}`;
	if (status >= 200 && status < 300) return { outcome: 'accepted', status, reason };
	if (status === 404 || status === 410) return { outcome: 'permanent_failure', status, gone: true, reason };
	if (status === 401 || status === 403) return { outcome: 'technical_failure', status, stopChannel: true, reason };
	if (status === 429 || status === 503) {
		const wait = retryAfterMs([headers['retry-after']].flat()[0], now) ?? (status === 429 ? DEFAULT_WAIT_MS : 0);
		const asked = wait > 0 ? { retryAfterMs: wait } : {};
		return { outcome: 'temporary_failure', status, ...asked, reason };
	}
	const ours = status >= 400 && status < 500 && !TRY_AGAIN_LATER.has(status);
	return { outcome: ours ? 'technical_failure' : 'temporary_failure', status, reason };
}

/** No answer at all: the service may be back in a minute. */
export const outcomeOfFailure = (failure: NetworkFailure): PushOutcome => ({
	outcome: 'temporary_failure',
	reason: failure,
});
