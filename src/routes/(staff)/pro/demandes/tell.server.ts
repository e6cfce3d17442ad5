import type { Tx } from '$lib/server/db';
import { planNotice } from '$lib/server/reminders/commands';

interface Told {
	personId: string;
	reference: string;
	requestId: string;
	/** What happened to what: said once. */
	key: string;
	now: Date;
}

/** The person is told that something moved; their request's page says in words what went where. */
export const tellPerson = (tx: Tx, { personId, reference, requestId, key, now }: Told) =>
	planNotice(tx, {
		kind: 'pathway_changed',
		personId,
		path: `/demande/${reference}`,
		onceKey: `request_handled:${requestId}:${key}`,
		subjectId: requestId,
		now,
	});
