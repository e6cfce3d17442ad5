import { error } from '@sveltejs/kit';
import { filesOfGuest } from '$lib/server/childcare/guests';
import { aidsOf, linesFor } from '$lib/server/childcare/queries';
import { URGENT_KIND } from '$lib/server/childcare/urgent';
import { listSchemes } from '$lib/server/childcare/schemes';
import { db } from '$lib/server/db';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireSignedIn } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

/** The person's own files and what they may ask for; to another adult of the household, the files that name them. */
export const load: PageServerLoad = async ({ locals }) => {
	const account = requireSignedIn();
	const { now } = locals;
	if (!account.territoryId) error(404, 'not_found');
	if (account.role === 'coparent') {
		const named = await filesOfGuest(db.read, account.accountId);
		const aids = await linesFor(
			db.read,
			named.map(({ id }) => id),
			now,
		);
		return { now, aids, schemes: [], isGuest: true };
	}
	if (account.role !== 'beneficiary' || !account.personId) error(404, 'not_found');
	const { zone } = await getTerritory(db.read, account.territoryId);
	const schemes = await listSchemes(db.read, account.territoryId, localDay(now, zone));
	return {
		now,
		aids: await aidsOf(db.read, account.personId, now),
		schemes: schemes.filter(({ code, content }) => content.open && code !== URGENT_KIND),
		isGuest: false,
	};
};
