/** What was answered in a request, sealed as one JSON in `support_request.answers_sealed`. */
import * as v from 'valibot';
import { HOUSEHOLDS } from '../../shared/codes.ts';
import { THEMES, type Theme } from '../../shared/themes.ts';
import { seal, unseal } from '../platform/sealing.ts';

export const CHILD_AGES = ['0_2', '3_5', '6_10', '11_17'] as const;
export type ChildAges = (typeof CHILD_AGES)[number];
export const REACH = ['call', 'sms', 'email'] as const;
export type Reach = (typeof REACH)[number];
export const HELP_TO_COME = ['interpreter', 'reading', 'access'] as const;
export type HelpToCome = (typeof HELP_TO_COME)[number];
export const MOMENTS = ['morning', 'midday', 'afternoon', 'evening'] as const;
export type Moment = (typeof MOMENTS)[number];

const themeAnswers = v.object({
	/** Question id → option codes. */
	ticks: v.record(v.string(), v.array(v.string())),
	note: v.string(),
});
const household = v.object({
	household: v.nullable(v.picklist(HOUSEHOLDS)),
	childrenCount: v.nullable(v.number()),
	childAges: v.array(v.picklist(CHILD_AGES)),
});
const contact = v.object({
	firstName: v.string(),
	lastName: v.string(),
	email: v.nullable(v.string()),
	/** E.164, mobile or landline. */
	phone: v.nullable(v.string()),
	reach: v.nullable(v.picklist(REACH)),
	moments: v.array(v.picklist(MOMENTS)),
	/** `YYYY-MM-DD`, or `YYYY-00-00` when only the year is known. */
	birthDate: v.nullable(v.string()),
	helpToCome: v.array(v.picklist(HELP_TO_COME)),
	/** First name of who helps to fill it in. */
	helper: v.string(),
});
const schema = v.object({
	themes: v.array(v.picklist(THEMES)),
	wantsCall: v.boolean(),
	byTheme: v.record(v.string(), themeAnswers),
	household: v.nullable(household),
	inseeCode: v.nullable(v.string()),
	contact: v.nullable(contact),
	/** Page → instant (ms) of its last saving: tells the phone whether its own copy is newer. */
	savedAt: v.record(v.string(), v.number()),
});

export type Answers = v.InferOutput<typeof schema>;
export type ThemeAnswers = v.InferOutput<typeof themeAnswers>;
export type HouseholdAnswers = v.InferOutput<typeof household>;
export type ContactAnswers = v.InferOutput<typeof contact>;

export const NO_ANSWERS: Answers = {
	themes: [],
	wantsCall: false,
	byTheme: {},
	household: null,
	inseeCode: null,
	contact: null,
	savedAt: {},
};

const place = (requestId: string) => `support_request.answers_sealed:${requestId}`;

export const sealAnswers = (requestId: string, answers: Answers): string =>
	seal(place(requestId), JSON.stringify(answers));

/** Keys an older version did not write take their empty value. @throws when the text was altered or moved */
export function openAnswers(requestId: string, sealed: string | null): Answers {
	if (!sealed) return NO_ANSWERS;
	return v.parse(schema, { ...NO_ANSWERS, ...(JSON.parse(unseal(place(requestId), sealed)) as object) });
}

export const answersOf = (answers: Answers, theme: Theme): ThemeAnswers =>
	answers.byTheme[theme] ?? { ticks: {}, note: '' };
