import { listOpenings } from '$lib/server/audit/queries';
import { db } from '$lib/server/db';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

const SHOWN = 100;

export const load: PageServerLoad = async () => {
	const { personId } = requireBeneficiary();
	return { openings: await listOpenings(db.read, personId, SHOWN) };
};
