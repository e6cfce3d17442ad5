import { and, between, count, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { addDays, addMonths, daysBetween, localDay } from '../territories/calendar.ts';
import { WAITING } from './rules.ts';

/** A tenth of fewer decisions would be one family. */
const LEAST_DECISIONS = 11;
/** The last ones are enough to say how long it takes. */
const MOST_DECISIONS = 1_000;

const ANSWERED = ['granted', 'partially_granted', 'refused', 'paid'] as const;

/**
 * Days from the sending to the decision, over the twelve months before a day of the territory; for ever, of those that silence
 * refused and nobody decided.
 */
async function delays(
	q: Queries,
	{ territoryId, kind, zone, today }: { territoryId: string; kind: string; zone: string; today: string },
): Promise<number[]> {
	const rows = await q
		.select({ sentAt: childcareAid.sentAt, decidedOn: childcareAid.decidedOn })
		.from(childcareAid)
		.where(
			and(
				eq(childcareAid.territoryId, territoryId),
				eq(childcareAid.kind, kind),
				inArray(childcareAid.status, [...ANSWERED]),
				between(childcareAid.decidedOn, addMonths(today, -12), today),
				isNotNull(childcareAid.sentAt),
			),
		)
		.orderBy(desc(childcareAid.decidedOn))
		.limit(MOST_DECISIONS);
	const silent = await q
		.select({ files: count() })
		.from(childcareAid)
		.where(
			and(
				eq(childcareAid.territoryId, territoryId),
				eq(childcareAid.kind, kind),
				inArray(childcareAid.status, [...WAITING]),
				between(childcareAid.silenceOn, addMonths(today, -12), today),
			),
		);
	const answered = rows
		.map(({ sentAt, decidedOn }) => Math.max(0, daysBetween(localDay(sentAt!, zone), decidedOn!)))
		.sort((one, other) => one - other);
	return [...answered, ...Array.from({ length: silent[0]!.files }, () => Infinity)];
}

const nearestRank = (sorted: number[], share: number) => sorted[Math.ceil(sorted.length * share) - 1]!;

/**
 * « 9 familles sur 10 ont eu une réponse en moins de … jours »; null under eleven files in twelve months, or when silence
 * refused so many that it is not true of any number of days.
 */
export async function answerDelay(q: Queries, of: { territoryId: string; kind: string; zone: string; today: string }) {
	const days = await delays(q, of);
	const said = { median: nearestRank(days, 0.5), ninety: nearestRank(days, 0.9) };
	return days.length < LEAST_DECISIONS || said.ninety === Infinity ? null : said;
}

/** Decisions of one aid in a calendar year, to be masked before anybody reads them. */
export interface AidFigures {
	kind: string;
	granted: number;
	partly: number;
	refused: number;
	/** By reason code, refusals alone. */
	reasons: Record<string, number>;
	spentCents: number;
}

/** Fewer decisions than these wait for the next month: the difference of two months would tell about one of them. */
const LEAST_AT_ONCE = 5;

/**
 * Figures of a territory for a year, by kind of aid that it decides itself, as they were at the end of the last month before
 * `today` (`YYYY-MM-DD` of the territory). Each number moves by five decisions or more, or not at all: it is made from the
 * days of the decisions alone, so that whoever looks every month reads what anybody reads later.
 */
export async function figuresOf(
	q: Queries,
	{ territoryId, year, today }: { territoryId: string; year: string; today: string },
): Promise<AidFigures[]> {
	const { kind, status, reason, amountCents, decidedOn } = childcareAid;
	const month = sql<string>`substr(${decidedOn}, 1, 7)`;
	const lastDay = addDays(`${today.slice(0, 7)}-01`, -1);
	const rows = await q
		.select({ kind, month, status, reason, files: count(), cents: sql<number>`coalesce(sum(${amountCents}), 0)` })
		.from(childcareAid)
		.where(
			and(
				eq(childcareAid.territoryId, territoryId),
				inArray(status, [...ANSWERED]),
				between(decidedOn, `${year}-01-01`, lastDay < `${year}-12-31` ? lastDay : `${year}-12-31`),
			),
		)
		.groupBy(kind, month, status, reason)
		.orderBy(kind, month);
	const found = new Map<string, AidFigures>();
	for (const ofKind of grouped(rows, (row) => row.kind)) {
		const line = emptyFigures(ofKind[0]!.kind);
		found.set(line.kind, line);
		const waiting = new Map<string, { files: number; cents: number }>();
		for (const ofMonth of grouped(ofKind, (row) => row.month)) {
			for (const row of ofMonth)
				for (const cell of cellsOf(row)) {
					const { files, cents } = waiting.get(cell) ?? { files: 0, cents: 0 };
					waiting.set(cell, { files: files + row.files, cents: cents + Number(row.cents) });
				}
			for (const [cell, { files, cents }] of waiting) {
				if (files < LEAST_AT_ONCE) continue;
				waiting.delete(cell);
				if (cell === 'granted' || cell === 'partly') line.spentCents += cents;
				if (cell === 'granted' || cell === 'partly' || cell === 'refused') line[cell] += files;
				else line.reasons[cell] = (line.reasons[cell] ?? 0) + files;
			}
		}
	}
	return [...found.values()];
}

/** Where a decision is counted. Paid files keep the reason of what was granted in part. */
function cellsOf({ status, reason }: { status: string; reason: string | null }): string[] {
	if (status === 'refused') return ['refused', reason!];
	return [reason ? 'partly' : 'granted'];
}

/** Rows one after the other that have the same key. */
function grouped<Row>(rows: Row[], keyOf: (row: Row) => string): Row[][] {
	const groups = new Map<string, Row[]>();
	for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
	return [...groups.values()];
}

export const emptyFigures = (kind: string): AidFigures => ({
	...{ kind, granted: 0, partly: 0, refused: 0, reasons: {}, spentCents: 0 },
});
