/** States of a need (product.md §4): which may follow which, and who may say so. */
import type { NeedStatus } from '../../shared/codes.ts';

/**
 * `person`: whose need it is; `structure`: who was sent it, taking it or giving it back; `follower`: who follows the
 * person for this theme, begins, and sees that it is settled.
 */
export type NeedMover = 'person' | 'structure' | 'follower';

const MOVES: Record<NeedStatus, Partial<Record<NeedStatus, readonly NeedMover[]>>> = {
	open: { in_progress: ['structure', 'follower'], lifted: ['follower'], dropped: ['person'] },
	in_progress: { open: ['structure'], lifted: ['follower'], dropped: ['person'] },
	// Settled too soon, or asked again.
	lifted: { in_progress: ['follower'], open: ['person'] },
	dropped: { open: ['person'] },
};

export const needMayMove = (from: NeedStatus, to: NeedStatus, mover: NeedMover): boolean =>
	MOVES[from][to]?.includes(mover) ?? false;

/** States from which this one may be reached by them. */
export const needStatesBefore = (to: NeedStatus, mover: NeedMover): NeedStatus[] =>
	(Object.keys(MOVES) as NeedStatus[]).filter((from) => needMayMove(from, to, mover));

/** A need that was settled or dropped is asked for again: it is open from now, and nobody's until somebody answers for it. */
export const askedAgain = (now: Date) =>
	({ status: 'open', closedAt: null, structureId: null, expectedOn: null, createdAt: now }) as const;
