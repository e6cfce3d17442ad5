import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { CHECK_IN_ANSWERS, END_REASONS, WORK_CONTRACTS } from '../../shared/closing.ts';
import { PATHWAY_KINDS, STEP_OWNERS, STEP_STATES } from '../../shared/codes.ts';
import { THEMES } from '../../shared/themes.ts';
import { hasSocialSecurityNumber } from '../../shared/private-text.ts';
import { parseForm, text } from '../platform/forms.ts';
import { daysBetween } from '../territories/calendar.ts';

/** What is typed of a pathway; a social-security number has no place in it. */
export const line = (max: number) =>
	v.pipe(
		text(max, { tooLong: () => m.error_too_long({ max: String(max) }), strange: () => m.error_strange() }),
		v.check(
			(value) => !hasSocialSecurityNumber(value),
			() => m.diagnosis_error_number(),
		),
	);
export const id = line(40);
const title = v.pipe(
	line(140),
	v.nonEmpty(() => m.pathway_pro_error_title()),
);
const note = line(500);
/** A day that exists, or nothing. */
const day = v.pipe(
	line(10),
	v.check(isDay, () => m.pathway_pro_error_day()),
	v.transform((value) => value || undefined),
);

export function isDay(value: string): boolean {
	if (value === '') return true;
	if (!/^\d{4}-\d\d-\d\d$/.test(value)) return false;
	try {
		return daysBetween(value, value) === 0;
	} catch {
		return false;
	}
}

const ownStep = v.object({ step: id, note });
/** A tick, its contrary, or « je n’y arrive pas » with a word. */
export const parseOwnStep = (form: FormData) => parseForm(ownStep, form);

const proposal = v.object({ title, note, formId: id });
export const parseProposal = (form: FormData) => parseForm(proposal, form);

const stepFields = {
	title,
	note,
	theme: v.fallback(v.optional(v.picklist(THEMES)), undefined),
	owner: v.picklist(STEP_OWNERS, () => m.error_choose()),
	dueOn: day,
	goalId: v.pipe(
		id,
		v.transform((value) => value || undefined),
	),
	weeklyHours: v.pipe(
		line(2),
		v.check(
			(value) => value === '' || (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 40),
			() => m.pathway_pro_error_hours(),
		),
		v.transform((value) => (value ? Number(value) : undefined)),
	),
	tags: v.pipe(v.optional(v.array(v.pipe(v.string(), v.maxLength(80))), []), v.maxLength(20)),
};
const newStep = v.object({ ...stepFields, formId: id });
export const parseNewStep = (form: FormData) => parseForm(newStep, form);

const stepChange = v.object({
	...stepFields,
	step: id,
	version: v.pipe(v.optional(v.string(), ''), v.transform(Number)),
	state: v.picklist(STEP_STATES, () => m.error_choose()),
});
export const parseStepChange = (form: FormData) => parseForm(stepChange, form);

/** The current stage when the page was shown. */
const from = v.pipe(
	id,
	v.transform((value) => value || undefined),
);
const entering = v.object({ stage: id, reason: line(300), from });
export const parseEntering = (form: FormData) => parseForm(entering, form);

const opening = v.object({ kind: v.picklist(PATHWAY_KINDS, () => m.error_choose()) });
export const parseOpening = (form: FormData) => parseForm(opening, form);

const hours = v.pipe(v.optional(v.array(id), []), v.maxLength(100));
const closing = v.object({
	endReason: v.picklist(END_REASONS, () => m.error_choose()),
	/** Read for a return to work only. */
	workContract: v.optional(
		v.picklist(WORK_CONTRACTS, () => m.error_choose()),
		'unknown',
	),
	/** Of a return to work: a contract is signed before it begins. */
	workStartsOn: day,
	endNote: note,
	/** The current stage when the page was shown; none has no word. */
	from: id,
	/** Booked hours to come that the page showed, and those that stand. */
	shownHours: hours,
	keptHours: hours,
});
export const parseClosing = (form: FormData) => parseForm(closing, form);

const reorienting = v.object({
	kind: v.picklist(PATHWAY_KINDS, () => m.error_choose()),
	/** The kind when the page was shown. */
	fromKind: v.fallback(v.optional(v.picklist(PATHWAY_KINDS)), undefined),
	orientationReason: v.pipe(
		line(300),
		v.nonEmpty(() => m.pro_reorient_missing()),
	),
});
export const parseReorienting = (form: FormData) => parseForm(reorienting, form);

const checkInAnswer = v.object({
	checkIn: id,
	answer: v.picklist(CHECK_IN_ANSWERS, () => m.pathway_check_in_error()),
	checkInNote: note,
});
export const parseCheckIn = (form: FormData) => parseForm(checkInAnswer, form);

/** A question taken in hand, and what the page knew of its answer. */
const handling = v.object({ stage: id, seen: id });
export const parseHandling = (form: FormData) => parseForm(handling, form);
