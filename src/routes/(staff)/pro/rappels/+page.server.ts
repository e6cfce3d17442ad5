import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { parseForm, text } from '$lib/server/platform/forms';
import { newId } from '$lib/server/platform/ids';
import { canGetIt, leavingAt, MAX_DAYS_AHEAD, sendByHand, undoByHand, UNDO_MS } from '$lib/server/reminders/by-hand';
import { MESSAGE_SUBJECTS } from '$lib/server/reminders/template-rules';
import { MAX_FREE_TEXT, problemOf, type TextProblem } from '$lib/server/reminders/free-text';
import { examplesFor } from '$lib/server/reminders/preview';
import { sendingOf, type ReminderView } from '$lib/server/reminders/queries';
import { MAX_RECIPIENTS, recipientsOf } from '$lib/server/reminders/recipients';
import { sendingsOf } from '$lib/server/reminders/sendings';
import { listTemplates, versionFor } from '$lib/server/reminders/templates';
import { addDays, localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
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
	template_unapproved: m.reminder_pro_error_unapproved,
	template_changed: m.reminder_pro_error_changed,
	day_out_of_range: m.reminder_pro_error_day,
	nobody_chosen: m.reminder_pro_error_nobody,
	too_many: m.reminder_pro_error_too_many,
	unavailable: m.error_generic,
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
	/** A fixed sentence, or a template of the territory. */
	template: v.union([v.picklist(MESSAGE_SUBJECTS), v.pipe(v.string(), v.regex(/^t:[\w-]{1,40}$/))], () =>
		m.error_choose(),
	),
	day: v.optional(
		v.pipe(
			v.string(),
			v.regex(/^(\d{4}-\d\d-\d\d)?$/, () => m.reminder_pro_error_day()),
		),
		'',
	),
	text: v.pipe(
		text(MAX_FREE_TEXT, { tooLong: () => m.reminder_pro_error_too_long(), strange: () => m.error_strange() }),
		v.rawCheck(({ dataset, addIssue }) => {
			const problem = dataset.typed ? problemOf(dataset.value) : null;
			if (problem) addIssue({ message: problems[problem]() });
		}),
	),
});
const sending = v.object({
	...message.entries,
	batch: ID,
	version: v.optional(v.pipe(v.string(), v.regex(/^\d{0,6}$/)), ''),
});
const undoing = v.object({ batch: ID });

/** Templates of the territory, as they can be chosen. */
const offered = async (territoryId: string) =>
	(await listTemplates(db.read, territoryId))
		.filter(({ retiredAt }) => retiredAt === null)
		.map(({ id, name, current, approved }) => ({
			id,
			name,
			text: current.texts.fr,
			isApproved: approved?.number === current.number,
			approvedText: approved?.texts.fr ?? null,
		}));

export const load: PageServerLoad = async ({ locals, url }) => {
	const { accountId, territoryId } = requireStaff();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	const batch = url.searchParams.get('envoi');
	const sent = batch ? await sendingOf(db.read, accountId, batch) : null;
	const soon = new Date(now.getTime() + 2 * UNDO_MS);
	const isMoving = ({ state, dueAt, actAt }: ReminderView) =>
		state === 'sending' || (state === 'scheduled' && (actAt ?? dueAt) < soon);
	return {
		now,
		zone,
		batch,
		sent,
		canUndo: sent?.some(({ state, sentAt }) => state === 'scheduled' && sentAt === null) ?? false,
		/** Seconds after which the page looks again (src/phone/follow.ts), while something is still to leave. */
		follow: sent?.some(isMoving) ? 2 : null,
		undone: url.searchParams.get('annules'),
		/** People of the list that the sender no longer follows. */
		gone: Number(/^\d{1,3}$/.exec(url.searchParams.get('partis') ?? '')?.[0] ?? 0),
		people: sent ? [] : await recipientsOf(db.read, accountId, now),
		templates: sent ? [] : await offered(territoryId),
		days: { first: localDay(now, zone), last: addDays(localDay(now, zone), MAX_DAYS_AHEAD) },
		chosen: url.searchParams.getAll('personne'),
		all: url.searchParams.has('toutes'),
		recent: sent ? [] : await sendingsOf(db.read, accountId, now),
	};
};

