import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { PAPERS } from '../../shared/aids.ts';
import type { SchemeContent, Words } from '../db/schema/childcare.ts';
import { isRealDay, parseForm, type Parsed } from '../platform/forms.ts';
import { centsOf, chosen, euros, filled, words } from './forms.ts';

const MAX_LINES = 12;
/** In euros. */
const LARGEST_ENVELOPE = 100_000_000;
const MOST_MONTHS = 24;

const needed = (max: number) =>
	v.pipe(
		words(max),
		v.nonEmpty(() => m.aid_pro_error_needed()),
	);

/** One thing a line. */
const lines = v.pipe(
	words(3000),
	v.transform((typed) =>
		typed
			.split('\n')
			.map((line) => line.trim())
			.filter(Boolean)
			.slice(0, MAX_LINES),
	),
);

/** « Un enfant = 400 » */
const AMOUNT_LINE = /^(.{1,80}?)\s*=([^=]+)$/;
/** In cents. */
const LARGEST_AMOUNT = 99_999_999;
function amountIn(line: string): { label: string; cents: number } | null {
	const [, label, typed] = AMOUNT_LINE.exec(line) ?? [];
	const cents = typed === undefined ? null : centsOf(typed);
	return label === undefined || cents === null || cents > LARGEST_AMOUNT ? null : { label, cents };
}

const amounts = v.pipe(
	lines,
	v.check(
		(list) => list.every((line) => amountIn(line) !== null),
		() => m.aid_pro_error_amounts(),
	),
	v.transform((list) => list.flatMap((line) => amountIn(line) ?? [])),
);

const scheme = v.object({
	version: v.pipe(
		v.optional(v.string(), ''),
		v.regex(/^\d{1,9}$/, () => m.error_strange()),
		v.transform(Number),
	),
	name: needed(80),
	purpose: needed(200),
	conditions: lines,
	amounts,
	papers: v.optional(v.array(chosen(PAPERS)), []),
	decider: v.pipe(filled, v.optional(v.pipe(v.string(), v.maxLength(64)))),
	months: v.pipe(
		filled,
		v.optional(
			v.pipe(
				v.string(),
				v.regex(/^\d{1,2}$/, () => m.aid_pro_error_number()),
				v.transform(Number),
				v.check(
					(months) => months >= 1 && months <= MOST_MONTHS,
					() => m.aid_pro_error_number(),
				),
			),
		),
	),
	fourEyes: euros(LARGEST_ENVELOPE),
	budget: euros(LARGEST_ENVELOPE),
	open: chosen(['yes', 'no']),
	startsOn: v.pipe(
		v.optional(v.string(), ''),
		v.check(isRealDay, () => m.error_date()),
	),
});

/** Words as they were, in every language, while the French ones are the same; else French alone. */
const keep = (typed: string, before: (Words | undefined)[]): Words =>
	before.find((words) => words?.fr === typed) ?? { fr: typed };

/** The rules that a coordinator posts. `structures`: ids that may decide. */
export function parseScheme(
	form: FormData,
	before: SchemeContent,
	structures: string[],
): Parsed<{ version: number; startsOn: string; content: SchemeContent }> {
	const parsed = parseForm(scheme, form);
	if (!parsed.ok) return parsed;
	const typed = parsed.value;
	const { version, startsOn } = typed;
	return {
		ok: true,
		value: {
			version,
			startsOn,
			content: {
				name: keep(typed.name, [before.name]),
				purpose: keep(typed.purpose, [before.purpose]),
				conditions: typed.conditions.map((line) => keep(line, before.conditions)),
				amounts: typed.amounts.map(({ label, cents }) => ({
					label: keep(
						label,
						before.amounts.map((one) => one.label),
					),
					cents,
				})),
				papers: typed.papers,
				deciderStructureId: structures.find((id) => id === typed.decider) ?? null,
				open: typed.open === 'yes',
				applyWithinMonths: typed.months ?? null,
				fourEyesCents: typed.fourEyes ?? null,
				budgetCents: typed.budget ?? null,
			},
		},
	};
}
