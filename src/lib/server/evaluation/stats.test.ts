import { expect, test } from 'vitest';
import { SCALES, worthOf } from '../../shared/questions.ts';
import { around, differenceOf, meanOf, shareInterval } from './stats.ts';

/** The same, from the answers one by one, as a textbook writes it. */
function byHand(values: number[]) {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	const deviation = Math.sqrt(values.map((value) => (value - mean) ** 2).reduce((a, b) => a + b) / (values.length - 1));
	return { mean, error: deviation / Math.sqrt(values.length) };
}
const repeat = (value: number, times: number): number[] => Array.from({ length: times }, () => value);

test.each([
	[5, 6, 20],
	[12, 0, 7],
	[400, 250, 1350],
])('means and intervals of %d, %d and %d faces are those of the answers one by one', (bad, medium, good) => {
	const { mean, error } = byHand([...repeat(0, bad), ...repeat(5, medium), ...repeat(10, good)]);
	const stats = meanOf([
		[0, bad],
		[5, medium],
		[10, good],
	])!;
	expect(stats.mean).toBeCloseTo(mean, 10);
	expect(around(stats).low).toBeCloseTo(mean - 1.96 * error, 3);
	expect(around(stats).high).toBeCloseTo(mean + 1.96 * error, 3);
});

test('a difference carries the doubt of both groups', () => {
	const [before, after] = [repeat(0, 8).concat(repeat(10, 12)), repeat(0, 5).concat(repeat(10, 25))];
	const [one, two] = [byHand(before), byHand(after)];
	const found = differenceOf(
		meanOf([
			[0, 8],
			[10, 12],
		])!,
		meanOf([
			[0, 5],
			[10, 25],
		])!,
	);
	const margin = 1.96 * Math.sqrt(one.error ** 2 + two.error ** 2);
	expect(found.difference).toBeCloseTo(two.mean - one.mean, 10);
	expect(found.low).toBeCloseTo(two.mean - one.mean - margin, 3);
	expect(found.high).toBeCloseTo(two.mean - one.mean + margin, 3);
});

test('intervals of shares are those published for Wilson’s method', () => {
	// Brown, Cai and DasGupta (2001); Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
	for (const [part, n, low, high] of [
		[81, 263, 0.2553, 0.3662],
		[15, 148, 0.0624, 0.1605],
		[0, 20, 0, 0.1611],
		[1, 29, 0.0061, 0.1718],
	] as const) {
		const found = shareInterval(part, n);
		expect(found.low).toBeCloseTo(low, 4);
		expect(found.high).toBeCloseTo(high, 4);
	}
});

test('one answer has no mean, and levels are evenly worth from 0 to 10', () => {
	expect(meanOf([[5, 1]])).toBeNull();
	expect(SCALES.faces.map((level) => worthOf('faces', level))).toEqual([0, 5, 10]);
	expect(SCALES.clarity.map((level) => worthOf('clarity', level))).toEqual([0, 2.5, 5, 7.5, 10]);
});
