import { fail, redirect } from '@sveltejs/kit';
import { parseWorkshop } from '$lib/server/appointments/forms';
import { comingWorkshops } from '$lib/server/appointments/workshop-queries';
import { createWorkshops } from '$lib/server/appointments/workshops';
import { db } from '$lib/server/db';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory, listStructures } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { appointmentRefusals } from '../../refusals';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { accountId, territoryId, structureId } = requireStaff();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	const own = (await listStructures(db.read, territoryId)).find(({ id }) => id === structureId);
	return {
		now,
		zone,
		accountId,
		today: localDay(now, zone),
		place: { placeName: own?.name ?? '', address: own?.address ?? '', phone: own?.phone ?? '' },
		workshops: await comingWorkshops(db.read, territoryId, now),
	};
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const host = requireStaff();
		const parsed = parseWorkshop(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { zone } = await getTerritory(db.read, host.territoryId);
		let first: string | undefined;
		try {
			const { ids } = await db.write((tx) => createWorkshops(tx, { ...parsed.value, zone, host, now: locals.now }));
			first = ids[0];
		} catch (error) {
			return failFrom(error, appointmentRefusals, parsed.value);
		}
		redirect(303, href(first ? `/pro/agenda/ateliers/${first}` : '/pro/agenda/ateliers'));
	},
};
