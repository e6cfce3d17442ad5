import { m } from '$lib/paraglide/messages.js';
import { isLocale, localizeHref } from '$lib/paraglide/runtime.js';
import { formatDayTime } from '$lib/shared/dates';
import { db } from '$lib/server/db';
import { noteOpening } from '$lib/server/people/opening';
import { notFound } from '$lib/server/platform/errors';
import { config } from '$lib/server/platform/config';
import { qrOf } from '$lib/server/platform/qr';
import { makeHandover, proofOf } from '$lib/server/requests/handover';
import { getRequestFor } from '$lib/server/requests/reading';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

/** Who reads all of the request may hand it over. */
async function fileOf({ params }: RequestEvent, viewer: ReturnType<typeof requireStaff>) {
	try {
		const { request, person, answers } = await getRequestFor(db.read, viewer, params.reference);
		if (!answers || !('searchName' in person)) throw notFound();
		return { request, person };
	} catch (problem) {
		return errorFrom(problem);
	}
}

export const load: PageServerLoad = async (event) => {
	const viewer = requireStaff();
	const { request, person } = await fileOf(event, viewer);
	await noteOpening(db, { viewer, personId: person.id, part: 'request', now: event.locals.now });
	const { name, phone, programmeLabel } = await getTerritory(db.read, request.territoryId);
	return {
		reference: request.reference,
		name: `${person.firstName} ${person.lastName}`,
		isNew: event.url.searchParams.has('nouvelle'),
		proof: proofOf(person),
		service: { name, phone, programme: programmeLabel },
	};
};

export const actions: Actions = {
	/** The link is shown once, on the sheet: only its hash is kept. An earlier sheet no longer works. */
	default: async (event) => {
		const by = requireStaff();
		// It has no field, and still takes nothing but a form.
		await event.request.formData();
		const { request, person } = await fileOf(event, by);
		const { now, locale } = event.locals;
		try {
			const made = await db.write((tx) => makeHandover(tx, { requestId: request.id, by, now }));
			const { zone } = await getTerritory(db.read, request.territoryId);
			// The sheet is worded in the language of who prints it; its link opens the page in the person's.
			const language = isLocale(person.locale) ? person.locale : locale;
			const address = config().origin + localizeHref(`/reprendre/${made.token}`, { locale: language });
			return {
				sheet: { address, qr: qrOf(address), until: formatDayTime(made.expiresAt, zone, locale, now) },
				errors: {} as Record<string, string>,
			};
		} catch (problem) {
			return failFrom(problem, { no_proof: m.handling_pro_sheet_no_proof });
		}
	},
};
