import type { AidFigures } from '$lib/server/childcare/statistics';
import { maskTable, type Cell } from '$lib/server/evaluation/disclosure';
import { AID_REASONS } from '$lib/shared/aids';

/** Fewer families helped, and a sum would tell what one of them had (product.md §5, « results »). */
const LEAST_HELPED = 5;
const HUNDRED_CENTS = 10_000;

export interface MaskedFigures {
	total: Cell;
	/** Granted, granted in part, refused. */
	cells: Cell[];
	/** Every reason there is, met or not: which ones are listed tells nothing. Empty when their sum is not told. */
	reasons: { reason: string; cell: Cell }[];
	/** What was granted, to the nearest hundred euros, so that the difference of two days is not what one family had. */
	spentCents: number | null;
}

/**
 * Decisions of an aid, why some were refused and what was granted, as they may stand on one page. Reasons add up to the
 * refusals: they are told of a number of refusals that is told itself, and of no other. A sum is told when what is shown says
 * that five families were helped: that it stands there tells nothing more.
 */
export function maskFigures(
	{ granted, partly, refused, reasons, spentCents }: AidFigures,
	codes: readonly string[] = AID_REASONS,
): MaskedFigures {
	const { total, cells } = maskTable([granted, partly, refused]);
	const isTold = typeof cells[2] === 'number';
	const byReason = maskTable(codes.map((reason) => reasons[reason] ?? 0));
	const helped = isTold ? granted + partly : numberIn(cells[0]) + numberIn(cells[1]);
	return {
		...{ total, cells },
		reasons: isTold ? codes.map((reason, index) => ({ reason, cell: byReason.cells[index]! })) : [],
		spentCents: helped < LEAST_HELPED ? null : Math.round(spentCents / HUNDRED_CENTS) * HUNDRED_CENTS,
	};
}

const numberIn = (cell: Cell | undefined): number => (typeof cell === 'number' ? cell : 0);
