import { fail, redirect } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { meetingsChanged } from '$lib/server/meeting-news';
import { parseOwnStep } from '$lib/server/pathway/forms';
import { finishStep, stepsToDo } from '$lib/server/pathway/own-steps';
import { noteSpokenWith } from '$lib/server/people/commands';
import { parseSpoken } from '$lib/server/people/forms';
import { ageOn } from '$lib/server/people/rules';
import { peopleToday } from '$lib/server/people/today';
import { calledOff } from '$lib/server/people/today-appointments';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { accountId, territoryId } = requireStaff();
	const { now } = locals;
	const { zone, settings } = await getTerritory(db.read, territoryId);
	const rows = await peopleToday(db.read, accountId, { territoryId, zone, settings, now });
	const today = localDay(now, zone);
	const { counts } = await parent();
	const toDo = await stepsToDo(db.read, accountId, now);
	return {
		now,
		zone,
		meetings: await meetingsChanged(db.read, accountId, now),
		toDo: toDo.map((step) => ({ ...step, late: step.dueOn !== null && step.dueOn < today })),
		rows: rows.map(({ birthDate, email: _, ...row }) => ({ ...row, age: ageOn(birthDate, today) })),
		counts: { ...counts, today: rows.length },
	};
};

export const actions: Actions = {
	/** The call that was theirs to make about an hour they called off. */
	spoken: async ({ request, locals }) => {
		const by = requireStaff();
		const { now } = locals;
		const parsed = parseSpoken(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { person: personId } = parsed.value;
		// Said twice, it is said.
		const [owed] = await calledOff(db.read, by.accountId, now, personId);
		if (owed) await db.write((tx) => noteSpokenWith(tx, { personId, by, now }));
		redirect(303, href('/pro'));
	},
	/** « C’est fait », of an action of their own. */
	done: async ({ request, locals }) => {
		const by = requireStaff();
		const parsed = parseOwnStep(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { step: stepId } = parsed.value;
		await db.write((tx) => finishStep(tx, { stepId, by, now: locals.now })).catch(errorFrom);
		redirect(303, href('/pro'));
	},
};
