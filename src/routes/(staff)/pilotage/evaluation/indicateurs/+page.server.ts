import { db } from '$lib/server/db';
import { teamOf } from '$lib/server/people/steering';
import { requireCoordinator } from '$lib/server/web/guards';
import { indicatorsOfMonth } from './published.server';
import { caseloadRows, tablesOf } from './tables';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { territoryId } = requireCoordinator();
	const { zone, indicators } = await indicatorsOfMonth(territoryId, locals.now);
	const team = await teamOf(db.read, territoryId);
	return {
		zone,
		from: indicators.from,
		to: indicators.to,
		tables: [...tablesOf(indicators), caseloadRows(team)],
	};
};
