import { m } from '$lib/paraglide/messages.js';
import type { StageState } from '$lib/shared/codes';
import { formatDay } from '$lib/shared/dates';

interface Stage {
	name: string;
	/** When it is another than the page's. */
	nameLang?: string;
	state: StageState;
	enteredAt: Date | null;
	leftAt: Date | null;
	/** Day by which it is planned to end, in the territory's zone. */
	plannedOn: string | null;
}

const STATES = { done: 'done', skipped: 'done', current: 'here', upcoming: 'next' } as const;

/** Stages as the person reads them: when each was done, is planned, or that it was passed over. */
export const stageItems = (stages: readonly Stage[], zone: string, locale: string, now: Date) =>
	stages.map((stage) => ({
		label: stage.name,
		lang: stage.nameLang,
		detail: detailOf(stage, (when) => formatDay(when, zone, locale, now)),
		state: STATES[stage.state],
	}));

function detailOf({ state, enteredAt, leftAt, plannedOn }: Stage, day: (when: Date | string) => string) {
	if (state === 'skipped') return m.pathway_skipped();
	if (state === 'done') return leftAt ? m.pathway_on({ day: day(leftAt) }) : undefined;
	if (state === 'current' && enteredAt && plannedOn)
		return m.pathway_here_until({ since: day(enteredAt), day: day(plannedOn) });
	return plannedOn ? m.pathway_until({ day: day(plannedOn) }) : undefined;
}
