import { aidsOf } from '$lib/server/childcare/queries';
import { db } from '$lib/server/db';
import { openFollowedFile } from '$lib/server/people/opening';
import { seesTheme } from '$lib/server/people/rules';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

/** The status of each aid; its papers and amounts are the deciding body's (domain.md §7.2). */
export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now } = locals;
	try {
		const file = await openFollowedFile(db, { viewer, personId: params.id, part: 'aids', now });
		const { zone } = await getTerritory(db.read, viewer.territoryId);
		const aids = seesTheme(file.themes, 'childcare') ? await aidsOf(db.read, params.id, now) : [];
		return {
			now,
			zone,
			name: `${file.person.firstName} ${file.person.lastName}`,
			aids: aids.map(({ reference, facts, createdAt }) => ({ reference, status: facts.status, createdAt })),
		};
	} catch (problem) {
		errorFrom(problem);
	}
};
