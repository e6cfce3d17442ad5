import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { ERASURE_REASONS, erasePerson } from '$lib/server/erasing';
import { openFile } from '$lib/server/people/opening';
import { getPersonFor } from '$lib/server/people/queries';
import { sameNames } from '$lib/server/people/rules';
import { parseForm, text } from '$lib/server/platform/forms';
import { errorFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

const form = v.object({
	reason: v.picklist(ERASURE_REASONS, () => m.error_choose()),
	lastName: text(80, { tooLong: () => m.error_too_long({ max: '80' }), strange: () => m.error_strange() }),
});

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireCoordinator();
	const { person } = await openFile(db, { viewer, personId: params.id, part: 'overview', now: locals.now }).catch(
		errorFrom,
	);
	return { name: `${person.firstName} ${person.lastName}`, personId: person.id };
};

export const actions: Actions = {
	/** At once and for good; the family name typed again is the only « sure? » there is. */
	default: async ({ request, params, locals }) => {
		const by = requireCoordinator();
		const { now } = locals;
		const personId = params.id;
		const { person } = await getPersonFor(db.read, by, personId, now).catch(errorFrom);
		const parsed = parseForm(form, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { reason, lastName } = parsed.value;
		if (!sameNames(lastName, person.lastName)) {
			const errors: Record<string, string> = { lastName: m.pro_erase_error_name() };
			return fail(400, { errors, values: parsed.value });
		}
		await db.write((tx) => erasePerson(tx, { personId, reason, by, now })).catch(errorFrom);
		redirect(303, href('/pilotage?efface'));
	},
};
