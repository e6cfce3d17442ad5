import { LEAST_COUNT, LEAST_FOR_SHARES } from './disclosure.ts';

/** Counts of one thing in one place after one moment, and since which month they wait. */
export interface PoolCell {
	counts: Record<string, number>;
	since: string;
}
/** By `measure|area|moment`. */
export type PoolCells = Record<string, PoolCell>;

export interface Place {
	measure: string;
	/** Empty: not detailed. */
	areaId: string;
	moment: string;
}
export interface Released extends Place {
	level: string;
	answers: number;
}

/** Codes of a group of response rates that are too few to be told apart, counted together. */
export const OTHER_CODES = 'other';
/** `reply_<group>:<code>`: the groups of response rates all count the same people. */
const REPLY = /^reply_([^:|]+):/;

/** After so many ends of month, a place too small to be shown joins a larger one. */
const WAITED = 3;

export const placeKey = ({ measure, areaId, moment }: Place) => `${measure}|${areaId}|${moment}`;
function placeOf(key: string): Place {
	const [measure, areaId, moment] = key.split('|') as [string, string, string];
	return { measure, areaId, moment };
}

/**
 * Whether counts may be shown as they are, to anybody and for ever: eleven answers or more, no cell from 1 to 4, and not all
 * the same answer.
 */
export function isSafe(counts: readonly number[]): boolean {
	const filled = counts.filter((count) => count > 0);
	const total = filled.reduce((sum, count) => sum + count, 0);
	return total >= LEAST_FOR_SHARES && filled.length > 1 && filled.every((count) => count >= LEAST_COUNT);
}

/** Adds one answer to what waits. */
export function count(cells: PoolCells, place: Place, level: string, month: string, answers = 1): void {
	const cell = (cells[placeKey(place)] ??= { counts: {}, since: month });
	cell.counts[level] = (cell.counts[level] ?? 0) + answers;
}

/** The whole area, then the whole territory; nothing above. */
function parentOf({ measure, areaId, moment }: Place): Place | null {
	if (areaId && moment) return { measure, areaId, moment: '' };
	return areaId || moment ? { measure, areaId: '', moment: '' } : null;
}
const detailOf = (key: string) => Number(placeOf(key).areaId !== '') + Number(placeOf(key).moment !== '');

/**
 * What may be counted at the end of `month`: a place leaves whole, when all of it is safe, or waits; after three months
 * it joins the larger place around it. No answer is counted twice, none is lost.
 */
export function releaseMonth(waiting: PoolCells, month: string): { released: Released[]; waiting: PoolCells } {
	const cells: PoolCells = Object.fromEntries(
		Object.entries(waiting).map(([key, { counts, since }]) => [key, { counts: { ...counts }, since }]),
	);
	const released = releaseReplies(cells);
	for (const detail of [2, 1, 0]) {
		for (const key of Object.keys(cells).filter((one) => detailOf(one) === detail && !REPLY.test(one))) {
			const { counts, since } = cells[key]!;
			const place = placeOf(key);
			const parent = parentOf(place);
			if (isSafe(Object.values(counts)))
				for (const [level, answers] of Object.entries(counts)) released.push({ ...place, level, answers });
			else if (parent && monthsBetween(since, month) >= WAITED - 1)
				for (const [level, answers] of Object.entries(counts)) count(cells, parent, level, month, answers);
			else continue;
			delete cells[key];
		}
	}
	return { released, waiting: cells };
}

/**
 * Response rates by channel, language, age and area are the same people split four ways: what one way keeps back is its
 * total taken from another's. So a group leaves whole or waits whole; its codes that are too few leave together, with the
 * smallest others until they may be shown.
 */
function releaseReplies(cells: PoolCells): Released[] {
	const waiting = Object.keys(cells);
	const groups = new Set(waiting.flatMap((key) => REPLY.exec(key)?.[1] ?? []));
	const released: Released[] = [];
	for (const group of groups) {
		const keys = waiting.filter((key) => REPLY.exec(key)?.[1] === group);
		const bySize = keys
			.map((key) => ({ measure: placeOf(key).measure, counts: cells[key]!.counts }))
			.sort((a, b) => sum(a.counts) - sum(b.counts));
		const together = bySize.filter(({ measure, counts }) => !isSafe(Object.values(counts)) || isOthers(measure));
		const apart = bySize.filter((one) => !together.includes(one));
		while (together.length > 0 && !isSafe(Object.values(added(together))) && apart.length > 0)
			together.push(apart.shift()!);
		const others = added(together);
		if (together.length > 0 && !isSafe(Object.values(others))) continue;
		const rows = [
			...apart,
			...(together.length > 0 ? [{ measure: `reply_${group}:${OTHER_CODES}`, counts: others }] : []),
		];
		for (const { measure, counts } of rows)
			for (const [level, answers] of Object.entries(counts))
				released.push({ measure, areaId: '', moment: '', level, answers });
		for (const key of keys) delete cells[key];
	}
	return released;
}
const isOthers = (measure: string) => measure.endsWith(`:${OTHER_CODES}`);
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, one) => total + one, 0);
function added(cells: { counts: Record<string, number> }[]): Record<string, number> {
	const total: Record<string, number> = {};
	for (const { counts } of cells)
		for (const [level, answers] of Object.entries(counts)) total[level] = (total[level] ?? 0) + answers;
	return total;
}

const monthNumber = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
const monthsBetween = (from: string, to: string) => monthNumber(to) - monthNumber(from);
