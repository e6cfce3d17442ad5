import { db } from '$lib/server/db';
import { listExceptional } from '$lib/server/people/exceptional';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;
const LAST_PAGE = 1_000;

/** Files opened without a follow-up, with the reason that was given. */
export const load: PageServerLoad = async ({ url }) => {
	const { territoryId } = requireCoordinator();
	const { zone } = await getTerritory(db.read, territoryId);
	const page = Math.min(Math.max(Math.trunc(Number(url.searchParams.get('page'))) || 1, 1), LAST_PAGE);
	const rows = await listExceptional(db.read, { territoryId }, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE);
	return { zone, page, more: rows.length > PAGE_SIZE, rows: rows.slice(0, PAGE_SIZE) };
};
