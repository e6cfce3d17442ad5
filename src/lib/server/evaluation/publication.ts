import { eq } from 'drizzle-orm';
import type { Queries, Tx } from '../db/client.ts';
import { indicatorPublication } from '../db/schema/index.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { addMonths, localDay } from '../territories/calendar.ts';
import { mayReplace } from './indicator-rules.ts';
import { COHORT_MONTHS, rateKey, type Cohort, type Indicators, type ToldOf } from './indicators.ts';

type Computed = Indicators & { told: ToldOf };
interface Month {
	territoryId: string;
	zone: string;
	now: Date;
}

const place = (territoryId: string) => `indicator_publication.figures_sealed:${territoryId}`;
const monthOf = ({ zone, now }: Month) => localDay(now, zone).slice(0, 7);

async function rowOf(q: Queries, territoryId: string): Promise<{ month: string; figures: Computed } | null> {
	const [row] = await q
		.select()
		.from(indicatorPublication)
		.where(eq(indicatorPublication.territoryId, territoryId))
		.limit(1);
	if (!row) return null;
	return { month: row.month, figures: JSON.parse(unseal(place(territoryId), row.figuresSealed)) as Computed };
}
const shown = ({ told: _, ...indicators }: Computed): Indicators => indicators;

/** The indicators of this month; null when nobody looked at them yet. */
export async function publishedIndicators(q: Queries, month: Month): Promise<Indicators | null> {
	const row = await rowOf(q, month.territoryId);
	return row && row.month >= monthOf(month) ? shown(row.figures) : null;
}

/**
 * Keeps what was computed as the indicators of this month: they stand still until the next, whatever is withdrawn, corrected
 * or erased meanwhile. A figure that would differ from the last one by a few people stays as it was, with its own
 * cohort, until more have changed or none of those it was made of is left.
 * @returns what is shown; that of whoever was first, when two look at once
 */
export async function publishIndicators(tx: Tx, month: Month, computed: Computed): Promise<Indicators> {
	const { territoryId } = month;
	const before = await rowOf(tx, territoryId);
	if (before && before.month >= monthOf(month)) return shown(before.figures);
	const figures = before ? standing(before.figures, computed) : computed;
	const set = { month: monthOf(month), figuresSealed: seal(place(territoryId), JSON.stringify(figures)) };
	await tx
		.insert(indicatorPublication)
		.values({ territoryId, ...set })
		.onConflictDoUpdate({ target: indicatorPublication.territoryId, set });
	return shown(figures);
}

/** What is shown next, figure by figure. */
function standing(before: Computed, now: Computed): Computed {
	const told: ToldOf = {};
	function next<Figure extends { older?: Cohort }>(key: string, old: Figure | undefined, fresh: Figure): Figure {
		const was = old && (old.older ?? { from: before.from, to: before.to });
		const isGone = was !== undefined && addMonths(was.from, COHORT_MONTHS) <= now.from;
		if (!old || !was || isGone || isAlike(old, fresh) || mayReplace(before.told[key]!, now.told[key]!)) {
			told[key] = now.told[key]!;
			return fresh;
		}
		told[key] = before.told[key]!;
		return { ...old, older: was };
	}
	return {
		...{ from: now.from, to: now.to },
		delays: now.delays.map((one) => next(`delay:${one.code}`, sameCode(before.delays, one), one)),
		rates: now.rates.map((one) => next(rateKey(one.code), sameCode(before.rates, one), one)),
		obstacles: now.obstacles.map((one) =>
			next(
				`obstacle:${one.theme}`,
				before.obstacles.find(({ theme }) => theme === one.theme),
				one,
			),
		),
		told,
	};
}
/** What is read of both is the same, whatever they are made of. */
const isAlike = <Figure extends { older?: Cohort }>(old: Figure, fresh: Figure) =>
	JSON.stringify({ ...old, older: undefined }) === JSON.stringify(fresh);
const sameCode = <Figure extends { code: string }>(figures: Figure[], { code }: Figure) =>
	figures.find((one) => one.code === code);
