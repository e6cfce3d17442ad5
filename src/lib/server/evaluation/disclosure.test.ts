import { describe, expect, test } from 'vitest';
import { maskCount, maskTable, shareOf, type MaskedTable } from './disclosure.ts';

/** Every table of `cells` counts that adds up to `total`. */
function* tables(cells: number, total: number): Generator<number[]> {
	if (cells === 1) return yield [total];
	for (let first = 0; first <= total; first += 1)
		for (const rest of tables(cells - 1, total - first)) yield [first, ...rest];
}
const printed = (table: MaskedTable) => JSON.stringify(table);

/** The attacker knows the rules: they keep every table that would have been printed the same. */
function deduced(cells: number, total: number): string[] {
	const possible = new Map<string, { values: Set<number>[]; masked: MaskedTable }>();
	for (const counts of tables(cells, total)) {
		const masked = maskTable(counts);
		const key = printed(masked);
		const entry = possible.get(key) ?? { values: counts.map(() => new Set<number>()), masked };
		counts.forEach((count, index) => entry.values[index]!.add(count));
		possible.set(key, entry);
	}
	return [...possible.entries()].flatMap(([key, { values, masked }]) =>
		values.flatMap((seen, index) => (masked.cells[index] !== [...seen][0] && seen.size < 2 ? [key] : [])),
	);
}

describe('whoever knows the total, what is shown and the rules', () => {
	test('cannot find any hidden cell of three faces, for every table up to 50 answers', () => {
		for (let total = 5; total <= 50; total += 1) expect(deduced(3, total)).toEqual([]);
	});
	test('nor of two, four or five cells', () => {
		for (let total = 5; total <= 60; total += 1) expect(deduced(2, total)).toEqual([]);
		for (let total = 5; total <= 24; total += 1) expect(deduced(4, total)).toEqual([]);
		for (let total = 11; total <= 18; total += 1) expect(deduced(5, total)).toEqual([]);
	});
	test('never reads a count from 1 to 4, in thousands of random tables of up to twelve months', () => {
		let seed = 20260101;
		const draw = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
		for (let round = 0; round < 5_000; round += 1) {
			const counts = Array.from({ length: 2 + draw(11) }, () => (draw(3) === 0 ? draw(5) : draw(40)));
			const { total, cells } = maskTable(counts);
			const shown = cells.filter((cell) => typeof cell === 'number');
			expect(shown.every((count) => count >= 5)).toBe(true);
			const unseen = cells.length - shown.length;
			expect(unseen).not.toBe(1);
			if (typeof total !== 'number' || unseen === 0) continue;
			const left = total - shown.reduce((sum, count) => sum + count, 0);
			const few = cells.filter((cell) => cell === 'few').length;
			if (few === 0) continue;
			// Bounds of one small cell, from what is left for all the unseen ones.
			const hidden = unseen - few;
			const least = hidden > 0 ? 0 : Math.max(0, left - 4 * (few - 1));
			const most = Math.min(4, left - 5 * hidden);
			expect(most).toBeGreaterThan(least);
		}
	});
});

test('the cell of 4 is hidden with its neighbour, the cell of 5 is shown', () => {
	expect(maskTable([4, 20, 30])).toEqual({ total: 54, cells: ['few', 'hidden', 30] });
	expect(maskTable([5, 20, 30])).toEqual({ total: 55, cells: [5, 20, 30] });
	expect(maskTable([20, 30, 4])).toEqual({ total: 54, cells: ['hidden', 30, 'few'] });
	expect(maskTable([3, 2, 30])).toEqual({ total: 35, cells: ['few', 'few', 30] });
});

test('under 11 answers nothing is broken down; under 5 not even counted', () => {
	expect(maskTable([5, 5, 0])).toEqual({ total: 10, cells: ['hidden', 'hidden', 'hidden'] });
	expect(maskTable([1, 2, 1]).total).toBe('few');
	expect([maskCount(0), maskCount(4), maskCount(5)]).toEqual(['few', 'few', 5]);
});

test('shares are whole percents of groups that are large enough', () => {
	const table = maskTable([10, 10, 20]);
	expect(table.cells.map((cell) => shareOf(cell, table))).toEqual([25, 25, 50]);
	expect(shareOf('few', table)).toBeNull();
});
