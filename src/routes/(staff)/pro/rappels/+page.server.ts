import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { parseForm, text } from '$lib/server/platform/forms';
import { newId } from '$lib/server/platform/ids';
import { MAX_RECIPIENTS, sendByHand, undoByHand, UNDO_MS } from '$lib/server/reminders/by-hand';
import { MAX_FREE_TEXT, problemOf, type TextProblem } from '$lib/server/reminders/free-text';
import { previewFor } from '$lib/server/reminders/preview';
import { recipientsOf, sendingOf, sentByHand } from '$lib/server/reminders/queries';
import { TEMPLATES } from '$lib/server/reminders/wording';
import { nextAllowed } from '$lib/server/territories/calendar';
import { getTerritory, holidaysOf } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import type { Actions, PageServerLoad } from './$types';

const ID = v.pipe(v.string(), v.regex(/^[\w-]{1,40}$/));
const problems: Record<TextProblem, () => string> = {
	too_long: m.reminder_pro_error_too_long,
	link: m.reminder_pro_error_link,
	social_security_number: m.reminder_pro_error_number,
	sensitive: m.reminder_pro_error_sensitive,
};
const refusals = {
	nobody_chosen: m.reminder_pro_error_nobody,
	too_many: m.reminder_pro_error_too_many,
	...Object.fromEntries(Object.entries(problems).map(([code, sentence]) => [`text_${code}`, sentence])),
};

/** One field per person chosen, and the message. */
const manyFields = { maxFields: MAX_RECIPIENTS + 20 };

const message = v.object({
	people: v.pipe(
		v.optional(v.array(ID), []),
		v.minLength(1, () => m.reminder_pro_error_nobody()),
		v.maxLength(MAX_RECIPIENTS, () => m.reminder_pro_error_too_many()),
	),
	template: v.picklist(TEMPLATES, () => m.error_choose()),
	text: v.pipe(
		text(MAX_FREE_TEXT, { tooLong: () => m.reminder_pro_error_too_long(), strange: () => m.error_strange() }),
		v.rawCheck(({ dataset, addIssue }) => {
			const problem = dataset.typed ? problemOf(dataset.value) : null;
			if (problem) addIssue({ message: problems[problem]() });
		}),
	),
});
const sending = v.object({ ...message.entries, batch: ID });
const undoing = v.object({ batch: ID });

export const load: PageServerLoad = async ({ locals, url }) => {
	const { accountId, territoryId } = requireStaff();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	const batch = url.searchParams.get('envoi');
	const sent = batch ? await sendingOf(db.read, accountId, batch) : null;
	const isMoving = sent?.some(({ state }) => state === 'scheduled' || state === 'sending') ?? false;
	return {
		now,
		zone,
		batch,
		sent,
		canUndo: sent?.some(({ state, sentAt }) => state === 'scheduled' && sentAt === null) ?? false,
		/** Seconds after which the page asks again, while something is still to leave. */
		refresh: isMoving && sent!.some(({ dueAt }) => dueAt.getTime() < now.getTime() + 2 * UNDO_MS) ? 5 : null,
		undone: url.searchParams.get('annules'),
		people: sent ? [] : await recipientsOf(db.read, accountId, now),
		chosen: url.searchParams.getAll('personne'),
		all: url.searchParams.has('toutes'),
		recent: sent ? [] : await sentByHand(db.read, accountId),
	};
};

export const actions: Actions = {
	preview: async ({ request, locals }) => {
		const { accountId, territoryId } = requireStaff();
		const parsed = parseForm(message, await request.formData(), manyFields);
		if (!parsed.ok) return fail(400, parsed);
		const { people, template, text } = parsed.value;
		const { now } = locals;
		const followed = await recipientsOf(db.read, accountId, now);
		const chosen = followed.filter(({ id }) => people.includes(id));
		const able = chosen.filter(
			({ blocked, nextAppointment }) => blocked === null && (template !== 'appointment' || nextAppointment !== null),
		);
		const { zone, holidayZone, phone } = await getTerritory(db.read, territoryId);
		const dueAt = nextAllowed(new Date(now.getTime() + UNDO_MS), zone, await holidaysOf(db.read, holidayZone));
		const [example] = able;
		return {
			values: { people, template, text },
			errors: {} as Record<string, string>,
			preview: {
				batch: newId(),
				count: able.length,
				skipped: chosen.length - able.length,
				dueAt: dueAt.getTime() - now.getTime() > 2 * UNDO_MS ? dueAt : null,
				example: example && {
					name: `${example.firstName} ${example.lastName}`,
					...previewFor(example, { template, text, phone, now }),
				},
			},
		};
	},
	/** Back from the preview, with what was chosen and written. */
	edit: async ({ request }) => {
		requireStaff();
		const parsed = parseForm(message, await request.formData(), manyFields);
		if (!parsed.ok) return fail(400, parsed);
		return { values: parsed.value, errors: {} as Record<string, string> };
	},
	send: async ({ request, locals }) => {
		const { accountId, role, structureId } = requireStaff();
		const parsed = parseForm(sending, await request.formData(), manyFields);
		if (!parsed.ok) return fail(400, parsed);
		const { people, ...rest } = parsed.value;
		const by = { accountId, role, structureId };
		try {
			await db.write((tx) => sendByHand(tx, { ...rest, personIds: people, by, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, refusals, parsed.value);
		}
		redirect(303, `${href('/pro/rappels')}?envoi=${rest.batch}`);
	},
	undo: async ({ request, locals }) => {
		const { accountId, role, structureId } = requireStaff();
		const parsed = parseForm(undoing, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { batch } = parsed.value;
		const by = { accountId, role, structureId };
		const count = await db.write((tx) => undoByHand(tx, { batch, by, now: locals.now }));
		redirect(303, `${href('/pro/rappels')}?envoi=${batch}&annules=${count}`);
	},
};
