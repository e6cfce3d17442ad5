import { monthName } from '$lib/components/evaluation/cells';
import { levelLabel, momentLabel, questionLabel } from '$lib/components/evaluation/words';
import { m } from '$lib/paraglide/messages.js';
import { LANGUAGE_NAMES } from '$lib/shared/locales';
import { channelLabel } from '$lib/shared/labels';
import type { Channel } from '$lib/shared/codes';
import { SCALES, scaleOf, type Moment, type Scale } from '$lib/shared/questions';
import { OTHER_CODES } from '$lib/server/evaluation/release';
import type { Group, Reply, Results } from '$lib/server/evaluation/results';

/** One table: the page, its drawing and its file are made of these very cells. */
export interface Table {
	id: string;
	title: string;
	note?: string;
	columns: string[];
	rows: { label: string; cells: (number | null)[] }[];
	/** Cells drawn as parts of one bar, from the first on; named by the same columns. */
	parts: number;
	scale?: Scale;
}

export interface Names {
	areas: { id: string; name: string }[];
	panel: Record<string, Record<string, string>>;
	locale: string;
}

const oneDecimal = (value: number) => Math.round(value * 10) / 10;
const percent = (value: number) => Math.round(value * 100);

function groupTable(
	id: string,
	title: string,
	groups: { label: string; group: Group }[],
	scale: Scale,
	note?: string,
): Table {
	const levels = SCALES[scale];
	return {
		...{ id, title, note, scale },
		columns: [
			...levels.map(levelLabel),
			m.evaluation_col_count(),
			m.evaluation_pilot_col_mean(),
			m.evaluation_pilot_col_low(),
			m.evaluation_pilot_col_high(),
		],
		rows: groups.map(({ label, group: { counts, n, mean } }) => ({
			label,
			cells:
				n === 0
					? [...levels.map(() => null), null, null, null, null]
					: [
							...levels.map((level) => counts[level] ?? 0),
							n,
							mean && oneDecimal(mean.value),
							mean && oneDecimal(mean.low),
							mean && oneDecimal(mean.high),
						],
		})),
		parts: levels.length,
	};
}

const AGES: Record<string, () => string> = {
	under_26: m.evaluation_pilot_age_under_26,
	'26_44': m.evaluation_pilot_age_26_44,
	'45_54': m.evaluation_pilot_age_45_54,
	'55_over': m.evaluation_pilot_age_55_over,
	unknown: m.evaluation_pilot_age_unknown,
};
const areaName = (id: string, { areas }: Names) =>
	id === '' ? m.evaluation_pilot_not_detailed() : (areas.find((area) => area.id === id)?.name ?? id);

/** Who a line of response rates is about. */
export function replyLabel({ group, code }: Pick<Reply, 'group' | 'code'>, names: Names): string {
	if (code === OTHER_CODES) return m.evaluation_pilot_others();
	if (group === 'age') return AGES[code]?.() ?? code;
	if (group === 'language') return LANGUAGE_NAMES[code as keyof typeof LANGUAGE_NAMES] ?? code;
	if (group === 'area') return areaName(code, names);
	return code === 'portal' ? m.evaluation_level_portal() : channelLabel(code as Channel);
}

function replyTable(replies: Reply[], names: Names): Table {
	return {
		id: 'reponses',
		title: m.evaluation_pilot_replies(),
		note: m.evaluation_pilot_replies_note(),
		columns: [
			m.evaluation_pilot_col_silent(),
			m.evaluation_pilot_col_answered(),
			m.evaluation_pilot_col_asked(),
			m.evaluation_pilot_col_rate(),
			m.evaluation_pilot_col_low(),
			m.evaluation_pilot_col_high(),
		],
		rows: replies.map((reply) => ({
			label: replyLabel(reply, names),
			cells: [
				reply.asked - reply.answered,
				reply.answered,
				reply.asked,
				percent(reply.rate),
				percent(reply.low),
				percent(reply.high),
			],
		})),
		parts: 2,
	};
}

/** Every table of the page, in its order. A table without a line is left out. */
export function tablesOf(results: Results, names: Names): Table[] {
	const { locale } = names;
	const faces = (id: string, title: string, groups: Group[], labelOf: (code: string) => string, note?: string) =>
		groupTable(
			id,
			title,
			groups.map((group) => ({ label: labelOf(group.code), group })),
			'faces',
			note,
		);
	const scales = ['agree', 'weight', 'clarity', 'yes_no'] as const;
	return [
		faces(
			'visages',
			m.evaluation_pilot_table_faces(),
			results.faces.n > 0 ? [results.faces] : [],
			() => m.evaluation_total(),
			m.evaluation_masked_note(),
		),
		faces(
			'mois',
			m.evaluation_pilot_table_months(),
			results.faces.n > 0 ? results.months : [],
			(month) => monthName(month, locale),
			m.evaluation_pilot_method(),
		),
		faces('bassins', m.evaluation_pilot_table_areas(), results.areas, (id) => areaName(id, names)),
		faces('moments', m.evaluation_pilot_table_moments(), results.moments, (code) =>
			code ? momentLabel(code as Moment) : m.evaluation_pilot_not_detailed(),
		),
		...scales.map((scale) =>
			groupTable(
				`questions-${scale.replace('_', '-')}`,
				SCALE_TITLES[scale](),
				results.questions
					.filter(({ code }) => scaleOf(code) === scale)
					.map((group) => ({ label: questionLabel(group.code, names.panel, locale), group })),
				scale,
			),
		),
		replyTable(results.replies, names),
	].filter(({ rows }) => rows.length > 0);
}
const SCALE_TITLES = {
	agree: m.evaluation_pilot_table_agree,
	weight: m.evaluation_pilot_table_weight,
	clarity: m.evaluation_pilot_table_clarity,
	yes_no: m.evaluation_pilot_table_yes_no,
};

/** The same cells for a file: title, columns, lines. */
export const csvRows = ({ title, columns, rows }: Table) => [
	[title, ...columns],
	...rows.map(({ label, cells }) => [label, ...cells]),
];
