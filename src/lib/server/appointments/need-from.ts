import type { AnswerNote } from '../../shared/answers.ts';
import type { AbsenceReason } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import type { Tx } from '../db/client.ts';
import { openNeed } from '../requests/needs.ts';

type Reason = NonNullable<AnswerNote['reason']> | AbsenceReason;
/** « The reason for not coming becomes a need » (product.md §7): what stands in the way is lifted, not only this time. */
const NEED_OF_REASON: Partial<Record<Reason, Theme>> = { transport: 'mobility', childcare: 'childcare' };

/** Opens the need behind a reason, if there is one: who lacks transport lacks it tomorrow too. */
export async function needFrom(
	tx: Tx,
	{ reason, ...about }: { personId: string; reason: Reason; note: string; now: Date },
): Promise<void> {
	const theme = NEED_OF_REASON[reason];
	if (theme) await openNeed(tx, { ...about, theme });
}
