import { LEAST_COUNT, LEAST_FOR_SHARES } from './disclosure.ts';
import { shareInterval } from './stats.ts';

export interface Rate {
	/** How many it is made of; null from 1 to 4. */
	n: number | null;
	/** Whole percent and its interval (95 %); null under eleven, or when one side counts from 1 to 4. */
	percent: number | null;
	low: number | null;
	high: number | null;
}

const isSmall = (count: number) => count > 0 && count < LEAST_COUNT;
const whole = (share: number) => Math.round(share * 100);

/** A share of a group, masked as results are: neither side of it may be recognised. */
export function rateOf(part: number, n: number): Rate {
	const hidden = { percent: null, low: null, high: null };
	if (isSmall(n)) return { n: null, ...hidden };
	if (n < LEAST_FOR_SHARES || isSmall(part) || isSmall(n - part)) return { n, ...hidden };
	const { share, low, high } = shareInterval(part, n);
	return { n, percent: whole(share), low: whole(low), high: whole(high) };
}
