import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { aCoordinator, aPerson, aReferent } from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { account, pushSubscription, session } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { disableAccount } from './commands.ts';
import type { SessionKind } from './rules.ts';
import {
	closeOtherSessions,
	closeSession,
	deleteEndedSessions,
	findSession,
	listSessions,
	openSession,
	renewSession,
} from './sessions.ts';

const START = new Date('2026-03-02T09:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const after = (ms: number) => new Date(START.getTime() + ms);

const open = (db: Db, accountId: string, kind: SessionKind, replacing?: string, now = START) =>
	db.write((tx) => openSession(tx, { accountId, kind, device: 'android', replacing, now }));

/** A request at that moment, with what the portal does of it: the use is written when it is due. */
async function use(db: Db, token: string, now: Date) {
	const found = await findSession(db.read, token, now);
	if (found?.isDue) await db.write((tx) => renewSession(tx, found.account.sessionId, now));
	return found?.account ?? null;
}

describe('a session', () => {
	test('tells who is signed in, as the account is now', async () => {
		const db = await testDatabase();
		const person = await aPerson(db);
		const token = await open(db, person.account.id, 'own_phone');
		expect(await use(db, token, START)).toMatchObject({
			accountId: person.account.id,
			personId: person.id,
			territoryId: person.territoryId,
			role: 'beneficiary',
			kind: 'own_phone',
		});
	});

	test('has a token of 200 bits at least, of which the database keeps only a hash', async () => {
		const db = await testDatabase();
		const person = await aPerson(db);
		const token = await open(db, person.account.id, 'own_phone');
		expect(token).toMatch(/^[a-z2-7]{40}$/);
		const [row] = await db.read.select().from(session);
		expect(JSON.stringify(row)).not.toContain(token);
		// What a stolen copy of the database holds opens nothing.
		expect(await use(db, row!.id, START)).toBeNull();
	});

	test('is unknown with a made-up token', async () => {
		const db = await testDatabase();
		for (const token of ['', 'a'.repeat(40), 'é', '%00', "' or 1=1 --"]) expect(await use(db, token, START)).toBeNull();
	});

	test.each([
		['own_phone', 30 * DAY],
		['shared_phone', 30 * MINUTE],
	] as const)('%s ends when its time is over, used or not', async (kind, total) => {
		const db = await testDatabase();
		const person = await aPerson(db);
		const token = await open(db, person.account.id, kind);
		for (let part = 1; part < 10; part++) expect(await use(db, token, after((total * part) / 10))).not.toBeNull();
		expect(await use(db, token, after(total - 1))).not.toBeNull();
		expect(await use(db, token, after(total))).toBeNull();
	});

	test('of a professional ends after 30 minutes without use', async () => {
		const db = await testDatabase();
		const referent = await aReferent(db);
		const token = await open(db, referent.id, 'professional');
		expect(await use(db, token, after(30 * MINUTE - 1))).not.toBeNull();
		expect(await use(db, token, after(60 * MINUTE - 2))).not.toBeNull();
		expect(await use(db, token, after(90 * MINUTE - 2))).toBeNull();
	});

	test('of a professional ends after 12 hours of continuous use', async () => {
		const db = await testDatabase();
		const referent = await aReferent(db);
		const token = await open(db, referent.id, 'professional');
		for (let at = 0; at < 12 * HOUR; at += 20 * MINUTE) expect(await use(db, token, after(at))).not.toBeNull();
		expect(await use(db, token, after(12 * HOUR - 1))).not.toBeNull();
		expect(await use(db, token, after(12 * HOUR))).toBeNull();
	});

	test('writes its use once a minute at most', async () => {
		const db = await testDatabase();
		const referent = await aReferent(db);
		const token = await open(db, referent.id, 'professional');
		expect((await findSession(db.read, token, after(MINUTE - 1)))!.isDue).toBe(false);
		expect((await findSession(db.read, token, after(MINUTE)))!.isDue).toBe(true);
		await use(db, token, after(MINUTE));
		expect((await findSession(db.read, token, after(MINUTE + 1)))!.isDue).toBe(false);
	});

	test('is not revived by a use that arrives after its end', async () => {
		const db = await testDatabase();
		const referent = await aReferent(db);
		const token = await open(db, referent.id, 'professional');
		const { account: who } = (await findSession(db.read, token, START))!;
		await db.write((tx) => renewSession(tx, who.sessionId, after(31 * MINUTE)));
		expect(await use(db, token, after(31 * MINUTE))).toBeNull();
	});

	test('stands a clock that goes back an hour, and ends at the same instant', async () => {
		const db = await testDatabase();
		const person = await aPerson(db);
		const token = await open(db, person.account.id, 'shared_phone');
		expect(await use(db, token, after(-HOUR))).not.toBeNull();
		expect(await use(db, token, after(30 * MINUTE))).toBeNull();
	});

	test('ends when the account is disabled, and cannot be used by one that was disabled elsewhere', async () => {
		const db = await testDatabase();
		const person = await aPerson(db);
		const token = await open(db, person.account.id, 'own_phone');
		await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, person.account.id)));
		expect(await use(db, token, START)).toBeNull();
		await db.write((tx) => disableAccount(tx, person.account.id, START));
		expect(await db.read.select().from(session)).toHaveLength(0);
	});

	test('has the new role at the next request', async () => {
		const db = await testDatabase();
		const coordinator = await aCoordinator(db);
		const token = await open(db, coordinator.id, 'professional');
		expect((await use(db, token, START))!.role).toBe('coordinator');
		await db.write((tx) => tx.update(account).set({ role: 'referent' }).where(eq(account.id, coordinator.id)));
		expect((await use(db, token, START))!.role).toBe('referent');
	});

	test('ends when somebody signs in with the same browser', async () => {
		const db = await testDatabase();
		const [alix, sami] = [await aPerson(db), await aPerson(db)];
		const before = await open(db, alix.account.id, 'own_phone');
		const now = await open(db, sami.account.id, 'own_phone', before);
		expect(now).not.toBe(before);
		expect(await use(db, before, START)).toBeNull();
		expect((await use(db, now, START))!.personId).toBe(sami.id);
	});

	test('is never the one an attacker put there before sign-in', async () => {
		const db = await testDatabase();
		const person = await aPerson(db);
		const planted = 'a'.repeat(40);
		const token = await open(db, person.account.id, 'own_phone', planted);
		expect(token).not.toBe(planted);
		expect(await use(db, planted, START)).toBeNull();
	});

	test('ends at sign-out; a replay of its cookie is nobody', async () => {
		const db = await testDatabase();
		const person = await aPerson(db);
		const token = await open(db, person.account.id, 'own_phone');
		const who = (await use(db, token, START))!;
		await db.write((tx) => closeSession(tx, who));
		expect(await use(db, token, START)).toBeNull();
	});

	test('cannot be ended by somebody else who knows its id', async () => {
		const db = await testDatabase();
		const [alix, sami] = [await aPerson(db), await aPerson(db)];
		const token = await open(db, alix.account.id, 'own_phone');
		const { sessionId } = (await use(db, token, START))!;
		await db.write((tx) => closeSession(tx, { sessionId, accountId: sami.account.id }));
		expect(await use(db, token, START)).not.toBeNull();
	});

	test('closes the others of the same account, and of nobody else', async () => {
		const db = await testDatabase();
		const [alix, sami] = [await aPerson(db), await aPerson(db)];
		const here = await open(db, alix.account.id, 'own_phone');
		const lost = await open(db, alix.account.id, 'own_phone');
		const foreign = await open(db, sami.account.id, 'own_phone');
		const who = (await use(db, here, START))!;
		expect(await listSessions(db.read, alix.account.id, START)).toHaveLength(2);
		await db.write((tx) => closeOtherSessions(tx, who));
		expect(await use(db, lost, START)).toBeNull();
		expect(await use(db, here, START)).not.toBeNull();
		expect(await use(db, foreign, START)).not.toBeNull();
		expect((await listSessions(db.read, alix.account.id, START)).map(({ id }) => id)).toEqual([who.sessionId]);
	});

	test('closed from another phone, or with the account, takes the reminders of its browser with it', async () => {
		const db = await testDatabase();
		const [alix, sami] = [await aPerson(db), await aPerson(db)];
		const notified = async () =>
			(await db.read.select().from(pushSubscription)).map(({ accountId }) => accountId).sort();
		const browser = (accountId: string) =>
			insertOne(db, pushSubscription, {
				id: newId(),
				accountId,
				endpoint: `https://push.example/${newId()}`,
				p256dh: 'key',
				auth: 'auth',
				label: 'Téléphone perdu',
				createdAt: START,
				lastAliveAt: START,
			});
		await browser(alix.account.id);
		await browser(sami.account.id);
		const who = (await use(db, await open(db, alix.account.id, 'own_phone'), START))!;
		await db.write((tx) => closeOtherSessions(tx, who));
		expect(await notified()).toEqual([sami.account.id]);
		await db.write((tx) => disableAccount(tx, sami.account.id, START));
		expect(await notified()).toEqual([]);
	});

	test('keeps the reminders of its own browser when the others are ended, signed in again meanwhile or not', async () => {
		const db = await testDatabase();
		const { account } = await aPerson(db);
		const browser = async (token: string, label: string) =>
			insertOne(db, pushSubscription, {
				...{ id: newId(), accountId: account.id, sessionId: (await use(db, token, START))!.sessionId, label },
				...{ endpoint: `https://push.example/${newId()}`, p256dh: 'key', auth: 'auth' },
				...{ createdAt: START, lastAliveAt: START },
			});
		const [here, lost] = [await open(db, account.id, 'own_phone'), await open(db, account.id, 'own_phone')];
		await browser(here, 'Ici');
		await browser(lost, 'Perdu');
		const again = await open(db, account.id, 'own_phone', here);
		const who = (await use(db, again, START))!;
		await db.write((tx) => closeOtherSessions(tx, who));
		expect(await db.read.select().from(pushSubscription)).toMatchObject([{ label: 'Ici', sessionId: who.sessionId }]);
	});

	test('that is over is deleted, and no other', async () => {
		const db = await testDatabase();
		const person = await aPerson(db);
		await open(db, person.account.id, 'shared_phone');
		const kept = await open(db, person.account.id, 'own_phone');
		await db.write((tx) => deleteEndedSessions(tx, after(30 * MINUTE)));
		expect(await db.read.select().from(session)).toHaveLength(1);
		expect(await use(db, kept, after(30 * MINUTE))).not.toBeNull();
	});
});
