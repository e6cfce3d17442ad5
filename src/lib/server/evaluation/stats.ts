/** Normal quantiles: 95 % of intervals hold the true value; 99 % where several groups are compared at once. */
export const Z95 = 1.959964;
export const Z99 = 2.575829;

export interface Mean {
	n: number;
	mean: number;
	/** Sample variance of one answer. */
	variance: number;
}
export interface Interval {
	low: number;
	high: number;
}

/** Mean and sample variance of counted values. */
export function meanOf(counted: readonly (readonly [value: number, count: number])[]): Mean | null {
	const n = counted.reduce((sum, [, count]) => sum + count, 0);
	if (n < 2) return null;
	const mean = counted.reduce((sum, [value, count]) => sum + value * count, 0) / n;
	const squares = counted.reduce((sum, [value, count]) => sum + count * (value - mean) ** 2, 0);
	return { n, mean, variance: squares / (n - 1) };
}

export function around({ n, mean, variance }: Mean, z = Z95): Interval {
	const margin = z * Math.sqrt(variance / n);
	return { low: mean - margin, high: mean + margin };
}

/** `after` − `before`, and its interval: chance when it holds nought. */
export function differenceOf(before: Mean, after: Mean, z = Z95): Interval & { difference: number } {
	const difference = after.mean - before.mean;
	const margin = z * Math.sqrt(before.variance / before.n + after.variance / after.n);
	return { difference, low: difference - margin, high: difference + margin };
}

/** Wilson's interval of a share: right for small groups and near 0 or 1, where the usual one is not. */
export function shareInterval(part: number, n: number, z = Z95): Interval & { share: number } {
	const share = part / n;
	const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
	const margin = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
	return { share, low: Math.max(0, centre - margin), high: Math.min(1, centre + margin) };
}
