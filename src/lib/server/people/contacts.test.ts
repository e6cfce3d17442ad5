import { desc, eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { aPerson, aReferent, NOW } from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { inviteAccount, openSession } from '../accounts/commands.ts';
import { accountsOfContact, findInvitation } from '../accounts/queries.ts';
import { parseContact } from '../accounts/rules.ts';
import { findSession, type SignedIn } from '../accounts/sessions.ts';
import type { Db } from '../db/client.ts';
import {
	account,
	auditEntry,
	calendarFeed,
	deadAddress,
	person,
	personSearchKey,
	pushSubscription,
} from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { changeOwnContact, correctPerson, identityVersion, proveContact, type Correction } from './contacts.ts';
import { personOf } from './queries.ts';
import { addressHash } from './signing-in.ts';

const NEW_PHONE = '+33639980777';
const NEW_EMAIL = 'nouvelle@example.fr';
const LATER = new Date(NOW.getTime() + 3_600_000);

let db: Db;
let referent: Awaited<ReturnType<typeof aReferent>>;
let someone: Awaited<ReturnType<typeof aPerson>>;
beforeEach(async () => {
	db = await testDatabase();
	referent = await aReferent(db);
	someone = await aPerson(db, { referent, phone: '+33639980111', email: 'ancienne@example.fr' });
});

const signIn = async () => {
	const token = await db.write((tx) =>
		openSession(tx, { accountId: someone.account.id, kind: 'own_phone', device: 'android', now: NOW }),
	);
	return { token, who: () => findSession(db.read, token, NOW) };
};
const whoSignsInBy = async (contact: string) => (await accountsOfContact(db.read, contact)).map(({ id }) => id);
const journal = () => db.read.select().from(auditEntry).orderBy(desc(auditEntry.at), desc(auditEntry.id)).limit(5);
const by = () => ({ accountId: referent.id, role: 'referent' as const, structureId: referent.structureId });

async function change(contact: string, mine?: SignedIn) {
	const signedIn = mine ?? (await (await signIn()).who())!.account;
	return db.write((tx) => changeOwnContact(tx, { by: signedIn, contact: parseContact(contact)!, now: LATER }));
}
async function correct(changes: Partial<Correction>, more: { isLost?: boolean; version?: string } = {}) {
	const row = await personOf(db.read, someone.id);
	const { firstName, lastName } = row;
	return db.write((tx) =>
		correctPerson(tx, {
			personId: someone.id,
			version: identityVersion(row),
			correction: { firstName, lastName, ...changes },
			isLost: false,
			by: by(),
			now: LATER,
			...more,
		}),
	);
}

test('the contact that a code reached replaces the former one, everywhere it counts', async () => {
	await db.write((tx) => tx.update(person).set({ contactConfirmedAt: null }).where(eq(person.id, someone.id)));
	expect(await change(NEW_PHONE)).toEqual({ tell: { channel: 'sms', value: '+33639980111' } });
	expect(await personOf(db.read, someone.id)).toMatchObject({
		phone: NEW_PHONE,
		email: 'ancienne@example.fr',
		contactConfirmedAt: LATER,
		lastContactAt: LATER,
	});
	expect(await whoSignsInBy(NEW_PHONE)).toEqual([someone.account.id]);
	expect(await whoSignsInBy('+33639980111')).toEqual([]);
	const keys = await db.read.select().from(personSearchKey).where(eq(personSearchKey.personId, someone.id));
	expect(keys.map(({ key }) => key)).toContain('0639980777');
	expect(keys.map(({ key }) => key)).not.toContain('0639980111');
	expect(await journal()).toContainEqual(
		expect.objectContaining({
			action: 'person.contact_changed',
			actorId: someone.account.id,
			personId: someone.id,
			detail: { channel: 'sms' },
		}),
	);
});

test('whoever was signed in elsewhere, was notified there, or holds a link, no longer is', async () => {
	const [here, elsewhere] = [await signIn(), await signIn()];
	const { token } = await db.write((tx) =>
		inviteAccount(tx, { accountId: someone.account.id, createdById: null, now: NOW }),
	);
	await insertOne(db, pushSubscription, {
		id: newId(),
		accountId: someone.account.id,
		endpoint: 'https://push.example/1',
		p256dh: 'key',
		auth: 'auth',
		label: 'Autre téléphone',
		createdAt: NOW,
		lastAliveAt: NOW,
	});
	await change(NEW_EMAIL, (await here.who())!.account);
	expect(await here.who()).not.toBeNull();
	expect(await elsewhere.who()).toBeNull();
	expect(await findInvitation(db.read, token, LATER)).toBeUndefined();
	expect(await db.read.select().from(pushSubscription)).toEqual([]);
});

test('an address that no longer worked is forgotten with it; a first one is told on the other channel', async () => {
	await insertOne(db, deadAddress, { personId: someone.id, addressHash: addressHash(someone.email!), since: NOW });
	await change(NEW_EMAIL);
	expect(await db.read.select().from(deadAddress)).toEqual([]);
	await db.write((tx) => tx.update(person).set({ email: null }).where(eq(person.id, someone.id)));
	await db.write((tx) => tx.update(account).set({ email: null }).where(eq(account.id, someone.account.id)));
	expect(await change('autre@example.fr')).toEqual({ tell: { channel: 'sms', value: '+33639980111' } });
});

test('what a professional corrects is written to at once, and signs in only once a code reached it', async () => {
	const { tell, fields } = await correct({ firstName: 'Alya', birthDate: '1986-00-00', phone: NEW_PHONE });
	expect({ tell, fields }).toEqual({
		tell: { channel: 'sms', value: '+33639980111' },
		fields: ['firstName', 'birthDate', 'phone'],
	});
	expect(await personOf(db.read, someone.id)).toMatchObject({
		firstName: 'Alya',
		birthDate: '1986-00-00',
		phone: NEW_PHONE,
		email: 'ancienne@example.fr',
		searchName: expect.stringContaining('alya') as string,
	});
	expect(await whoSignsInBy(NEW_PHONE)).toEqual([]);
	expect(await whoSignsInBy('+33639980111')).toEqual([someone.account.id]);
	const contact = parseContact(NEW_PHONE)!;
	await db.write((tx) => proveContact(tx, { personId: someone.id, contact, by: by(), now: LATER }));
	expect(await whoSignsInBy(NEW_PHONE)).toEqual([someone.account.id]);
	expect(await whoSignsInBy('+33639980111')).toEqual([]);
	expect((await journal()).map(({ action, actorId }) => [action, actorId])).toEqual(
		expect.arrayContaining([
			['person.corrected', referent.id],
			['person.contact_proved', referent.id],
		]),
	);
});

test('« no longer theirs » opens nothing at once, and is not told to whoever holds it now', async () => {
	const { who } = await signIn();
	const { tell } = await correct({ phone: NEW_PHONE }, { isLost: true });
	expect(tell).toEqual({ channel: 'email', value: 'ancienne@example.fr' });
	expect(await whoSignsInBy('+33639980111')).toEqual([]);
	expect(await whoSignsInBy('ancienne@example.fr')).toEqual([someone.account.id]);
	expect(await who()).toBeNull();
});

test('a phone that was lost or stolen is signed out and reads no calendar, though its number stays', async () => {
	const accountId = someone.account.id;
	const thief = await signIn();
	const link = await db.write((tx) => inviteAccount(tx, { accountId, createdById: null, now: NOW }));
	await insertOne(db, calendarFeed, { tokenHash: 'feed', accountId, createdAt: NOW });
	expect(await correct({}, { isLost: true })).toEqual({ fields: [], tell: null });
	expect(await thief.who()).toBeNull();
	expect(await findInvitation(db.read, link.token, LATER)).toBeUndefined();
	expect(await db.read.select().from(calendarFeed)).toEqual([]);
	expect(await whoSignsInBy('+33639980111')).toEqual([accountId]);
	expect((await journal())[0]).toMatchObject({ action: 'person.corrected', detail: { fields: [], lost: true } });
	// The name was mended at the same time: no contact is taken away either.
	const { who } = await signIn();
	await correct({ lastName: 'Autre' }, { isLost: true });
	expect(await who()).toBeNull();
});

test('of two people who correct at once, the second is refused and overwrites nothing', async () => {
	const version = identityVersion(someone);
	await correct({ phone: NEW_PHONE });
	await expect(correct({ phone: null, lastName: 'Autre' }, { version })).rejects.toThrow('identity_changed');
	expect(await personOf(db.read, someone.id)).toMatchObject({ phone: NEW_PHONE, lastName: someone.lastName });
});

test('nothing changed writes nothing, and a field that is not given stays', async () => {
	const before = await journal();
	expect(await correct({})).toEqual({ fields: [], tell: null });
	expect(await journal()).toEqual(before);
});

test('a contact that nobody proved any more is said so; who had no account gets one by the first that is proved', async () => {
	const stranger = await aPerson(db, { referent, email: 'a@example.fr', phone: null, account: false });
	const prove = (contact: string) =>
		db.write((tx) =>
			proveContact(tx, { personId: stranger.id, contact: parseContact(contact)!, by: by(), now: LATER }),
		);
	await expect(prove('b@example.fr')).rejects.toThrow('contact_changed');
	await prove('a@example.fr');
	expect(await accountsOfContact(db.read, 'a@example.fr')).toMatchObject([{ personId: stranger.id, phone: null }]);
	someone = stranger;
	await correct({ email: 'b@example.fr' });
	expect((await personOf(db.read, stranger.id)).contactConfirmedAt).toBeNull();
});

test('a name of signs alone, without a number, finds nobody and stops nothing', async () => {
	await correct({ firstName: '.', lastName: '🙂', phone: null });
	expect(await db.read.select().from(personSearchKey).where(eq(personSearchKey.personId, someone.id))).toEqual([]);
});
