import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { deciderFor, findOpenAid, openAid } from '$lib/server/childcare/commands';
import { estimate } from '$lib/server/childcare/estimate';
import { parseSituation } from '$lib/server/childcare/forms';
import { parseAsking } from '$lib/server/childcare/forms-ask';
import { currentLeadAges, currentResources, currentScale } from '$lib/server/childcare/scale';
import { findScheme } from '$lib/server/childcare/schemes';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { personOf } from '$lib/server/people/queries';
import { addMonths, localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { tellAidChange } from '../../../../aids.server';
import type { Actions, PageServerLoad } from './$types';

const ALONE = ['single', 'single_parent'];

export const load: PageServerLoad = async ({ locals, url }) => {
	const { personId, territoryId } = requireBeneficiary();
	const { now } = locals;
	const { zone, holidayZone, name } = await getTerritory(db.read, territoryId);
	const { household } = await personOf(db.read, personId);
	const scale = currentScale();
	const today = localDay(now, zone);
	const asked = url.searchParams.has('ages');
	const answers = asFormData(url.searchParams);
	const parsed = asked ? parseSituation(answers, holidayZone === 'mayotte') : null;
	const scheme = (await findScheme(db.read, { territoryId, code: 'childcare', today })) ?? null;
	const months = scheme?.content.applyWithinMonths ?? null;
	return {
		now,
		zone,
		scale,
		resources: currentResources(),
		today,
		scheme,
		isClosed: scheme !== null && !scheme.content.open,
		lastDay: parsed?.ok && parsed.value.startsOn && months !== null ? addMonths(parsed.value.startsOn, months) : null,
		deciderName: (await deciderFor(db.read, territoryId, scheme))?.name ?? name,
		openAid: (await findOpenAid(db.read, { personId, now }))?.reference ?? null,
		values: asked
			? Object.fromEntries(url.searchParams)
			: { alone: household && ALONE.includes(household) ? 'yes' : '' },
		errors: parsed && !parsed.ok ? parsed.errors : null,
		result: parsed?.ok ? estimate(scale, parsed.value, today, currentLeadAges()) : null,
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
		const { now } = locals;
		const { zone } = await getTerritory(db.read, territoryId);
		const form = await request.formData();
		const parsed = parseAsking(form, localDay(now, zone));
		if (!parsed.ok) return fail(400, parsed);
		const { keep, ...asked } = parsed.value;
		let opened;
		try {
			opened = await db.write(async (tx) => {
				const made = await openAid(tx, { personId, territoryId, sent: !keep, ...asked, by, now });
				if (!made) throw new DomainError('aid_open', 'conflict');
				// The receipt (CRPA R112-5) is the page it leads to, at the address that the person uses.
				if (!keep) await tellAidChange(tx, { ...made, personId, now });
				return made;
			});
		} catch (problem) {
			return failFrom(
				problem,
				{ aid_open: m.aid_error_open, aid_closed: m.aid_scheme_closed, aid_child_taken: m.aid_error_child_taken },
				Object.fromEntries(form),
			);
		}
		redirect(303, href(`/aides/${opened.reference}`));
	},
};
