/** The forms of the request: FormData → what goes in the answers. */
import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { locales } from '../../paraglide/runtime.js';
import { HELPER_FOR, HOUSEHOLDS, TRANSPORTS, URGENCIES, WORK_STATUSES, type HelperFor } from '../../shared/codes.ts';
import { OFFERED_THEMES, type OfferedTheme, type Theme } from '../../shared/themes.ts';
import { hasSocialSecurityNumber } from '../../shared/private-text.ts';
import { normalizeEmail } from '../platform/email.ts';
import { parseForm, text, westernDigits, type FormErrors, type Parsed } from '../platform/forms.ts';
import { newId } from '../platform/ids.ts';
import { normalizePhone } from '../platform/phone.ts';
import { addDays } from '../territories/calendar.ts';
import {
	CHILD_AGES,
	HELP_TO_COME,
	MOMENTS,
	NO_CONTACT,
	REACH,
	canReach,
	type Answers,
	type ContactAnswers,
	type HouseholdAnswers,
	type SituationAnswers,
} from './answers.ts';
import { knownTicks, type Question } from './questions.ts';
import { isWholeDate, readBirthDate } from './rules.ts';

export const NAME_MAX = 80;
export const NOTE_MAX = 500;

const line = (max: number) =>
	text(max, { tooLong: () => m.error_too_long({ max: String(max) }), strange: () => m.error_strange() });
/** Free words: the social-security number is refused, whoever types it. */
const words = (max: number) =>
	v.pipe(
		line(max),
		v.check(
			(value) => !hasSocialSecurityNumber(value),
			() => m.diagnosis_error_number(),
		),
	);
const list = v.fallback(v.array(v.string()), []);
/** Ticks: codes we know; anything else a script sends is dropped. */
const among = <T extends string>(codes: readonly T[]) =>
	v.pipe(
		list,
		v.transform((given) => codes.filter((code) => given.includes(code))),
	);
/** One choice or none. */
const oneOf = <T extends string>(codes: readonly T[]) =>
	v.pipe(
		v.optional(v.string(), ''),
		v.transform((given) => codes.find((code) => code === given) ?? null),
	);

const themes = v.object({ themes: among(OFFERED_THEMES), call: v.optional(v.string(), '') });

/** First page: at least one theme, or « appelez-moi ». */
export function parseThemes(form: FormData): Parsed<{ themes: Theme[]; wantsCall: boolean }> {
	const parsed = parseForm(themes, form);
	if (!parsed.ok) return parsed;
	const wantsCall = parsed.value.call !== '';
	if (parsed.value.themes.length === 0 && !wantsCall)
		return { ok: false, errors: { themes: m.request_error_themes() }, values: { themes: [] } };
	return { ok: true, value: { themes: parsed.value.themes, wantsCall } };
}

const DRAWN = /^[\w-]{20,40}$/;

/** The short request: at least one theme, or « appelez-moi »; the name of the form is drawn by the phone. */
export function parseShort(
	form: FormData,
): Parsed<{ formId: string; themes: Theme[]; wantsCall: boolean; note: string }> {
	const asked = parseThemes(form);
	const rest = parseForm(v.object({ note: words(NOTE_MAX), formId: v.optional(v.string(), '') }), form);
	if (!asked.ok || !rest.ok) {
		const errors = { ...(asked.ok ? {} : asked.errors), ...(rest.ok ? {} : rest.errors) };
		return {
			ok: false,
			errors,
			values: { ...(rest.ok ? rest.value : rest.values), themes: form.getAll('themes[]').map(String) },
		};
	}
	const formId = DRAWN.test(rest.value.formId) ? rest.value.formId : newId();
	return { ok: true, value: { ...asked.value, note: rest.value.note, formId } };
}

