import { formatDate } from '$lib/shared/dates';
import { db } from '$lib/server/db';
import { listTerritories } from '$lib/server/territories/queries';
import { openToAll } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

/**
 * The same for everybody: the worker keeps this page for whoever holds the phone, and the phone fills it (src/phone/offline-page.ts).
 * The numbers of the services are as old as the worker, from one release to the next: the page says of which day.
 */
export const load: PageServerLoad = async ({ locals }) => {
	openToAll();
	const territories = await listTerritories(db.read);
	return {
		services: territories.map(({ id, name, phone }) => ({ id, name, phone })),
		day: formatDate(locals.now, 'UTC', locals.locale),
	};
};
