import { config } from '$lib/server/platform/config';
import { openToAll } from '$lib/server/web/guards';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => {
	openToAll();
	const { account } = locals;
	return {
		locale: locals.locale,
		territory: null as App.PageTerritory | null,
		account: account && { role: account.role, displayName: account.displayName },
		demo: config().demo,
	};
};
