import { LASTING_PAPERS, PAPERS_OF_CHILDREN } from '../../shared/aids.ts';
import type { Queries } from '../db/client.ts';
import { heldPapers, type HeldPaper } from '../papers/queries.ts';
import { addMonths, instantOf } from '../territories/calendar.ts';
import { childrenOf, isSameChild } from './children.ts';

/** Older than this, a paper that lasts may have changed all the same. */
const HELD_MONTHS = 12;

/**
 * Lasting papers that those who decide this aid received less than a year ago, the last one of each kind: they are not asked
 * again (CRPA L114-8). One about children is held when every child of this file was in the file it was sent for.
 * `today` is the day of the territory.
 */
export async function heldFor(
	q: Queries,
	{ aidId, today, zone }: { aidId: string; today: string; zone: string },
): Promise<HeldPaper[]> {
	const since = instantOf(addMonths(today, -HELD_MONTHS), '00:00', zone);
	const found = await heldPapers(q, { aidId, kinds: LASTING_PAPERS, since });
	if (found.length === 0) return [];
	const children = await childrenOf(q, aidId);
	const held = new Map<string, HeldPaper>();
	for (const paper of found) {
		if (held.has(paper.kind)) continue;
		const isAboutChildren = paper.aidId !== aidId && children.length > 0 && PAPERS_OF_CHILDREN.includes(paper.kind);
		const others = isAboutChildren ? await childrenOf(q, paper.aidId) : [];
		if (!isAboutChildren || children.every((child) => others.some((other) => isSameChild(child, other))))
			held.set(paper.kind, paper);
	}
	return [...held.values()];
}
