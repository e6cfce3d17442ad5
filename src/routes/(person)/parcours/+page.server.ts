import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { pendingCheckIn } from '$lib/server/pathway/check-ins';
import { answerCheckIn } from '$lib/server/pathway/closing';
import { parseCheckIn, parseOwnStep, parseProposal } from '$lib/server/pathway/forms';
import { pathwayOf } from '$lib/server/pathway/queries';
import { isOpenStep, nextOwnStep } from '$lib/server/pathway/rules';
import { askHelpOnStep, proposeStep, tickStep, untickStep } from '$lib/server/pathway/steps';
import { touchContact } from '$lib/server/people/commands';
import { followUpOf } from '$lib/server/people/queries';
import { localDay } from '$lib/server/territories/calendar';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { personId } = requireBeneficiary();
	const { now, locale } = locals;
	const view = await pathwayOf(db.read, personId, locale);
	const members = await followUpOf(db.read, personId);
	const people = members.map(({ id, name, part, structureName, phone, structurePhone }) => ({
		id,
		name,
		part,
		structureName,
		phone: phone ?? structurePhone,
	}));
	if (!view) return { now, people, pathway: null };
	const { pathway, stages, steps, zone } = view;
	const today = localDay(now, zone);
	return {
		now,
		people,
		pathway: {
			kind: pathway.kind,
			startedAt: pathway.startedAt,
			endedAt: pathway.endedAt,
			contractBy: pathway.endedAt || view.contractBy < today ? null : view.contractBy,
			checkIn: await pendingCheckIn(db.read, personId, now),
			zone,
			today,
			stages: stages.map(({ id, name, state, enteredAt, leftAt, targetOn, plannedOn, reason }) => ({
				id,
				name,
				state,
				enteredAt,
				leftAt,
				plannedOn,
				reason,
				isLate: state === 'current' && targetOn !== null && targetOn < today,
			})),
			own: steps.filter((step) => step.owner === 'person' && isOpenStep(step.state)),
			others: steps.filter((step) => step.owner !== 'person' && isOpenStep(step.state)),
			finished: steps
				.filter((step) => step.state === 'done')
				.map((step) => ({
					...step,
					mayUntick: step.owner === 'person' && step.doneAt !== null && localDay(step.doneAt, zone) === today,
				})),
			nextStepId: nextOwnStep([...steps])?.id ?? null,
		},
	};
};

const sentences = {
	step_refused: m.pathway_error_refused,
	untick_too_late: m.pathway_error_untick,
	no_pathway: m.pathway_none_title,
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
	propose: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const parsed = parseProposal(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { title, note } = parsed.value;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await proposeStep(tx, { personId: by.personId, title, note, by, now });
				await touchContact(tx, by.personId, now);
			});
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href('/parcours'));
	},
};
