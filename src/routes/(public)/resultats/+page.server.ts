import { db } from '$lib/server/db';
import { improvementsOf, resultsOf } from '$lib/server/evaluation/queries';
import { openToAll } from '$lib/server/web/guards';
import { currentTerritory } from '$lib/server/web/territory';
import type { PageServerLoad } from './$types';

/** Results of the territory of the visitor: masked counts, and what was done about them. */
export const load: PageServerLoad = async (event) => {
	openToAll();
	const territory = await currentTerritory(event);
	if (!territory) return { shown: null };
	const { id: territoryId, name, zone } = territory;
	const { now } = event.locals;
	const { from, to, total, faces } = await resultsOf(db.read, { territoryId, zone, now });
	const improvements = await improvementsOf(db.read, territoryId, { publishedOnly: true });
	return {
		shown: {
			name,
			zone,
			results: { from, to, total, faces },
			improvements: improvements.map(({ id, finding, answer, ownerLabel, doneOn }) => ({
				id,
				finding,
				answer,
				ownerLabel,
				doneOn,
			})),
		},
	};
};
