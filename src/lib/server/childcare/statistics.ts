import { and, between, count, desc, eq, gte, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { addMonths, daysBetween, localDay } from '../territories/calendar.ts';

/** A tenth of fewer decisions would be one family. */
const LEAST_DECISIONS = 11;
/** The last ones are enough to say how long it takes. */
const MOST_DECISIONS = 1_000;

const ANSWERED = ['granted', 'partially_granted', 'refused', 'paid'] as const;

/** Days from the sending to the decision, over the twelve months before a day of the territory. */
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
				gte(childcareAid.decidedOn, addMonths(today, -12)),
				isNotNull(childcareAid.sentAt),
			),
		)
		.orderBy(desc(childcareAid.decidedOn))
		.limit(MOST_DECISIONS);
	return rows
		.map(({ sentAt, decidedOn }) => Math.max(0, daysBetween(localDay(sentAt!, zone), decidedOn!)))
		.sort((one, other) => one - other);
}

const nearestRank = (sorted: number[], share: number) => sorted[Math.ceil(sorted.length * share) - 1]!;

/** « 9 familles sur 10 ont eu une réponse en moins de … jours »; null under eleven decisions in twelve months. */
export async function answerDelay(q: Queries, of: { territoryId: string; kind: string; zone: string; today: string }) {
	const days = await delays(q, of);
	return days.length < LEAST_DECISIONS ? null : { median: nearestRank(days, 0.5), ninety: nearestRank(days, 0.9) };
}

/** Decisions of one aid in a calendar year: raw counts, to be masked before anybody reads them. */
export interface AidFigures {
	kind: string;
	granted: number;
	partly: number;
	refused: number;
	/** By reason code, refusals alone. */
	reasons: Record<string, number>;
	spentCents: number;
}

/** Figures of a territory for a year, by kind of aid that it decides itself. */
export async function figuresOf(q: Queries, territoryId: string, year: string): Promise<AidFigures[]> {
	const { kind, status, reason, amountCents, decidedOn } = childcareAid;
	const rows = await q
		.select({ kind, status, reason, files: count(), cents: sql<number>`coalesce(sum(${amountCents}), 0)` })
		.from(childcareAid)
		.where(
			and(
				eq(childcareAid.territoryId, territoryId),
				inArray(status, [...ANSWERED]),
				between(decidedOn, `${year}-01-01`, `${year}-12-31`),
			),
		)
		.groupBy(kind, status, reason);
	const found = new Map<string, AidFigures>();
	for (const row of rows) {
		const line = found.get(row.kind) ?? emptyFigures(row.kind);
		found.set(row.kind, line);
		if (row.status === 'refused') {
			line.refused += row.files;
			line.reasons[row.reason!] = (line.reasons[row.reason!] ?? 0) + row.files;
			continue;
		}
		// Paid files keep the reason of what was granted in part.
		if (row.reason) line.partly += row.files;
		else line.granted += row.files;
		line.spentCents += Number(row.cents);
	}
	return [...found.values()].sort((one, other) => one.kind.localeCompare(other.kind));
}

/** Fewer families, and a sum would tell what one of them had (product.md §5, « results »). */
const LEAST_HELPED = 5;
const HUNDRED_CENTS = 10_000;

/**
 * What was granted, as it may be told: not under five families, and to the nearest hundred euros, so that the difference
 * of two days is not what one family had.
 */
export const tellableCents = ({ granted, partly, spentCents }: AidFigures): number | null =>
	granted + partly < LEAST_HELPED ? null : Math.round(spentCents / HUNDRED_CENTS) * HUNDRED_CENTS;

export const emptyFigures = (kind: string): AidFigures => ({
	...{ kind, granted: 0, partly: 0, refused: 0, reasons: {}, spentCents: 0 },
});
