import { and, eq } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { delivery, reminder } from '../db/schema/index.ts';

/** What the gateway says of an SMS some time after it took it: on the phone, or given up. */
export const SMS_RECEIPTS = ['delivered', 'failed'] as const;
export type SmsReceipt = (typeof SMS_RECEIPTS)[number];

/**
 * Notes a delivery receipt. A failure climbs to the next channel at once, as a refusal would have; when none is left and
 * nothing else arrived, somebody must call. Said twice, it counts once.
 * @returns `unknown` for a reference that is not ours, `early` while the sending is still being recorded
 */
export async function noteSmsReceipt(
	tx: Tx,
	{ reference, receipt, now }: { reference: string; receipt: SmsReceipt; now: Date },
): Promise<'noted' | 'unknown' | 'early'> {
	const [row] = await tx.select().from(reminder).where(eq(reminder.id, reference)).limit(1);
	if (!row) return 'unknown';
	const taken = await tx
		.select({ id: delivery.id, channel: delivery.channel })
		.from(delivery)
		.where(and(eq(delivery.reminderId, row.id), eq(delivery.outcome, 'accepted')))
		.limit(50);
	const bySms = taken.filter(({ channel }) => channel === 'sms').at(-1);
	if (!bySms) return row.state === 'sending' ? 'early' : 'noted';
	await tx
		.update(delivery)
		.set(
			receipt === 'delivered'
				? { reason: 'delivered' }
				: { outcome: 'permanent_failure', reason: 'receipt_failed', at: now },
		)
		.where(eq(delivery.id, bySms.id));
	if (receipt === 'failed' && row.state === 'sent') {
		const arrivedOtherwise = taken.some(({ channel }) => channel !== 'sms');
		await tx
			.update(reminder)
			.set(afterFailure(row, arrivedOtherwise, now))
			.where(eq(reminder.id, row.id));
	}
	return 'noted';
}

function afterFailure({ ladder, sentAt }: typeof reminder.$inferSelect, arrivedOtherwise: boolean, now: Date) {
	const hasMore = (ladder ?? []).length > 0;
	if (arrivedOtherwise) return { state: 'sent' as const, sentAt, actAt: hasMore ? now : null };
	if (hasMore) return { state: 'scheduled' as const, sentAt: null, actAt: now };
	return { state: 'failed' as const, reason: 'unreachable', sentAt: null, actAt: null };
}
