import { and, eq, inArray, lt } from 'drizzle-orm';
import type { Queries, Tx } from '../db/client.ts';
import { account, pushSubscription, removedDevice } from '../db/schema/index.ts';
import { config } from '../platform/config.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { hashToken, newId } from '../platform/ids.ts';
import { putPushFirst } from './preferences.ts';
import { checkSubscriptionKeys, isAllowedPushEndpoint } from '../platform/push-endpoint.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Without a registration or a « shown » for so long, a browser is taken for lost (reliability.md §1.3). */
export const FORGOTTEN_AFTER_MS = 60 * DAY_MS;
/** More browsers than anybody owns: the oldest ones give way. */
const MAX_DEVICES = 10;

export interface BrowserSubscription {
	endpoint: string;
	p256dh: string;
	auth: string;
}

/**
 * Registers a browser, or refreshes it; the browser of somebody else (a shared phone) moves to this account. One that its owner
 * removed is taken again when the person asks for it (`isAsked`), never because it says itself again, under a new address either.
 * Its former address (`replaces`) is forgotten. Who asks for it and had left notifications out of their order gets them first.
 * @throws DomainError `bad_subscription` when the address is no browser's push service or the keys are no keys,
 * `device_removed` (gone) when it should end its own subscription
 */
export async function registerSubscription(
	tx: Tx,
	input: BrowserSubscription & {
		accountId: string;
		sessionId: string;
		label: string;
		isAsked: boolean;
		replaces?: string;
		now: Date;
	},
): Promise<{ id: string }> {
	const { endpoint, p256dh, auth, accountId, sessionId, now } = input;
	if (!isAllowedPushEndpoint(endpoint, config().pushHosts) || !checkSubscriptionKeys({ p256dh, auth }))
		throw new DomainError('bad_subscription', 'invalid');
	const names = [endpoint, input.replaces ?? endpoint].map((name) => tombstoneOf(accountId, name));
	const tombstone = inArray(removedDevice.id, names);
	if (input.isAsked) {
		await tx.delete(removedDevice).where(tombstone);
		await putPushFirst(tx, accountId);
	} else if ((await tx.select().from(removedDevice).where(tombstone).limit(1)).length > 0)
		throw new DomainError('device_removed', 'gone');
	if (input.replaces && input.replaces !== endpoint) await detachEndpoint(tx, { accountId, endpoint: input.replaces });
	const [known] = await tx
		.select({ id: pushSubscription.id, accountId: pushSubscription.accountId })
		.from(pushSubscription)
		.where(eq(pushSubscription.endpoint, endpoint))
		.limit(1);
	if (known) {
		const label = known.accountId === accountId ? {} : { label: input.label, createdAt: now };
		await tx
			.update(pushSubscription)
			.set({ p256dh, auth, accountId, sessionId, lastAliveAt: now, ...label })
			.where(eq(pushSubscription.id, known.id));
		return { id: known.id };
	}
	const id = newId();
	const { label } = input;
	await tx
		.insert(pushSubscription)
		.values({ id, accountId, sessionId, endpoint, p256dh, auth, label, createdAt: now, lastAliveAt: now });
	await dropOldest(tx, accountId);
	return { id };
}

async function dropOldest(tx: Tx, accountId: string) {
	const devices = await listDevices(tx, accountId);
	const tooMany = devices.slice(MAX_DEVICES).map((device) => device.id);
	if (tooMany.length > 0) await tx.delete(pushSubscription).where(inArray(pushSubscription.id, tooMany));
}

/** Browsers of an account, the most recently seen first. */
export const listDevices = (q: Queries, accountId: string) =>
	q
		.select({
			id: pushSubscription.id,
			label: pushSubscription.label,
			createdAt: pushSubscription.createdAt,
			lastAliveAt: pushSubscription.lastAliveAt,
		})
		.from(pushSubscription)
		.where(eq(pushSubscription.accountId, accountId))
		.orderBy(pushSubscription.lastAliveAt)
		.limit(50)
		.then((rows) => rows.reverse());

/** @throws DomainError `not_found` when the device is not theirs */
export async function renameDevice(tx: Tx, { id, accountId, label }: { id: string; accountId: string; label: string }) {
	const rows = await tx
		.update(pushSubscription)
		.set({ label })
		.where(and(eq(pushSubscription.id, id), eq(pushSubscription.accountId, accountId)))
		.returning({ id: pushSubscription.id });
	if (rows.length === 0) throw notFound();
}

/** @throws DomainError `not_found` when the device is not theirs */
export async function removeDevice(tx: Tx, { id, accountId, now }: { id: string; accountId: string; now: Date }) {
	const rows = await tx
		.delete(pushSubscription)
		.where(and(eq(pushSubscription.id, id), eq(pushSubscription.accountId, accountId)))
		.returning({ endpoint: pushSubscription.endpoint });
	const [removed] = rows;
	if (!removed) throw notFound();
	await tx
		.insert(removedDevice)
		.values({ id: tombstoneOf(accountId, removed.endpoint), accountId, removedAt: now })
		.onConflictDoNothing();
}

const tombstoneOf = (accountId: string, endpoint: string) => hashToken(`${accountId} ${endpoint}`);

/**
 * Sign-out: this browser gets nothing more of this account. Another account's registration of it is left alone. With nobody signed in any
 * more, of whoever was: its address is known to the browser alone.
 */
export async function detachEndpoint(tx: Tx, { accountId, endpoint }: { accountId?: string; endpoint: string }) {
	const whose = accountId === undefined ? undefined : eq(pushSubscription.accountId, accountId);
	await tx.delete(pushSubscription).where(and(eq(pushSubscription.endpoint, endpoint), whose));
}

/** Answered 404 or 410: it will never work again. */
export async function deleteGone(tx: Tx, ids: string[]) {
	if (ids.length > 0) await tx.delete(pushSubscription).where(inArray(pushSubscription.id, ids));
}

/** A browser of this person proved to be alive. */
export async function registerLife(
	tx: Tx,
	{ subscriptionId, personId, now }: { subscriptionId: string; personId: string; now: Date },
) {
	const theirs = tx.select({ id: account.id }).from(account).where(eq(account.personId, personId));
	await tx
		.update(pushSubscription)
		.set({ lastAliveAt: now })
		.where(and(eq(pushSubscription.id, subscriptionId), inArray(pushSubscription.accountId, theirs)));
}

/** @returns how many browsers were forgotten */
export async function forgetSilentDevices(tx: Tx, now: Date): Promise<number> {
	const rows = await tx
		.delete(pushSubscription)
		.where(lt(pushSubscription.lastAliveAt, new Date(now.getTime() - FORGOTTEN_AFTER_MS)))
		.returning({ id: pushSubscription.id });
	return rows.length;
}
