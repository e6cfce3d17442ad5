import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { enterStage, openPathway } from '$lib/server/pathway/commands';
import { parseEntering, parseNewStep, parseOpening, parseStepChange } from '$lib/server/pathway/forms';
import { getStep, pathwayOf } from '$lib/server/pathway/queries';
import { isOpenStep, nextStepStates, stageMove } from '$lib/server/pathway/rules';
import { addStep, changeStep } from '$lib/server/pathway/steps';
import { openFollowedFile } from '$lib/server/people/opening';
import { getFollowedPerson } from '$lib/server/people/queries';
import { seesTheme } from '$lib/server/people/rules';
import { DomainError } from '$lib/server/platform/errors';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const viewer = requireStaff();
	const { now, locale } = locals;
	const file = await openFollowedFile(db, { viewer, personId: params.id, part: 'pathway', now }).catch(errorFrom);
	const view = await pathwayOf(db.read, params.id, locale);
	const name = `${file.person.firstName} ${file.person.lastName}`;
	if (!view) return { now, name, pathway: null };
	const steps = view.steps
		.filter((step) => seesTheme(file.themes, step.theme))
		.map((step) => ({ ...step, states: nextStepStates(step.state) }));
	const editing = steps.find(({ id }) => id === url.searchParams.get('action'));
	return {
		now,
		name,
		pathway: {
			kind: view.pathway.kind,
			startedAt: view.pathway.startedAt,
			zone: view.zone,
			stages: view.stages.map((stage) => {
				const move = stageMove(view.stages, stage.id);
				return { ...stage, mayEnter: move !== null, needsReason: move?.needsReason ?? false };
			}),
			open: steps.filter((step) => isOpenStep(step.state)),
			closed: steps.filter((step) => !isOpenStep(step.state)),
			editing,
		},
	};
};

const sentences = {
	pathway_already_open: m.pathway_pro_error_open,
	no_pathway: m.pathway_pro_error_none,
	stage_reason_missing: m.pathway_pro_error_reason,
	step_refused: m.pathway_pro_error_refused,
};

const here = (id: string) => href(`/pro/personnes/${id}/parcours`);

export const actions: Actions = {
	open: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { person } = await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const parsed = parseOpening(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { id: personId, territoryId } = person;
		try {
			await db.write((tx) => openPathway(tx, { personId, territoryId, kind: parsed.value.kind, by, now: locals.now }));
		} catch (error) {
			return failFrom(error, sentences);
		}
		redirect(303, here(params.id));
	},
	enter: async ({ request, locals, params }) => {
		const by = requireStaff();
		await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const parsed = parseEntering(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { stage: stageId, reason } = parsed.value;
		try {
			await db.write((tx) => enterStage(tx, { personId: params.id, stageId, reason, by, now: locals.now }));
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, here(params.id));
	},
	add: async ({ request, locals, params }) => {
		const by = requireStaff();
		await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const parsed = parseNewStep(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => addStep(tx, { ...parsed.value, personId: params.id, by, now: locals.now }));
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, here(params.id));
	},
	change: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { themes } = await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const parsed = parseStepChange(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { step: stepId, ...change } = parsed.value;
		const saved = await getStep(db.read, params.id, stepId).catch(errorFrom);
		if (!seesTheme(themes, saved.theme)) errorFrom(new DomainError('not_found', 'not_found'));
		try {
			await db.write((tx) => changeStep(tx, { ...change, stepId, personId: params.id, by, now: locals.now }));
		} catch (error) {
			// Both are shown: what somebody else saved, and what was being written.
			if (error instanceof DomainError && error.code === 'step_changed')
				return fail(409, {
					errors: { form: m.pathway_pro_conflict() } as Record<string, string>,
					values: parsed.value,
					conflict: await getStep(db.read, params.id, stepId).catch(errorFrom),
				});
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, here(params.id));
	},
};
