import { describe, expect, test } from 'vitest';
import { count, isSafe, releaseMonth, type PoolCells, type Released } from './release.ts';

/** Drawn again the same at each run. */
function drawing(seed: number) {
	return (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
}
const AREAS = ['est', 'nord', 'ouest', ''];
const MOMENTS = ['appointment_seen', 'stage_left', 'three_months'];
const MONTHS = 12;
const LEVELS = ['bad', 'medium', 'good'];
const month = (number: number) => `${2026 + Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`;

/** A year of a territory of random size; what was counted each month, and what still waits. */
function life(draw: (below: number) => number) {
	const most = [1, 2, 4, 9, 20][draw(5)]!;
	const months: { month: string; released: Released[] }[] = [];
	let waiting: PoolCells = {};
	let given = 0;
	for (let number = 0; number < MONTHS; number += 1) {
		for (let batches = draw(8); batches > 0; batches -= 1) {
			const place = { measure: 'face', areaId: AREAS[draw(4)]!, moment: MOMENTS[draw(3)]! };
			const answers = 1 + draw(most);
			given += answers;
			count(waiting, place, LEVELS[draw(3)]!, month(number), answers);
		}
		const closed = releaseMonth(waiting, month(number));
		waiting = closed.waiting;
		months.push({ month: month(number), released: closed.released });
	}
	return { months, waiting, given };
}

interface Filter {
	from: number;
	to: number;
	areaId?: string;
	moment?: string;
}
/** A page: counts by level of what its filters cover, as the reader of `tally` sums them. */
function page({ months }: ReturnType<typeof life>, { from, to, areaId, moment }: Filter): number[] {
	const rows = months
		.slice(from, to + 1)
		.flatMap(({ released }) => released)
		.filter((row) => (areaId ?? row.areaId) === row.areaId && (moment ?? row.moment) === row.moment);
	return LEVELS.map((level) =>
		rows.filter((row) => row.level === level).reduce((sum, { answers }) => sum + answers, 0),
	);
}
const minus = (large: number[], small: number[]) => large.map((count, index) => count - small[index]!);

describe('an attacker with every page, filter, file and date', () => {
	test('never finds who a group of response rates keeps back by taking it from another group', () => {
		const draw = drawing(20_261_123);
		const codes = {
			language: ['fr', 'uk', 'ar'],
			channel: ['push', 'email', 'sms', 'portal'],
			area: ['est', 'nord', 'other'],
		};
		const found: unknown[] = [];
		let shown = 0;
		for (let round = 0; round < 400; round += 1) {
			let waiting: PoolCells = {};
			const totals: Record<string, number[]> = {};
			for (let number = 0; number < MONTHS; number += 1) {
				for (let people = draw([6, 30, 120][draw(3)]!); people > 0; people -= 1) {
					const level = draw(5) < 2 ? 'answered' : 'silent';
					for (const [group, all] of Object.entries(codes)) {
						// The first code is common, the others rare.
						const code = all[Math.max(0, draw(all.length + 12) - 12)]!;
						count(waiting, { measure: `reply_${group}:${code}`, areaId: '', moment: '' }, level, month(number));
					}
				}
				const closed = releaseMonth(waiting, month(number));
				waiting = closed.waiting;
				for (const { measure, level, answers } of closed.released) {
					shown += 1;
					const group = /^reply_(\w+):/.exec(measure)![1]!;
					const sums = (totals[group] ??= [0, 0]);
					sums[level === 'answered' ? 0 : 1]! += answers;
					if (answers < 5) found.push({ measure, level, answers });
				}
				// What a group has not said yet, from what another has: nobody, or enough people.
				const kept = Object.values(totals).flatMap((one) => Object.values(totals).map((other) => minus(one, other)));
				for (const difference of kept)
					if (difference.some((part) => part > 0 && part < 5) && difference.every((part) => part >= 0))
						found.push({ number, difference });
			}
		}
		expect(shown).toBeGreaterThan(1_000);
		expect(found).toEqual([]);
	});

	test('never finds a cell from 1 to 4 by taking a page from another, in thousands of random territories', () => {
		const draw = drawing(20_260_322);
		const found: unknown[] = [];
		for (let round = 0; round < 1_200; round += 1) {
			const territory = life(draw);
			for (let tries = 0; tries < 12; tries += 1) {
				const from = draw(MONTHS);
				const to = from + draw(MONTHS - from);
				const areaId = draw(2) ? AREAS[draw(4)] : undefined;
				const moment = draw(2) ? MOMENTS[draw(3)] : undefined;
				const large: Filter = { from, to, areaId, moment };
				const inside = { ...large, from: from + draw(to - from + 1) };
				const small: Filter[] = [
					{ ...inside, to: inside.from + draw(to - inside.from + 1) },
					{ ...large, areaId: areaId ?? AREAS[draw(4)]! },
					{ ...large, moment: moment ?? MOMENTS[draw(3)]! },
					{ ...inside, areaId: areaId ?? AREAS[draw(4)]!, moment: moment ?? MOMENTS[draw(3)]! },
				];
				const whole = page(territory, large);
				for (const counts of [whole, ...small.map((filter) => minus(whole, page(territory, filter)))]) {
					const total = counts.reduce((sum, one) => sum + one, 0);
					const isFine = counts.every((one) => one === 0 || one >= 5) && (total === 0 || total >= 11);
					if (!isFine) found.push({ large, counts });
				}
			}
		}
		expect(found).toEqual([]);
	});

	test('never finds a group of one opinion, nor fewer than eleven answers, in one step of any page', () => {
		const draw = drawing(7);
		const found: number[][] = [];
		for (let round = 0; round < 600; round += 1)
			for (const { released } of life(draw).months) {
				const places = new Map<string, number[]>();
				for (const { areaId, moment, answers } of released) {
					const key = `${areaId}|${moment}`;
					places.set(key, [...(places.get(key) ?? []), answers]);
				}
				found.push(...[...places.values()].filter((counts) => !isSafe(counts) || counts.some((one) => one < 5)));
			}
		expect(found).toEqual([]);
	});

	test('who knows the rules cannot tell what waits: every table too small to be shown looks the same', () => {
		const shown = new Map<string, number>();
		for (let bad = 0; bad <= 12; bad += 1)
			for (let medium = 0; medium <= 12; medium += 1)
				for (let good = 0; good <= 12; good += 1) {
					const cells: PoolCells = { 'face||': { counts: { bad, medium, good }, since: '2026-01' } };
					const { released } = releaseMonth(cells, '2026-01');
					const seen = JSON.stringify(released.filter(({ answers }) => answers > 0));
					shown.set(seen, (shown.get(seen) ?? 0) + 1);
				}
		// What is shown is shown exactly and was meant to be; all the rest is one and the same empty page.
		for (const [seen, tables] of shown) if (seen !== '[]') expect(tables).toBe(1);
		expect(shown.get('[]')).toBeGreaterThan(1_000);
	});
});

test('no answer is lost and none is counted twice: shown and waiting add up to those given', () => {
	const draw = drawing(99);
	for (let round = 0; round < 150; round += 1) {
		const { months, waiting, given } = life(draw);
		const out = months.flatMap(({ released }) => released).reduce((sum, { answers }) => sum + answers, 0);
		const left = Object.values(waiting).flatMap(({ counts }) => Object.values(counts));
		expect(out + left.reduce((sum, one) => sum + one, 0)).toBe(given);
	}
});

test('a place too small for three months joins its area, then the territory', () => {
	let waiting: PoolCells = {};
	const place = { measure: 'face', areaId: 'nord', moment: 'stage_left' };
	for (let answers = 0; answers < 9; answers += 1) count(waiting, place, answers < 4 ? 'bad' : 'good', '2026-01');
	const keys: string[][] = [];
	for (const name of ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05']) {
		waiting = releaseMonth(waiting, name).waiting;
		keys.push(Object.keys(waiting));
	}
	expect(keys.map(([key]) => key)).toEqual([
		'face|nord|stage_left',
		'face|nord|stage_left',
		'face|nord|',
		'face|nord|',
		'face||',
	]);
	count(waiting, { ...place, areaId: '', moment: '' }, 'bad', '2026-05', 3);
	expect(releaseMonth(waiting, '2026-06').released).toEqual([
		{ measure: 'face', areaId: '', moment: '', level: 'bad', answers: 7 },
		{ measure: 'face', areaId: '', moment: '', level: 'good', answers: 5 },
	]);
});

test.each([
	[[5, 6], true],
	[[5, 5], false],
	[[4, 20], false],
	[[0, 5, 6], true],
	[[30], false],
	[[1, 30, 30], false],
	[[], false],
])('%j may be shown: %s', (counts, safe) => {
	expect(isSafe(counts)).toBe(safe);
});
