import { m } from '$lib/paraglide/messages.js';
import { momentLabel } from '$lib/components/evaluation/words';
import type { Moment } from '$lib/shared/questions';
import type { Comparison, Results } from '$lib/server/evaluation/results';
import { replyLabel, type Names } from './tables';

const shown = (value: number, locale: string) =>
	value.toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** How much, and between what and what: a difference is never said without its doubt. */
function gap({ difference, low, high }: Comparison, locale: string) {
	const [least, most] = difference >= 0 ? [low, high] : [-high, -low];
	return { gap: shown(Math.abs(difference), locale), low: shown(least, locale), high: shown(most, locale) };
}

function trendSentence({ trend, faces }: Results, locale: string): string {
	if (faces.n === 0 || !faces.mean) return m.evaluation_pilot_s_none();
	const words = { count: faces.n, mean: shown(faces.mean.value, locale) };
	if (!trend) return m.evaluation_pilot_s_no_trend(words);
	if (trend.verdict === 'chance') return m.evaluation_pilot_s_same(words);
	const all = { ...words, ...gap(trend, locale) };
	return trend.verdict === 'better' ? m.evaluation_pilot_s_better(all) : m.evaluation_pilot_s_worse(all);
}

function whereSentence({ where }: Results, names: Names): string {
	if (!where) return m.evaluation_pilot_s_one_area();
	if (where.verdict === 'chance') return m.evaluation_pilot_s_areas_alike();
	const place = names.areas.find(({ id }) => id === where.code)?.name ?? where.code;
	const words = { place, ...gap(where, names.locale) };
	return where.verdict === 'better' ? m.evaluation_pilot_s_area_better(words) : m.evaluation_pilot_s_area_worse(words);
}

function whomSentence({ when, replies }: Results, names: Names): string {
	const silent = replies.filter(({ code }) => code !== 'unknown').toSorted((a, b) => a.rate - b.rate)[0];
	const others = silent && replies.filter(({ group, code }) => group === silent.group && code !== silent.code);
	if (silent && others?.some(({ low }) => low > silent.high))
		return m.evaluation_pilot_s_silent({ who: replyLabel(silent, names), rate: Math.round(silent.rate * 100) });
	if (!when || when.verdict === 'chance') return m.evaluation_pilot_s_moments_alike();
	const words = { moment: momentLabel(when.code as Moment), ...gap(when, names.locale) };
	return when.verdict === 'better'
		? m.evaluation_pilot_s_moment_better(words)
		: m.evaluation_pilot_s_moment_worse(words);
}

/** Better or worse, where, for whom: three sentences made from the data. */
export const sentencesOf = (results: Results, names: Names): string[] => [
	trendSentence(results, names.locale),
	whereSentence(results, names),
	whomSentence(results, names),
];
