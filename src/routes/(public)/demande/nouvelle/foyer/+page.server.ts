import { fail } from '@sveltejs/kit';
import { parseSituation } from '$lib/server/requests/forms';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { fillingToShow, frameOf, goOn, savePage, SENTENCES } from '../../draft.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	const filling = await fillingToShow(event);
	const { household, situation, themes } = filling.answers;
	return {
		...frameOf(event, 'foyer', filling),
		answers: { ...household, ...situation },
		// Only where it changes something.
		asksAges: themes.includes('childcare') || (household?.childAges.length ?? 0) > 0,
	};
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const parsed = parseSituation(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		try {
			const draft = await savePage(event, 'foyer', (answers) => ({ ...answers, ...parsed.value }));
			return await goOn(event, form, 'foyer', draft);
		} catch (error) {
			return failFrom(error, SENTENCES, { ...parsed.value.household, ...parsed.value.situation });
		}
	},
};
