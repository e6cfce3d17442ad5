import { redirect } from '@sveltejs/kit';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { dropBrought, findBrought, findDraft, takeBrought } from '$lib/server/requests/drafts';
import { START } from '$lib/server/requests/pages';
import { openToAll } from '$lib/server/web/guards';
import { nextQuestion, ownerOf } from '../../draft.server';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const next = (event: RequestEvent) => nextQuestion(event) ?? href(START);

/** Not a word of it is shown: it may be somebody else's. */
export const load: PageServerLoad = async (event) => {
	openToAll();
	const owner = ownerOf(event);
	const brought = await findBrought(db.read, owner);
	if (!brought) redirect(303, next(event));
	/** The draft in which « mine » goes on (`takeBrought`). */
	const keptId = (await findDraft(db.read, owner))?.id ?? brought.id;
	return { draftId: brought.id, keptId, suite: encodeURIComponent(next(event)) };
};

export const actions: Actions = {
	mine: async (event) => {
		openToAll();
		const { now } = event.locals;
		await db.write((tx) => takeBrought(tx, { owner: ownerOf(event), now }));
		redirect(303, next(event));
	},
	erase: async (event) => {
		openToAll();
		await db.write((tx) => dropBrought(tx, ownerOf(event)));
		redirect(303, next(event));
	},
};
