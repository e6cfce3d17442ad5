import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { parseForm, text, type FormErrors, type Parsed } from '../platform/forms.ts';

import {
	MAX_TEMPLATE,
	MESSAGE_SUBJECTS,
	templateProblem,
	tidy,
	TEMPLATE_LOCALES,
	variablesFor,
	type Subject,
	type TemplateProblem,
	type TemplateTexts,
} from './template-rules.ts';

const MAX_NAME = 60;
/** Long enough to be shown again whole, and refused with its own sentence. */
const MAX_TYPED = 400;
const strange = () => m.error_strange();

const name = v.pipe(
	text(MAX_NAME, { tooLong: () => m.error_too_long({ max: MAX_NAME }), strange }),
	v.nonEmpty(() => m.error_required()),
);
const sentence = text(MAX_TYPED, { tooLong: () => m.error_too_long({ max: MAX_TEMPLATE }), strange });
const subject = v.picklist(MESSAGE_SUBJECTS, () => m.error_choose());
/** `text_fr`, `text_en`…: one field per language. */
const sentences = Object.fromEntries(TEMPLATE_LOCALES.map((locale) => [`text_${locale}`, sentence]));
const number = v.pipe(v.string(), v.regex(/^\d{1,6}$/), v.transform(Number));

const problems: Record<TemplateProblem, (subject: Subject) => string> = {
	missing: () => m.error_required(),
	too_long: () => m.error_too_long({ max: MAX_TEMPLATE }),
	link: () => m.reminder_pro_error_link(),
	social_security_number: () => m.reminder_pro_error_number(),
	sensitive: () => m.reminder_pro_error_sensitive(),
	variable: (about) =>
		m.reminder_pro_template_error_variable({
			known: variablesFor(about)
				.map((one) => `{${one}}`)
				.join(', '),
		}),
	brace: () => m.reminder_pro_template_error_brace(),
	ending: () => m.reminder_pro_template_error_ending(),
	not_gsm: () => m.reminder_pro_template_error_sms(),
	sms_full: () => m.reminder_pro_template_error_sms_full(),
};

const first = v.object({ name, subject, text_fr: sentence });

/** A new template: its name, what it is about, its sentence in French. */
export function parseNewTemplate(form: FormData): Parsed<{ name: string; subject: Subject; texts: TemplateTexts }> {
	const parsed = parseForm(first, form);
	if (!parsed.ok) return parsed;
	const { name, subject, text_fr } = parsed.value;
	return checked(parsed.value, { name, subject, texts: { fr: tidy(text_fr) } }, subject);
}

const whole = v.object({ name, from: number, ...sentences });

/** A template worded anew, in as many languages as were written. */
export function parseTemplate(
	form: FormData,
	subject: Subject,
): Parsed<{ name: string; from: number; texts: TemplateTexts }> {
	const parsed = parseForm(whole, form);
	if (!parsed.ok) return parsed;
	const typed = parsed.value as unknown as Record<string, string> & { from: number };
	const texts = Object.fromEntries(
		TEMPLATE_LOCALES.map((locale) => [locale, tidy(typed[`text_${locale}`] ?? '')]),
	) as TemplateTexts;
	return checked(typed, { name: typed.name!, from: typed.from, texts }, subject);
}

/** The version that was read, for what concerns that version alone. */
export const parseVersion = (form: FormData): Parsed<{ number: number }> => parseForm(v.object({ number }), form);

function checked<T extends { texts: TemplateTexts }>(typed: object, value: T, subject: Subject): Parsed<T> {
	const errors: FormErrors = {};
	for (const locale of TEMPLATE_LOCALES) {
		const problem = templateProblem(value.texts[locale] ?? '', locale, subject);
		if (problem) errors[`text_${locale}`] = problems[problem](subject);
	}
	if (Object.keys(errors).length === 0) return { ok: true, value };
	const values = Object.fromEntries(Object.entries(typed).map(([key, value]) => [key, String(value)]));
	return { ok: false, errors, values };
}
