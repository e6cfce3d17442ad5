import type { Locale } from '../../paraglide/runtime.js';
import { locales } from '../../paraglide/runtime.js';
import { smsLocale } from '../../shared/locales.ts';
import { MESSAGE_SUBJECTS } from '../db/schema/messages.ts';
import { gsmLength, toGsm } from '../platform/gsm.ts';
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

/** The sentence with its variables filled in. */
export const filled = (text: string, values: Record<Variable, string>): string =>
	text.replace(VARIABLE, (whole, name: string) => values[name as Variable] ?? whole);

/** What is kept of a sentence: on one line, without its full stop, which each channel adds. */
export const tidy = (text: string): string =>
	text
		.replace(/\s+/g, ' ')
		.trim()
		.replace(/\s*\.+$/, '');

export type TemplateProblem = TextProblem | 'missing' | 'variable' | 'brace' | 'ending' | 'not_gsm';

/** Why a sentence may not be a template, or null. Only French must be there. */
export function templateProblem(text: string, locale: Locale, subject: Subject): TemplateProblem | null {
	if (text === '') return locale === 'fr' ? 'missing' : null;
	if (text.length > MAX_TEMPLATE) return 'too_long';
	const known = variablesFor(subject) as string[];
	if ([...text.matchAll(VARIABLE)].some(([, name]) => !known.includes(name!))) return 'variable';
	const words = text.replace(VARIABLE, '');
	if (/[{}]/.test(words)) return 'brace';
	if (/[?!؟…]$/.test(text)) return 'ending';
	if (smsLocale(locale) === locale && gsmLength(toGsm(words)) === null) return 'not_gsm';
	return problemOf(words);
}

/** Languages in which a template can be written, French first. */
export const TEMPLATE_LOCALES: readonly Locale[] = ['fr', ...locales.filter((locale) => locale !== 'fr')];
