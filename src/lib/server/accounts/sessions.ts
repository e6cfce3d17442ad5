/**
 * Login sessions. The only module that knows lucia (decisions/0002): lucia draws tokens and validates; the adapter
 * below stores a hash of the token and nothing else of it, and our own limits decide, at the instant we are given.
 */
import { and, asc, desc, eq, gt, isNull, lte, ne, or, sql } from 'drizzle-orm';
import { Lucia, type Adapter, type DatabaseSession } from 'lucia';
import type { Device, Role } from '../../shared/codes.ts';
import type { Queries, Tx } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import { account, pushSubscription, session } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { hashToken } from '../platform/ids.ts';
import { idleUntil, RENEW_EVERY_MS, SESSION_LIMITS, type SessionKind } from './rules.ts';

export type { SessionKind } from './rules.ts';

/** Who is signed in, as hooks and guards see them. */
export interface SignedIn {
	/** Hash of the session's token: an id for the log and for sign-out, useless as a cookie. */
	sessionId: string;
	kind: SessionKind;
	accountId: string;
	role: Role;
	displayName: string;
	personId: string | null;
	territoryId: string | null;
	structureId: string | null;
	side: 'social' | 'work' | null;
	locale: string;
}

interface SessionAttributes {
	kind: SessionKind;
	device: Device;
	endsAt: Date;
	idleUntil: Date;
}
type AccountAttributes = Omit<SignedIn, 'sessionId' | 'kind' | 'accountId'>;

declare module 'lucia' {
	interface Register {
		Lucia: ReturnType<typeof luciaAt>;
		DatabaseSessionAttributes: SessionAttributes;
		DatabaseUserAttributes: AccountAttributes;
	}
}

/** Lucia would slide sessions by the system's clock: it is told they end here, out of its reach. */
const BEYOND_LUCIA = new Date('9999-01-01T00:00:00Z');

/** One point read per request. */
const sessionRow = prepared((q) =>
	q
		.select({
			id: session.id,
			kind: session.kind,
			device: session.device,
			endsAt: session.endsAt,
			idleUntil: session.idleUntil,
			accountId: account.id,
			role: account.role,
			status: account.status,
			displayName: account.displayName,
			personId: account.personId,
			territoryId: account.territoryId,
			structureId: account.structureId,
			side: account.side,
			locale: account.locale,
		})
		.from(session)
		.innerJoin(account, eq(account.id, session.accountId))
		.where(eq(session.id, sql.placeholder('id')))
		.limit(1)
		.prepare(),
);

/** Ids that lucia hands over are tokens, except in lists, which give hashes. */
const adapter = (q: Queries, now: Date): Adapter => ({
	async getSessionAndUser(token) {
		const [row] = await sessionRow(q).execute({ id: hashToken(token) });
		if (!row || row.status !== 'active' || row.endsAt <= now || row.idleUntil <= now) return [null, null];
		const { id: _hash, kind, device, endsAt, idleUntil, accountId, status: _active, ...attributes } = row;
		return [
			{
				id: token,
				userId: accountId,
				expiresAt: BEYOND_LUCIA,
				attributes: { kind, device, endsAt, idleUntil },
			},
			{ id: accountId, attributes },
		];
	},
	async setSession({ id, userId, attributes }) {
		await q.insert(session).values({ id: hashToken(id), accountId: userId, createdAt: now, ...attributes });
	},
	async deleteSession(token) {
		await q.delete(session).where(eq(session.id, hashToken(token)));
	},
	async deleteUserSessions(accountId) {
		await q.delete(session).where(eq(session.accountId, accountId));
	},
	async deleteExpiredSessions() {
		await q.delete(session).where(or(lte(session.endsAt, now), lte(session.idleUntil, now)));
	},
	async getUserSessions(accountId) {
		const rows = await q
			.select()
			.from(session)
			.where(and(eq(session.accountId, accountId), gt(session.endsAt, now), gt(session.idleUntil, now)))
			.orderBy(desc(session.createdAt), asc(session.id))
			.limit(WHOLE);
		return rows.map(({ id, kind, device, endsAt, idleUntil }): DatabaseSession => ({
			id,
			userId: accountId,
			expiresAt: BEYOND_LUCIA,
			attributes: { kind, device, endsAt, idleUntil },
		}));
	},
	// Renewal is ours (renewSession); sessions that end in 9999 are never renewed by lucia.
	updateSessionExpiration: () => Promise.resolve(),
});

