import { redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { findOpenAid, openAid } from '$lib/server/childcare/commands';
import { estimate } from '$lib/server/childcare/estimate';
import { parseSituation } from '$lib/server/childcare/forms';
import { currentScale } from '$lib/server/childcare/scale';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { personOf } from '$lib/server/people/queries';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory, listStructures } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

const ALONE = ['single', 'single_parent'];

export const load: PageServerLoad = async ({ locals, url }) => {
	const { personId, territoryId } = requireBeneficiary();
	const { now } = locals;
	const { zone, holidayZone, name } = await getTerritory(db.read, territoryId);
	const structures = await listStructures(db.read, territoryId);
	const { household } = await personOf(db.read, personId);
	const scale = currentScale();
	const asked = url.searchParams.has('ages');
	const answers = asFormData(url.searchParams);
	const parsed = asked ? parseSituation(answers, holidayZone === 'mayotte') : null;
	return {
		now,
		zone,
		scale,
		deciderName: structures.find(({ decidesAids }) => decidesAids)?.name ?? name,
		openAid: (await findOpenAid(db.read, personId))?.reference ?? null,
		values: asked
			? Object.fromEntries(url.searchParams)
			: { alone: household && ALONE.includes(household) ? 'yes' : '' },
		errors: parsed && !parsed.ok ? parsed.errors : null,
		result: parsed?.ok ? estimate(scale, parsed.value, localDay(now, zone)) : null,
	};
};

function asFormData(params: URLSearchParams): FormData {
	const form = new FormData();
	for (const [name, value] of params) form.append(name, value);
	return form;
}

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const { personId, territoryId } = by;
		const sent = (await request.formData()).get('keep') === null;
		let opened;
		try {
			opened = await db.write(async (tx) => {
				const made = await openAid(tx, { personId, territoryId, sent, by, now: locals.now });
				if (!made) throw new DomainError('aid_open', 'conflict');
				return made;
			});
		} catch (problem) {
			return failFrom(problem, { aid_open: m.aid_error_open });
		}
		redirect(303, href(`/aides/${opened.reference}`));
	},
};
