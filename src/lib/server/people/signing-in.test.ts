import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPerson, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { accountsOfContact } from '../accounts/queries.ts';
import { account } from '../db/schema/index.ts';
import { accountFor } from './signing-in.ts';

const CONTACTS = { email: 'Faute@example.fr', phone: '+33639980041' };

test('only the contact a code reached opens the account: the e-mail that was typed beside it does not', async () => {
	const db = await testDatabase();
	const person = await aPerson(db, { ...CONTACTS, account: false });
	const id = await db.write((tx) => accountFor(tx, person, { proven: CONTACTS.phone, now: NOW }));
	expect((await accountsOfContact(db.read, CONTACTS.phone)).map((own) => own.id)).toEqual([id]);
	expect(await accountsOfContact(db.read, CONTACTS.email)).toEqual([]);
});

test('proved by a birth date, nothing that was typed opens it', async () => {
	const db = await testDatabase();
	const person = await aPerson(db, { ...CONTACTS, account: false });
	const id = await db.write((tx) => accountFor(tx, person, { proven: null, now: NOW }));
	const [own] = await db.read.select().from(account).where(eq(account.id, id));
	expect(own).toMatchObject({ email: null, phone: null, personId: person.id });
});

test('proved later, the other one opens the account they have', async () => {
	const db = await testDatabase();
	const person = await aPerson(db, { ...CONTACTS, account: { email: null } });
	const id = await db.write((tx) => accountFor(tx, person, { proven: CONTACTS.email, now: NOW }));
	expect(id).toBe(person.account.id);
	expect((await accountsOfContact(db.read, CONTACTS.email)).map((own) => own.id)).toEqual([id]);
	expect((await accountsOfContact(db.read, CONTACTS.phone)).map((own) => own.id)).toEqual([id]);
});
