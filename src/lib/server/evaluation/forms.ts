import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { RATINGS, type Rating } from '../../shared/codes.ts';
import { parseForm, text } from '../platform/forms.ts';

const MAX_COMMENT = 300;
const MAX_WORDS = 400;
const MAX_OWNER = 80;
/** An address, or six digits and more in a row: somebody could be recognised. */
const PERSONAL = /\S@\S+\.\S|(?:\d[\s.-]?){6,}/u;

const words = (max: number) =>
	text(max, { tooLong: () => m.error_too_long({ max }), strange: () => m.error_strange() });
const needed = (max: number) =>
	v.pipe(
		words(max),
		v.nonEmpty(() => m.error_required()),
	);
const ticked = v.pipe(
	v.optional(v.array(v.string()), []),
	v.transform((list) => list.includes('yes')),
);

const answer = v.object({
	face: v.pipe(
		v.optional(v.string(), ''),
		v.picklist(Object.keys(RATINGS) as Rating[], () => m.evaluation_error_face()),
	),
	comment: v.pipe(
		words(MAX_COMMENT),
		v.check(
			(typed) => !PERSONAL.test(typed),
			() => m.evaluation_error_personal(),
		),
		v.transform((typed) => typed || null),
	),
	callback: ticked,
});
export const parseAnswer = (form: FormData) => parseForm(answer, form);

const isDay = (day: string) => {
	const date = new Date(`${day}T00:00:00Z`);
	return /^20\d\d-\d\d-\d\d$/.test(day) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
};

const improvement = v.object({
	finding: needed(MAX_WORDS),
	answer: needed(MAX_WORDS),
	ownerLabel: needed(MAX_OWNER),
	doneOn: v.pipe(
		words(20),
		v.check(
			(day) => day === '' || isDay(day),
			() => m.error_date(),
		),
		v.transform((day) => day || null),
	),
	publish: ticked,
});
export const parseImprovement = (form: FormData) => parseForm(improvement, form);

const publication = v.object({
	id: v.pipe(
		v.optional(v.string(), ''),
		v.regex(/^[\w-]{22}$/, () => m.error_strange()),
	),
	publish: v.pipe(
		v.optional(v.string(), ''),
		v.picklist(['yes', 'no'], () => m.error_choose()),
		v.transform((choice) => choice === 'yes'),
	),
});
export const parsePublication = (form: FormData) => parseForm(publication, form);
