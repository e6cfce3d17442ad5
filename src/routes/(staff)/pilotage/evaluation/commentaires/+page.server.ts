import { db } from '$lib/server/db';
import { commentsOf, PAGE_SIZE, tagComment, unmask } from '$lib/server/evaluation/comments';
import { failFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { pageOf } from '$lib/server/web/pages';
import { readFilters } from '../filters.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const { now, locale } = locals;
	const { filters } = await readFilters(url, { territoryId, now, locale });
	const q = (url.searchParams.get('q') ?? '').slice(0, 60);
	const page = pageOf(url);
	const found = await commentsOf(db.read, territoryId, { ...filters, q, page });
	return { filters, q, page, pages: Math.max(1, Math.ceil(found.total / PAGE_SIZE)), ...found };
};

const idIn = (form: FormData) => {
	const id = Number(form.get('id'));
	return Number.isSafeInteger(id) ? id : -1;
};

export const actions: Actions = {
	/** Shows one comment as it was written, once, in the answer itself: the journal keeps who asked. */
	unmask: async ({ request, locals }) => {
		const by = requireCoordinator();
		const id = idIn(await request.formData());
		try {
			return { unmasked: await db.write((tx) => unmask(tx, { id, by, now: locals.now })) };
		} catch (problem) {
			return failFrom(problem, {});
		}
	},
	tag: async ({ request }) => {
		const by = requireCoordinator();
		const form = await request.formData();
		const themes = form.getAll('themes[]').filter((theme) => typeof theme === 'string');
		try {
			await db.write((tx) => tagComment(tx, { id: idIn(form), themes, by }));
		} catch (problem) {
			return failFrom(problem, {});
		}
		return { tagged: true };
	},
};
