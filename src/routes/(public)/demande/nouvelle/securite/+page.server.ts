import { fail } from '@sveltejs/kit';
import { parseUrgency } from '$lib/server/requests/forms';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { fillingToShow, frameOf, goOn, savePage, SENTENCES } from '../../draft.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	const filling = await fillingToShow(event);
	return { ...frameOf(event, 'securite', filling), urgency: filling.answers.urgency };
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const parsed = parseUrgency(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		try {
			const draft = await savePage(event, 'securite', (answers) => ({ ...answers, ...parsed.value }));
			return await goOn(event, form, 'securite', draft);
		} catch (error) {
			return failFrom(error, SENTENCES, parsed.value);
		}
	},
};
