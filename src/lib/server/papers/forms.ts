import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { PAPER_REASONS } from '../../shared/papers.ts';
import { isTheme } from '../../shared/themes.ts';
import { isRealDay, parseForm, text } from '../platform/forms.ts';

/** Drawn with each form (platform/ids `newId`), or on the phone (`crypto.randomUUID`). */
const FORM_KEY = /^[\w-]{16,64}$/;
const id = v.optional(v.string(), '');

const joiningForm = v.object({
	formKey: v.pipe(
		v.optional(v.string(), ''),
		v.regex(FORM_KEY, () => m.error_strange()),
	),
	label: text(100, { tooLong: m.paper_error_label, strange: m.error_strange }),
	theme: v.pipe(
		id,
		v.transform((value) => (isTheme(value) ? value : null)),
	),
	addTo: v.pipe(
		id,
		v.transform((value) => value || null),
	),
});
/** What goes with the files; those are read apart (web/uploads). */
export const parseJoining = (form: FormData) => parseForm(joiningForm, form);

const againForm = v.object({
	reason: v.picklist(PAPER_REASONS, () => m.paper_pro_error_reason()),
	note: text(500, { tooLong: m.paper_pro_error_note, strange: m.error_strange }),
	/** Last day to send it again, for an aid; nothing chosen: the rule of aids says. */
	dueOn: v.pipe(
		v.optional(v.string(), ''),
		v.trim(),
		v.check(
			(day) => day === '' || isRealDay(day),
			() => m.error_date(),
		),
		v.transform((day) => day || undefined),
	),
});
export const parseAskingAgain = (form: FormData) => parseForm(againForm, form);
