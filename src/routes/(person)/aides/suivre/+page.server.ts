import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { openElsewhere } from '$lib/server/childcare/commands';
import { parseFollow } from '$lib/server/childcare/forms-ask';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => {
	requireBeneficiary();
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const parsed = parseFollow(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { personId, territoryId } = by;
		let opened;
		try {
			opened = await db.write(async (tx) => {
				const made = await openElsewhere(tx, { personId, territoryId, body: parsed.value.body, by, now: locals.now });
				if (!made) throw new DomainError('aid_open', 'conflict');
				return made;
			});
		} catch (problem) {
			return failFrom(problem, { aid_open: m.aid_error_follow }, parsed.value);
		}
		redirect(303, href(`/aides/${opened.reference}`));
	},
};
