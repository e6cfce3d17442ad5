import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { AID_REASONS, PAPERS } from '../../shared/aids.ts';
import { AID_STATUSES } from '../../shared/codes.ts';
import { isRealDay, parseForm, text, westernDigits, type Parsed } from '../platform/forms.ts';
import type { Situation } from './estimate.ts';

const OLDEST_CHILD = 25;
const MOST_CHILDREN = 12;
const MOST_HOURS = 60;
const MAX_NOTE = 500;
const MAX_BODY = 160;
/** In euros: above this it is a slip of the keyboard. */
export const MOST_EUROS = 10_000;

/** Nothing chosen is the empty text: no field is ever missing. */
export const chosen = <const Options extends readonly string[]>(options: Options) =>
	v.pipe(
		v.optional(v.string(), ''),
		v.picklist(options, () => m.error_choose()),
	);
/** Passed over, or « Je ne sais pas »: null. */
const maybe = <const Options extends readonly string[]>(options: Options) =>
	v.pipe(
		chosen(['', 'unknown', ...options]),
		v.transform((answer): Options[number] | null => (answer === '' || answer === 'unknown' ? null : answer)),
	);
const yesNo = v.pipe(
	maybe(['yes', 'no']),
	v.transform((answer) => answer && answer === 'yes'),
);
export const words = (max: number) =>
	text(max, { tooLong: () => m.error_too_long({ max }), strange: () => m.error_strange() });

/** « 2, 5 et 11 ans » → 2, 5, 11; nothing typed is no answer. */
const ages = v.pipe(
	words(100),
	v.transform(westernDigits),
	v.check(
		(typed) => typed === '' || /^(\d{1,2}|[\s,،;/+-]|et|and|ans|years|old)+$/i.test(typed),
		() => m.aid_error_ages(),
	),
	v.transform((typed) => (typed === '' ? null : (typed.match(/\d+/g) ?? []).map(Number))),
	v.check(
		(list) => list === null || (list.length > 0 && list.length <= MOST_CHILDREN),
		() => m.aid_error_ages(),
	),
	v.check(
		(list) => list === null || list.every((age) => age <= OLDEST_CHILD),
		() => m.aid_error_ages(),
	),
);

const hours = v.pipe(
	words(10),
	v.transform((typed) => {
		if (typed === '') return null;
		const digits = westernDigits(typed).replace(/[,٫]/, '.');
		return /^\d{1,3}(\.\d{1,2})?$/.test(digits) ? Number(digits) : Number.NaN;
	}),
	v.check(
		(hours) => hours === null || (hours > 0 && hours <= MOST_HOURS),
		() => m.aid_error_hours({ max: MOST_HOURS }),
	),
);

const situation = v.object({
	ages,
	activity: maybe(['job', 'training']),
	starts: v.pipe(
		words(20),
		v.check(
			(day) => day === '' || isRealDay(day),
			() => m.error_date(),
		),
		v.transform((day) => day || null),
	),
	hours,
	long: yesNo,
	pays: yesNo,
	had: yesNo,
	benefit: maybe(['none', 'low', 'high']),
	registration: maybe(['usual', 'special', 'no']),
	alone: yesNo,
});

/** The questions of « À quoi ai-je droit ? », from the address; each may be passed over. */
export function parseSituation(form: FormData, mayotte: boolean): Parsed<Situation> {
	const parsed = parseForm(situation, form);
	if (!parsed.ok) return parsed;
	const { starts, hours, long, pays, had, alone, ...rest } = parsed.value;
	return {
		ok: true,
		value: {
			...rest,
			startsOn: starts,
			hoursPerWeek: hours,
			longEnough: long,
			paysCare: pays,
			hadItThisYear: had,
			singleParent: alone,
			mayotte,
		},
	};
}

/** An empty field is no answer. */
export const filled = v.pipe(
	v.optional(v.string(), ''),
	v.transform((typed) => typed.trim() || undefined),
);

/** A day that exists, or nothing. */
export const day = v.pipe(
	filled,
	v.optional(
		v.pipe(
			v.string(),
			v.check(isRealDay, () => m.error_date()),
		),
	),
);

/**
 * « 1 234,5 », « 478 € », « 478 euros » → cents; null for what is no amount. Thousands may stand apart by any space, thin or not:
 * `formatEuros` writes narrow ones.
 */
export function centsOf(typed: string): number | null {
	const found = /^(\d{1,3}(?:\s\d{3})+|\d+)(?:[.,](\d{1,2}))?\s*(?:€|euros?)?$/i.exec(westernDigits(typed).trim());
	if (!found) return null;
	const [, whole = '', part = ''] = found;
	return Number(whole.replace(/\s/g, '')) * 100 + Number(part.padEnd(2, '0'));
}

/** As `centsOf`; nothing when empty. */
export const euros = (most: number) =>
	v.pipe(
		filled,
		v.optional(
			v.pipe(
				v.string(),
				v.transform((typed) => centsOf(typed) ?? Number.NaN),
				v.check(
					(cents) => cents > 0 && cents <= most * 100,
					() => m.aid_error_amount(),
				),
			),
		),
	);

const decision = v.object({
	to: chosen(AID_STATUSES),
	version: v.pipe(
		v.optional(v.string(), ''),
		v.regex(/^\d{1,9}$/, () => m.error_strange()),
		v.transform(Number),
	),
	note: words(MAX_NOTE),
	papers: v.optional(v.array(chosen(PAPERS)), []),
	changedPapers: v.optional(v.array(chosen(PAPERS)), []),
	dueOn: day,
	amount: euros(MOST_EUROS),
	overBudget: v.pipe(
		v.optional(v.array(v.string()), []),
		v.transform((list) => list.includes('yes')),
	),
	periodFrom: day,
	periodTo: day,
	hoursPerWeek: v.pipe(
		filled,
		v.optional(
			v.pipe(
				v.string(),
				v.regex(/^\d{1,2}([.,]\d{1,2})?$/, () => m.aid_pro_error_hours()),
				v.transform((typed) => Number(typed.replace(',', '.'))),
				v.check(
					(hours) => hours > 0 && hours <= MOST_HOURS,
					() => m.aid_pro_error_hours(),
				),
			),
		),
	),
	transmittedTo: v.pipe(filled, v.optional(v.pipe(v.string(), v.maxLength(MAX_BODY)))),
	paidOn: day,
	reason: v.pipe(filled, v.optional(chosen(AID_REASONS))),
});

/** What those who decide post. Which fields a status needs is the command's rule. */
export const parseDecision = (form: FormData) => parseForm(decision, form);

const paper = v.object({ kind: chosen(PAPERS) });
export const parsePaper = (form: FormData) => parseForm(paper, form);
