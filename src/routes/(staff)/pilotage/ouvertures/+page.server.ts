import { db } from '$lib/server/db';
import { listExceptional } from '$lib/server/people/exceptional';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import { pageOf } from '$lib/server/web/pages';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;

/** Files opened without a follow-up, with the reason that was given. */
export const load: PageServerLoad = async ({ url }) => {
	const { territoryId } = requireCoordinator();
	const { zone } = await getTerritory(db.read, territoryId);
	const page = pageOf(url);
	const rows = await listExceptional(db.read, { territoryId }, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE);
	return { zone, page, more: rows.length > PAGE_SIZE, rows: rows.slice(0, PAGE_SIZE) };
};
