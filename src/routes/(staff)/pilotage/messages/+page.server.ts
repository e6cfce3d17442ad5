import { fail, redirect } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { parseNewTemplate } from '$lib/server/reminders/forms';
import { createTemplate, listTemplates } from '$lib/server/reminders/templates';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async () => {
	const { territoryId } = requireCoordinator();
	return { templates: await listTemplates(db.read, territoryId) };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parseNewTemplate(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { id } = await db.write((tx) => createTemplate(tx, { ...parsed.value, by, now: locals.now }));
		redirect(303, `${href(`/pilotage/messages/${id}`)}?fait=cree`);
	},
};
