import { error, fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { deciderFor, findOpenAid, openAid } from '$lib/server/childcare/commands';
import { parseAsking } from '$lib/server/childcare/forms-ask';
import { findScheme, type Scheme } from '$lib/server/childcare/schemes';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { tellAidChange } from '../../../../aids.server';
import type { Actions, PageServerLoad } from './$types';

/** An aid of the territory, with the rules of today. Childcare has its own questions. */
async function schemeOr404(territoryId: string, code: string, today: string): Promise<Scheme> {
	const scheme = await findScheme(db.read, { territoryId, code, today });
	return scheme && scheme.content.open ? scheme : error(404, 'not_found');
}

export const load: PageServerLoad = async ({ locals, params }) => {
	const { personId, territoryId } = requireBeneficiary();
	const { now } = locals;
	const { zone, name } = await getTerritory(db.read, territoryId);
	const scheme = await schemeOr404(territoryId, params.kind, localDay(now, zone));
	return {
		zone,
		scheme,
		deciderName: (await deciderFor(db.read, territoryId, scheme))?.name ?? name,
		openAid: (await findOpenAid(db.read, { personId, kind: params.kind, now }))?.reference ?? null,
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const { personId, territoryId } = by;
		const { now } = locals;
		const { zone } = await getTerritory(db.read, territoryId);
		const { code: kind } = await schemeOr404(territoryId, params.kind, localDay(now, zone));
		const parsed = parseAsking(await request.formData(), localDay(now, zone));
		if (!parsed.ok) return fail(400, parsed);
		const { keep, ...asked } = parsed.value;
		let opened;
		try {
			opened = await db.write(async (tx) => {
				const made = await openAid(tx, { personId, territoryId, kind, sent: !keep, ...asked, by, now });
				if (!made) throw new DomainError('aid_open', 'conflict');
				// The receipt (CRPA R112-5) is the page it leads to, at the address that the person uses.
				if (!keep) await tellAidChange(tx, { ...made, personId, now });
				return made;
			});
		} catch (problem) {
			return failFrom(problem, {
				aid_open: m.aid_error_open,
				aid_closed: m.aid_scheme_closed,
				aid_child_taken: m.aid_error_child_taken,
			});
		}
		redirect(303, href(`/aides/${opened.reference}`));
	},
};
