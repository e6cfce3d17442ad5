import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { parseModeration } from '$lib/server/evaluation/forms';
import { chosenOf, moderate, panelOf } from '$lib/server/evaluation/panel';
import { createQuestionnaire, listQuestionnaires, versionCounts } from '$lib/server/evaluation/questionnaires';
import { failFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { OFFICIAL_SET, panelCode, type StoredQuestion } from '$lib/shared/questions';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const versions = await versionCounts(db.read, territoryId);
	const questionnaires = await listQuestionnaires(db.read, territoryId);
	return {
		now: locals.now,
		questionnaires: questionnaires.map(({ id, title, status, moments, questions }) => ({
			...{ id, title, status, moments },
			questions: questions.length,
			versions: versions.get(id) ?? 0,
		})),
		panel: await panelOf(db.read, territoryId),
		done: url.searchParams.has('fait'),
	};
};

/** What a new questionnaire begins with: what people chose, then the set that was asked for. */
const SETS: Record<string, string[]> = {
	experience: ['listened', 'choice', 'next', 'power'],
	official: OFFICIAL_SET,
};

export const actions: Actions = {
	create: async ({ request, locals }) => {
		const by = requireCoordinator();
		const form = await request.formData();
		const chosen: StoredQuestion[] = (await chosenOf(db.read, by.territoryId)).map(({ id, words }) => ({
			code: panelCode(id),
			words: words ?? {},
		}));
		const set = SETS[String(form.get('set'))] ?? SETS.experience!;
		const questions = [...chosen, ...set.map((code) => ({ code }))].slice(0, 4);
		const draft = {
			title: m.evaluation_pilot_new_title(),
			questions,
			moments: ['appointment_seen' as const],
			audience: 'all' as const,
			employmentAreaId: null,
			startsOn: null,
			endsOn: null,
		};
		const { id } = await db.write((tx) => createQuestionnaire(tx, draft, { by, now: locals.now }));
		redirect(303, href(`/pilotage/questionnaires/${id}`));
	},
	moderate: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parseModeration(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { id, keep, words_fr: fr, words_en: en, words_ar: ar, words_uk: uk } = parsed.value;
		if (keep === 'yes' && !fr) return fail(400, { errors: { form: m.error_required() } as Record<string, string> });
		const words = Object.fromEntries(Object.entries({ fr, en, ar, uk }).filter(([, said]) => said));
		try {
			await db.write((tx) => moderate(tx, { id, words: keep === 'yes' ? words : null, by, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, {});
		}
		redirect(303, href('/pilotage/questionnaires?fait=1'));
	},
};
