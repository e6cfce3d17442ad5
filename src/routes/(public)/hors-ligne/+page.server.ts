import { openToAll } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

/** Nothing here: the worker keeps this page for whoever holds the phone, and the phone fills it (src/phone/offline-page.ts). */
export const load: PageServerLoad = () => {
	openToAll();
};
