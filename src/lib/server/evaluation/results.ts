import { and, asc, eq, gte, lt, lte, sql } from 'drizzle-orm';
import {
	FACE_FIELD,
	MOMENTS,
	ORIGIN_FIELD,
	SCALES,
	scaleOf,
	themeOf,
	worthOf,
	type Moment,
	type Scale,
} from '../../shared/questions.ts';
import type { Theme } from '../../shared/themes.ts';
import type { Queries } from '../db/client.ts';
import { tally } from '../db/schema/index.ts';
import { addMonths, localDay } from '../territories/calendar.ts';
import { OTHER_CODES } from './release.ts';
import { REPLY_GROUPS, type ReplyGroup } from './replies.ts';
import { around, differenceOf, meanOf, shareInterval, Z95, Z99, type Interval, type Mean } from './stats.ts';

const MONTHS = 12;
const ROWS = 50_000;

export interface Filters {
	/** `YYYY-MM`, first and last month. */
	from: string;
	to: string;
	areaId?: string;
	moment?: Moment;
	theme?: Theme;
}

/** The last twelve months that ended. */
export function lastMonths(now: Date, zone: string): { from: string; to: string } {
	const current = `${localDay(now, zone).slice(0, 7)}-01`;
	return { from: addMonths(current, -MONTHS).slice(0, 7), to: addMonths(current, -1).slice(0, 7) };
}

/** Answers to one thing within one group. */
export interface Group {
	/** Month, area, moment or field; empty: not detailed. */
	code: string;
	counts: Record<string, number>;
	n: number;
	/** On 10, and its interval (95 %); null without answers. */
	mean: (Interval & { value: number }) | null;
}
export interface Reply {
	group: ReplyGroup;
	code: string;
	asked: number;
	answered: number;
	/** Of 1, with its interval (95 %). */
	rate: number;
	low: number;
	high: number;
}
/** Whether two groups differ, and by how much; `chance` when the interval holds nought. */
export interface Comparison extends Interval {
	code: string;
	difference: number;
	verdict: 'better' | 'worse' | 'chance';
}
export interface Results {
	filters: Filters;
	faces: Group;
	months: Group[];
	areas: Group[];
	moments: Group[];
	questions: Group[];
	origins: Group | null;
	replies: Reply[];
	/** The last half of the period against the first; null when one of them has no answer that may be shown. */
	trend: Comparison | null;
	/** The area, then the moment, that differs most from all the others; null when there is only one. */
	where: Comparison | null;
	when: Comparison | null;
}

type Counted = Record<string, number>;
const add = (counts: Counted, level: string, answers: number) => {
	counts[level] = (counts[level] ?? 0) + answers;
	return counts;
};
const gather = <Row extends { level: string; answers: number }>(rows: Row[], codeOf: (row: Row) => string) => {
	const groups = new Map<string, Counted>();
	for (const row of rows) groups.set(codeOf(row), add(groups.get(codeOf(row)) ?? {}, row.level, row.answers));
	return groups;
};

function statsOf(scale: Scale, counts: Counted): Mean | null {
	return meanOf(SCALES[scale].map((level) => [worthOf(scale, level), counts[level] ?? 0] as const));
}
function groupOf(code: string, scale: Scale, counts: Counted): Group {
	const stats = statsOf(scale, counts);
	const n = Object.values(counts).reduce((sum, count) => sum + count, 0);
	return { code, counts, n, mean: stats && { value: stats.mean, ...around(stats) } };
}

/**
 * Results of a territory. Every number is a sum of rows of `tally`, each safe to be shown alone: no filter, page, file, date or
 * difference of them tells more than those rows do (README.md).
 */
export async function resultsOf(q: Queries, territoryId: string, filters: Filters): Promise<Results> {
	const { from, to, areaId, moment, theme } = filters;
	const within = and(
		eq(tally.territoryId, territoryId),
		gte(tally.month, from),
		lte(tally.month, to),
		areaId === undefined ? undefined : eq(tally.areaId, areaId),
		moment === undefined ? undefined : eq(tally.moment, moment),
	);
	const answers = sql<number>`sum(${tally.answers})`.mapWith(Number);
	const rows = await q
		.select({ month: tally.month, areaId: tally.areaId, moment: tally.moment, level: tally.level, answers })
		.from(tally)
		.where(and(within, eq(tally.measure, FACE_FIELD)))
		.groupBy(tally.month, tally.areaId, tally.moment, tally.level)
		.orderBy(asc(tally.month))
		.limit(ROWS);
	const asked = await q
		.select({ measure: tally.measure, level: tally.level, answers })
		.from(tally)
		.where(within)
		.groupBy(tally.measure, tally.level)
		.orderBy(asc(tally.measure))
		.limit(ROWS);
	const fields = gather(asked, ({ measure }) => measure);
	const faces = gather(rows, () => FACE_FIELD).get(FACE_FIELD) ?? {};
	const byMonth = gather(rows, ({ month }) => month);
	const byArea = areaId === undefined ? gather(rows, (row) => row.areaId) : new Map<string, Counted>();
	const byMoment = moment === undefined ? gather(rows, (row) => row.moment) : new Map<string, Counted>();
	const groups = (found: Map<string, Counted>) =>
		[...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, counts]) => groupOf(code, 'faces', counts));
	const questions = [...fields].flatMap(([field, counts]) => {
		const scale = scaleOf(field);
		if (!scale || field === FACE_FIELD || field === ORIGIN_FIELD) return [];
		return theme && themeOf(field) !== theme ? [] : [groupOf(field, scale, counts)];
	});
	const origins = fields.get(ORIGIN_FIELD);
	const order = (code: string) => (code ? MOMENTS.indexOf(code as Moment) : MOMENTS.length);
	return {
		filters,
		faces: groupOf(FACE_FIELD, 'faces', faces),
		months: monthsOf(from, to).map((month) => groupOf(month, 'faces', byMonth.get(month) ?? {})),
		areas: groups(byArea),
		moments: groups(byMoment).sort((a, b) => order(a.code) - order(b.code)),
		questions,
		origins: origins ? groupOf(ORIGIN_FIELD, 'origin', origins) : null,
		replies: await repliesOf(q, territoryId, { from, to }),
		trend: trendOf(byMonth, monthsOf(from, to)),
		where: mostUnlike(byArea),
		when: mostUnlike(byMoment),
	};
}

