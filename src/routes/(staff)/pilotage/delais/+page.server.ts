import { db } from '$lib/server/db';
import { DELAY_KINDS, territoryDelays } from '$lib/server/people/delays';
import { stageDelays } from '$lib/server/people/steering';
import { getTerritory, listEmploymentAreas, listStructures } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import { pageOf } from '$lib/server/web/pages';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;

export const load: PageServerLoad = async ({ url, locals }) => {
	const { territoryId } = requireCoordinator();
	const { zone, settings } = await getTerritory(db.read, territoryId);
	const structures = await listStructures(db.read, territoryId);
	const areas = await listEmploymentAreas(db.read, territoryId);
	// A foreign id is no filter: what is shown stays inside the territory.
	const structureId = structures.find(({ id }) => id === url.searchParams.get('structure'))?.id;
	const employmentAreaId = areas.find(({ id }) => id === url.searchParams.get('bassin'))?.id;
	const kind = DELAY_KINDS.find((code) => code === url.searchParams.get('delai'));
	const page = pageOf(url);
	const scope = { structureId, employmentAreaId };
	const context = { territoryId, zone, settings, now: locals.now };
	// One more than the page shows says whether another follows.
	const all = await territoryDelays(db.read, scope, context, page * PAGE_SIZE + 1);
	const delays = kind ? all.delays.filter((delay) => delay.kind === kind) : all.delays;
	return {
		now: locals.now,
		zone,
		filters: { structureId, employmentAreaId, kind, page },
		structures: structures.map(({ id, name }) => ({ id, name })),
		areas: areas.map(({ id, name }) => ({ id, name })),
		stages: await stageDelays(db.read, { territoryId, zone, now: locals.now, structureId, employmentAreaId }),
		total: delays.length,
		/** There are more than were counted; the pages go on to the last one. */
		atLeast: kind ? all.cut.includes(kind) : all.cut.length > 0,
		more: delays.length > page * PAGE_SIZE,
		rows: delays.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
	};
};
