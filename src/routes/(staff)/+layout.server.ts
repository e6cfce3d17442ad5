import { db } from '$lib/server/db';
import { caseloadCount } from '$lib/server/people/queries';
import { inboxCounts } from '$lib/server/requests/inbox';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireStaff } from '$lib/server/web/guards';
import type { LayoutServerLoad } from './$types';

/** Figures beside the menu: how many people one leads, how many requests wait. */
export const load: LayoutServerLoad = async ({ locals }) => {
	const { accountId, territoryId } = requireStaff();
	const { zone } = await getTerritory(db.read, territoryId);
	const { waiting } = await inboxCounts(db.read, territoryId, localDay(locals.now, zone));
	const counts: { people: number; requests: number; today?: number } = {
		people: await caseloadCount(db.read, accountId),
		requests: waiting,
	};
	return { counts };
};
