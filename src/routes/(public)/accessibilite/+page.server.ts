import { openToAll } from '$lib/server/web/guards';
import { contactOf } from '$lib/server/web/contact';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	return { contact: await contactOf(event) };
};
