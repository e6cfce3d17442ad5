import { redirect } from '@sveltejs/kit';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { deleteDraft } from '$lib/server/requests/commands';
import { openToAll } from '$lib/server/web/guards';
import { fillingToShow, ownerOf } from '../../draft.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	const { draft } = await fillingToShow(event);
	return { draftId: draft?.id ?? '' };
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const owner = ownerOf(event);
		await db.write((tx) => deleteDraft(tx, owner));
		redirect(303, href('/'));
	},
};
