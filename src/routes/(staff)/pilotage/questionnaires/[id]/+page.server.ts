import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { parseQuestionnaire } from '$lib/server/evaluation/forms';
import { chosenOf } from '$lib/server/evaluation/panel';
import {
	changeQuestionnaire,
	getQuestionnaire,
	moveQuestionnaire,
	seenQuestionnaire,
	versionsOf,
	type Onward,
} from '$lib/server/evaluation/questionnaires';
import { getTerritory, listEmploymentAreas } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { panelCode, questionOf, type StoredQuestion } from '$lib/shared/questions';
import type { Actions, PageServerLoad } from './$types';

/** Questions of people that may be asked here: those already in it, and the first of the last season. */
async function panelQuestions(territoryId: string, kept: StoredQuestion[]): Promise<StoredQuestion[]> {
	const chosen = (await chosenOf(db.read, territoryId)).map(({ id, words }) => ({
		code: panelCode(id),
		words: words ?? {},
	}));
	const own = kept.filter(({ words }) => words);
	return [...own, ...chosen.filter(({ code }) => own.every((one) => one.code !== code))];
}

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { territoryId } = requireCoordinator();
	const questionnaire = await getQuestionnaire(db.read, territoryId, params.id).catch(errorFrom);
	const { zone } = await getTerritory(db.read, territoryId);
	const areas = await listEmploymentAreas(db.read, territoryId);
	return {
		now: locals.now,
		zone,
		questionnaire,
		seen: seenQuestionnaire(questionnaire),
		versions: await versionsOf(db.read, params.id),
		panel: await panelQuestions(territoryId, questionnaire.questions),
		areas: areas.map(({ id, name }) => ({ id, name })),
		done: url.searchParams.has('fait'),
	};
};

const sentences = {
	questionnaire_closed: m.evaluation_pilot_error_closed,
	questionnaire_state: m.error_changed_meanwhile,
	questionnaire_changed: m.error_changed_meanwhile,
};
const here = (id: string) => href(`/pilotage/questionnaires/${id}?fait=1`);

export const actions: Actions = {
	save: async ({ request, locals, params }) => {
		const by = requireCoordinator();
		const found = await getQuestionnaire(db.read, by.territoryId, params.id).catch(errorFrom);
		const parsed = parseQuestionnaire(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const panel = new Map((await panelQuestions(by.territoryId, found.questions)).map((one) => [one.code, one]));
		const areas = await listEmploymentAreas(db.read, by.territoryId);
		const { seen, ...typed } = parsed.value;
		const { employmentAreaId, ...asked } = typed;
		const draft = {
			...asked,
			employmentAreaId: areas.find(({ id }) => id === employmentAreaId)?.id ?? null,
			questions: asked.questions.flatMap((code): StoredQuestion[] => {
				const known = panel.get(code);
				if (known) return [known];
				return questionOf(code) && !code.startsWith('panel_') ? [{ code }] : [];
			}),
		};
		try {
			await db.write((tx) => changeQuestionnaire(tx, { id: params.id, seen, draft, by, now: locals.now }));
		} catch (problem) {
			// What was typed comes back, beside what is kept by now: saved again, it takes its place.
			return failFrom(problem, sentences, typed);
		}
		redirect(303, here(params.id));
	},
	move: async ({ request, locals, params }) => {
		const by = requireCoordinator();
		const to = String((await request.formData()).get('to')) as Onward;
		try {
			await db.write((tx) => moveQuestionnaire(tx, { id: params.id, to, by, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, sentences);
		}
		redirect(303, here(params.id));
	},
};
