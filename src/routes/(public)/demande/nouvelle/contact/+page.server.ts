import { fail } from '@sveltejs/kit';
import { parseContactAnswers } from '$lib/server/requests/forms';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { fillingOf, frameOf, goOn, savePage, SENTENCES } from '../../draft.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	const filling = await fillingOf(event);
	return { ...frameOf(event, 'contact', filling), contact: filling.answers.contact };
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const form = await event.request.formData();
		// A birth date is not after today anywhere: UTC is enough.
		const parsed = parseContactAnswers(form, event.locals.now.toISOString().slice(0, 10));
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		try {
			const draft = await savePage(event, 'contact', (answers) => ({ ...answers, contact: parsed.value }));
			return await goOn(event, form, 'contact', draft);
		} catch (error) {
			return failFrom(error, SENTENCES, parsed.value);
		}
	},
};
