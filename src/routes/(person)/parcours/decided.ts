import { m } from '$lib/paraglide/messages.js';
import type { PathwayKind } from '$lib/shared/codes';
import { pathwayKindLabel } from '$lib/shared/labels';

interface Way {
	startedAt: Date;
	kind: PathwayKind;
	oriented: { at: Date; reason: string | null } | null;
	stages: { enteredAt: Date | null; name: string; reason: string | null }[];
	finished: { doneAt: Date | null; title: string }[];
	reviews: { heldAt: Date; looked: string }[];
}
export interface Decision {
	at: Date;
	text: string;
	/** Somebody's own words. */
	why?: string | null;
}

/** What was decided and when, latest first. */
export function decisionsOf(way: Way): Decision[] {
	const decisions: Decision[] = [
		{ at: way.startedAt, text: m.pathway_decided_opened() },
		...way.stages.flatMap(({ enteredAt, name, reason }) =>
			enteredAt ? [{ at: enteredAt, text: m.pathway_decided_stage({ name }), why: reason }] : [],
		),
		...way.finished.flatMap(({ doneAt, title }) =>
			doneAt ? [{ at: doneAt, text: m.pathway_decided_done({ name: title }) }] : [],
		),
		...way.reviews.map(({ heldAt, looked }) => ({ at: heldAt, text: m.pathway_decided_review(), why: looked })),
		...(way.oriented
			? [
					{
						at: way.oriented.at,
						text: m.pathway_decided_oriented({ kind: pathwayKindLabel(way.kind) }),
						why: way.oriented.reason,
					},
				]
			: []),
	];
	return decisions.sort((a, b) => b.at.getTime() - a.at.getTime());
}
