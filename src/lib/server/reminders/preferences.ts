import { eq } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { person } from '../db/schema/index.ts';
import type { Channel } from '../../shared/codes.ts';
import { MUTABLE_KINDS } from './kinds.ts';

/** Orders of channels a person may choose: the first that works is used. */
export const CHANNEL_ORDERS = ['push,email,sms', 'push,sms,email', 'email,sms', 'sms,email'] as const;
export type ChannelOrder = (typeof CHANNEL_ORDERS)[number];

/** The order as it is offered; one written otherwise (an import) shows as the nearest. */
export function orderCodeOf(order: readonly Channel[]): ChannelOrder {
	const code = order.join(',');
	return (
		CHANNEL_ORDERS.find((known) => known === code) ??
		CHANNEL_ORDERS.find((known) => known.startsWith(code)) ??
		CHANNEL_ORDERS[0]
	);
}

export interface Preferences {
	order: ChannelOrder;
	wording: 'discreet' | 'detailed';
	/** Kinds wanted, among those that may be muted. */
	kinds: readonly string[];
}

/** How, how much and about what the person wants to be written to. What the law owes is sent anyway. */
export async function setPreferences(tx: Tx, personId: string, { order, wording, kinds }: Preferences) {
	await tx
		.update(person)
		.set({
			channelOrder: order.split(',') as Channel[],
			wording,
			mutedKinds: MUTABLE_KINDS.filter((kind) => !kinds.includes(kind)),
		})
		.where(eq(person.id, personId));
}
