import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { bookedInFollowUp } from '$lib/server/appointments/queries';
import { closeSupport } from '$lib/server/ending';
import { historyOf } from '$lib/server/audit/queries';
import { parseGoal, parseGoalChange } from '$lib/server/pathway/decision-forms';
import type { Tx } from '$lib/server/db/client';
import type { AskedAgain } from '$lib/server/pathway/check-in-commands';
import { checkInsOf } from '$lib/server/pathway/check-ins';
import { handleCheckIn, reorient } from '$lib/server/pathway/closing';
import { enterStage, openPathway } from '$lib/server/pathway/commands';
import {
	parseClosing,
	parseEntering,
	parseHandling,
	parseNewStep,
	parseOpening,
	parseReorienting,
	parseStepChange,
} from '$lib/server/pathway/forms';
import { addGoal, changeGoal, getGoal, goalMeant, goalsOf } from '$lib/server/pathway/goals';
import { getStep, pathwayOf } from '$lib/server/pathway/queries';
import { nextReviewOn } from '$lib/server/pathway/reviews';
import { isOpenStep, nextStepStates, saidUntil, stageMove, weeklyHours } from '$lib/server/pathway/rules';
import { addStep, changeStep } from '$lib/server/pathway/steps';
import { openFollowedFile } from '$lib/server/people/opening';
import { getFollowedPerson } from '$lib/server/people/queries';
import { leads, seesTheme } from '$lib/server/people/rules';
import { DomainError, notFound } from '$lib/server/platform/errors';
import { newId } from '$lib/server/platform/ids';
import { dropNotices, planNotice } from '$lib/server/reminders/commands';
import { instantOf, localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { askedToKeep } from '$lib/server/web/private-text';
import { href } from '$lib/shared/links';
import { THEMES, type Theme } from '$lib/shared/themes';
import { tellColleagues } from '../../../../../meeting-news.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const viewer = requireStaff();
	const { now, locale } = locals;
	const file = await openFollowedFile(db, { viewer, personId: params.id, part: 'pathway', now }).catch(errorFrom);
	const view = await pathwayOf(db.read, params.id, locale);
	const decides = leads(file.access);
	const name = `${file.person.firstName} ${file.person.lastName}`;
	if (!view) return { now, name, pathway: null };
	const steps = view.steps
		.filter((step) => seesTheme(file.themes, step.theme))
		.map((step) => ({ ...step, states: nextStepStates(step.state) }));
	const sees = (theme: Theme) => seesTheme(file.themes, theme);
	const goals = (await goalsOf(db.read, view.pathway.id)).filter(({ theme }) => sees(theme));
	const { settings } = await getTerritory(db.read, file.person.territoryId);
	const editing = steps.find(({ id }) => id === url.searchParams.get('action'));
	return {
		now,
		name,
		pathway: {
			kind: view.pathway.kind,
			startedAt: view.pathway.startedAt,
			zone: view.zone,
			endedAt: view.pathway.endedAt,
			endReason: view.pathway.endReason,
			workContract: view.pathway.workContract ?? ('unknown' as const),
			contractBy: view.contractBy,
			today: localDay(now, view.zone),
			goals: goals.map(({ id, theme, text, state, version }) => ({
				id,
				theme,
				text,
				state,
				version,
				steps: steps.filter(({ goalId }) => goalId === id).length,
			})),
			hours: weeklyHours(steps),
			choices: {
				themes: THEMES.filter(sees),
				whole: file.themes === null,
				tags: settings.roadmapThemes,
			},
			reviewOn: decides ? await nextReviewOn(db.read, view.pathway) : null,
			history: decides ? await historyOf(db.read, params.id, HISTORY_SHOWN) : [],
			booked: decides && !view.pathway.endedAt ? await bookedInFollowUp(db.read, params.id, now) : [],
			checkIns: decides
				? (await checkInsOf(db.read, view.pathway.id)).map((one) => ({ ...one, seen: saidUntil(one) }))
				: [],
			decides,
			stages: view.stages.map((stage) => {
				const move = stageMove(view.stages, stage.id);
				// Why a stage was skipped may tell of any theme.
				const reason = decides ? stage.reason : null;
				return { ...stage, reason, mayEnter: decides && move !== null, needsReason: move?.needsReason ?? false };
			}),
			open: steps.filter((step) => isOpenStep(step.state)),
			closed: steps.filter((step) => !isOpenStep(step.state)),
			editing,
			formId: newId(),
		},
	};
};

