import type { Tx } from '$lib/server/db';
import { aidSentenceFor } from '../../../aids.server';
import type { Joined } from '$lib/server/papers/queries';
import { personOf } from '$lib/server/people/queries';
import { planNotice } from '$lib/server/reminders/commands';
import type { PaperReason } from '$lib/shared/papers';
import { paperReasonLabel } from '$lib/shared/paper-words';

/**
 * The person is told that a paper must be sent again, in the words of their page and in their language; once for each version.
 * For an aid, until when as well.
 */
export async function tellPaperAskedAgain(
	tx: Tx,
	{ paper, personId, reference, reason, now }: Joined & { reason: PaperReason; now: Date },
): Promise<void> {
	const { locale } = await personOf(tx, personId);
	const why = paperReasonLabel(reason, locale);
	await planNotice(tx, {
		kind: paper.aidId ? 'aid_changed' : 'pathway_changed',
		template: 'paper',
		personId,
		subjectId: paper.id,
		path: paper.aidId ? `/aides/${reference}` : `/demande/${reference}/papiers`,
		onceKey: `paper_again:${paper.id}:${now.getTime()}`,
		text: paper.aidId ? `${why} ${await aidSentenceFor(tx, { personId, reference, now })}` : why,
		now,
	});
}
