import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { GOAL_STATES, STEP_OWNERS } from '../../shared/codes.ts';
import { hasSocialSecurityNumber } from '../../shared/private-text.ts';
import { THEMES } from '../../shared/themes.ts';
import { parseForm } from '../platform/forms.ts';
import { id, isDay, line } from './forms.ts';

/** Lines of a form, side by side: `titles[]`, `owners[]`, `dues[]`. */
const lines = v.pipe(v.optional(v.array(v.pipe(v.string(), v.trim(), v.maxLength(140))), []), v.maxLength(10));
const titles = v.pipe(
	lines,
	v.check(
		(typed) => !typed.some(hasSocialSecurityNumber),
		() => m.diagnosis_error_number(),
	),
);
const dues = v.pipe(
	lines,
	v.check(
		(days) => days.every(isDay),
		() => m.pathway_pro_error_day(),
	),
);

/** What was typed of a review or a meeting, for the page to show again. */
export const typedLines = (form: FormData) => ({
	looked: String(form.get('looked') ?? ''),
	answer: String(form.get('answer') ?? ''),
	titles: form.getAll('titles[]').map(String),
	owners: form.getAll('owners[]').map(String),
	dues: form.getAll('dues[]').map(String),
});

/** What those who hold a meeting looked at, in words the person reads. */
const looked = v.pipe(
	line(2000),
	v.nonEmpty(() => m.pathway_pro_error_looked()),
);

interface Lines {
	titles: string[];
	owners: string[];
	dues: string[];
}

const decided = ({ titles, owners, dues }: Lines) =>
	titles.flatMap((title, index) =>
		title ? [{ title, owner: owners[index] ?? '', dueOn: dues[index] || undefined }] : [],
	);

const review = v.pipe(
	v.object({ looked, titles, owners: lines, dues, formId: id }),
	v.transform(({ looked, formId, ...rest }) => ({
		looked,
		formId,
		decisions: decided(rest).map((line) => ({
			...line,
			owner: STEP_OWNERS.find((owner) => owner === line.owner) ?? ('person' as const),
		})),
	})),
);
/** A *point de situation* as it was held; it may decide nothing. */
export const parseReview = (form: FormData) => parseForm(review, form);

const meeting = v.pipe(
	v.object({
		looked,
		answer: v.pipe(
			line(2000),
			v.nonEmpty(() => m.pathway_pro_error_answer()),
		),
		titles,
		owners: lines,
		dues,
	}),
	v.forward(
		v.check(
			(form) => decided(form).every(({ dueOn }) => dueOn),
			() => m.pathway_pro_error_due(),
		),
		['dues'],
	),
	v.transform(({ looked, answer, ...rest }) => ({
		looked,
		answer,
		decisions: decided(rest).map(({ title, owner, dueOn }) => ({ title, ownerId: owner || null, dueOn: dueOn! })),
	})),
);
/** What a group of professionals decided: each decision has an owner and a day. */
export const parseMeeting = (form: FormData) => parseForm(meeting, form);

/** When professionals meet: wall clock of the territory. */
const hour = {
	day: v.pipe(
		line(10),
		v.check(
			(value) => value !== '' && isDay(value),
			() => m.pathway_pro_error_day(),
		),
	),
	time: v.pipe(
		line(5),
		v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, () => m.pathway_pro_error_time()),
	),
	minutes: v.pipe(
		line(3),
		v.transform(Number),
		v.check(
			(value) => Number.isInteger(value) && value >= 15 && value <= 240,
			() => m.pathway_pro_error_minutes(),
		),
	),
};
const groupHour = v.object(hour);
/** Another hour for a meeting to come. */
export const parseGroupHour = (form: FormData) => parseForm(groupHour, form);

const group = v.object({
	why: v.pipe(
		line(500),
		v.nonEmpty(() => m.pathway_pro_error_why()),
	),
	agenda: line(1000),
	themes: v.pipe(
		v.optional(v.array(v.picklist(THEMES, () => m.error_choose())), []),
		v.minLength(1, () => m.pathway_pro_error_group_themes()),
	),
	...hour,
	memberIds: v.pipe(
		v.optional(v.array(v.pipe(v.string(), v.maxLength(64))), []),
		v.minLength(1, () => m.pathway_pro_error_members()),
		v.maxLength(20),
	),
	formId: id,
});
/** Somebody is put forward: why, about what, when, who is invited. */
export const parseGroup = (form: FormData) => parseForm(group, form);

const groupAnswer = v.object({ group: id, word: line(500), refuse: v.optional(v.string(), '') });
/** The person's word before the meeting, or their refusal. */
export const parseGroupAnswer = (form: FormData) => parseForm(groupAnswer, form);

const goal = v.object({
	goalTheme: v.picklist(THEMES, () => m.error_choose()),
	goalText: v.pipe(
		line(200),
		v.nonEmpty(() => m.pathway_pro_error_goal()),
	),
	formId: id,
});
export const parseGoal = (form: FormData) => parseForm(goal, form);

const goalChange = v.object({
	goal: id,
	goalState: v.picklist(GOAL_STATES, () => m.error_choose()),
	version: v.pipe(v.optional(v.string(), ''), v.transform(Number)),
});
export const parseGoalChange = (form: FormData) => parseForm(goalChange, form);
