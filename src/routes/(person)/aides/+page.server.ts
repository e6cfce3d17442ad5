import { aidsOf } from '$lib/server/childcare/queries';
import { db } from '$lib/server/db';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { personId, territoryId } = requireBeneficiary();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	return { now, zone, today: localDay(now, zone), aids: await aidsOf(db.read, personId, now) };
};
