import { openToAll } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = () => {
	openToAll();
};
