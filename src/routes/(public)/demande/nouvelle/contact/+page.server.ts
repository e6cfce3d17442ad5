import { fail } from '@sveltejs/kit';
import { NO_CONTACT } from '$lib/server/requests/answers';
import { parseContactAnswers, parseWishes } from '$lib/server/requests/forms';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { fillingOf, fillingToShow, frameOf, goOn, savePage, SENTENCES, todayOf } from '../../draft.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	const filling = await fillingToShow(event);
	const { contact } = filling.answers;
	return {
		...frameOf(event, 'contact', filling),
		contact,
		/** Names and contacts are in the file: only how to reach the person this time is asked. */
		isKnown: filling.known.contact,
		language: contact?.language ?? event.locals.locale,
	};
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const today = await todayOf(event);
		const { owner, answers } = await fillingOf(event);
		const { email = null, phone = null } = answers.contact ?? {};
		const parsed =
			owner.personId !== null ? parseWishes(form, today, { email, phone }) : parseContactAnswers(form, today, answers);
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		try {
			const draft = await savePage(event, 'contact', (answers) => ({
				...answers,
				// What was typed before signing in is not asked any more, and stays in the draft.
				contact: { ...(answers.contact ?? NO_CONTACT), ...parsed.value },
			}));
			return await goOn(event, form, 'contact', draft);
		} catch (error) {
			return failFrom(error, SENTENCES, parsed.value);
		}
	},
};
