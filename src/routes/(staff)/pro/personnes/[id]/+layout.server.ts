import { db } from '$lib/server/db';
import { getPersonFor } from '$lib/server/people/queries';
import { follows } from '$lib/server/people/rules';
import { errorFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import type { LayoutServerLoad } from './$types';

/** Name and tabs only; each page guards itself and writes its own opening. */
export const load: LayoutServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	try {
		const { access, person } = await getPersonFor(db.read, viewer, params.id, locals.now);
		return { shown: { id: person.id, name: `${person.firstName} ${person.lastName}`, follows: follows(access) } };
	} catch (problem) {
		errorFrom(problem);
	}
};
