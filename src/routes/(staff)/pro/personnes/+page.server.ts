import { db } from '$lib/server/db';
import { caseload, LAST_PAGE, peopleOfTerritory } from '$lib/server/people/caseload';
import { ageOn } from '$lib/server/people/rules';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireStaff } from '$lib/server/web/guards';
import { pageOf } from '$lib/server/web/pages';
import { isTheme } from '$lib/shared/themes';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ url, locals }) => {
	const { accountId, role, territoryId } = requireStaff();
	const { zone } = await getTerritory(db.read, territoryId);
	const today = localDay(locals.now, zone);
	const theme = url.searchParams.get('besoin') ?? '';
	const filters = {
		text: (url.searchParams.get('q') ?? '').slice(0, 100),
		theme: isTheme(theme) ? theme : undefined,
		late: url.searchParams.get('retard') === '1',
		page: pageOf(url, LAST_PAGE),
		today,
		now: locals.now,
	};
	const wholeTerritory = role === 'coordinator' && url.searchParams.get('qui') !== 'moi';
	const shown = { now: locals.now, today, zone, role, filters: { ...filters, now: undefined } };
	if (wholeTerritory) {
		const { rows, more } = await peopleOfTerritory(db.read, territoryId, filters);
		return { ...shown, more, mine: null, all: rows };
	}
	const { rows, more } = await caseload(db.read, accountId, filters);
	const mine = rows.map(({ birthDate, email: _, themes: __, ...row }) => ({ ...row, age: ageOn(birthDate, today) }));
	return { ...shown, more, mine, all: null };
};
