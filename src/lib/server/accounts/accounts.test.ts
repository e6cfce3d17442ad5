import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { aCoordinator, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { account, invitation, meta } from '../db/schema/index.ts';
import { refuseWrongDatabase, WrongDatabaseError } from '../db/ownership.ts';
import {
	createAccount,
	disableAccount,
	inviteAccount,
	inviteProfessional,
	openSession,
	useInvitation,
} from './commands.ts';
import { keepMessage, listDemoAccounts, listMessages } from './demo.ts';
import { accountsOfContact, findInvitation } from './queries.ts';

const DAY = 24 * 3_600_000;
const after = (ms: number) => new Date(NOW.getTime() + ms);

describe('an account', () => {
	test('is found by its contact however it is typed', async () => {
		const db = await testDatabase();
		const person = await aPerson(db, { email: 'alix@example.fr', phone: '+33639980042' });
		for (const typed of [
			'alix@example.fr',
			' Alix@Example.FR ',
			'06 39 98 00 42',
			'+33 6 39 98 00 42',
			'0033639980042',
		])
			expect(
				(await accountsOfContact(db.read, typed)).map(({ id }) => id),
				typed,
			).toEqual([person.account.id]);
	});

	test('is not found by what is no contact, nor once disabled', async () => {
		const db = await testDatabase();
		const person = await aPerson(db, { email: 'alix@example.fr' });
		for (const typed of ['', '%', 'alix', '*@example.fr', 'alix@example.fr\u0000', '39 49'])
			expect(await accountsOfContact(db.read, typed), typed).toEqual([]);
		await db.write((tx) => disableAccount(tx, person.account.id, NOW));
		expect(await accountsOfContact(db.read, 'alix@example.fr')).toEqual([]);
	});

	test('of an operator does not sign in on the web', async () => {
		const db = await testDatabase();
		await db.write((tx) =>
			createAccount(tx, {
				role: 'operator',
				displayName: 'Exploitation',
				email: 'op@example.fr',
				locale: 'fr',
				now: NOW,
			}),
		);
		expect(await accountsOfContact(db.read, 'op@example.fr')).toEqual([]);
	});

	test('shares a contact with others of the family, listed by name', async () => {
		const db = await testDatabase();
		for (const firstName of ['Sami', 'Alix']) await aPerson(db, { firstName, phone: '+33639980043' });
		const names = (await accountsOfContact(db.read, '0639980043')).map(({ displayName }) => displayName);
		expect(names).toEqual(['Alix', 'Sami']);
	});

	test('keeps its contacts as they are compared, and refuses what no message reaches', async () => {
		const db = await testDatabase();
		const base = { role: 'beneficiary', displayName: 'Alix', locale: 'fr', now: NOW } as const;
		const { id } = await db.write((tx) =>
			createAccount(tx, { ...base, email: 'Alix@Example.fr', phone: '06.39.98.00.44' }),
		);
		const [row] = await db.read.select().from(account).where(eq(account.id, id));
		expect(row).toMatchObject({ email: 'alix@example.fr', phone: '+33639980044' });
		await expect(db.write((tx) => createAccount(tx, { ...base, phone: '03 53 01 00 00' }))).rejects.toThrow(
			'contact_invalid',
		);
	});
});

describe('an invitation', () => {
	const invited = async () => {
		const db = await testDatabase();
		const person = await aPerson(db);
		const referent = await aReferent(db);
		const { token } = await db.write((tx) =>
			inviteAccount(tx, { accountId: person.account.id, createdById: referent.id, now: NOW }),
		);
		return { db, person, token };
	};
	const accept = ({ db, token }: Pick<Awaited<ReturnType<typeof invited>>, 'db' | 'token'>, now = NOW) =>
		db.write((tx) => useInvitation(tx, { token, now }));

	test('opens the account it was made for, once; reading it uses nothing up', async () => {
		const given = await invited();
		for (let reads = 0; reads < 3; reads++) expect(await findInvitation(given.db.read, given.token, NOW)).toBeDefined();
		expect((await accept(given)).id).toBe(given.person.account.id);
		expect(await findInvitation(given.db.read, given.token, NOW)).toBeUndefined();
		await expect(accept(given)).rejects.toMatchObject({ code: 'invitation_over', kind: 'gone' });
	});

	test('is used by one of two who open it at once', async () => {
		const given = await invited();
		const uses = await Promise.allSettled([accept(given), accept(given)]);
		expect(uses.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	});

	test('works until the end of the seventh day, and not after', async () => {
		await expect(accept(await invited(), after(7 * DAY - 1))).resolves.toBeDefined();
		await expect(accept(await invited(), after(7 * DAY))).rejects.toThrow('invitation_over');
	});

	test('no longer works once another one was made, or the account disabled', async () => {
		const given = await invited();
		const { db, person } = given;
		await db.write((tx) => inviteAccount(tx, { accountId: person.account.id, createdById: null, now: NOW }));
		await expect(accept(given)).rejects.toThrow('invitation_over');
		const other = await invited();
		await other.db.write((tx) => disableAccount(tx, other.person.account.id, NOW));
		await expect(accept(other)).rejects.toThrow('invitation_over');
	});

	test('of a professional who never came is made again, under what is said now; who came has their account', async () => {
		const db = await testDatabase();
		const { territoryId, structureId, id: createdById } = await aCoordinator(db);
		const elsewhere = await aCoordinator(db);
		const said = { email: 'lou@example.fr', role: 'referent' as const, territoryId, structureId, locale: 'fr' };
		const invite = (displayName: string, more = {}) =>
			db.write((tx) => inviteProfessional(tx, { ...said, displayName, createdById, now: NOW, ...more }));
		const first = await invite('Loup Martin');
		const again = await invite('Lou Martin', { email: 'Lou@example.fr', side: 'work' });
		expect(again.id).toBe(first.id);
		expect(await accountsOfContact(db.read, said.email)).toMatchObject([{ displayName: 'Lou Martin', side: 'work' }]);
		await expect(accept({ ...first, db })).rejects.toThrow('invitation_over');
		const { territoryId: other, structureId: place } = elsewhere;
		await expect(invite('Lou Martin', { territoryId: other, structureId: place })).rejects.toThrow('email_taken');
		expect(await accept({ ...again, db })).toMatchObject({ id: first.id });
		await db.write((tx) => openSession(tx, { accountId: first.id, kind: 'professional', device: 'linux', now: NOW }));
		await expect(invite('Lou Martin')).rejects.toMatchObject({ code: 'email_taken', kind: 'conflict' });
	});

	test('is stored as a hash', async () => {
		const { db, token } = await invited();
		expect(JSON.stringify(await db.read.select().from(invitation))).not.toContain(token);
	});

	test('that was never made opens nothing', async () => {
		const db = await testDatabase();
		for (const token of ['', 'a'.repeat(43), '\u0000', '../..'])
			await expect(
				db.write((tx) => useInvitation(tx, { token, now: NOW })),
				token,
			).rejects.toThrow('invitation_over');
	});
});

describe('the demo', () => {
	test('keeps the messages it would have sent, newest first, and finds those of one recipient', async () => {
		const db = await testDatabase();
		let at = 0;
		const keep = keepMessage(db, () => after(at++));
		await keep({ channel: 'sms', to: '+33639980001', text: 'un' });
		await keep({ channel: 'email', to: 'alix@example.fr', subject: 'Bonjour', text: 'deux' });
		const bodies = async (recipient: string | null) =>
			(await listMessages(db.read, { recipient, limit: 10 })).map(({ body }) => body);
		expect(await bodies(null)).toEqual(['deux', 'un']);
		expect(await bodies('+33639980001')).toEqual(['un']);
		expect(await bodies('personne@example.fr')).toEqual([]);
	});

	test('lists who one can sign in as, and nobody outside the demo', async () => {
		const db = await testDatabase();
		expect(await listDemoAccounts(db.read)).toEqual([]);
		const alix = { label: 'Alix', role: 'beneficiary', territory: 'Ardennes', contact: 'alix@example.fr' };
		await db.write((tx) => tx.insert(meta).values({ key: 'demo_accounts', value: JSON.stringify([alix]) }));
		expect(await listDemoAccounts(db.read)).toEqual([alix]);
	});

	test('and a portal refuse each other’s database; an empty one suits both', async () => {
		const empty = await testDatabase();
		await expect(refuseWrongDatabase(empty, { demo: true })).resolves.toBeUndefined();
		await expect(refuseWrongDatabase(empty, { demo: false })).resolves.toBeUndefined();

		const real = await testDatabase();
		await aTerritory(real);
		await expect(refuseWrongDatabase(real, { demo: true })).rejects.toThrow(WrongDatabaseError);
		await expect(refuseWrongDatabase(real, { demo: false })).resolves.toBeUndefined();

		const demo = await testDatabase();
		await demo.write((tx) => tx.insert(meta).values({ key: 'made_by', value: 'demo' }));
		await aTerritory(demo);
		await expect(refuseWrongDatabase(demo, { demo: true })).resolves.toBeUndefined();
		await expect(refuseWrongDatabase(demo, { demo: false })).rejects.toThrow(WrongDatabaseError);
	});
});
