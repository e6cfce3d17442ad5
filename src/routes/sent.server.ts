import { openAid, sendDraftOf } from '$lib/server/childcare/commands';
import type { Tx } from '$lib/server/db';
import type { movePerson } from '$lib/server/moving';
import { planNotice } from '$lib/server/reminders/commands';
import type { Submitted } from '$lib/server/requests/commands';

/** What a sent request sets off elsewhere, in the same write: the childcare file and the message of receipt. */
export async function followSent(tx: Tx, sent: Submitted, now: Date): Promise<void> {
	const { id, draftId, reference, personId, territoryId, themes, asksForMoney } = sent;
	if (themes.includes('childcare')) {
		const opened = await openAid(tx, { personId, territoryId, requestId: id, sent: asksForMoney, now });
		// The receipt says the day of a refusal by silence: no draft may stay behind.
		if (!opened && asksForMoney) await sendDraftOf(tx, { personId, kind: 'childcare', now });
	}
	// What is added later to an open request has a receipt of its own.
	await planReceipt(tx, { id, reference, personId, key: draftId, now });
}

type Moved = Pick<Awaited<ReturnType<typeof movePerson>>, 'requestId' | 'reference'> & { personId: string };

/** A move to another territory makes a request there: its reference, its service and its day to answer by are new to the person. */
export async function followMoved(tx: Tx, { requestId: id, reference, personId }: Moved, now: Date): Promise<void> {
	if (id && reference) await planReceipt(tx, { id, reference, personId, key: id, now });
}

interface Receipt {
	id: string;
	reference: string;
	personId: string;
	/** What it is a receipt of: said once. */
	key: string;
	now: Date;
}

const planReceipt = (tx: Tx, { id, reference, personId, key, now }: Receipt) =>
	planNotice(tx, {
		kind: 'request_received',
		personId,
		path: `/demande/${reference}`,
		onceKey: `request_received:${key}`,
		subjectId: id,
		now,
	});
