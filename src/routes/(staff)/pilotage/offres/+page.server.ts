import { db } from '$lib/server/db';
import { LONGEST_MONTHS, offersKnown, OLD_MONTHS } from '$lib/server/offers/queries';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

/** What the portal knows of places and services of the territory. It is changed by the operator's import alone. */
export const load: PageServerLoad = async ({ locals }) => {
	const { territoryId } = requireCoordinator();
	const { zone } = await getTerritory(db.read, territoryId);
	const known = await offersKnown(db.read, { territoryId, today: localDay(locals.now, zone) });
	return { zone, ...known, oldMonths: OLD_MONTHS, longestMonths: LONGEST_MONTHS };
};
