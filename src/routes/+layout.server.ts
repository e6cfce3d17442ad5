import { m } from '$lib/paraglide/messages.js';
import { config } from '$lib/server/platform/config';
import { openToAll } from '$lib/server/web/guards';
import { phoneUserOf } from '$lib/server/web/phone';
import { currentTerritory } from '$lib/server/web/territory';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => {
	openToAll();
	const { account, locale } = event.locals;
	const territory = await currentTerritory(event);
	return {
		locale,
		territory: territory && {
			id: territory.id,
			name: territory.name,
			portalTitle: m.service_portal_title({ name: territory.name }),
			phone: territory.phone,
			zone: territory.zone,
			accent: territory.accent,
		},
		account: account && { role: account.role, displayName: account.displayName },
		phoneUser: phoneUserOf(account),
		demo: config().demo,
	};
};
