import { and, eq, gt, isNull } from 'drizzle-orm';
import { CHECK_IN_WEEKS } from '../../shared/closing.ts';
import type { Tx } from '../db/client.ts';
import { checkIn } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { checkInDay } from './rules.ts';

interface Way {
	id: string;
	personId: string;
	territoryId: string;
}

/** Questions to come, days in `zone`; the action that composes it plans a message for each. */
export interface AskedAgain {
	checkIns: { id: string; dueOn: string }[];
	zone: string;
}

/**
 * The first months at work begin on `startsOn` (`YYYY-MM-DD` of the territory; today when it is not said): one question a week of
 * `CHECK_IN_WEEKS`, on the first day a message may leave. A week that is over when it is written is not asked about.
 */
export async function askCheckIns(
	tx: Tx,
	{ id, personId, territoryId }: Way,
	now: Date,
	startsOn?: string,
): Promise<AskedAgain> {
	const { zone, holidayZone } = await getTerritory(tx, territoryId);
	const holidays = await holidaysOf(tx, holidayZone);
	const today = localDay(now, zone);
	const first = startsOn ?? today;
	const checkIns = CHECK_IN_WEEKS.map((week) => ({
		id: newId(),
		week,
		dueOn: checkInDay(first, week, holidays),
	})).filter(({ dueOn }) => dueOn > today);
	if (checkIns.length === 0) return { checkIns, zone };
	await tx.insert(checkIn).values(checkIns.map((row) => ({ ...row, pathwayId: id, personId })));
	return { checkIns, zone };
}

/** The job or the pathway is over: what was to come is not asked, what was asked waits for nobody. What was said is kept. */
export async function withdrawCheckIns(
	tx: Tx,
	{ id, territoryId }: Pick<Way, 'id' | 'territoryId'>,
	now: Date,
): Promise<void> {
	const { zone } = await getTerritory(tx, territoryId);
	const own = eq(checkIn.pathwayId, id);
	await tx.delete(checkIn).where(and(own, isNull(checkIn.answer), gt(checkIn.dueOn, localDay(now, zone))));
	await tx
		.update(checkIn)
		.set({ handledAt: now })
		.where(and(own, isNull(checkIn.handledAt)));
}
