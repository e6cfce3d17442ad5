import { db } from '$lib/server/db';
import { indicatorsOf } from '$lib/server/evaluation/indicators';
import { teamOf } from '$lib/server/people/steering';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import { caseloadRows, tablesOf } from './tables';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { territoryId } = requireCoordinator();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	const indicators = await indicatorsOf(db.read, { territoryId, zone, now });
	const team = await teamOf(db.read, territoryId);
	return {
		zone,
		from: indicators.from,
		to: indicators.to,
		tables: [...tablesOf(indicators), caseloadRows(team)],
	};
};
