import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { parseBallot, parseProposal } from '$lib/server/evaluation/forms';
import { panelFor, proposeQuestion, vote } from '$lib/server/evaluation/panel';
import { openInvitations } from '$lib/server/evaluation/queries';
import { newId } from '$lib/server/platform/ids';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { personId } = requireBeneficiary();
	return {
		now: locals.now,
		invitations: await openInvitations(db.read, personId, locals.now),
		panel: await panelFor(db.read, personId, locals.now),
		formId: newId(),
		done: url.searchParams.get('fait'),
	};
};

const sentences = {
	panel_full: m.evaluation_panel_full,
	panel_voted: m.evaluation_panel_already,
	panel_changed: m.error_changed_meanwhile,
	too_many_requests: m.evaluation_panel_full,
};

export const actions: Actions = {
	vote: async ({ request, locals }) => {
		const { personId } = requireBeneficiary();
		const parsed = parseBallot(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => vote(tx, { personId, questions: parsed.value.questions, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, sentences);
		}
		redirect(303, href('/avis?fait=vote'));
	},
	propose: async (event) => {
		const { territoryId } = requireBeneficiary();
		const parsed = parseProposal(await event.request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await limitByAddress(event, 'request_sent');
			const { question: text, formId } = parsed.value;
			await db.write((tx) =>
				proposeQuestion(tx, { formId: formId || newId(), territoryId, text, now: event.locals.now }),
			);
		} catch (problem) {
			return failFrom(problem, sentences, parsed.value);
		}
		redirect(303, href('/avis?fait=question'));
	},
};
