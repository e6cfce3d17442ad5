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
import { MOST_VOTES } from './panel.ts';

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
		v.picklist(['', ...(Object.keys(RATINGS) as Rating[])], () => m.evaluation_error_face()),
		v.transform((face) => face || null),
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

/**
 * A face, a sentence, and what was chosen among the questions that were asked: all the rest is dropped, what was passed is not
 * kept. Each may be passed, not all of them: « passez » is another button.
 */
export function parseAnswer(form: FormData, questions: readonly StoredQuestion[]): Parsed<GivenAnswer> {
	const parsed = parseForm(answerForm, form);
	const levels = levelsIn(form, questions);
	if (!parsed.ok) return { ...parsed, values: { ...parsed.values, ...levels } };
	const { face, comment, contact } = parsed.value;
	const isSilent = !face && !comment && contact === 'anonymous' && Object.keys(levels).length === 0;
	if (isSilent) return { ok: false, errors: { face: m.evaluation_error_face() }, values: {} };
	return { ok: true, value: { ...parsed.value, levels } };
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
/**
 * Sheets of a workshop: what is left empty is passed, an empty sheet is none. Their sentences are screened as those of the
 * portal are, and never cut: errors are named after the field.
 */
export function parseSheets(
	form: FormData,
	questions: readonly StoredQuestion[],
	count: number,
): Parsed<{ face: Rating | null; levels: Record<string, string>; comment: string | null }[]> {
	const sheets = [];
	const errors: Record<string, string> = {};
	for (let number = 1; number <= count; number += 1) {
		const face = SCALES.faces.find((level) => level === form.get(`s${number}_face`)) ?? null;
		const levels = levelsIn(form, questions, `s${number}_`);
		const said = v.safeParse(impersonal(MAX_COMMENT), form.get(`s${number}_comment`) ?? '');
		if (!said.success) errors[`s${number}_comment`] = `${number} – ${said.issues[0].message}`;
		else if (face || said.output || Object.keys(levels).length > 0)
			sheets.push({ face, levels, comment: said.output || null });
	}
	if (Object.keys(errors).length === 0) return { ok: true, value: sheets };
	return { ok: false, errors, values: Object.fromEntries([...form].map(([name, value]) => [name, String(value)])) };
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

type Translated = Record<keyof typeof translated, string>;
const translationsOf = (others: Translated) =>
	Object.fromEntries(
		OTHER_LANGUAGES.flatMap((language) => {
			const [said, done] = [others[`finding_${language}`], others[`answer_${language}`]];
			return said && done ? [[language, { finding: said, answer: done }]] : [];
		}),
	);

/** Done is done, not planned: people are told at once. */
const improvementBy = (today: string) =>
	v.pipe(
		v.object({
			formId: v.pipe(v.optional(v.string(), ''), v.maxLength(64)),
			finding: needed(MAX_WORDS),
			answer: needed(MAX_WORDS),
			ownerLabel: needed(MAX_OWNER),
			doneOn: v.pipe(
				dayOrNone,
				v.check(
					(day) => day === null || day <= today,
					() => m.evaluation_pilot_error_future(),
				),
			),
			publish: ticked,
			...translated,
		}),
		v.transform(({ formId, finding, answer, ownerLabel, doneOn, publish, ...others }) => ({
			...{ formId, finding, answer, ownerLabel, doneOn, publish },
			translations: translationsOf(others),
		})),
	);
/** `today`: `YYYY-MM-DD` in the territory's zone. */
export const parseImprovement = (form: FormData, today: string) => parseForm(improvementBy(today), form);

const correction = v.pipe(
	v.object({
		/** `seenWords` of what the form was made from. */
		seen: v.pipe(v.optional(v.string(), ''), v.maxLength(64)),
		finding: needed(MAX_WORDS),
		answer: needed(MAX_WORDS),
		ownerLabel: needed(MAX_OWNER),
		...translated,
	}),
	v.transform(({ seen, finding, answer, ownerLabel, ...others }) => ({
		seen,
		words: { finding, answer, ownerLabel, translations: translationsOf(others) },
	})),
);
export const parseCorrection = (form: FormData) => parseForm(correction, form);

const publication = v.object({
	id: ID,
	publish: v.pipe(
		v.optional(v.string(), ''),
		v.picklist(['yes', 'no'], () => m.error_choose()),
		v.transform((choice) => choice === 'yes'),
	),
});
export const parsePublication = (form: FormData) => parseForm(publication, form);

const finishingBy = (today: string) =>
	v.object({
		id: ID,
		doneOn: v.pipe(
			words(20),
			v.check(isDay, () => m.error_date()),
			v.check(
				(day) => day <= today,
				() => m.evaluation_pilot_error_future(),
			),
		),
	});
/** `today`: as for `parseImprovement`. */
export const parseFinishing = (form: FormData, today: string) => parseForm(finishingBy(today), form);

const list = v.optional(v.array(v.pipe(v.string(), v.maxLength(64))), []);
const questionnaireForm = v.pipe(
	v.object({
		/** `seenQuestionnaire` of what the form was made from. */
		seen: v.pipe(v.optional(v.string(), ''), v.maxLength(64)),
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

const ballot = v.object({
	questions: v.pipe(
		list,
		v.minLength(1, () => m.error_choose()),
		v.maxLength(MOST_VOTES, () => m.evaluation_panel_lead()),
	),
});
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
