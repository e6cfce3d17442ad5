import { error, fail, redirect } from '@sveltejs/kit';
import { href } from '$lib/shared/links';
import { answersOf } from '$lib/server/requests/answers';
import { parseThemeAnswers, themeOf } from '$lib/server/requests/forms';
import { addressBack, leftBeforeCheck, START } from '$lib/server/requests/pages';
import { questionsOf } from '$lib/server/requests/questions';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import {
	fillingOf,
	fillingToShow,
	frameOf,
	goOn,
	questionsFor,
	savePage,
	SENTENCES,
	type Filling,
} from '../../draft.server';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	const theme = themeOf(event.params.theme) ?? error(404, 'not_found');
	const filling = await fillingToShow(event);
	// Only chosen themes are asked. A form that came back with errors keeps its page all the same.
	if (!filling.answers.themes.includes(theme) && event.request.method === 'GET')
		redirect(303, href(insteadOf(event, filling)));
	return {
		...frameOf(event, theme, filling),
		theme,
		questions: questionsOf(theme, event.locals.locale, (await questionsFor(event, filling))[theme]),
		answers: answersOf(filling.answers, theme),
	};
};

/** Unticked in another tab, say: what is left before the check page, when it led here. */
function insteadOf({ url }: RequestEvent, { answers, known }: Filling): string {
	const left = leftBeforeCheck(url.searchParams.get('retour'), answers, known);
	return left ? addressBack(left) : START;
}

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const theme = themeOf(event.params.theme) ?? error(404, 'not_found');
		const form = await event.request.formData();
		const asked = await questionsFor(event, await fillingOf(event));
		const parsed = parseThemeAnswers(asked[theme], form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		try {
			const draft = await savePage(event, theme, (answers) => ({
				...answers,
				// The draft was lost meanwhile (another browser, 30 days): what is answered here counts.
				themes: answers.themes.includes(theme) ? answers.themes : [...answers.themes, theme],
				byTheme: { ...answers.byTheme, [theme]: parsed.value },
			}));
			return await goOn(event, form, theme, draft);
		} catch (problem) {
			return failFrom(problem, SENTENCES, { ...parsed.value.ticks, note: parsed.value.note });
		}
	},
};
