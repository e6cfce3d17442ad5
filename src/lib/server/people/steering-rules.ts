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

/** How two medians compare; null when one of them is masked. A day more or less is chance. */
export function trend(before: Distribution, now: Distribution): 'better' | 'worse' | 'same' | null {
	if (before.median === null || now.median === null) return null;
	if (Math.abs(now.median - before.median) <= 1) return 'same';
	return now.median < before.median ? 'better' : 'worse';
}
