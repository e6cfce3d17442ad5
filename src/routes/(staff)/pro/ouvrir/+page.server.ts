import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { OPEN_MINUTES, openExceptionally } from '$lib/server/people/exceptional';
import { parseException } from '$lib/server/people/forms';
import { planNotice } from '$lib/server/reminders/commands';
import { failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => {
	requireStaff();
	return { minutes: OPEN_MINUTES };
};

export const actions: Actions = {
	/** Opens a file outside one's follow-up: the person is told in the same write. */
	default: async ({ request, locals }) => {
		const by = requireStaff();
		const { now } = locals;
		const parsed = parseException(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		let personId: string | undefined;
		try {
			await db.write(async (tx) => {
				const found = await openExceptionally(tx, { ...parsed.value, by, now });
				personId = found?.personId;
				if (found?.outcome !== 'opened') return;
				const onceKey = `exception_opened:${found.id}`;
				const told = { kind: 'pathway_changed', path: '/compte/acces', subjectId: found.id } as const;
				await planNotice(tx, { ...told, personId: found.personId, onceKey, now });
			});
		} catch (error) {
			return failFrom(error, { too_many_misses: m.pro_exception_error_many }, parsed.value);
		}
		if (!personId)
			return fail(400, {
				errors: { form: m.pro_exception_error_nobody() } as Record<string, string>,
				values: parsed.value as Record<string, string>,
			});
		redirect(303, href(`/pro/personnes/${personId}`));
	},
};
