/** What was answered in a request, sealed as one JSON in `support_request.answers_sealed`. */
import * as v from 'valibot';
import { HOUSEHOLDS, HELPER_FOR, TRANSPORTS, URGENCIES, WORK_STATUSES } from '../../shared/codes.ts';
import { THEMES, type Theme } from '../../shared/themes.ts';
import { isMobile } from '../platform/phone.ts';
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
const situation = v.object({
	/** Where one stands with work; several may be true, none is required: anyone is welcome. */
	status: v.array(v.picklist(WORK_STATUSES)),
	transport: v.array(v.picklist(TRANSPORTS)),
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
	/** Language the person prefers to be spoken to in, and the one an interpreter would need. */
	language: v.optional(v.nullable(v.string()), null),
	interpreterIn: v.optional(v.string(), ''),
	/** First name of who helps to fill it in. */
	helper: v.string(),
	helperFor: v.optional(v.nullable(v.picklist(HELPER_FOR)), null),
	/** Last day of that help, included; null without a helper. */
	helperUntil: v.optional(v.nullable(v.string()), null),
});
const schema = v.object({
	themes: v.array(v.picklist(THEMES)),
	wantsCall: v.boolean(),
	byTheme: v.record(v.string(), themeAnswers),
	household: v.nullable(household),
	situation: v.nullable(situation),
	/** What cannot wait until tomorrow; null: not asked yet. */
	urgency: v.nullable(v.array(v.picklist(URGENCIES))),
	inseeCode: v.nullable(v.string()),
	contact: v.nullable(contact),
	/** Page → instant (ms) of its last saving: tells the phone whether its own copy is newer. */
	savedAt: v.record(v.string(), v.number()),
});

export type Answers = v.InferOutput<typeof schema>;
export type ThemeAnswers = v.InferOutput<typeof themeAnswers>;
export type HouseholdAnswers = v.InferOutput<typeof household>;
export type SituationAnswers = v.InferOutput<typeof situation>;
export type ContactAnswers = v.InferOutput<typeof contact>;

export const NO_HELPER = { helper: '', helperFor: null, helperUntil: null };
export const NO_CONTACT: ContactAnswers = {
	firstName: '',
	lastName: '',
	email: null,
	phone: null,
	reach: null,
	moments: [],
	birthDate: null,
	helpToCome: [],
	language: null,
	interpreterIn: '',
	...NO_HELPER,
};

export const NO_ANSWERS: Answers = {
	themes: [],
	wantsCall: false,
	byTheme: {},
	household: null,
	situation: null,
	urgency: null,
	inseeCode: null,
	contact: null,
	savedAt: {},
};

/** What the portal knew before this request: its file and the request sent last. */
export type KnownAnswers = Pick<Answers, 'household' | 'situation' | 'contact'>;

type Contacts = Pick<ContactAnswers, 'reach' | 'email' | 'phone'>;

/** Whether the way they chose leads to them; none chosen, any does. */
export const canReach = ({ reach, email, phone }: Contacts): boolean => {
	if (reach === 'email') return email !== null;
	if (reach === 'sms') return phone !== null && isMobile(phone);
	return reach === null || phone !== null;
};

/** A call is promised to nobody without a number: chosen while there was one, or one that was typed and is not the file's. */
const withWay = (contact: ContactAnswers): ContactAnswers =>
	canReach(contact) ? contact : { ...contact, reach: null };

/**
 * A contact that was typed before signing in, of a kind that the file has none of. It is not taken over, since no code proved that it is
 * theirs: the check page says where to add it.
 */
export function notInFile(typed: ContactAnswers | null, file: KnownAnswers['contact']): string[] {
	if (!typed || !file) return [];
	return (['phone', 'email'] as const).flatMap((kind) => (typed[kind] && !file[kind] ? typed[kind] : []));
}

/** Asked once: what is known already stands where nothing else was said; names and contacts are the file's own. */
export function withKnown(answers: Answers, known: KnownAnswers | null): Answers {
	if (!known) return answers;
	const { firstName, lastName, email, phone, birthDate } = known.contact ?? NO_CONTACT;
	return {
		...answers,
		household: answers.household ?? known.household,
		situation: answers.situation ?? known.situation,
		contact: withWay({
			...(answers.contact ?? known.contact ?? NO_CONTACT),
			// Not every form asks it.
			language: answers.contact?.language ?? known.contact?.language ?? null,
			...{ firstName, lastName, email, phone, birthDate },
		}),
	};
}

