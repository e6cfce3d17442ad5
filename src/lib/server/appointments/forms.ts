import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { CANNOT_REASONS, HALF_DAYS, HELP_KINDS, type AnswerNote } from '../../shared/answers.ts';
import { ABSENCE_REASONS, APPOINTMENT_MODES, APPOINTMENT_TYPES } from '../../shared/codes.ts';
import { isRefusedLink } from '../../shared/video.ts';
import { parseForm, text, type Parsed } from '../platform/forms.ts';
import { normalizePhone } from '../platform/phone.ts';
import type { GivenAnswer } from './answers.ts';
import { OUTCOMES, type Outcome } from './rules.ts';
import type { OfferedHour } from './slots.ts';
import { WORKSHOP_TYPES } from './workshops.ts';

const NOTE_MAX = 500;
const line = (max: number) =>
	text(max, { tooLong: () => m.error_too_long({ max: String(max) }), strange: () => m.error_strange() });
const list = v.fallback(v.array(v.string()), []);

/** Of the page it was read on (`AnswerForm.svelte`); a page of before has none. */
const sequence = v.pipe(
	v.fallback(v.optional(v.string()), undefined),
	v.transform((given) => (given && /^\d{1,6}$/.test(given) ? Number(given) : undefined)),
);
/** The same, of a form that carries little else. */
export const sequenceOf = (form: FormData): number | undefined => v.parse(sequence, form.get('sequence') ?? undefined);

const ANSWERS = ['coming', 'cannot', 'needs_help'] as const satisfies readonly GivenAnswer[];
const answer = v.object({
	answer: v.picklist(ANSWERS, () => m.error_choose()),
	/** The page to come back to. */
	from: v.fallback(v.picklist(['accueil', 'detail']), 'detail'),
	sequence,
});
/** One tap: coming, cannot, needs help. */
export const parseAnswer = (form: FormData) => parseForm(answer, form);

const note = v.object({
	reason: v.fallback(v.optional(v.picklist([...CANNOT_REASONS, ...HELP_KINDS])), undefined),
	note: line(NOTE_MAX),
	callBack: v.optional(v.string(), ''),
	halfDays: v.pipe(
		list,
		v.transform((given) => HALF_DAYS.filter((moment) => given.includes(moment))),
	),
});
/** What comes with an answer; everything in it is optional. */
export function parseNote(form: FormData): Parsed<AnswerNote> {
	const parsed = parseForm(note, form);
	if (!parsed.ok) return parsed;
	const { reason, note: words, callBack, halfDays } = parsed.value;
	return {
		ok: true,
		value: {
			...(reason && { reason }),
			...(words && { text: words }),
			...(callBack && { callBack: true }),
			...(halfDays.length > 0 && { halfDays }),
		},
	};
}

const minutes = v.pipe(v.optional(v.string(), ''), v.transform(Number));
const phone = v.pipe(
	line(30),
	v.rawTransform(({ dataset, addIssue, NEVER }) => {
		if (!dataset.value) return null;
		const normal = normalizePhone(dataset.value);
		if (normal) return normal;
		addIssue({ message: m.error_phone() });
		return NEVER;
	}),
);
const meeting = {
	type: v.picklist(APPOINTMENT_TYPES, () => m.error_choose()),
	mode: v.picklist(APPOINTMENT_MODES, () => m.error_choose()),
	placeName: line(120),
	address: line(200),
	phone,
	toBring: line(NOTE_MAX),
	durationMinutes: minutes,
	/** What is planned for the person besides: a companion, an interpreter. */
	planned: list,
};
/** A meeting by video leads to a safe link or nowhere. */
function parsePlace<S extends v.GenericSchema<unknown, { mode: string; address: string }>>(
	schema: S,
	form: FormData,
): Parsed<v.InferOutput<S>> {
	const parsed = parseForm(schema, form);
	if (!parsed.ok || !isRefusedLink(parsed.value.mode, parsed.value.address)) return parsed;
	const values = Object.fromEntries(
		[...form].filter((field): field is [string, string] => typeof field[1] === 'string'),
	);
	return { ok: false, errors: { address: m.appointment_pro_error_video() }, values };
}
/** Ticks become what is planned. */
const withHelp = <T extends { planned: string[] }>({ planned, ...rest }: T) => ({
	...rest,
	companion: planned.includes('companion'),
	interpreter: planned.includes('interpreter'),
});
const booking = v.object({
	...meeting,
	secondReferentId: line(40),
	zone: line(60),
	day: line(10),
	time: line(5),
	origin: v.fallback(v.picklist(['invitation', 'convocation']), 'invitation'),
	convocationReason: line(NOTE_MAX),
});
export function parseBooking(form: FormData) {
	const parsed = parsePlace(booking, form);
	return parsed.ok ? { ...parsed, value: withHelp(parsed.value) } : parsed;
}

