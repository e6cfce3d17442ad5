import { openAid } from '$lib/server/childcare/commands';
import type { Tx } from '$lib/server/db';
import { planNotice } from '$lib/server/reminders/commands';
import type { Submitted } from '$lib/server/requests/commands';

/** What a sent request sets off elsewhere, in the same write: the childcare file and the message of receipt. */
export async function followSent(tx: Tx, sent: Submitted, now: Date): Promise<void> {
	const { id, draftId, reference, personId, territoryId, themes, asksForMoney } = sent;
	if (themes.includes('childcare'))
		await openAid(tx, { personId, territoryId, requestId: id, sent: asksForMoney, now });
	const path = `/demande/${reference}`;
	await planNotice(tx, {
		kind: 'request_received',
		personId,
		path,
		// What is added later to an open request has a receipt of its own.
		onceKey: `request_received:${draftId}`,
		subjectId: id,
		now,
	});
}
