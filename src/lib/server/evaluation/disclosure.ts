/**
 * What may be shown without telling about anybody (domain.md §6.3, product.md §5). Pure; the argument for each rule is in
 * evaluation/README.md and disclosure.test.ts plays the attacker, who knows these rules.
 */
export const LEAST_COUNT = 5;
/** Means and percentages, and any breakdown, need as many answers. */
export const LEAST_FOR_SHARES = 11;

/** `few`: from 0 to 4. `hidden`: could be computed from the others, or would let one of them be. */
export type Cell = number | 'few' | 'hidden';

/** A count on its own: « moins de 5 » under 5. */
export const maskCount = (count: number): Cell => (count < LEAST_COUNT ? 'few' : count);

export interface MaskedTable {
	total: Cell;
	cells: Cell[];
}

/**
 * A row of counts with its total. One small cell alone would be the total minus the others: the next cell, in order and
 * whatever its value, is hidden with it. When even so a value could be deduced, the whole breakdown is hidden.
 */
export function maskTable(counts: readonly number[]): MaskedTable {
	const sum = counts.reduce((total, count) => total + count, 0);
	const total = maskCount(sum);
	const allHidden: MaskedTable = { total, cells: counts.map(() => 'hidden') };
	if (sum < LEAST_FOR_SHARES || counts.length < 2) return allHidden;
	const small = counts.flatMap((count, index) => (count < LEAST_COUNT ? [index] : []));
	if (small.length === 0) return { total, cells: [...counts] };
	const shown = (hidden: number | null): Cell[] =>
		counts.map((count, index) => (index === hidden ? 'hidden' : maskCount(count)));
	if (small.length === 1) {
		const next = (small[0]! + 1) % counts.length;
		// The sum of both is known: only from 10 can the small one be anything from 0 to 4.
		return counts[small[0]!]! + counts[next]! >= 2 * LEAST_COUNT ? { total, cells: shown(next) } : allHidden;
	}
	const sumOfSmall = small.reduce((partial, index) => partial + counts[index]!, 0);
	const most = small.length * (LEAST_COUNT - 1);
	return sumOfSmall > 0 && sumOfSmall < most ? { total, cells: shown(null) } : allHidden;
}

/** Whole percent of a visible cell. */
export const shareOf = (cell: Cell, { total }: MaskedTable): number | null =>
	typeof cell === 'number' && typeof total === 'number' && total >= LEAST_FOR_SHARES
		? Math.round((cell / total) * 100)
		: null;
