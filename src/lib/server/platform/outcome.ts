/**
 * What became of one message handed to the outside. `accepted` means taken in charge, never "delivered" nor "read".
 * - `temporary_failure`: the same message may be tried again, not before `retryAfterMs`;
 * - `permanent_failure`: this recipient cannot be reached this way; use another channel;
 * - `technical_failure`: our own mistake (request, key, configuration); somebody must look. Trying again changes nothing, but
 *   for a key that may have been put right meanwhile (`retryAfterMs`).
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
	/** Nothing was handed over: it waits for its turn, and is no attempt. */
	unsent?: true;
	/** The address itself takes nothing any more, whatever the message: not to be used again. */
	deadAddress?: true;
}

/** How long what only goes this way waits for a key of ours that is refused, as push does. */
export const KEY_REFUSED_MS = 15 * 60_000;

/** Asked of a message that had to wait for its turn: whether it still says the truth. */
export type StillWanted = () => Promise<boolean>;

/** Its turn did not come: nothing was tried. */
export const BUSY: Delivery = { outcome: 'temporary_failure', reason: 'busy', unsent: true };

export const isBusy = ({ reason }: { reason?: string }): boolean => reason === BUSY.reason;

/** Its turn came too late: what it says is over. */
export const OVERTAKEN: Delivery = { outcome: 'temporary_failure', reason: 'overtaken', unsent: true };
export const isOvertaken = ({ reason }: Delivery): boolean => reason === OVERTAKEN.reason;
