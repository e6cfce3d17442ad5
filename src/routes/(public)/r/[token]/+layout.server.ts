import { territoryOfLink } from '$lib/server/appointments/answers';
import { db } from '$lib/server/db';
import { getTerritory } from '$lib/server/territories/queries';
import { openToAll } from '$lib/server/web/guards';
import type { LayoutServerLoad } from './$types';

/** The number to call, for a phone that never chose a commune; also on the page that says the link is dead. */
export const load: LayoutServerLoad = async ({ params }) => {
	openToAll();
	const territoryId = await territoryOfLink(db.read, params.token);
	return { linkPhone: territoryId ? (await getTerritory(db.read, territoryId)).phone : null };
};
