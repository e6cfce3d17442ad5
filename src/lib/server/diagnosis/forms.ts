import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import {
	CONSTRAINTS,
	IMPACTS,
	isEase,
	LEVELS,
	NEEDS,
	POINTS,
	SELF_PAGES,
	SELF_VIEWS,
	type Point,
	type SelfPart,
	type SelfView,
	type Topic,
} from '../../shared/diagnosis.ts';
import { hasSocialSecurityNumber } from '../../shared/private-text.ts';
import { parseForm, text, type Parsed } from '../platform/forms.ts';
import type { PointChange } from './commands.ts';

/** Words about a person: the social-security number is refused, whoever types it. */
export const words = (max: number) =>
	v.pipe(
		text(max, { tooLong: () => m.error_too_long({ max: String(max) }), strange: () => m.error_strange() }),
		v.check(
			(value) => !hasSocialSecurityNumber(value),
			() => m.diagnosis_error_number(),
		),
	);

const view = v.fallback(v.optional(v.picklist(SELF_VIEWS)), undefined);
const ownWords = v.object({ goals: words(1000), works: words(1000) });

/** One page of the person's own part. What was not ticked was not answered. */
export function parseSelfPage(page: number, form: FormData): Parsed<Partial<SelfPart>> {
	const topics = SELF_PAGES[page - 1]!;
	if (topics.length === 0) return parseForm(ownWords, form);
	const parsed = parseForm(v.object(Object.fromEntries(topics.map((topic) => [topic, view]))), form);
	if (!parsed.ok) return parsed;
	const answered = Object.entries(parsed.value).filter((entry): entry is [Topic, SelfView] => entry[1] !== undefined);
	return { ok: true, value: { views: Object.fromEntries(answered) } };
}

const number = v.pipe(
	v.optional(v.string(), ''),
	v.regex(/^\d{1,6}$/, () => m.error_choose()),
	v.transform(Number),
);
const choice = <const T extends readonly string[]>(codes: T) => v.picklist(codes, () => m.error_choose());
const noImpact = v.pipe(
	v.optional(
		v.picklist(['', ...IMPACTS], () => m.error_choose()),
		'',
	),
	v.transform((value) => (value === '' ? null : value)),
);
const ticked = v.pipe(
	v.optional(v.string(), ''),
	v.transform((value) => value === '1'),
);

/** Fields of a point are `<what>_<point>`. */
const fieldsOf = (point: Point) =>
	isEase(point)
		? { [`version_${point}`]: number, [`level_${point}`]: choice(LEVELS), [`note_${point}`]: words(300) }
		: {
				[`version_${point}`]: number,
				[`need_${point}`]: choice(NEEDS),
				[`constraint_${point}`]: choice(CONSTRAINTS),
				[`impact_${point}`]: noImpact,
				[`priority_${point}`]: ticked,
				[`note_${point}`]: words(300),
			};

/** The professionals' grid: the points whose fields were sent. Without a constraint there is no impact of it. */
export function parseGrid(form: FormData): Parsed<PointChange[]> {
	const sent = POINTS.filter((point) => form.has(`version_${point}`));
	const parsed = parseForm(v.object(Object.assign({}, ...sent.map(fieldsOf))), form);
	if (!parsed.ok) return parsed;
	const given = parsed.value as Record<string, never>;
	const changes = sent.map((point) => {
		const version = given[`version_${point}`]!;
		const note = given[`note_${point}`]!;
		if (isEase(point)) return { point, version, value: { level: given[`level_${point}`]!, note } };
		const constraint = given[`constraint_${point}`]! as string;
		const impact = constraint === 'yes' ? given[`impact_${point}`]! : null;
		const [need, priority] = [given[`need_${point}`]!, given[`priority_${point}`]!];
		return { point, version, value: { need, constraint: constraint as never, impact, priority, note } };
	});
	return { ok: true, value: changes };
}

const answer = v.pipe(
	v.object({
		answer: v.picklist(['agree', 'contest'], () => m.error_choose()),
		point: v.fallback(v.optional(v.picklist(POINTS)), undefined),
		why: words(1000),
		/** When what the page showed was shared. */
		seen: words(30),
	}),
	v.forward(
		v.check(
			({ answer, point }) => answer === 'agree' || point !== undefined,
			() => m.diagnosis_error_point(),
		),
		['point'],
	),
	v.forward(
		v.check(
			({ answer, why }) => answer === 'agree' || why !== '',
			() => m.diagnosis_error_why(),
		),
		['why'],
	),
);
export const parseAnswer = (form: FormData) => parseForm(answer, form);

const sharing = v.object({ seen: v.pipe(v.optional(v.string(), ''), v.maxLength(1000)) });
/** « Partager »: the grid as it was shown. */
export const parseSharing = (form: FormData) => parseForm(sharing, form);
