import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { newId } from '$lib/server/platform/ids';
import { sendShort } from '$lib/server/requests/at-once';
import { parseShort } from '$lib/server/requests/forms';
import { START } from '$lib/server/requests/pages';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { SENTENCES } from '../../../(public)/demande/draft.server';
import { followSent } from '../../../sent.server';
import type { Actions, PageServerLoad } from './$types';

/** The short request of the page without network, for whoever opens it with one. */
export const load: PageServerLoad = () => {
	requireBeneficiary();
	return { formId: newId() };
};

export const actions: Actions = {
	default: async (event) => {
		const { personId } = requireBeneficiary();
		const { now, locale } = event.locals;
		const parsed = parseShort(await event.request.formData());
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		let sent;
		try {
			await limitByAddress(event, 'request_sent');
			sent = await db.write(async (tx) => {
				const done = await sendShort(tx, { ...parsed.value, personId, locale, now });
				if (done.first) await followSent(tx, done, now);
				return done;
			});
		} catch (problem) {
			// Where the person lives, or whom to call, is not known: the whole request asks for it.
			if (problem instanceof DomainError && problem.code === 'request_incomplete') redirect(303, href(START));
			return failFrom(problem, { ...SENTENCES, outside_perimeter: m.request_error_outside });
		}
		redirect(303, href(`/demande/${sent.reference}`));
	},
};