const place = (requestId: string) => `support_request.answers_sealed:${requestId}`;

export const sealAnswers = (requestId: string, answers: Answers): string =>
	seal(place(requestId), JSON.stringify(answers));

/** Keys an older version did not write take their empty value. @throws when the text was altered or moved */
export function openAnswers(requestId: string, sealed: string | null): Answers {
	if (!sealed) return NO_ANSWERS;
	return v.parse(schema, { ...NO_ANSWERS, ...(JSON.parse(unseal(place(requestId), sealed)) as object) });
}

const NOTHING_SAID: ThemeAnswers = { ticks: {}, note: '' };
export const answersOf = (answers: Answers, theme: Theme): ThemeAnswers => answers.byTheme[theme] ?? NOTHING_SAID;

/** Asked again: what was said before stays, once. */
export const bothAnswers = (before: ThemeAnswers, now: ThemeAnswers): ThemeAnswers => ({
	ticks: Object.fromEntries(
		[...Object.keys(before.ticks), ...Object.keys(now.ticks)].map((question) => [
			question,
			both(before.ticks[question], now.ticks[question]),
		]),
	),
	note: bothNotes(before.note, now.note),
});

/** Words that were changed and sent again hold the former ones. */
const bothNotes = (before: string, now: string): string =>
	now.includes(before) ? now : before.includes(now) ? before : `${before}\n${now}`;

const both = <T>(before: T[] | null | undefined, now: T[] | null | undefined): T[] => [
	...new Set([...(before ?? []), ...(now ?? [])]),
];

/**
 * What a request says once more was asked: themes and urgency add up, what was said anew of the household, the situation and how to
 * be reached stands for what was said before. Names, contacts and the commune stay those of the request.
 */
export function withMore(before: Answers, now: Answers): Answers {
	return {
		...before,
		themes: both(before.themes, now.themes),
		byTheme: {
			...before.byTheme,
			...Object.fromEntries(
				Object.entries(now.byTheme).map(([theme, said]) => [
					theme,
					bothAnswers(before.byTheme[theme] ?? NOTHING_SAID, said),
				]),
			),
		},
		wantsCall: before.wantsCall || now.wantsCall,
		urgency: before.urgency || now.urgency ? both(before.urgency, now.urgency) : null,
		household: now.household ?? before.household,
		situation: now.situation ?? before.situation,
		contact: withWishes(before.contact, now.contact),
	};
}

/** How to be reached, as said last; a wish that was left out this time stays. */
function withWishes(before: ContactAnswers | null, now: ContactAnswers | null): ContactAnswers | null {
	if (!before || !now) return before ?? now;
	const { reach, moments, helpToCome, language, interpreterIn, helper, helperFor, helperUntil } = now;
	return {
		...before,
		reach: reach ?? before.reach,
		moments: moments.length > 0 ? moments : before.moments,
		helpToCome: helpToCome.length > 0 ? helpToCome : before.helpToCome,
		language: language ?? before.language,
		interpreterIn: interpreterIn || before.interpreterIn,
		...(helper ? { helper, helperFor, helperUntil } : {}),
	};
}

/** What each page asks, besides the one of a theme. */
const OF_PAGE: Record<string, (keyof Answers)[]> = {
	themes: ['themes', 'wantsCall'],
	securite: ['urgency'],
	commune: ['inseeCode'],
	foyer: ['household', 'situation'],
	contact: ['contact'],
};

/** Two drafts of one request: of each page, what was saved last. */
export function withPagesOf(one: Answers, other: Answers): Answers {
	const later = Object.keys(other.savedAt).filter((page) => other.savedAt[page]! > (one.savedAt[page] ?? 0));
	const taken = later.flatMap((page) => OF_PAGE[page] ?? []);
	const byTheme = later.flatMap((page) => (other.byTheme[page] ? [[page, other.byTheme[page]] as const] : []));
	return {
		...one,
		...Object.fromEntries(taken.map((key) => [key, other[key]])),
		byTheme: { ...one.byTheme, ...Object.fromEntries(byTheme) },
		savedAt: { ...one.savedAt, ...Object.fromEntries(later.map((page) => [page, other.savedAt[page]!])) },
	};
}
