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
const once = <T>(codeOf: (one: T) => string) =>
	v.check((list: T[]) => new Set(list.map(codeOf)).size === list.length, 'codes must differ');
const option = v.object({
	code,
	label: words,
	/** The situation of reference/besoins-situations it says in plain words. */
	from: v.optional(v.string()),
	/** No longer asked, still read where it was ticked. */
	retired: v.optional(v.boolean()),
});
const question = v.object({
	id: code,
	legend: words,
	options: v.pipe(
		v.array(option),
		v.minLength(1),
		v.maxLength(12),
		once(({ code }) => code),
	),
});
const MOST_QUESTIONS = 2;

/** The shape of questions.json, and of what a territory brings; themes may be left out. */
export const questionsByTheme = v.strictObject(
	v.entriesFromList(
		OFFERED_THEMES,
		v.optional(
			v.pipe(
				v.array(question),
				v.maxLength(MOST_QUESTIONS),
				once(({ id }) => id),
			),
		),
	),
);

/** By language; French stands for those that are missing. */
export type Words = v.InferOutput<typeof words>;
export type Question = v.InferOutput<typeof question>;

/** What every territory starts with. `other` asks nothing: somebody calls. */
export const QUESTIONS: Record<Theme, Question[]> = {
	...(v.parse(v.required(questionsByTheme), own) as Record<OfferedTheme, Question[]>),
	other: [],
};

const inLanguage = (words: Words, locale: string): string => words[locale] ?? words.fr;

export interface QuestionView {
	id: string;
	legend: string;
	options: { value: string; label: string }[];
}

/** What is asked today, without what was retired. */
const asked = (questions: Question[]): Question[] =>
	questions
		.map((question) => ({ ...question, options: question.options.filter(({ retired }) => !retired) }))
		.filter(({ options }) => options.length > 0);

/** The questions of a theme in the person's language; `questions`: the territory's own. */
export const questionsOf = (theme: Theme, locale: string, questions = QUESTIONS[theme]): QuestionView[] =>
	asked(questions).map(({ id, legend, options }) => ({
		id,
		legend: inLanguage(legend, locale),
		options: options.map(({ code, label }) => ({ value: code, label: inLanguage(label, locale) })),
	}));

/** What was ticked, in words, though it may no longer be asked. */
export const ticksInWords = (
	theme: Theme,
	ticks: Record<string, string[]>,
	locale: string,
	questions = QUESTIONS[theme],
): string[] =>
	questions.flatMap(({ id, options }) =>
		options.filter(({ code }) => ticks[id]?.includes(code)).map(({ label }) => inLanguage(label, locale)),
	);

/** Only codes that are asked: whatever else a script sends is dropped. */
export const knownTicks = (questions: Question[], ticks: Record<string, string[]>): Record<string, string[]> =>
	Object.fromEntries(
		asked(questions).map(({ id, options }) => [
			id,
			options.map(({ code }) => code).filter((code) => ticks[id]?.includes(code)),
		]),
	);
