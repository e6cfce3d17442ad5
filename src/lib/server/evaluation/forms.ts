import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { RATINGS, type Rating } from '../../shared/codes.ts';
import {
	AUDIENCES,
	MOMENTS,
	MOST_QUESTIONS,
	questionOf,
	SCALES,
	type BankQuestion,
	type StoredQuestion,
} from '../../shared/questions.ts';
import { parseForm, text, type Parsed } from '../platform/forms.ts';

const MAX_COMMENT = 300;
const MAX_WORDS = 400;
const MAX_OWNER = 80;
const MAX_QUESTION = 120;
/** An address, or six digits and more in a row: somebody could be recognised. */
const PERSONAL = /\S@\S+\.\S|(?:\d[\s.-]?){6,}/u;

const words = (max: number) =>
	text(max, { tooLong: () => m.error_too_long({ max }), strange: () => m.error_strange() });
const needed = (max: number) =>
	v.pipe(
		words(max),
		v.nonEmpty(() => m.error_required()),
	);
const impersonal = (max: number) =>
	v.pipe(
		words(max),
		v.check(
			(typed) => !PERSONAL.test(typed),
			() => m.evaluation_error_personal(),
		),
	);
const ticked = v.pipe(
	v.optional(v.array(v.string()), []),
	v.transform((list) => list.includes('yes')),
);
const ID = v.pipe(
	v.optional(v.string(), ''),
	v.regex(/^[\w-]{22}$/, () => m.error_strange()),
);

const answerForm = v.object({
	face: v.pipe(
		v.optional(v.string(), ''),
		v.picklist(Object.keys(RATINGS) as Rating[], () => m.evaluation_error_face()),
	),
	comment: v.pipe(
		impersonal(MAX_COMMENT),
		v.transform((typed) => typed || null),
	),
	/** `anonymous` unless they want to talk to somebody. */
	contact: v.pipe(
		v.optional(v.string(), 'anonymous'),
		v.picklist(['anonymous', 'referent', 'coordinator'], () => m.error_choose()),
	),
});

export type GivenAnswer = v.InferOutput<typeof answerForm> & { levels: Record<string, string> };

/** A face, and what was chosen among the questions that were asked: all the rest is dropped, what was passed is not kept. */
export function parseAnswer(form: FormData, questions: readonly StoredQuestion[]): Parsed<GivenAnswer> {
	const parsed = parseForm(answerForm, form);
	const levels = levelsIn(form, questions);
	return parsed.ok
		? { ok: true, value: { ...parsed.value, levels } }
		: { ...parsed, values: { ...parsed.values, ...levels } };
}

/** Levels posted for these questions, each of its own scale. */
export function levelsIn(form: FormData, questions: readonly StoredQuestion[], prefix = ''): Record<string, string> {
	const levels: Record<string, string> = {};
	for (const { fields, scale } of questions.map(({ code }) => questionOf(code)).filter(isKnown))
		for (const field of fields) {
			const level = form.get(prefix + field);
			if ((SCALES[scale] as readonly unknown[]).includes(level)) levels[field] = level as string;
		}
	return levels;
}
const isKnown = (question: BankQuestion | undefined): question is BankQuestion => question !== undefined;

const isDay = (day: string) => {
	const date = new Date(`${day}T00:00:00Z`);
	return /^20\d\d-\d\d-\d\d$/.test(day) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
};
const dayOrNone = v.pipe(
	words(20),
	v.check(
		(day) => day === '' || isDay(day),
		() => m.error_date(),
	),
	v.transform((day) => day || null),
);

/** Languages in which words may be given besides French. */
export const OTHER_LANGUAGES = ['en', 'ar', 'uk'] as const;
const translated = Object.fromEntries(
	OTHER_LANGUAGES.flatMap((language) => [
		[`finding_${language}`, words(MAX_WORDS)],
		[`answer_${language}`, words(MAX_WORDS)],
	]),
) as Record<`${'finding' | 'answer'}_${(typeof OTHER_LANGUAGES)[number]}`, ReturnType<typeof words>>;

const improvement = v.pipe(
	v.object({
		finding: needed(MAX_WORDS),
		answer: needed(MAX_WORDS),
		ownerLabel: needed(MAX_OWNER),
		doneOn: dayOrNone,
		publish: ticked,
		...translated,
	}),
	v.transform(({ finding, answer, ownerLabel, doneOn, publish, ...others }) => ({
		...{ finding, answer, ownerLabel, doneOn, publish },
		translations: Object.fromEntries(
			OTHER_LANGUAGES.flatMap((language) => {
				const [said, done] = [others[`finding_${language}`], others[`answer_${language}`]];
				return said && done ? [[language, { finding: said, answer: done }]] : [];
			}),
		),
	})),
);
export const parseImprovement = (form: FormData) => parseForm(improvement, form);

const publication = v.object({
	id: ID,
	publish: v.pipe(
		v.optional(v.string(), ''),
		v.picklist(['yes', 'no'], () => m.error_choose()),
		v.transform((choice) => choice === 'yes'),
	),
});
export const parsePublication = (form: FormData) => parseForm(publication, form);

const finishing = v.object({
	id: ID,
	doneOn: v.pipe(
		words(20),
		v.check(isDay, () => m.error_date()),
	),
});
export const parseFinishing = (form: FormData) => parseForm(finishing, form);

const list = v.optional(v.array(v.pipe(v.string(), v.maxLength(64))), []);
const questionnaireForm = v.pipe(
	v.object({
		title: needed(MAX_OWNER),
		questions: v.pipe(
			list,
			v.minLength(1, () => m.evaluation_pilot_error_questions({ max: MOST_QUESTIONS })),
			v.maxLength(MOST_QUESTIONS, () => m.evaluation_pilot_error_questions({ max: MOST_QUESTIONS })),
		),
		moments: v.pipe(
			v.optional(v.array(v.picklist(MOMENTS, () => m.error_choose())), []),
			v.minLength(1, () => m.error_choose()),
		),
		audience: v.pipe(
			v.optional(v.string(), 'all'),
			v.picklist(AUDIENCES, () => m.error_choose()),
		),
		employmentAreaId: v.pipe(
			v.optional(v.pipe(v.string(), v.maxLength(64)), ''),
			v.transform((id) => id || null),
		),
		startsOn: dayOrNone,
		endsOn: dayOrNone,
	}),
	v.forward(
		v.partialCheck(
			[['startsOn'], ['endsOn']],
			({ startsOn, endsOn }) => !startsOn || !endsOn || startsOn <= endsOn,
			() => m.error_date(),
		),
		['endsOn'],
	),
);
export const parseQuestionnaire = (form: FormData) => parseForm(questionnaireForm, form);

const proposal = v.object({
	question: v.pipe(
		impersonal(MAX_QUESTION),
		v.nonEmpty(() => m.error_required()),
	),
	formId: v.optional(v.string(), ''),
});
export const parseProposal = (form: FormData) => parseForm(proposal, form);

const ballot = v.object({ questions: list });
export const parseBallot = (form: FormData) => parseForm(ballot, form);

const moderation = v.object({
	id: ID,
	keep: v.picklist(['yes', 'no'], () => m.error_choose()),
	words_fr: words(MAX_QUESTION),
	words_en: words(MAX_QUESTION),
	words_ar: words(MAX_QUESTION),
	words_uk: words(MAX_QUESTION),
});
export const parseModeration = (form: FormData) => parseForm(moderation, form);
