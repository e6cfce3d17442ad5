import { m } from '$lib/paraglide/messages.js';
import { getLocale } from '$lib/paraglide/runtime.js';
import type { Distribution } from '$lib/server/people/steering-rules';
import { formatDuration } from '$lib/shared/dates';

interface Overview {
	requests: { waiting: number; late: number };
	withoutLead: number;
	contact: { now: Distribution; before: Distribution; trend: 'better' | 'worse' | 'same' | null };
}

const plural = (count: number, none: () => string, one: () => string, many: (count: number) => string) =>
	count === 0 ? none() : count === 1 ? one() : many(count);

/** The first thing on the page: what waits, whether it goes better, who has nobody. Three sentences, from the figures. */
export function sentences({ requests, withoutLead, contact }: Overview): string[] {
	const { waiting, late } = requests;
	const lateWords = plural(
		late,
		() => '',
		m.pilotage_sentence_late_one,
		(count) => m.pilotage_sentence_late({ late: count }),
	);
	const waits = plural(waiting, m.pilotage_sentence_waiting_none, m.pilotage_sentence_waiting_one, (count) =>
		m.pilotage_sentence_waiting({ waiting: count }),
	);
	const days = ({ median }: Distribution) => formatDuration(median ?? 0, 'day', getLocale());
	const medians = { now: days(contact.now), before: days(contact.before) };
	const goes = {
		better: () => m.pilotage_sentence_better(medians),
		worse: () => m.pilotage_sentence_worse(medians),
		same: () => m.pilotage_sentence_same(medians),
	};
	return [
		`${waits} ${lateWords}`.trim(),
		contact.trend ? goes[contact.trend]() : m.pilotage_sentence_unknown(),
		plural(withoutLead, m.pilotage_sentence_orphans_none, m.pilotage_sentence_orphans_one, (count) =>
			m.pilotage_sentence_orphans({ count }),
		),
	];
}

export const peopleOrFew = (count: number | null): string => (count === null ? m.pilotage_masked() : String(count));
export const daysOrTooFew = (days: number | null): string =>
	days === null ? m.pilotage_too_few() : m.pilotage_days_within({ days: formatDuration(days, 'day', getLocale()) });

export const delayKind = {
	first_contact: m.pilotage_kind_first_contact,
	first_appointment: m.pilotage_kind_first_appointment,
	diagnosis: m.pilotage_kind_diagnosis,
	orientation: m.pilotage_kind_orientation,
	need: m.pilotage_kind_need,
	stage: m.pilotage_kind_stage,
	steps: m.pilotage_kind_steps,
	promise: m.pilotage_kind_promise,
	interview: m.pilotage_kind_interview,
	silence: m.pilotage_kind_silence,
	review: m.pilotage_kind_review,
};
