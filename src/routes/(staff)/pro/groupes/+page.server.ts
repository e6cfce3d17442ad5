import { db } from '$lib/server/db';
import { groupsOf } from '$lib/server/pathway/group-queries';
import { requireStaff } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

/** A month back: what was decided lately. */
const SINCE_MS = 30 * 86_400_000;

export const load: PageServerLoad = async ({ locals }) => {
	const { accountId } = requireStaff();
	const { now } = locals;
	return { now, groups: await groupsOf(db.read, accountId, new Date(now.getTime() - SINCE_MS), now) };
};
