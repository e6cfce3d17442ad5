/** Below these, a figure could tell about one person (product.md §5). */
export const LEAST_COUNT = 5;
export const LEAST_FOR_DELAYS = 11;

export interface Distribution {
	/** How many it is made of; null when fewer than 5. */
	count: number | null;
	/** Days; null when fewer than 11. */
	median: number | null;
	/** Days within which nine out of ten were done; null when fewer than 11. */
	ninetieth: number | null;
}

/** Nearest rank: a value that was really observed, so that it can be explained. `share` in ]0, 1]. */
const percentile = (sorted: number[], share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!;

/** Whole days, masked as results are. */
export function distribution(days: number[]): Distribution {
	const sorted = [...days].sort((a, b) => a - b);
	const enough = sorted.length >= LEAST_FOR_DELAYS;
	return {
		count: masked(sorted.length),
		median: enough ? percentile(sorted, 0.5) : null,
		ninetieth: enough ? percentile(sorted, 0.9) : null,
	};
}

/** The count, or null when it must be said « moins de 5 ». Nought tells about nobody. */
export const masked = (count: number): number | null => (count > 0 && count < LEAST_COUNT ? null : count);

/** `few`: from 1 to 4. `hidden`: 5 or more, or one of parts that are all hidden; beside the total it would tell one that is few. */
export type Part = number | 'few' | 'hidden';

/**
 * Parts of a number that is shown too, as they may be shown together; nought is. One small part would be the total minus the others:
 * the next one of five or more is hidden with it, in order and whatever its value, for the smallest would be known by its place. Where
 * even so one could be told, every part is hidden.
 */
export function maskParts(counts: readonly number[]): Part[] {
	const isFew = (count: number) => masked(count) === null;
	const few = counts.filter(isFew);
	if (few.length === 0) return [...counts];
	const show = (hidden: number | null): Part[] =>
		counts.map((count, index) => (index === hidden ? 'hidden' : isFew(count) ? 'few' : count));
	const sum = few.reduce((partial, count) => partial + count, 0);
	const most = few.length * (LEAST_COUNT - 1);
	// A total of few is not known either.
	if (isFew(counts.reduce((total, count) => total + count, 0))) return show(null);
	// All ones or all fours are told by their sum.
	if (few.length > 1 && sum > few.length && sum < most) return show(null);
	const first = counts.findIndex(isFew);
	const order = counts.map((_, step) => (first + step) % counts.length);
	const next = order.find((index) => counts[index]! >= LEAST_COUNT);
	// Only then can the small ones be anything from 1 to 4, and the next one anything from 5.
	if (next !== undefined && sum + counts[next]! >= most + LEAST_COUNT) return show(next);
	return counts.map((count) => (count === 0 ? 0 : 'hidden'));
}

/** How two medians compare; null when one of them is masked. A day more or less is chance. */
export function trend(before: Distribution, now: Distribution): 'better' | 'worse' | 'same' | null {
	if (before.median === null || now.median === null) return null;
	if (Math.abs(now.median - before.median) <= 1) return 'same';
	return now.median < before.median ? 'better' : 'worse';
}
