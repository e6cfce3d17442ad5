import { THEMES, type Theme } from './themes.ts';

/** When a person is asked. Stored: codes never change. */
export const MOMENTS = ['appointment_seen', 'stage_left', 'aid_decided', 'three_months', 'in_work_end'] as const;
export type Moment = (typeof MOMENTS)[number];

/** For whom a questionnaire is, besides where. */
export const AUDIENCES = ['all', 'under_26', 'parents'] as const;
export type Audience = (typeof AUDIENCES)[number];

export const QUESTIONNAIRE_STATUSES = ['draft', 'open', 'closed', 'published'] as const;
export type QuestionnaireStatus = (typeof QUESTIONNAIRE_STATUSES)[number];

/** Answers of each scale, from the least to the most content: the order of every table and chart. */
export const SCALES = {
	faces: ['bad', 'medium', 'good'],
	agree: ['no', 'rather_no', 'rather_yes', 'yes'],
	/** How much something is in the way. */
	weight: ['blocks', 'hard', 'little', 'none'],
	/** Five levels of « Je donne mon avis » (domain.md §6.1). */
	clarity: ['not_at_all', 'not_much', 'medium_level', 'mostly', 'perfectly'],
	yes_no: ['reached_no', 'reached_yes'],
	origin: ['paper', 'portal'],
} as const;
export type Scale = keyof typeof SCALES;

/** Worth of a level on 10: evenly spaced, as « Je donne mon avis » does (0, 5, 10 and 0, 2.5, 5, 7.5, 10). */
export const worthOf = (scale: Scale, level: string): number => {
	const levels: readonly string[] = SCALES[scale];
	return (levels.indexOf(level) * 10) / (levels.length - 1);
};

export interface BankQuestion {
	code: string;
	scale: Scale;
	/** What is posted and counted: one field, or « avant » and « maintenant » of the same thing. */
	fields: readonly string[];
	theme?: Theme;
	/** Part of the official set « Je donne mon avis ». */
	official?: true;
}

const EXPERIENCE = ['listened', 'choice', 'next', 'said_once', 'delay', 'whom', 'power', 'decided'] as const;

const one = (code: string, scale: Scale, more: Partial<BankQuestion> = {}): BankQuestion => ({
	code,
	scale,
	fields: [code],
	...more,
});

/** Questions that were read by people concerned before being offered here; words in messages/evaluation (`question_…`). */
export const QUESTION_BANK: readonly BankQuestion[] = [
	...EXPERIENCE.map((code) => one(code, 'agree')),
	...THEMES.map((theme) => ({
		code: `obstacle_${theme}`,
		scale: 'weight' as const,
		fields: [`before_${theme}`, `after_${theme}`],
		theme,
	})),
	one('clarity', 'clarity', { official: true }),
	one('reached', 'yes_no', { official: true }),
	one('help', 'clarity', { official: true }),
];
export const OFFICIAL_SET = QUESTION_BANK.filter(({ official }) => official).map(({ code }) => code);
/** Under a minute: faces, these, and a sentence. */
export const MOST_QUESTIONS = 4;

/** A question as a version keeps it: of the bank, or of the panel with its words. */
export interface StoredQuestion {
	code: string;
	/** Words by language of a question proposed by people. */
	words?: Record<string, string>;
}
export const panelCode = (id: string) => `panel_${id}`;
export const isPanel = (code: string): boolean => code.startsWith('panel_');

const BY_CODE = new Map(QUESTION_BANK.map((question) => [question.code, question]));
/** How a question is asked; panel questions are asked on the scale of agreement. */
export const questionOf = (code: string): BankQuestion | undefined =>
	BY_CODE.get(code) ?? (isPanel(code) ? one(code, 'agree') : undefined);

const BY_FIELD = new Map(QUESTION_BANK.flatMap((question) => question.fields.map((field) => [field, question])));
export const FACE_FIELD = 'face';
export const ORIGIN_FIELD = 'origin';
/** The scale of what is counted under this name; undefined for what is none of ours. */
export const scaleOf = (field: string): Scale | undefined =>
	field === FACE_FIELD
		? 'faces'
		: field === ORIGIN_FIELD
			? 'origin'
			: (BY_FIELD.get(field)?.scale ?? (isPanel(field) ? 'agree' : undefined));
export const themeOf = (field: string): Theme | undefined => BY_FIELD.get(field)?.theme;
