import { eq } from 'drizzle-orm';
import type { Queries, Tx } from '../db/client.ts';
import { account, person } from '../db/schema/index.ts';
import { REMINDER_KINDS, type ReminderKind } from '../db/schema/reminders.ts';
import { CHANNELS, type Channel } from '../../shared/codes.ts';
import { notFound } from '../platform/errors.ts';
import { isMutable, MUTABLE_KINDS } from './kinds.ts';

export { REMINDER_KINDS };

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

/** What a person may want of one kind: as usual, another channel first, or nothing where the law allows it. */
export const KIND_CHOICES = ['usual', ...CHANNELS, 'none'] as const;
export type KindChoice = (typeof KIND_CHOICES)[number];

export const choicesFor = (kind: ReminderKind): readonly KindChoice[] =>
	KIND_CHOICES.filter((choice) => choice !== 'none' || isMutable(kind));

export type KindChoices = Partial<Record<ReminderKind, KindChoice>>;

export interface Preferences {
	order: ChannelOrder;
	wording: 'discreet' | 'detailed';
	/** A kind that is not named is as usual. */
	kinds: KindChoices;
}

/** How, how much and about what the person wants to be written to. What the law owes is sent anyway, where they want it. */
export async function setPreferences(tx: Tx, personId: string, { order, wording, kinds }: Preferences) {
	const moved = Object.entries(kinds).filter(([, choice]) => choice !== 'usual' && choice !== 'none');
	await tx
		.update(person)
		.set({
			channelOrder: order.split(',') as Channel[],
			wording,
			kindChannels: Object.fromEntries(moved) as Partial<Record<string, Channel>>,
			mutedKinds: MUTABLE_KINDS.filter((kind) => kinds[kind] === 'none'),
		})
		.where(eq(person.id, personId));
}

/** « Les rappels arriveront sur ce téléphone »: who asks for it wants notifications, whatever order they chose before. */
export async function putPushFirst(tx: Tx, accountId: string): Promise<void> {
	const [row] = await tx
		.select({ id: person.id, channelOrder: person.channelOrder })
		.from(account)
		.innerJoin(person, eq(person.id, account.personId))
		.where(eq(account.id, accountId))
		.limit(1);
	if (!row || row.channelOrder.includes('push')) return;
	await tx
		.update(person)
		.set({ channelOrder: ['push', ...row.channelOrder] })
		.where(eq(person.id, row.id));
}

/** @throws DomainError `not_found` */
export async function preferencesOf(q: Queries, personId: string): Promise<Preferences> {
	const { channelOrder, wording, kindChannels, mutedKinds } = person;
	const [row] = await q
		.select({ channelOrder, wording, kindChannels, mutedKinds })
		.from(person)
		.where(eq(person.id, personId))
		.limit(1);
	if (!row) throw notFound();
	const choice = (kind: ReminderKind): KindChoice =>
		row.mutedKinds.includes(kind) && isMutable(kind) ? 'none' : (row.kindChannels?.[kind] ?? 'usual');
	return {
		order: orderCodeOf(row.channelOrder),
		wording: row.wording,
		kinds: Object.fromEntries(REMINDER_KINDS.map((kind) => [kind, choice(kind)])),
	};
}

/** Channels to try for one kind: the one it was moved to, then the others as usual. */
export function orderFor(
	kind: ReminderKind,
	{ channelOrder, kindChannels }: Pick<typeof person.$inferSelect, 'channelOrder' | 'kindChannels'>,
): Channel[] {
	const first = kindChannels?.[kind];
	return first ? [first, ...channelOrder.filter((channel) => channel !== first)] : channelOrder;
}
