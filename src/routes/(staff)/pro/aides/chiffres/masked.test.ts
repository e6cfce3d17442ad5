import { expect, test } from 'vitest';
import { emptyFigures } from '$lib/server/childcare/statistics';
import { maskFigures } from './masked';

const CODES = ['too_late', 'no_cost', 'other_aid'];
const MOST = 15;

interface World {
	granted: number;
	partly: number;
	refused: number;
	reasons: Record<string, number>;
}

/** Every year that a territory can have had, up to so many decisions. */
function* worlds(): Generator<World> {
	for (let total = 0; total <= MOST; total += 1)
		for (let granted = 0; granted <= total; granted += 1)
			for (let partly = 0; granted + partly <= total; partly += 1) {
				const refused = total - granted - partly;
				for (let late = 0; late <= refused; late += 1)
					for (let cost = 0; late + cost <= refused; cost += 1) {
						const reasons = { too_late: late, no_cost: cost, other_aid: refused - late - cost };
						yield { granted, partly, refused, reasons };
					}
			}
}

/** All that the page shows of a year. */
const pageOf = (world: World) => maskFigures({ ...emptyFigures('childcare'), ...world, spentCents: 100_000 }, CODES);

test('whoever reads both tables and the sum together cannot tell one number that is not shown', () => {
	const pages = new Map<string, { view: ReturnType<typeof maskFigures>; values: Set<number>[] }>();
	const hiddenOf = ({ granted, partly, refused, reasons }: World) => [
		...[granted, partly, refused],
		...CODES.map((code) => reasons[code]!),
	];
	for (const world of worlds()) {
		const view = pageOf(world);
		const key = JSON.stringify(view);
		const page = pages.get(key) ?? { view, values: hiddenOf(world).map(() => new Set<number>()) };
		pages.set(key, page);
		hiddenOf(world).forEach((value, index) => page.values[index]!.add(value));
	}
	for (const [key, { view, values }] of pages)
		[...view.cells, ...CODES.map((_, index) => view.reasons[index]?.cell ?? 'hidden')].forEach((cell, index) => {
			if (typeof cell === 'number') expect([...values[index]!], key).toEqual([cell]);
			else expect(values[index]!.size, `${key}, ${index}`).toBeGreaterThan(1);
		});
});

test('reasons are told of refusals that are told themselves, and a hidden number stays so', () => {
	const shown = pageOf({ granted: 20, partly: 10, refused: 12, reasons: { too_late: 6, no_cost: 4, other_aid: 2 } });
	expect(shown.reasons.map(({ cell }) => cell)).toEqual([6, 'few', 'few']);
	// Twenty, few, and a number hidden so that « few » is not what is left: six and six would tell it.
	const hidden = pageOf({ granted: 20, partly: 3, refused: 12, reasons: { too_late: 6, no_cost: 6 } });
	expect(hidden).toMatchObject({ total: 35, cells: [20, 'few', 'hidden'], reasons: [] });
});

test('a sum is told when the page says that five families were helped, to the nearest hundred euros', () => {
	const of = (granted: number, partly: number, refused: number, spentCents: number) =>
		maskFigures({ ...emptyFigures('childcare'), granted, partly, refused, spentCents }).spentCents;
	// Shown: six and few; few, few and nine, of thirteen; sixty, few and a hidden one.
	expect([of(6, 5, 5, 204_999), of(6, 5, 5, 205_000)]).toEqual([200_000, 210_000]);
	expect([of(3, 1, 9, 205_000), of(3, 2, 9, 205_000), of(60, 3, 9, 205_000)]).toEqual([null, 210_000, 210_000]);
	// Nothing is shown of eight decisions, nor of eleven that were all refused.
	expect([of(6, 1, 1, 205_000), of(0, 0, 11, 0)]).toEqual([null, null]);
});
