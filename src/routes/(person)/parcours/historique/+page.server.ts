import { historyOf } from '$lib/server/audit/queries';
import { db } from '$lib/server/db';
import { namesInPathway } from '$lib/server/pathway/history';
import { getTerritory } from '$lib/server/territories/queries';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

const SHOWN = 60;

export const load: PageServerLoad = async ({ locals }) => {
	const { personId, accountId, territoryId } = requireBeneficiary();
	const entries = await historyOf(db.read, personId, SHOWN);
	const names = await namesInPathway(db.read, personId, locals.locale);
	const { zone } = await getTerritory(db.read, territoryId);
	return {
		zone,
		entries: entries.map(({ at, action, subjectId, actorId, actorName, reason }) => ({
			at,
			action,
			reason,
			name: (subjectId && names.get(subjectId)) || null,
			by: actorId === accountId ? ('self' as const) : actorName,
		})),
	};
};
