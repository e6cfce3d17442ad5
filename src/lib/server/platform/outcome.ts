/**
 * What became of one message handed to the outside. `accepted` means taken in charge, never "delivered" nor "read".
 * - `temporary_failure`: the same message may be tried again, not before `retryAfterMs`;
 * - `permanent_failure`: this recipient cannot be reached this way; use another channel;
 * - `technical_failure`: our own mistake (request, key, configuration); trying again changes nothing, somebody must look.
 */
export type DeliveryOutcome = 'accepted' | 'temporary_failure' | 'permanent_failure' | 'technical_failure';

export interface Delivery {
	outcome: DeliveryOutcome;
	/** A stable code for logs, metrics and tables: `http_410`, `timeout`, `bad_address`. Never shown, never personal. */
	reason: string;
	/** Status given by the other side: HTTP for push and SMS, SMTP reply for mail. */
	status?: number;
	/** The other side asked to wait at least this long. */
	retryAfterMs?: number;
	/** The address itself takes nothing any more, whatever the message: not to be used again. */
	deadAddress?: true;
}
