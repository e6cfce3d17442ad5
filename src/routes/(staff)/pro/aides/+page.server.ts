import { aidsFollowed, aidsQueue, decides, type QueueFilter } from '$lib/server/childcare/queue';
import { db } from '$lib/server/db';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory, listStructures } from '$lib/server/territories/queries';
import { requireStaff } from '$lib/server/web/guards';
import { pageOf } from '$lib/server/web/pages';
import type { PageServerLoad } from './$types';

const FILTERS: Record<string, QueueFilter> = { 'a-verser': 'to_pay', termines: 'done' };

/** Those who decide see their queue; other referents, the status of the people they follow; a coordinator, no file. */
export const load: PageServerLoad = async ({ locals, url }) => {
	const viewer = requireStaff();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, viewer.territoryId);
	const filter = FILTERS[url.searchParams.get('etat') ?? ''] ?? 'waiting';
	const page = pageOf(url);
	const shown = { now, zone, today: localDay(now, zone), filter, page };
	if (viewer.role === 'coordinator')
		return { ...shown, view: 'coordinator' as const, rows: [], more: false, decider: '' };
	if (await decides(db.read, viewer)) {
		const queue = await aidsQueue(db.read, viewer, { filter, page, now });
		return { ...shown, ...queue, view: 'decider' as const, decider: '' };
	}
	const structures = await listStructures(db.read, viewer.territoryId);
	const decider = structures.find(({ decidesAids }) => decidesAids)?.name ?? '';
	return {
		...shown,
		...(await aidsFollowed(db.read, viewer.accountId, { page, now })),
		view: 'follower' as const,
		decider,
	};
};
