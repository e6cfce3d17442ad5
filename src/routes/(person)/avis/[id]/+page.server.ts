import { redirect } from '@sveltejs/kit';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { giveRating, passRating, showRating } from '../../../rating.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { personId } = requireBeneficiary();
	return showRating({ personId, invitationId: params.id }, locals.now);
};

export const actions: Actions = {
	answer: async ({ request, locals, params }) => {
		const { personId } = requireBeneficiary();
		const { failed, called } = await giveRating(
			await request.formData(),
			{ personId, invitationId: params.id },
			locals.now,
		);
		if (failed) return failed;
		redirect(303, href(`/avis?fait=${called}`));
	},
	skip: async ({ locals, params }) => {
		const { personId } = requireBeneficiary();
		const failed = await passRating({ personId, invitationId: params.id }, locals.now, { forEver: false });
		if (failed) return failed;
		redirect(303, href('/avis?fait=passe'));
	},
	stop: async ({ locals, params }) => {
		const { personId } = requireBeneficiary();
		const failed = await passRating({ personId, invitationId: params.id }, locals.now, { forEver: true });
		if (failed) return failed;
		redirect(303, href('/avis?fait=plus'));
	},
};
