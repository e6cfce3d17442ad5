import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { parseUrgent } from '$lib/server/childcare/forms-ask';
import { deciderFor, findOpenAid } from '$lib/server/childcare/commands';
import { findScheme } from '$lib/server/childcare/schemes';
import { askUrgently, URGENT_KIND } from '$lib/server/childcare/urgent';
import { db } from '$lib/server/db';
import { placesNear } from '$lib/server/offers/queries';
import { leadOf, personOf } from '$lib/server/people/queries';
import { DomainError } from '$lib/server/platform/errors';
import { addDays, localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { tellAidChange } from '../../../aids.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { personId, territoryId } = requireBeneficiary();
	const { now } = locals;
	const { zone, name, phone } = await getTerritory(db.read, territoryId);
	const today = localDay(now, zone);
	const scheme = await findScheme(db.read, { territoryId, code: URGENT_KIND, today });
	const underWay = await findOpenAid(db.read, { personId, kind: URGENT_KIND, now });
	const decider = await deciderFor(db.read, territoryId, scheme);
	const { inseeCode } = await personOf(db.read, personId);
	return {
		zone,
		tomorrow: addDays(today, 1),
		/** A new day may still be said of a file under way. */
		isClosed: scheme !== undefined && !scheme.content.open && !underWay,
		places: await placesNear(db.read, { theme: 'childcare', territoryId, inseeCode, today }),
		decider: { name: decider?.name ?? name, phone: decider?.phone ?? phone },
		lead: (await leadOf(db.read, personId))?.name ?? null,
	};
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const parsed = parseUrgent(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { personId, territoryId } = by;
		let opened;
		try {
			opened = await db.write(async (tx) => {
				const made = await askUrgently(tx, { personId, territoryId, on: parsed.value.on, by, now: locals.now });
				if (!made) throw new DomainError('aid_open', 'conflict');
				await tellAidChange(tx, { ...made, personId, now: locals.now });
				return made;
			});
		} catch (problem) {
			return failFrom(
				problem,
				{
					aid_open: m.aid_error_urgent_open,
					aid_closed: m.aid_scheme_closed,
					urgent_outside: m.aid_error_urgent_day,
				},
				parsed.value,
			);
		}
		redirect(303, href(`/aides/${opened.reference}`));
	},
};