/** One theme's page: ticks by question, and a free line. */
export function parseThemeAnswers(
	asked: Question[],
	form: FormData,
): Parsed<{ ticks: Record<string, string[]>; note: string }> {
	const questions = Object.fromEntries(asked.map(({ id }) => [id, list]));
	const parsed = parseForm(v.object({ ...questions, note: words(NOTE_MAX) }), form);
	if (!parsed.ok) return parsed;
	const { note, ...ticks } = parsed.value as { note: string } & Record<string, string[]>;
	return { ok: true, value: { ticks: knownTicks(asked, ticks as Record<string, string[]>), note: String(note) } };
}

const CHILDREN_MAX = 20;
const household = v.object({
	household: oneOf(HOUSEHOLDS),
	childrenCount: v.pipe(
		line(10),
		v.transform(westernDigits),
		v.check(
			(typed) => typed === '' || /^\d{1,2}$/.test(typed),
			() => m.error_number(),
		),
		v.transform((typed) => (typed === '' ? null : Number(typed))),
		v.check(
			(count) => count === null || count <= CHILDREN_MAX,
			() => m.request_error_children(),
		),
	),
	childAges: among(CHILD_AGES),
	status: among(WORK_STATUSES),
	transport: among(TRANSPORTS),
});

/** The page « Votre situation »: who lives there, where one stands, how one gets around. All of it may be left out. */
export function parseSituation(form: FormData): Parsed<{ household: HouseholdAnswers; situation: SituationAnswers }> {
	const parsed = parseForm(household, form);
	if (!parsed.ok) return parsed;
	const { status, transport, ...home } = parsed.value;
	return { ok: true, value: { household: home, situation: { status, transport } } };
}

const urgency = v.object({ urgency: among(URGENCIES) });
export const parseUrgency = (form: FormData): Parsed<{ urgency: NonNullable<Answers['urgency']> }> =>
	parseForm(urgency, form);

/** How to speak with the person: all of it may be left out. */
const wishes = {
	reach: oneOf(REACH),
	moments: among(MOMENTS),
	helpToCome: among(HELP_TO_COME),
	language: oneOf(locales),
	interpreterIn: words(40),
	helper: words(NAME_MAX),
	helperFor: oneOf(HELPER_FOR),
};

/** A letter at least, of any script: signs alone name nobody. */
const name = (missing: () => string) => v.pipe(words(NAME_MAX), v.regex(/\p{L}/u, missing));

const contact = v.object({
	...wishes,
	firstName: name(() => m.request_error_first_name()),
	lastName: name(() => m.request_error_last_name()),
	email: v.pipe(
		line(254),
		v.check(
			(typed) => typed === '' || normalizeEmail(typed) !== null,
			() => m.error_email(),
		),
		v.transform((typed) => (typed === '' ? null : normalizeEmail(typed))),
	),
	phone: v.pipe(
		line(30),
		v.check(
			(typed) => typed === '' || normalizePhone(typed) !== null,
			() => m.error_phone(),
		),
		v.transform((typed) => (typed === '' ? null : normalizePhone(typed))),
	),
	birthDate: line(30),
});

const HELPER_DAYS: Record<HelperFor, number> = { today: 0, month: 30, quarter: 91 };

/** A helper is named until a day: a month when nothing is said. @param today `YYYY-MM-DD` */
function helpUntil({ helper, helperFor }: { helper: string; helperFor: HelperFor | null }, today: string) {
	if (!helper) return { helper, helperFor: null, helperUntil: null };
	const length = helperFor ?? 'month';
	return { helper, helperFor: length, helperUntil: addDays(today, HELPER_DAYS[length]) };
}

/** Somebody whose names and contact are known says how they want to be reached this time; `file`: in a way that it has. */
export function parseWishes(
	form: FormData,
	today: string,
	file?: Pick<ContactAnswers, 'email' | 'phone'>,
): Parsed<Partial<ContactAnswers>> {
	const parsed = parseForm(v.object(wishes), form);
	if (!parsed.ok) return parsed;
	const { reach } = parsed.value;
	const [missing] = file && reach ? Object.values(missingToReach({ ...file, reach }, false)) : [];
	if (missing) return { ok: false, errors: { reach: missing }, values: valuesOf(form) };
	return { ok: true, value: { ...parsed.value, ...helpUntil(parsed.value, today) } };
}