const luciaAt = (q: Queries, now: Date) =>
	new Lucia(adapter(q, now), {
		getSessionAttributes: (attributes) => attributes,
		getUserAttributes: (attributes) => attributes,
	});

/**
 * Opens a session and returns the token for the cookie, the only time it is seen. `replacing`: token of a session this
 * browser had, ended here (no fixation, no second identity behind the same cookie).
 */
export async function openSession(
	tx: Tx,
	input: { accountId: string; kind: SessionKind; device: Device; replacing?: string; now: Date },
): Promise<string> {
	const { accountId, kind, device, replacing, now } = input;
	const lucia = luciaAt(tx, now);
	if (replacing) await lucia.invalidateSession(replacing);
	const endsAt = new Date(now.getTime() + SESSION_LIMITS[kind].totalMs);
	const { id } = await lucia.createSession(accountId, {
		kind,
		device,
		endsAt,
		idleUntil: idleUntil(kind, now, endsAt),
	});
	await tx.update(account).set({ lastSeenAt: now }).where(eq(account.id, accountId));
	if (replacing) await keepBrowser(tx, accountId, { from: hashToken(replacing), to: hashToken(id) });
	return id;
}

/** Signed in again in the same browser: its reminders go on, and stay with it. */
const keepBrowser = (tx: Tx, accountId: string, { from, to }: { from: string; to: string }) =>
	tx
		.update(pushSubscription)
		.set({ sessionId: to })
		.where(and(eq(pushSubscription.accountId, accountId), eq(pushSubscription.sessionId, from)));

/**
 * Who holds this token at `now`; null when it is unknown, over, unused for too long, or the account is disabled. Role
 * and structure are those of now. `isDue`: the use should be written (`renewSession`).
 */
export async function findSession(
	q: Queries,
	token: string,
	now: Date,
): Promise<{ account: SignedIn; isDue: boolean } | null> {
	const { session: found, user } = await luciaAt(q, now).validateSession(token);
	if (!found) return null;
	const { id: accountId, ...attributes } = user;
	const gained = idleUntil(found.kind, now, found.endsAt).getTime() - found.idleUntil.getTime();
	return {
		account: { ...attributes, accountId, sessionId: hashToken(token), kind: found.kind },
		isDue: gained >= RENEW_EVERY_MS,
	};
}

/** Writes that a session was used. Only professionals' sessions gain by it. */
export async function renewSession(tx: Tx, sessionId: string, now: Date): Promise<void> {
	const [row] = await tx.select().from(session).where(eq(session.id, sessionId)).limit(1);
	if (!row || row.idleUntil <= now) return;
	const until = idleUntil(row.kind, now, row.endsAt);
	await tx.update(session).set({ idleUntil: until }).where(eq(session.id, sessionId));
}

/** Ends one session of this account; somebody else's is left alone. */
export async function closeSession(tx: Tx, { sessionId, accountId }: { sessionId: string; accountId: string }) {
	await tx.delete(session).where(and(eq(session.id, sessionId), eq(session.accountId, accountId)));
}

/**
 * Ends every other session of the account (a lost phone), and notifies none of their browsers any more. One of which the session is
 * not known goes too: it says itself again at a next start (src/phone/push.ts), which a signed-out one cannot.
 */
export async function closeOtherSessions(tx: Tx, { sessionId, accountId }: { sessionId: string; accountId: string }) {
	await tx.delete(session).where(and(ne(session.id, sessionId), eq(session.accountId, accountId)));
	const isNotHere = or(isNull(pushSubscription.sessionId), ne(pushSubscription.sessionId, sessionId));
	await tx.delete(pushSubscription).where(and(eq(pushSubscription.accountId, accountId), isNotHere));
}

/** Ends all, reminders on its browsers with them: the account is disabled, or its contact is no longer theirs. */
export async function closeAllSessions(tx: Tx, accountId: string, now: Date): Promise<void> {
	await luciaAt(tx, now).invalidateUserSessions(accountId);
	await tx.delete(pushSubscription).where(eq(pushSubscription.accountId, accountId));
}

/** Housekeeping: ended sessions open nothing, but say when somebody was here. */
export const deleteEndedSessions = (tx: Tx, now: Date) => luciaAt(tx, now).deleteExpiredSessions();

/** Where this account is signed in, newest first. Ids are hashes. */
export const listSessions = (q: Queries, accountId: string, now: Date) => luciaAt(q, now).getUserSessions(accountId);
