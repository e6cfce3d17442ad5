import { fail } from '@sveltejs/kit';
import { parseHousehold } from '$lib/server/requests/forms';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { fillingOf, frameOf, goOn, savePage, SENTENCES } from '../../draft.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	const filling = await fillingOf(event);
	return { ...frameOf(event, 'foyer', filling), household: filling.answers.household };
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const parsed = parseHousehold(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		try {
			const draft = await savePage(event, 'foyer', (answers) => ({ ...answers, household: parsed.value }));
			return await goOn(event, form, 'foyer', draft);
		} catch (error) {
			return failFrom(error, SENTENCES, parsed.value);
		}
	},
};