/** What is missing, said to the person, or to a professional who types it for them. */
const TOLD = {
	person: {
		none: m.request_error_reach,
		email: m.request_error_reach_email,
		sms: m.request_error_reach_sms,
		call: m.request_error_reach_call,
	},
	professional: {
		none: m.handling_pro_filing_error_reach,
		email: m.handling_pro_filing_error_reach_email,
		sms: m.handling_pro_filing_error_reach_sms,
		call: m.handling_pro_filing_error_reach_call,
	},
};

/**
 * What is missing of the way that was chosen to reach the person, by field. « Appelez-moi » chooses a call, unless they prefer an e-mail:
 * who has no phone says it so. `mayHaveNone`: without phone and e-mail, as long as neither is promised.
 */
export function missingToReach(
	{ reach, email, phone }: Pick<ContactAnswers, 'reach' | 'email' | 'phone'>,
	wantsCall: boolean,
	{ told = TOLD.person, mayHaveNone = false } = {},
): FormErrors {
	if (!email && !phone && !mayHaveNone) return { phone: told.none() };
	const way = reach ?? (wantsCall ? 'call' : null);
	if (way === null || canReach({ reach: way, email, phone })) return {};
	return { [way === 'email' ? 'email' : 'phone']: told[way]() };
}

/**
 * Names, and one way at least to reach the person. `today`: a birth date is not in the future. A professional may file for somebody
 * without phone and e-mail, who proves it is them with the whole birth date (handover.ts).
 */
export function parseContactAnswers(
	form: FormData,
	today: string,
	{ wantsCall = false, by = 'person' }: { wantsCall?: boolean; by?: keyof typeof TOLD } = {},
): Parsed<ContactAnswers> {
	const told = TOLD[by];
	const typed = field(form, 'birthDate').trim();
	const birthDate = typed ? readBirthDate(typed, today) : null;
	const mayHaveNone = by === 'professional' && isWholeDate(birthDate);
	const parsed = parseForm(contact, form);
	if (!parsed.ok) {
		// All that is to correct is said at once.
		const unreachable = !mayHaveNone && !field(form, 'phone').trim() && !field(form, 'email').trim();
		return unreachable ? { ...parsed, errors: { ...parsed.errors, phone: told.none() } } : parsed;
	}
	const { value } = parsed;
	const errors = missingToReach(value, wantsCall, { told, mayHaveNone });
	if (typed && !birthDate) errors.birthDate = m.error_date();
	if (Object.keys(errors).length > 0) return { ok: false, errors, values: valuesOf(form) };
	return { ok: true, value: { ...NO_CONTACT, ...value, ...helpUntil(value, today), birthDate } };
}

/** What was typed, to show it again. */
function valuesOf(form: FormData): Record<string, string | string[]> {
	const parsed = parseForm(
		v.pipe(
			v.unknown(),
			v.check(() => false, 'again'),
		),
		form,
	);
	return parsed.ok ? {} : parsed.values;
}

const commune = v.object({
	inseeCode: v.pipe(
		v.optional(v.string(), ''),
		v.regex(/^[0-9AB]{5}$/, () => m.request_error_commune()),
	),
});
export const parseCommune = (form: FormData) => parseForm(commune, form);

const ID = /^[A-Za-z0-9_-]{22}$/;
const field = (form: FormData, name: string) => {
	const value = form.get(name);
	return typeof value === 'string' ? value : '';
};

/** An id carried by a hidden field, or null when it is none of ours. */
export const parseId = (form: FormData, name: string): string | null => {
	const id = field(form, name);
	return ID.test(id) ? id : null;
};

/** Where « Modifier » on the check page leads back to (pages.ts `leftBeforeCheck`). */
export const returnOf = (form: FormData): string => field(form, 'retour');

/** The theme an address names, when it is one that is asked about. */
export const themeOf = (param: string): OfferedTheme | null => OFFERED_THEMES.find((theme) => theme === param) ?? null;