/** Every month from one to the other, both included. */
export function monthsOf(from: string, to: string): string[] {
	const months: string[] = [];
	for (let month = from; month <= to; month = addMonths(`${month}-01`, 1).slice(0, 7)) months.push(month);
	return months;
}

const sumOf = (groups: Counted[]) => {
	const sum: Counted = {};
	for (const counts of groups) for (const [level, count] of Object.entries(counts)) add(sum, level, count);
	return sum;
};

function compare(code: string, others: Counted, these: Counted, z: number): Comparison | null {
	const [before, after] = [statsOf('faces', others), statsOf('faces', these)];
	if (!before || !after) return null;
	const found = differenceOf(before, after, z);
	const verdict = found.low > 0 ? 'better' : found.high < 0 ? 'worse' : 'chance';
	return { code, ...found, verdict };
}

function trendOf(byMonth: Map<string, Counted>, months: string[]): Comparison | null {
	const half = Math.floor(months.length / 2);
	if (half === 0) return null;
	const of = (some: string[]) => sumOf(some.map((month) => byMonth.get(month) ?? {}));
	return compare('', of(months.slice(0, half)), of(months.slice(half)), Z95);
}

/** The group that differs most, for sure, from all the others together; else the one that differs most, said to be chance. */
function mostUnlike(groups: Map<string, Counted>): Comparison | null {
	const named = [...groups].filter(([code]) => code);
	if (named.length < 2) return null;
	const found = named.flatMap(([code, counts]) => {
		const others = sumOf(named.filter(([other]) => other !== code).map(([, other]) => other));
		return compare(code, others, counts, Z99) ?? [];
	});
	const size = ({ difference, verdict }: Comparison) => Math.abs(difference) + (verdict === 'chance' ? 0 : 100);
	return found.toSorted((a, b) => size(b) - size(a))[0] ?? null;
}

async function repliesOf(
	q: Queries,
	territoryId: string,
	{ from, to }: { from: string; to: string },
): Promise<Reply[]> {
	const rows = await q
		.select({ measure: tally.measure, level: tally.level, answers: sql<number>`sum(${tally.answers})`.mapWith(Number) })
		.from(tally)
		.where(
			and(
				eq(tally.territoryId, territoryId),
				gte(tally.month, from),
				lte(tally.month, to),
				gte(tally.measure, 'reply_'),
				lt(tally.measure, 'reply`'),
			),
		)
		.groupBy(tally.measure, tally.level)
		.orderBy(asc(tally.measure))
		.limit(ROWS);
	const replies = [...gather(rows, ({ measure }) => measure)].map(([measure, counts]) => {
		const [group, code] = measure.slice('reply_'.length).split(':') as [ReplyGroup, string];
		const answered = counts.answered ?? 0;
		const asked = answered + (counts.silent ?? 0);
		const { share: rate, low, high } = shareInterval(answered, asked);
		return { group, code, asked, answered, rate, low, high };
	});
	// A group that could only be released together says nothing of its own.
	const said = replies.filter(
		({ group, code }) => code !== OTHER_CODES || replies.some((one) => one.group === group && one.code !== OTHER_CODES),
	);
	return said.sort((a, b) => REPLY_GROUPS.indexOf(a.group) - REPLY_GROUPS.indexOf(b.group));
}

export interface MicroRow {
	month: string;
	areaId: string;
	moment: string;
	field: string;
	level: string;
	answers: number;
}
/** Everything that was ever counted, one line per level: what the impact study receives, and nothing the pages do not show. */
export const microdata = (q: Queries, territoryId: string, { from, to }: { from: string; to: string }) =>
	q
		.select({
			month: tally.month,
			areaId: tally.areaId,
			moment: tally.moment,
			field: tally.measure,
			level: tally.level,
			answers: tally.answers,
		})
		.from(tally)
		.where(and(eq(tally.territoryId, territoryId), gte(tally.month, from), lte(tally.month, to)))
		.orderBy(asc(tally.month), asc(tally.measure), asc(tally.areaId), asc(tally.moment), asc(tally.level))
		.limit(ROWS);
