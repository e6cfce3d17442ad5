import { db } from '$lib/server/db';
import { ageOn } from '$lib/server/people/rules';
import { peopleToday } from '$lib/server/people/today';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireStaff } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { accountId, territoryId } = requireStaff();
	const { now } = locals;
	const { zone, settings } = await getTerritory(db.read, territoryId);
	const rows = await peopleToday(db.read, accountId, { territoryId, zone, settings, now });
	const today = localDay(now, zone);
	const { counts } = await parent();
	return {
		now,
		zone,
		rows: rows.map(({ birthDate, email: _, ...row }) => ({ ...row, age: ageOn(birthDate, today) })),
		counts: { ...counts, today: rows.length },
	};
};
