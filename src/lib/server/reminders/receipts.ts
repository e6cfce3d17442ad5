import { desc, eq } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import type { Channel } from '../../shared/codes.ts';
import { delivery, reminder } from '../db/schema/index.ts';
import { emailChangedSince } from '../people/contacts.ts';
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
 * Notes a delivery receipt of the SMS gateway, which has the last word over what its first answer had us believe. A failure climbs to
 * the next channel at once, as a refusal would have; when none is left and nothing else arrived, somebody must call. « Delivered »
 * ends the ladder, also when the gateway had not answered. Said twice, it counts once.
 * @returns `unknown` for a reference that is not ours, `early` while the sending is still being recorded
 */
export async function noteSmsReceipt(tx: Tx, receipt: Receipt): Promise<Noted> {
	const reason = receipt.receipt === 'failed' ? 'receipt_failed' : DELIVERED;
	return (await note(tx, { ...receipt, channel: 'sms', reason })).noted;
}

/**
 * Notes that a mail taken in charge came back hours or days later: the same as a failed SMS. When it is the address that is dead,
 * it is not written to again (`dead-addresses.ts`): handed over twice it is believed once, since the person may have said meanwhile that
 * it works.
 */
export async function noteBounce(tx: Tx, { id, email, isDead, now }: Bounce & { now: Date }): Promise<Noted> {
	const reason = isDead ? 'dead_address' : 'bounced';
	const { noted, news } = await note(tx, { reference: id, receipt: 'failed', channel: 'email', reason, now });
	if (!news || !isDead) return noted;
	// One that names no address is about the one of that mail.
	const isFormer = email === null && (await emailChangedSince(tx, news.personId, news.sentAt));
	if (!isFormer) await rememberDead(tx, { personId: news.personId, email, now });
	return noted;
}

/** `news`: what was not known yet, and when what it is about was handed over. */
async function note(
	tx: Tx,
	{ reference, receipt, channel, reason, now }: Receipt & { channel: Channel; reason: string },
): Promise<{ noted: Noted; news?: { personId: string; sentAt: Date } }> {
	const [row] = await tx.select().from(reminder).where(eq(reminder.id, reference)).limit(1);
	if (!row) return { noted: 'unknown' };
	const made = await tx
		.select()
		.from(delivery)
		.where(eq(delivery.reminderId, row.id))
		.orderBy(desc(delivery.at), desc(delivery.id))
		.limit(MOST_ATTEMPTS);
	const last = made.find((one) => one.channel === channel);
	if (!last) return { noted: row.state === 'sending' ? 'early' : 'noted' };
	// Receipts may cross on their way, or come twice: what was on the phone stays there.
	if (last.reason === DELIVERED || (receipt === 'failed' && last.outcome === 'permanent_failure'))
		return { noted: 'noted' };
	// Another try is on its way: what it comes to is known in a moment.
	if (row.state === 'sending') return { noted: 'early' };
	await tx
		.update(delivery)
		.set(receipt === 'delivered' ? { outcome: 'accepted', reason } : { outcome: 'permanent_failure', reason, at: now })
		.where(eq(delivery.id, last.id));
	const pushedAt = made.find((one) => one.channel === 'push' && one.outcome === 'accepted')?.at ?? null;
	const change =
		receipt === 'delivered' ? afterArrival(row, last.at) : afterFailure(row, { channel, last, pushedAt, now });
	if (change) await tx.update(reminder).set(change).where(eq(reminder.id, row.id));
	return { noted: 'noted', news: { personId: row.personId, sentAt: last.at } };
}

/** More than any message makes while it is useful. */
const MOST_ATTEMPTS = 200;

type Row = typeof reminder.$inferSelect;

/** On the phone, whatever we took it for: given up, to be tried again, or on the way to the next channel. */
const afterArrival = ({ state, sentAt }: Row, at: Date) =>
	state === 'sent' || state === 'scheduled' || state === 'failed'
		? { state: 'sent' as const, reason: null, sentAt: sentAt ?? at, actAt: null }
		: null;

/**
 * The next channel while it is useful; else it says so, for somebody to call. `pushedAt`: a push service took it, and nobody has
 * seen it yet. Null when another channel was tried since: its outcome stands.
 */
function afterFailure(
	row: Row,
	about: { channel: Channel; last: typeof delivery.$inferSelect; pushedAt: Date | null; now: Date },
) {
	const { channel, last, pushedAt, now } = about;
	const wasTaken = row.state === 'sent' && last.outcome === 'accepted';
	// The gateway had taken what we are about to send again.
	const isToBeTriedAgain = row.actAt !== null && row.ladder?.[0] === channel;
	if (!wasTaken && !isToBeTriedAgain) return null;
	const ladder = (row.ladder ?? []).filter((one) => one !== channel);
	if (ladder.length > 0 && now < row.usefulUntil)
		return {
			state: pushedAt ? ('sent' as const) : ('scheduled' as const),
			ladder,
			attempts: 0,
			sentAt: pushedAt,
			actAt: now,
		};
	// When it was handed over stays true.
	const end = unreached({ kind: row.kind, sentAt: pushedAt });
	return { ...end, ladder, sentAt: pushedAt ?? row.sentAt, actAt: null };
}
