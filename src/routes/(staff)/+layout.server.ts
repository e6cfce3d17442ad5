import { db } from '$lib/server/db';
import { caseloadCount } from '$lib/server/people/queries';
import { waitingCount } from '$lib/server/requests/inbox';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireStaff } from '$lib/server/web/guards';
import type { LayoutServerLoad } from './$types';

/** Figures beside the menu: how many people one leads, how many requests wait. */
export const load: LayoutServerLoad = async ({ locals }) => {
	const { accountId, role, structureId, territoryId } = requireStaff();
	const onlyOf = role === 'referent' ? { accountId, structureId } : undefined;
	const { zone } = await getTerritory(db.read, territoryId);
	const counts: { people: number; requests: number; today?: number } = {
		people: await caseloadCount(db.read, accountId),
		requests: await waitingCount(db.read, territoryId, localDay(locals.now, zone), onlyOf),
	};
	return { counts };
};