const HISTORY_SHOWN = 40;

const sentences = {
	pathway_already_open: m.pathway_pro_error_open,
	no_pathway: m.pathway_pro_error_none,
	stage_reason_missing: m.pathway_pro_error_reason,
	work_start_outside: m.pro_close_error_work_start,
	hour_booked_since: m.pro_close_error_hour,
	step_refused: m.pathway_pro_error_refused,
};

const changedMeanwhile = () => ({ errors: { form: m.pathway_pro_changed_meanwhile() } as Record<string, string> });

const here = (id: string) => href(`/pro/personnes/${id}/parcours`);

/** Lead and second decide with the person; a member does not. */
async function requireLed(by: ReturnType<typeof requireStaff>, personId: string) {
	const file = await getFollowedPerson(db.read, by, personId);
	if (!leads(file.access)) throw notFound();
	return file;
}

/** A message for each question of the first months at work, at 10:00 of its day. */
async function planCheckIns(
	tx: Tx,
	told: { personId: string; subjectId: string; now: Date },
	{ checkIns, zone }: AskedAgain,
): Promise<void> {
	for (const { id, dueOn } of checkIns) {
		const dueAt = instantOf(dueOn, '10:00', zone);
		await planNotice(tx, { ...told, kind: 'check_in', path: '/parcours', onceKey: `check_in:${id}`, dueAt });
	}
}

/** A member writes within their own themes. */
async function requireThemes(by: ReturnType<typeof requireStaff>, personId: string, themes: (string | null)[]) {
	const file = await getFollowedPerson(db.read, by, personId);
	if (!themes.every((theme) => seesTheme(file.themes, theme))) throw notFound();
}

