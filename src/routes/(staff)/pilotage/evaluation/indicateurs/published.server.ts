import { db } from '$lib/server/db';
import { indicatorsOf, type Indicators } from '$lib/server/evaluation/indicators';
import { publishedIndicators, publishIndicators } from '$lib/server/evaluation/publication';
import { getTerritory } from '$lib/server/territories/queries';

/** Indicators of this month, for the page and its file; the first look computes them, before it takes the only writer. */
export async function indicatorsOfMonth(
	territoryId: string,
	now: Date,
): Promise<{ zone: string; indicators: Indicators }> {
	const { zone } = await getTerritory(db.read, territoryId);
	const month = { territoryId, zone, now };
	const published = await publishedIndicators(db.read, month);
	if (published) return { zone, indicators: published };
	const computed = await indicatorsOf(db.read, month);
	return { zone, indicators: await db.write((tx) => publishIndicators(tx, month, computed)) };
}
