import { fail } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { parseThemes } from '$lib/server/requests/forms';
import { findOpenRequest, needsOf } from '$lib/server/requests/queries';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { fillingToShow, frameOf, goOn, savePage, SENTENCES } from '../draft.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	const filling = await fillingToShow(event);
	const open = filling.owner.personId ? await findOpenRequest(db.read, filling.owner.personId) : undefined;
	const needs = open ? await needsOf(db.read, open.id) : [];
	const already = needs.filter(({ status }) => status === 'open' || status === 'in_progress').map(({ theme }) => theme);
	return {
		...frameOf(event, 'themes', filling),
		chosen: filling.answers.themes,
		already,
		isAdding: open !== undefined,
		hasDraft: filling.draft !== undefined,
	};
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const parsed = parseThemes(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		try {
			const draft = await savePage(event, 'themes', (answers) => ({ ...answers, ...parsed.value }));
			return await goOn(event, form, 'themes', draft);
		} catch (error) {
			return failFrom(error, SENTENCES, { themes: parsed.value.themes });
		}
	},
};
