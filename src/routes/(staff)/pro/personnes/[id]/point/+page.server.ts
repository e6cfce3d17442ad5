import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { parseReview, typedLines } from '$lib/server/pathway/decision-forms';
import { goalsOf } from '$lib/server/pathway/goals';
import { pathwayOf } from '$lib/server/pathway/queries';
import { holdReview, nextReviewOn, reviewsOf } from '$lib/server/pathway/reviews';
import { isOpenStep } from '$lib/server/pathway/rules';
import { ownDelays } from '$lib/server/people/own-delays';
import { newId } from '$lib/server/platform/ids';
import { planNotice } from '$lib/server/reminders/commands';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { askedToKeep } from '$lib/server/web/private-text';
import { href } from '$lib/shared/links';
import { getLedFile, openLedFile } from '../led.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now, locale } = locals;
	const { person } = await openLedFile(viewer, params.id, now).catch(errorFrom);
	const { id: territoryId, zone, settings } = await getTerritory(db.read, person.territoryId);
	const way = await pathwayOf(db.read, person.id, locale);
	const today = localDay(now, zone);
	const shown = { now, zone, today, name: `${person.firstName} ${person.lastName}` };
	if (!way || way.pathway.endedAt) return { ...shown, formId: '', way: null };
	return {
		...shown,
		formId: newId(),
		way: {
			dueOn: await nextReviewOn(db.read, way.pathway),
			// Whatever target is passed is a reason to look at the situation together.
			delays: await ownDelays(db.read, person.id, { territoryId, zone, settings, now }),
			goals: (await goalsOf(db.read, way.pathway.id)).filter(({ state }) => state === 'open'),
			steps: way.steps.filter(({ state }) => isOpenStep(state)),
			held: await reviewsOf(db.read, way.pathway.id),
		},
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const personId = params.id;
		await getLedFile(by, personId, now).catch(errorFrom);
		const form = await request.formData();
		const parsed = parseReview(form);
		if (!parsed.ok) return fail(400, parsed);
		const { looked, decisions } = parsed.value;
		const asked = askedToKeep(form, [looked, ...decisions.map(({ title }) => title)], typedLines(form));
		if (asked) return asked;
		try {
			await db.write(async (tx) => {
				const { id } = await holdReview(tx, { ...parsed.value, personId, by, now });
				const told = { kind: 'pathway_changed', path: '/parcours', subjectId: id, personId } as const;
				await planNotice(tx, { ...told, onceKey: `review_held:${id}`, now });
			});
		} catch (error) {
			return failFrom(error, { no_pathway: m.pathway_pro_error_none }, typedLines(form));
		}
		redirect(303, href(`/pro/personnes/${personId}/point`));
	},
};
