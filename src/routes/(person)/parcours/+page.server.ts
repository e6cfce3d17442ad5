import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { newId } from '$lib/server/platform/ids';
import { pendingCheckIn } from '$lib/server/pathway/check-ins';
import { answerCheckIn } from '$lib/server/pathway/closing';
import { sayPathwayWaiting } from '$lib/server/pathway/commands';
import { parseGroupAnswer } from '$lib/server/pathway/decision-forms';
import { parseCheckIn, parseOwnStep, parseProposal } from '$lib/server/pathway/forms';
import { goalsOf } from '$lib/server/pathway/goals';
import { ownGroups } from '$lib/server/pathway/group-queries';
import { answerGroup } from '$lib/server/pathway/groups';
import { orientationReason, pathwayOf } from '$lib/server/pathway/queries';
import { reviewsOf } from '$lib/server/pathway/reviews';
import { isOpenStep, nextOwnStep, weeklyHours } from '$lib/server/pathway/rules';
import { askHelpOnStep, proposeStep, tickStep, untickStep } from '$lib/server/pathway/steps';
import { touchContact } from '$lib/server/people/commands';
import { ownDelays } from '$lib/server/people/own-delays';
import { followersNow } from '$lib/server/people/queries';
import { stillWaits } from '$lib/server/people/rules';
import { howToStartAgain } from '$lib/server/requests/commands';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { tellColleagues } from '../../meeting-news.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const own = requireBeneficiary();
	const { personId } = own;
	const { now, locale } = locals;
	const view = await pathwayOf(db.read, personId, locale);
	// Who left answers no more: until somebody is named, the number is the territory's.
	const members = (await followersNow(db.read, personId, now)).filter(({ active }) => active);
	// Whoever moved may have their pathway from another territory.
	const here = view?.territory.id === own.territoryId ? view.territory : await getTerritory(db.read, own.territoryId);
	const people = members.map(({ id, name, part, structureName, phone, structurePhone }) => ({
		id,
		name,
		part,
		structureName,
		phone: phone ?? structurePhone,
	}));
	const groups = await ownGroups(db.read, personId, now);
	const shown = { now, people, territoryPhone: here.phone, groups };
	if (!view) return { ...shown, pathway: null };
	const { pathway, stages, steps, zone } = view;
	const today = localDay(now, zone);
	const { id: territoryId, settings } = view.territory;
	const late = pathway.endedAt ? [] : await ownDelays(db.read, personId, { territoryId, zone, settings, now });
	const open = steps.filter(({ state }) => isOpenStep(state));
	const reviews = await reviewsOf(db.read, pathway.id);
	return {
		...shown,
		pathway: {
			late: late.map(({ kind, targetOn, stageName }) => ({ kind, targetOn, stageName })),
			stillWaiting: stillWaits(pathway.stillWaitingAt && localDay(pathway.stillWaitingAt, zone), late),
			/** Just said: the answer is shown, whatever became of the delay. */
			saidNow: url.searchParams.get('fait') === 'dit',
			goals: (await goalsOf(db.read, pathway.id))
				.filter(({ state }) => state !== 'given_up')
				.map(({ id, theme, text, state }) => ({ id, theme, text, reached: state === 'reached' })),
			hours: weeklyHours(steps),
			hasDates: open.some((step) => step.owner === 'person' && step.dueOn !== null),
			oriented: pathway.orientedAt && { at: pathway.orientedAt, reason: orientationReason(pathway) },
			reviews: reviews.map(({ heldAt, looked }) => ({ heldAt, looked })),
			kind: pathway.kind,
			startedAt: pathway.startedAt,
			endedAt: pathway.endedAt,
			/** How they take it up again, once it is over. */
			again: pathway.endedAt ? await howToStartAgain(db.read, personId, now) : null,
			contractBy: pathway.endedAt || view.contractBy < today ? null : view.contractBy,
			checkIn: await pendingCheckIn(db.read, view, now),
			zone,
			today,
			proposalId: newId(),
			stages: stages.map(({ id, name, nameLang, state, enteredAt, leftAt, targetOn, plannedOn, reason }) => ({
				id,
				name,
				nameLang,
				state,
				enteredAt,
				leftAt,
				plannedOn,
				reason,
				isLate: state === 'current' && targetOn !== null && targetOn < today,
			})),
			own: open
				.filter(({ owner }) => owner === 'person')
				.map(({ id, title, note, state, stuckAt, dueOn, proposed }) => ({
					...{ id, title, note, state, dueOn, proposed },
					stuck: stuckAt !== null,
				})),
			others: open
				.filter(({ owner }) => owner !== 'person')
				.map(({ id, title, ownerName, dueOn }) => ({ id, title, ownerName, dueOn })),
			finished: steps
				.filter(({ state }) => state === 'done')
				.map(({ id, title, doneAt, owner, proposed }) => ({
					...{ id, title, doneAt, proposed },
					mayUntick: owner === 'person' && !pathway.endedAt && doneAt !== null && localDay(doneAt, zone) === today,
				})),
			nextStepId: nextOwnStep([...steps])?.id ?? null,
		},
	};
};

const sentences = {
	step_refused: m.pathway_error_refused,
	untick_too_late: m.pathway_error_untick,
	no_pathway: m.pathway_none_title,
	not_late_yet: m.pathway_error_not_late,
	group_over: m.pathway_group_over,
};

/** One form of one's own steps: parse, one command, back to the page. */
const onOwnStep =
	(command: typeof askHelpOnStep): NonNullable<Actions['tick']> =>
	async ({ request, locals }) => {
		const by = requireBeneficiary();
		const parsed = parseOwnStep(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { step: stepId, note } = parsed.value;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await command(tx, { stepId, personId: by.personId, note: note || undefined, by, now });
				await touchContact(tx, by.personId, now);
			});
		} catch (error) {
			return failFrom(error, sentences);
		}
		redirect(303, href('/parcours'));
	};

export const actions: Actions = {
	tick: async (event) => {
		requireBeneficiary();
		return onOwnStep(tickStep)(event);
	},
	untick: async (event) => {
		requireBeneficiary();
		return onOwnStep(untickStep)(event);
	},
	stuck: async (event) => {
		requireBeneficiary();
		return onOwnStep(askHelpOnStep)(event);
	},
	checkin: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const parsed = parseCheckIn(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { checkIn: checkInId, answer, checkInNote: note } = parsed.value;
		const { personId } = by;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await answerCheckIn(tx, { checkInId, personId, answer, note, by, now });
				await touchContact(tx, personId, now);
			});
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href('/parcours'));
	},
	waiting: async ({ locals }) => {
		const by = requireBeneficiary();
		const { personId } = by;
		const { now } = locals;
		try {
			// No `touchContact`: who says they wait for news has had none, and the delay stands for those who answer.
			await db.write((tx) => sayPathwayWaiting(tx, { personId, by, now }));
		} catch (error) {
			return failFrom(error, sentences);
		}
		redirect(303, `${href('/parcours')}?fait=dit`);
	},
	group: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const parsed = parseGroupAnswer(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { group: groupId, word, refuse } = parsed.value;
		const { personId } = by;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await answerGroup(tx, { groupId, personId, word, refuse: refuse === 'yes', by, now });
				await touchContact(tx, personId, now);
			});
			tellColleagues({ personId, by, now });
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href('/parcours'));
	},
	propose: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const parsed = parseProposal(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { title, note, formId } = parsed.value;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await proposeStep(tx, { formId, personId: by.personId, title, note, by, now });
				await touchContact(tx, by.personId, now);
			});
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href('/parcours'));
	},
};
