import { and, eq } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import type { Channel } from '../../shared/codes.ts';
import { delivery, reminder } from '../db/schema/index.ts';
import type { Bounce } from '../platform/return-path.ts';
import { rememberDead } from './dead-addresses.ts';
import { unreached } from './ladder.ts';

/** What the gateway says of an SMS some time after it took it: on the phone, or given up. */
export const SMS_RECEIPTS = ['delivered', 'failed'] as const;
export type SmsReceipt = (typeof SMS_RECEIPTS)[number];

const DELIVERED = 'delivered';

export type Noted = 'noted' | 'unknown' | 'early';
interface Receipt {
	reference: string;
	receipt: SmsReceipt;
	now: Date;
}

/**
 * Notes a delivery receipt of the SMS gateway. A failure climbs to the next channel at once, as a refusal would have;
 * when none is left and nothing else arrived, somebody must call. Said twice, it counts once.
 * @returns `unknown` for a reference that is not ours, `early` while the sending is still being recorded
 */
export const noteSmsReceipt = (tx: Tx, receipt: Receipt): Promise<Noted> =>
	note(tx, { ...receipt, channel: 'sms', reason: receipt.receipt === 'failed' ? 'receipt_failed' : DELIVERED });

/**
 * Notes that a mail taken in charge came back hours or days later: the same as a failed SMS. When it is the address that is dead,
 * it is not written to again (`dead-addresses.ts`).
 */
export async function noteBounce(tx: Tx, { id, email, isDead, now }: Bounce & { now: Date }): Promise<Noted> {
	const reason = isDead ? 'dead_address' : 'bounced';
	const noted = await note(tx, { reference: id, receipt: 'failed', channel: 'email', reason, now });
	if (noted !== 'noted' || !isDead) return noted;
	const [row] = await tx.select({ personId: reminder.personId }).from(reminder).where(eq(reminder.id, id)).limit(1);
	await rememberDead(tx, { personId: row!.personId, email, now });
	return noted;
}

async function note(
	tx: Tx,
	{ reference, receipt, channel, reason, now }: Receipt & { channel: Channel; reason: string },
): Promise<Noted> {
	const [row] = await tx.select().from(reminder).where(eq(reminder.id, reference)).limit(1);
	if (!row) return 'unknown';
	const taken = await tx
		.select({ id: delivery.id, channel: delivery.channel, reason: delivery.reason, at: delivery.at })
		.from(delivery)
		.where(and(eq(delivery.reminderId, row.id), eq(delivery.outcome, 'accepted')))
		.limit(50);
	const last = taken.filter((one) => one.channel === channel).at(-1);
	if (!last) return row.state === 'sending' ? 'early' : 'noted';
	// Receipts may cross on their way: what was on the phone stays there.
	if (receipt === 'failed' && last.reason === DELIVERED) return 'noted';
	await tx
		.update(delivery)
		.set(receipt === 'delivered' ? { reason } : { outcome: 'permanent_failure', reason, at: now })
		.where(eq(delivery.id, last.id));
	if (receipt === 'failed' && row.state === 'sent') {
		const pushedAt = taken.filter((one) => one.channel === 'push').at(-1)?.at ?? null;
		await tx
			.update(reminder)
			.set(afterFailure(row, pushedAt, now))
			.where(eq(reminder.id, row.id));
	}
	return 'noted';
}

/**
 * The next channel while it is useful; else it says so, for somebody to call. `pushedAt`: a push service took it, and nobody has
 * seen it yet.
 */
function afterFailure(row: typeof reminder.$inferSelect, pushedAt: Date | null, now: Date) {
	const hasMore = (row.ladder ?? []).length > 0 && now < row.usefulUntil;
	if (hasMore) return { state: pushedAt ? ('sent' as const) : ('scheduled' as const), sentAt: pushedAt, actAt: now };
	// When it was handed over stays true.
	return { ...unreached({ kind: row.kind, sentAt: pushedAt }), sentAt: pushedAt ?? row.sentAt, actAt: null };
}
