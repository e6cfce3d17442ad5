import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { stepsFile } from '$lib/server/pathway/calendar-file';
import { pathwayOf } from '$lib/server/pathway/queries';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

/** The dated steps still to do, for the calendar of the phone. */
export const GET: RequestHandler = async ({ locals }) => {
	const { personId } = requireBeneficiary();
	const way = await pathwayOf(db.read, personId, locals.locale);
	return new Response(stepsFile(way?.steps ?? [], m.pathway_calendar_title(), locals.now), {
		headers: {
			'content-type': 'text/calendar; charset=utf-8',
			'content-disposition': 'attachment; filename="parcours.ics"',
			'cache-control': 'no-store',
		},
	});
};
