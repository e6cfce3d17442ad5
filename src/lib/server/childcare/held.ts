import { LASTING_PAPERS } from '../../shared/aids.ts';
import type { Queries } from '../db/client.ts';
import { heldPapers, type HeldPaper } from '../papers/queries.ts';
import { addMonths, instantOf } from '../territories/calendar.ts';

/** Older than this, a paper that lasts may have changed all the same. */
const HELD_MONTHS = 12;

/**
 * Lasting papers that those who decide this aid received less than a year ago: they are not asked again (CRPA L114-8).
 * `today` is the day of the territory.
 */
export const heldFor = (
	q: Queries,
	{ aidId, today, zone }: { aidId: string; today: string; zone: string },
): Promise<HeldPaper[]> =>
	heldPapers(q, { aidId, kinds: LASTING_PAPERS, since: instantOf(addMonths(today, -HELD_MONTHS), '00:00', zone) });