const move = v.object({
	id: line(40),
	sequence: v.pipe(v.optional(v.string(), ''), v.transform(Number)),
	day: line(10),
	time: line(5),
	durationMinutes: minutes,
	referentId: line(40),
	secondReferentId: line(40),
});
/** The hour, who holds it, and, when its fields are there, where and how. */
export function parseMove(form: FormData) {
	const parsed = parseForm(move, form);
	if (!parsed.ok || !form.has('mode'))
		return parsed.ok ? { ...parsed, value: { ...parsed.value, meeting: undefined } } : parsed;
	const where = parsePlace(v.object(meeting), form);
	return where.ok ? { ...parsed, value: { ...parsed.value, meeting: withHelp(where.value) } } : where;
}

const weeklyHours = v.object({
	weekday: minutes,
	fromTime: line(5),
	toTime: line(5),
	mode: v.picklist(APPOINTMENT_MODES, () => m.error_choose()),
	placeName: line(120),
	address: line(200),
});
export const parseWeeklyHours = (form: FormData) => parsePlace(weeklyHours, form);
const daysAway = v.object({ fromDay: line(10), toDay: line(10) });
export const parseDaysAway = (form: FormData) => parseForm(daysAway, form);

const PERSON = v.pipe(v.string(), v.regex(/^[\w-]{1,40}$/));
const manyInvited = v.object({
	people: v.fallback(v.array(PERSON), []),
	/** One of the places of one's weekly hours, by its row. */
	hours: line(40),
	type: v.picklist(APPOINTMENT_TYPES, () => m.error_choose()),
	durationMinutes: minutes,
	toBring: line(NOTE_MAX),
});
export const parseManyInvited = (form: FormData) => parseForm(manyInvited, form, { maxFields: 120 });

const absence = v.object({ id: line(40), reason: v.picklist(ABSENCE_REASONS, () => m.error_choose()) });
export const parseAbsence = (form: FormData) => parseForm(absence, form);

const { type: _type, planned: _planned, ...place } = meeting;
const workshop = v.object({
	...place,
	type: v.fallback(v.picklist(WORKSHOP_TYPES), 'workshop'),
	title: line(120),
	day: line(10),
	time: line(5),
	zone: line(60),
	seats: minutes,
	weeks: v.pipe(
		v.optional(v.string(), '1'),
		v.transform((given) => Number(given || 1)),
	),
});
export const parseWorkshop = (form: FormData) => parsePlace(workshop, form);
const workshopMove = v.object({
	...place,
	day: line(10),
	time: line(5),
	sequence: v.pipe(v.optional(v.string(), ''), v.transform(Number)),
});
export const parseWorkshopMove = (form: FormData) => parsePlace(workshopMove, form);

/** « present_<appointment> » = outcome, for those that were ticked. */
export function parseAttendance(form: FormData): { id: string; outcome: Outcome }[] {
	return [...form].flatMap(([name, value]) => {
		const id = /^present_([\w-]{1,40})$/.exec(name)?.[1];
		const said = OUTCOMES.find((each) => each === value);
		return id && said ? [{ id, outcome: said }] : [];
	});
}

const outcome = v.object({ id: line(40), sequence, outcome: v.picklist(OUTCOMES, () => m.error_choose()) });
export const parseOutcome = (form: FormData) => parseForm(outcome, form);

/** Days and times offered, one per numbered pair of fields; empty pairs are left out. */
export const SLOT_FIELDS = [1, 2, 3, 4, 5, 6] as const;
const slotFields = Object.fromEntries(
	SLOT_FIELDS.flatMap((number) => [
		[`day${number}`, line(10)],
		[`time${number}`, line(5)],
	]),
);
const invitation = v.object({ ...meeting, secondReferentId: line(40), ...slotFields });
const offer = v.object({ id: line(40), sequence, ...slotFields });
const slotsOf = (fields: Record<string, unknown>): OfferedHour[] =>
	SLOT_FIELDS.map((number) => ({ day: String(fields[`day${number}`]), time: String(fields[`time${number}`]) })).filter(
		({ day, time }) => day || time,
	);

export function parseInvitation(form: FormData) {
	const parsed = parsePlace(invitation, form);
	return parsed.ok ? { ...parsed, value: { ...withHelp(parsed.value), slots: slotsOf(parsed.value) } } : parsed;
}
export function parseOffer(form: FormData) {
	const parsed = parseForm(offer, form);
	if (!parsed.ok) return parsed;
	const { id, sequence } = parsed.value;
	return { ...parsed, value: { id, sequence, slots: slotsOf(parsed.value) } };
}
