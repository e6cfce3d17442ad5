import { error, redirect } from '@sveltejs/kit';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { withdrawNeed, withdrawRequest } from '$lib/server/requests/commands';
import { parseId } from '$lib/server/requests/forms';
import { findOpenRequest, getOwnRequest, goesOnAs, needsOf } from '$lib/server/requests/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { Actions, PageServerLoad } from './$types';

async function openNeeds(personId: string) {
	const open = await findOpenRequest(db.read, personId);
	if (!open) return { open: undefined, needs: [] };
	const needs = await needsOf(db.read, open.id);
	return { open, needs: needs.filter(({ status }) => status === 'open' || status === 'in_progress') };
}

export const load: PageServerLoad = async ({ url }) => {
	const { personId } = requireBeneficiary();
	const { open, needs } = await openNeeds(personId);
	if (!open) redirect(303, href('/demande'));
	const wanted = url.searchParams.get('besoin');
	const need = wanted === null ? null : (needs.find(({ id }) => id === wanted) ?? error(404, 'not_found'));
	return {
		reference: open.reference,
		need: need && { id: need.id, theme: need.theme },
		isLast: need !== null && needs.length === 1,
	};
};

export const actions: Actions = {
	default: async ({ request, locals: { now } }) => {
		const { personId } = requireBeneficiary();
		const form = await request.formData();
		const needId = parseId(form, 'besoin');
		if (form.has('besoin') && !needId) error(404, 'not_found');
		const reference = form.get('reference');
		try {
			const open = await findOpenRequest(db.read, personId);
			// A page of an earlier release does not say which request it shows.
			const shown =
				reference === null ? open : await getOwnRequest(db.read, { personId, browserHash: null }, String(reference));
			// Ended meanwhile, or a second tap: there is nothing left to do, and another one sent since stays.
			if (open && shown && open.id === (await goesOnAs(db.read, shown.id))) {
				const own = { personId, reference: open.reference, now };
				await db.write((tx) => (needId ? withdrawNeed(tx, { ...own, needId }) : withdrawRequest(tx, own)));
			}
		} catch (problem) {
			return failFrom(problem, {});
		}
		redirect(303, href('/demande'));
	},
};