/** What was chosen: a fixed sentence, or a template in the version that may leave to so many people. */
async function wordingOf(chosen: string, { territoryId, people }: { territoryId: string; people: number }) {
	const subject = MESSAGE_SUBJECTS.find((code) => code === chosen);
	if (subject) return { id: null, subject, version: null };
	return versionFor(db.read, { territoryId, id: chosen.slice(2), people });
}

export const actions: Actions = {
	preview: async ({ request, locals }) => {
		const { accountId, territoryId } = requireStaff();
		const parsed = parseForm(message, await request.formData(), manyFields);
		if (!parsed.ok) return fail(400, parsed);
		const { people, template, day, text } = parsed.value;
		const { now } = locals;
		try {
			const wording = await wordingOf(template, { territoryId, people: people.length });
			const dueAt = await leavingAt(db.read, { territoryId, day: day || null, now });
			const chosen = await recipientsOf(db.read, accountId, now, { at: dueAt, among: people });
			const able = chosen.filter((one) => canGetIt(one, wording.subject));
			return {
				values: { people, template, day, text },
				errors: {} as Record<string, string>,
				preview: {
					batch: newId(),
					version: wording.version?.number ?? null,
					count: able.length,
					skipped: chosen.filter((one) => !able.includes(one)),
					gone: people.length - chosen.length,
					dueAt: dueAt.getTime() - now.getTime() > 2 * UNDO_MS ? dueAt : null,
					examples: examplesFor(able, {
						template: wording.subject,
						texts: wording.version?.texts ?? null,
						text,
						now: dueAt,
					}),
				},
			};
		} catch (problem) {
			return failFrom(problem, refusals, parsed.value);
		}
	},
	/** Back from the preview, with what was chosen and written. */
	edit: async ({ request }) => {
		requireStaff();
		const parsed = parseForm(message, await request.formData(), manyFields);
		if (!parsed.ok) return fail(400, parsed);
		return { values: parsed.value, errors: {} as Record<string, string> };
	},
	send: async ({ request, locals }) => {
		const { accountId, role, structureId, territoryId } = requireStaff();
		const parsed = parseForm(sending, await request.formData(), manyFields);
		if (!parsed.ok) return fail(400, parsed);
		const { people, template, version, day, ...rest } = parsed.value;
		const by = { accountId, role, structureId, territoryId };
		let gone = 0;
		try {
			const wording = await wordingOf(template, { territoryId, people: people.length });
			const previewed = wording.id ? { id: wording.id, number: Number(version) } : null;
			const sending = { ...rest, template: wording.subject, wording: previewed, day: day || null };
			const told = { ...sending, personIds: people, by, now: locals.now };
			gone = (await db.write((tx) => sendByHand(tx, told))).gone;
		} catch (problem) {
			// Not the page of errors: what was written is not lost.
			if (problem instanceof DomainError && problem.code === 'not_followed')
				return fail(404, {
					errors: { form: m.reminder_pro_error_gone() } as Record<string, string>,
					values: parsed.value,
				});
			return failFrom(problem, refusals, parsed.value);
		}
		redirect(303, `${href('/pro/rappels')}?envoi=${rest.batch}${gone > 0 ? `&partis=${gone}` : ''}`);
	},
	undo: async ({ request, locals }) => {
		const { accountId, role, structureId } = requireStaff();
		const parsed = parseForm(undoing, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { batch } = parsed.value;
		const by = { accountId, role, structureId };
		let count = 0;
		try {
			count = await db.write((tx) => undoByHand(tx, { batch, by, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, refusals);
		}
		redirect(303, `${href('/pro/rappels')}?envoi=${batch}&annules=${count}`);
	},
};
