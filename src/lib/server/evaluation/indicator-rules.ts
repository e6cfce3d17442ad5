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

export const isSmall = (count: number) => count > 0 && count < LEAST_COUNT;
const whole = (share: number) => Math.round(share * 100);

/**
 * Shares of one group, each part of the one before it: who is in one and not in the next counts five or more, or nobody; else
 * the next is not said.
 */
export function nestedRates(parts: readonly number[], n: number): Rate[] {
	let said: number | null = null;
	return parts.map((part) => {
		const rate = rateOf(part, n);
		if (rate.percent === null) return rate;
		if (said !== null && isSmall(said - part)) return { ...rate, percent: null, low: null, high: null };
		said = part;
		return rate;
	});
}

/** A share of a group, masked as results are: neither side of it may be recognised. */
export function rateOf(part: number, n: number): Rate {
	const hidden = { percent: null, low: null, high: null };
	if (isSmall(n)) return { n: null, ...hidden };
	if (n < LEAST_FOR_SHARES || isSmall(part) || isSmall(n - part)) return { n, ...hidden };
	const { share, low, high } = shareInterval(part, n);
	return { n, percent: whole(share), low: whole(low), high: whole(high) };
}

/** Numbers that a figure lets anybody compute, by name. */
export type Told = Record<string, number>;

/** What a share tells: how many it is made of, and when its percent is said, how many are in each part and out of it. */
export function toldOfRate({ n, percent }: Rate, parts: readonly number[], whole: number): Told {
	if (n === null) return {};
	if (percent === null) return { n };
	const steps = [whole, ...parts].map((part, index, all) => [`step${index}`, part - (all[index + 1] ?? 0)]);
	return { n, ...Object.fromEntries([...steps, ...parts.map((part, index) => [`part${index}`, part])]) };
}

/**
 * Whether a figure may take the place of the one that was shown: each number that both tell is the same, or moved by five people or more,
 * and one did. Else the difference of two months would be what became of a few.
 */
export function mayReplace(before: Told, now: Told): boolean {
	const moves = Object.entries(now).flatMap(([name, count]) =>
		before[name] === undefined ? [] : Math.abs(count - before[name]),
	);
	const isSame = Object.keys(before).length === Object.keys(now).length && moves.every((move) => move === 0);
	return !isSame && !moves.some(isSmall);
}