export const actions: Actions = {
	goal: async ({ request, locals, params }) => {
		const by = requireStaff();
		await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const form = await request.formData();
		const parsed = parseGoal(form);
		if (!parsed.ok) return fail(400, parsed);
		const { goalTheme: theme, goalText: text, formId } = parsed.value;
		await requireThemes(by, params.id, [theme]).catch(errorFrom);
		const asked = askedToKeep(form, [text], parsed.value);
		if (asked) return asked;
		try {
			await db.write((tx) => addGoal(tx, { personId: params.id, theme, text, formId, by, now: locals.now }));
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, here(params.id));
	},
	goalState: async ({ request, locals, params }) => {
		const by = requireStaff();
		await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const parsed = parseGoalChange(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { goal: goalId, goalState: state, version } = parsed.value;
		const view = await pathwayOf(db.read, params.id, locals.locale);
		const found = await getGoal(db.read, view?.pathway.id ?? '', goalId).catch(errorFrom);
		await requireThemes(by, params.id, [found.theme]).catch(errorFrom);
		try {
			await db.write((tx) => changeGoal(tx, { personId: params.id, goalId, state, version, by, now: locals.now }));
		} catch (error) {
			// The page shows both: what is saved, and what was asked for.
			if (error instanceof DomainError && error.code === 'goal_changed')
				return fail(409, { ...changedMeanwhile(), values: parsed.value, goalConflict: { id: goalId, mine: state } });
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, here(params.id));
	},
	close: async ({ request, locals, params }) => {
		const by = requireStaff();
		await requireLed(by, params.id).catch(errorFrom);
		const form = await request.formData();
		const parsed = parseClosing(form);
		if (!parsed.ok) return fail(400, parsed);
		const { endReason: reason, workContract: contract, workStartsOn, endNote: note, from } = parsed.value;
		const hours = { shown: parsed.value.shownHours, kept: parsed.value.keptHours };
		const asked = askedToKeep(form, [note], parsed.value);
		if (asked) return asked;
		const personId = params.id;
		const { now } = locals;
		let ended = false;
		try {
			await db.write(async (tx) => {
				const closing = { personId, reason, contract, workStartsOn, note, from, hours, by, now };
				const { id: subjectId, inWork } = await closeSupport(tx, closing);
				const onceKey = `pathway_closed:${subjectId}:${inWork ? now.getTime() : 'end'}`;
				await planNotice(tx, { kind: 'pathway_changed', personId, path: '/parcours', now, subjectId, onceKey });
				ended = inWork === null;
				if (inWork) await planCheckIns(tx, { personId, subjectId, now }, inWork);
			});
			tellColleagues({ personId, by, now });
		} catch (error) {
			if (error instanceof DomainError && error.code === 'stage_changed')
				return fail(409, { ...changedMeanwhile(), values: parsed.value, closeConflict: true });
			return failFrom(error, sentences, parsed.value);
		}
		// Who closed it no longer follows the person: the file is no longer theirs to read.
		redirect(303, ended ? href('/pro/personnes') : here(params.id));
	},
	reorient: async ({ request, locals, params }) => {
		const by = requireStaff();
		await requireLed(by, params.id).catch(errorFrom);
		const form = await request.formData();
		const parsed = parseReorienting(form);
		if (!parsed.ok) return fail(400, parsed);
		const { kind, orientationReason: reason, fromKind: from } = parsed.value;
		const asked = askedToKeep(form, [reason], parsed.value);
		if (asked) return asked;
		const personId = params.id;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				const { changed, id } = await reorient(tx, { personId, kind, reason, from, by, now });
				const onceKey = `pathway_reoriented:${id}:${now.getTime()}`;
				if (changed)
					await planNotice(tx, { kind: 'pathway_changed', personId, path: '/parcours', onceKey, subjectId: id, now });
			});
		} catch (error) {
			if (error instanceof DomainError && error.code === 'orientation_changed')
				return fail(409, { ...changedMeanwhile(), values: parsed.value, orientationConflict: true });
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, here(params.id));
	},
	handled: async ({ request, locals, params }) => {
		const by = requireStaff();
		await requireLed(by, params.id).catch(errorFrom);
		const parsed = parseHandling(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { stage: checkInId, seen } = parsed.value;
		try {
			await db.write((tx) => handleCheckIn(tx, { personId: params.id, checkInId, seen, by, now: locals.now }));
		} catch (error) {
			return failFrom(error, { check_in_changed: m.pathway_pro_changed_meanwhile });
		}
		redirect(303, here(params.id));
	},
	open: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { person } = await requireLed(by, params.id).catch(errorFrom);
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
		await requireLed(by, params.id).catch(errorFrom);
		const form = await request.formData();
		const parsed = parseEntering(form);
		if (!parsed.ok) return fail(400, parsed);
		const { stage: stageId, reason, from } = parsed.value;
		const personId = params.id;
		const { now } = locals;
		const asked = askedToKeep(form, [reason], parsed.value);
		if (asked) return asked;
		try {
			await db.write(async (tx) => {
				const { pathwayId, leftWork, inWork } = await enterStage(tx, { personId, stageId, reason, from, by, now });
				const about = { personId, subjectId: pathwayId };
				if (leftWork) await dropNotices(tx, { ...about, kind: 'check_in' });
				if (inWork) await planCheckIns(tx, { ...about, now }, inWork);
			});
		} catch (error) {
			if (error instanceof DomainError && error.code === 'stage_changed')
				return fail(409, { ...changedMeanwhile(), values: parsed.value, stageConflict: true });
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, here(params.id));
	},
	add: async ({ request, locals, params }) => {
		const by = requireStaff();
		await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const form = await request.formData();
		const parsed = parseNewStep(form);
		if (!parsed.ok) return fail(400, parsed);
		await requireThemes(by, params.id, [parsed.value.theme ?? null]).catch(errorFrom);
		const asked = askedToKeep(form, [parsed.value.title, parsed.value.note], parsed.value);
		if (asked) return asked;
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
		const form = await request.formData();
		const parsed = parseStepChange(form);
		if (!parsed.ok) return fail(400, parsed);
		const { step: stepId, ...change } = parsed.value;
		const saved = await getStep(db.read, params.id, stepId).catch(errorFrom);
		const visible = (await goalsOf(db.read, saved.pathwayId)).filter(({ theme }) => seesTheme(themes, theme));
		const goalId = goalMeant(visible, saved.goalId, change.goalId);
		await requireThemes(by, params.id, [saved.theme, change.theme ?? null]).catch(errorFrom);
		const asked = askedToKeep(form, [change.title, change.note], parsed.value);
		if (asked) return asked;
		try {
			await db.write((tx) => changeStep(tx, { ...change, goalId, stepId, personId: params.id, by, now: locals.now }));
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
