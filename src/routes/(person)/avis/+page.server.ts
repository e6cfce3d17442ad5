import { db } from '$lib/server/db';
import { openInvitations } from '$lib/server/evaluation/queries';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { personId } = requireBeneficiary();
	return {
		now: locals.now,
		invitations: await openInvitations(db.read, personId, locals.now),
		done: url.searchParams.get('fait'),
	};
};
