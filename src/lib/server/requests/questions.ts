/**
 * The questions of each theme. They are data: `questions.json` holds those every territory starts with. Wordings come from the
 * reviewed situations of reference/besoins-situations (`from` names the one meant); nothing of its health themes is asked, and
 * nothing medical (domain.md §7.1): for health we ask what would help, never what is wrong. Codes are stored and never change.
 */
import * as v from 'valibot';
import { OFFERED_THEMES, type OfferedTheme, type Theme } from '../../shared/themes.ts';
import own from './questions.json' with { type: 'json' };

const words = v.objectWithRest({ fr: v.pipe(v.string(), v.nonEmpty()) }, v.string());
const code = v.pipe(v.string(), v.regex(/^[a-z][a-z_]{0,29}$/));
const option = v.object({
	code,
	label: words,
	/** The situation of reference/besoins-situations it says in plain words. */
	from: v.optional(v.string()),
});
const question = v.object({ id: code, legend: words, options: v.pipe(v.array(option), v.minLength(1)) });

const byTheme = v.record(v.picklist(OFFERED_THEMES), v.pipe(v.array(question), v.maxLength(2)));

/** By language; French stands for those that are missing. */
export type Words = v.InferOutput<typeof words>;
export type Question = v.InferOutput<typeof question>;

/** What every territory starts with. `other` asks nothing: somebody calls. */
export const QUESTIONS: Record<Theme, Question[]> = {
	...(v.parse(byTheme, own) as Record<OfferedTheme, Question[]>),
	other: [],
};

const inLanguage = (words: Words, locale: string): string => words[locale] ?? words.fr;

export interface QuestionView {
	id: string;
	legend: string;
	options: { value: string; label: string }[];
}

/** The questions of a theme in the person's language. */
export const questionsOf = (theme: Theme, locale: string): QuestionView[] =>
	QUESTIONS[theme].map(({ id, legend, options }) => ({
		id,
		legend: inLanguage(legend, locale),
		options: options.map(({ code, label }) => ({ value: code, label: inLanguage(label, locale) })),
	}));

/** What was ticked, in words; codes no longer asked are left out. */
export const ticksInWords = (theme: Theme, ticks: Record<string, string[]>, locale: string): string[] =>
	QUESTIONS[theme].flatMap(({ id, options }) =>
		options.filter(({ code }) => ticks[id]?.includes(code)).map(({ label }) => inLanguage(label, locale)),
	);

/** Only codes of questions that exist: whatever else a script sends is dropped. */
export const knownTicks = (theme: Theme, ticks: Record<string, string[]>): Record<string, string[]> =>
	Object.fromEntries(
		QUESTIONS[theme].map(({ id, options }) => [
			id,
			options.map(({ code }) => code).filter((code) => ticks[id]?.includes(code)),
		]),
	);
