import { m } from '../../paraglide/messages.js';
import type { Locale } from '../../paraglide/runtime.js';
import { getTextDirection, locales } from '../../paraglide/runtime.js';
import { formatDayTime } from '../../shared/dates.ts';
import { smsLocale } from '../../shared/locales.ts';
import { MESSAGE_SUBJECTS } from '../db/schema/messages.ts';
import { fitsOneSms, gsmLength, toGsm } from '../platform/gsm.ts';
import { problemOf, type TextProblem } from './free-text.ts';

export { MESSAGE_SUBJECTS };
export type Subject = (typeof MESSAGE_SUBJECTS)[number];
/** One sentence per language; French always, the others when somebody wrote them. */
export type TemplateTexts = { fr: string } & Partial<Record<Locale, string>>;

/** A title longer than this is cut by every phone, and leaves an SMS no room for a number. */
export const MAX_TEMPLATE = 110;

/** What a sentence may hold, and for which subjects. Never a name, a place or a theme: it shows on a locked screen. */
export const VARIABLES = {
	quand: ['appointment'],
	telephone: ['news', 'call', 'paper', 'appointment'],
} as const satisfies Record<string, readonly Subject[]>;
export type Variable = keyof typeof VARIABLES;

const VARIABLE = /\{([^{}]*)\}/g;

export const variablesFor = (subject: Subject): Variable[] =>
	(Object.keys(VARIABLES) as Variable[]).filter((name) => (VARIABLES[name] as readonly Subject[]).includes(subject));

/** The sentence with its variables filled in. In one that runs right to left, a number would be read with its pairs reversed. */
export function filled(text: string, { quand, telephone }: Record<Variable, string>, locale: Locale): string {
	const isReversed = getTextDirection(locale) === 'rtl';
	const values = { quand, telephone: isReversed ? `\u2066${telephone}\u2069` : telephone };
	return text.replace(VARIABLE, (whole, name: string) => values[name as Variable] ?? whole);
}

/** What is kept of a sentence: on one line, without its full stop, which each channel adds. */
export const tidy = (text: string): string =>
	text
		.replace(/\s+/g, ' ')
		.trim()
		.replace(/\s*\.+$/, '');

export type TemplateProblem = TextProblem | 'missing' | 'variable' | 'brace' | 'ending' | 'not_gsm' | 'sms_full';

const YEAR_DAYS = 366;
const longestDays = new Map<Locale, string>();

/** The longest words a day and an hour can take: of another year, at half past an hour of two digits. */
function longestDay(locale: Locale): string {
	const known = longestDays.get(locale);
	if (known) return known;
	const now = new Date('2026-01-01T00:00:00Z');
	const first = Date.parse('2027-01-01T23:30:00Z');
	const days = Array.from({ length: YEAR_DAYS }, (_, day) =>
		formatDayTime(new Date(first + day * 86_400_000), 'UTC', locale, now),
	);
	const longest = days.reduce((one, other) => (other.length > one.length ? other : one));
	longestDays.set(locale, longest);
	return longest;
}

const A_NUMBER = '00 00 00 00 00';

/** Whether the sentence at its longest, with the number that answers, goes in one SMS. */
const fitsWithNumber = (text: string, locale: Locale): boolean => {
	const statement = filled(text, { quand: longestDay(locale), telephone: A_NUMBER }, locale);
	return fitsOneSms(m.reminder_sms_phone({ statement, phone: A_NUMBER }, { locale }));
};

/** Why a sentence may not be a template, or null. Only French must be there. */
export function templateProblem(text: string, locale: Locale, subject: Subject): TemplateProblem | null {
	if (text === '') return locale === 'fr' ? 'missing' : null;
	if (text.length > MAX_TEMPLATE) return 'too_long';
	const known = variablesFor(subject) as string[];
	if ([...text.matchAll(VARIABLE)].some(([, name]) => !known.includes(name!))) return 'variable';
	const words = text.replace(VARIABLE, '');
	if (/[{}]/.test(words)) return 'brace';
	if (/[?!؟…]$/.test(text)) return 'ending';
	const isForSms = smsLocale(locale) === locale;
	if (isForSms && gsmLength(toGsm(words)) === null) return 'not_gsm';
	if (isForSms && !fitsWithNumber(text, locale)) return 'sms_full';
	return problemOf(words);
}

/** Languages in which a template can be written, French first. */
export const TEMPLATE_LOCALES: readonly Locale[] = ['fr', ...locales.filter((locale) => locale !== 'fr')];
