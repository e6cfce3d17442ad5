import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { hasSocialSecurityNumber } from '../../shared/private-text.ts';
import { THEMES } from '../../shared/themes.ts';
import { parseForm, text } from '../platform/forms.ts';
import { daysBetween } from '../territories/calendar.ts';

const line = (max: number) =>
	text(max, { tooLong: () => m.error_too_long({ max: String(max) }), strange: () => m.error_strange() });

function isDayOrNothing(value: string): boolean {
	if (value === '') return true;
	try {
		return /^\d{4}-\d\d-\d\d$/.test(value) && daysBetween(value, value) === 0;
	} catch {
		return false;
	}
}

/** Read by the person. */
const why = v.pipe(
	line(300),
	v.check(
		(value) => !hasSocialSecurityNumber(value),
		() => m.diagnosis_error_number(),
	),
);

const invitation = v.object({
	accountId: v.pipe(
		line(40),
		v.nonEmpty(() => m.pro_member_error_who()),
	),
	themes: v.pipe(
		v.optional(v.array(v.picklist(THEMES, () => m.error_choose())), []),
		v.minLength(1, () => m.pro_member_error_themes()),
	),
	untilDay: v.pipe(
		line(10),
		v.check(isDayOrNothing, () => m.pro_member_error_day()),
		v.transform((value) => value || undefined),
	),
	memberReason: v.pipe(
		why,
		v.nonEmpty(() => m.pro_member_error_why()),
	),
});
/** Who is invited to see which themes, until when, why. */
export const parseInvitation = (form: FormData) => parseForm(invitation, form);

/** Instead of a professional: nobody is second any more. */
export const NO_SECOND = 'none';
const second = v.object({
	/** The line the form was made with; empty: there was none. */
	shown: line(40),
	secondId: v.pipe(
		line(40),
		v.nonEmpty(() => m.pro_member_error_who()),
		v.transform((value) => (value === NO_SECOND ? null : value)),
	),
	secondReason: v.pipe(
		why,
		v.nonEmpty(() => m.pro_member_error_why()),
	),
});
/** Who is the other half of the pair from now on, and why. */
export const parseSecond = (form: FormData) => parseForm(second, form);

const ending = v.object({ member: line(40), endReason: v.optional(why, '') });
export const parseEnding = (form: FormData) => parseForm(ending, form);

const exception = v.object({
	firstName: v.pipe(
		line(80),
		v.nonEmpty(() => m.pro_exception_error_name()),
	),
	lastName: v.pipe(
		line(80),
		v.nonEmpty(() => m.pro_exception_error_name()),
	),
	birthDate: v.pipe(
		line(10),
		v.check(
			(value) => value !== '' && isDayOrNothing(value),
			() => m.pro_exception_error_birth(),
		),
	),
	reason: v.pipe(
		line(300),
		v.minLength(10, () => m.pro_exception_error_reason()),
	),
});
/** Whose file is opened without a follow-up, and why. */
export const parseException = (form: FormData) => parseForm(exception, form);

const note = v.object({
	workingNote: v.pipe(
		line(4000),
		v.check(
			(value) => !hasSocialSecurityNumber(value),
			() => m.diagnosis_error_number(),
		),
	),
});
/** What a professional writes for themselves. */
export const parseNote = (form: FormData) => parseForm(note, form);

/** Who was rung, from the first page. */
export const parseSpoken = (form: FormData) => parseForm(v.object({ person: line(40) }), form);
