import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { parseCorrection } from '$lib/server/evaluation/forms';
import { correctImprovement, getImprovement, seenWords } from '$lib/server/evaluation/improvements';
import { DomainError } from '$lib/server/platform/errors';
import { errorFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
	const { territoryId } = requireCoordinator();
	const row = await getImprovement(db.read, territoryId, params.id).catch(errorFrom);
	const { finding, answer, ownerLabel, translations, publishedAt } = row;
	const others = Object.entries(translations ?? {}).flatMap(([language, words]) => [
		[`finding_${language}`, words.finding],
		[`answer_${language}`, words.answer],
	]);
	return {
		/** As the fields of the form are called. */
		saved: { finding, answer, ownerLabel, ...Object.fromEntries(others) } as Record<string, string>,
		seen: seenWords(row),
		isPublished: publishedAt !== null,
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireCoordinator();
		const form = await request.formData();
		const parsed = parseCorrection(form);
		if (!parsed.ok) return fail(400, parsed);
		const { seen, words } = parsed.value;
		try {
			await db.write((tx) => correctImprovement(tx, { id: params.id, seen, words, by, now: locals.now }));
		} catch (problem) {
			// Both are shown: what somebody else saved, and what was being written.
			if (problem instanceof DomainError && problem.code === 'improvement_changed')
				return fail(409, {
					errors: { form: m.evaluation_pilot_conflict() } as Record<string, string>,
					values: Object.fromEntries(form) as Record<string, string>,
					conflict: true,
				});
			return errorFrom(problem);
		}
		redirect(303, `${href('/pilotage/evaluation')}?fait=1`);
	},
};
