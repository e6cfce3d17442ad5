import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { aPerson } from '../../../../tests/factories/index.ts';
import { anAidSetting, on, SENT } from '../../../../tests/support/aids.ts';
import { useInvitation } from '../accounts/commands.ts';
import { findSession, openSession } from '../accounts/sessions.ts';
import { account, childcareAidEvent } from '../db/schema/index.ts';
import { declarePaper } from './commands.ts';
import { filesOfGuest, guestsOf, inviteGuest, ownerForGuest, withdrawGuest } from './guests.ts';
import { forGuest, getOwnAid, linesFor } from './queries.ts';

type Setting = Awaited<ReturnType<typeof anAidSetting>>;
let given: Setting;
let file: { id: string; reference: string };
let own: { personId: string; reference: string; by: ReturnType<Setting['as']>; now: Date };

beforeEach(async () => {
	given = await anAidSetting();
	file = (await given.open())!;
	const { person, as } = given;
	own = { personId: person.id, reference: file.reference, by: as({ ...person.account, structureId: null }), now: SENT };
});

const invite = (more: { contact?: string; firstName?: string } = {}, of = own) =>
	given.db.write((tx) =>
		inviteGuest(tx, { ...of, firstName: 'Sam', contact: 'sam@example.fr', locale: 'fr', ...more }),
	);
const arrive = async (token: string) => given.db.write((tx) => useInvitation(tx, { token, now: SENT }));

describe('another adult of the household', () => {
	test('signs in on their own and sees the one file that names them', async () => {
		const { db, open } = given;
		const { id: accountId, role, personId } = await arrive((await invite()).token);
		expect({ role, personId }).toEqual({ role: 'coparent', personId: null });
		await open({ kind: 'vehicle_repair' });
		expect((await filesOfGuest(db.read, accountId)).map(({ reference }) => reference)).toEqual([file.reference]);
		await expect(ownerForGuest(db.read, accountId, file.reference)).resolves.toMatchObject({ personId: own.personId });
	});
	test('finds no file that names them not, whoever it belongs to', async () => {
		const { db, open, territoryId } = given;
		const { id: accountId } = await arrive((await invite()).token);
		const mine = (await open({ kind: 'vehicle_repair' }))!;
		const stranger = await aPerson(db, { territoryId });
		const theirs = (await open({ personId: stranger.id }))!;
		for (const { reference } of [mine, theirs])
			await expect(ownerForGuest(db.read, accountId, reference)).rejects.toThrow('not_found');
	});
	test('may say that a paper was sent; the history says who', async () => {
		const { db, change } = given;
		const guest = await arrive((await invite()).token);
		await change(file.id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-03-20' });
		const by = { accountId: guest.id, role: guest.role, structureId: null };
		const { personId } = await ownerForGuest(db.read, guest.id, file.reference);
		const said = { reference: file.reference, personId, kind: 'cost_proof', by, now: on('2026-03-03') };
		expect(await db.write((tx) => declarePaper(tx, said))).toEqual({ changed: true });
		const events = await db.read.select().from(childcareAidEvent).where(eq(childcareAidEvent.byAccountId, guest.id));
		expect(events.map(({ detail }) => detail)).toEqual([{ declared: 'cost_proof' }]);
	});
});

describe('when parents separate', () => {
	test('withdrawn, it ends at once: the file is not found and the session is over', async () => {
		const { db } = given;
		const { id: accountId } = await arrive((await invite()).token);
		const token = await db.write((tx) => openSession(tx, { accountId, kind: 'own_phone', device: 'other', now: SENT }));
		const [guest] = await guestsOf(db.read, own);
		// Tapped twice, or sent again because the answer was lost.
		for (let taps = 0; taps < 2; taps += 1) await db.write((tx) => withdrawGuest(tx, { ...own, guestId: guest!.id }));
		await expect(ownerForGuest(db.read, accountId, file.reference)).rejects.toThrow('not_found');
		expect(await findSession(db.read, token, SENT)).toBeNull();
		expect(await guestsOf(db.read, own)).toEqual([]);
	});
	test('somebody who reads another file still does', async () => {
		const { db, open } = given;
		const { id: accountId } = await arrive((await invite()).token);
		const second = (await open({ kind: 'vehicle_repair' }))!;
		await invite({}, { ...own, reference: second.reference });
		const [guest] = await guestsOf(db.read, own);
		await db.write((tx) => withdrawGuest(tx, { ...own, guestId: guest!.id }));
		expect((await filesOfGuest(db.read, accountId)).map(({ reference }) => reference)).toEqual([second.reference]);
	});
	test('neither sees how to reach the other, what was written to them, nor the money', async () => {
		const { db, change, person } = given;
		const { id: accountId } = await arrive((await invite({ contact: 'sam.cache@example.fr' })).token);
		await change(file.id, 'under_review', { note: 'Votre nouvelle adresse est notée.' });
		await change(file.id, 'granted', { amountCents: 41_600 });
		const { personId } = await ownerForGuest(db.read, accountId, file.reference);
		const seen = JSON.stringify({
			file: forGuest(await getOwnAid(db.read, personId, file.reference, SENT)),
			lines: await linesFor(db.read, [file.id], SENT),
		});
		for (const secret of [person.email!, person.phone!, person.lastName, 'nouvelle adresse', '41600'].filter(Boolean))
			expect(seen).not.toContain(secret);
		expect(JSON.stringify(await guestsOf(db.read, own))).not.toContain('sam.cache');
	});
	test('only the person invites, lists and withdraws', async () => {
		const { db, territoryId } = given;
		await invite();
		const other = await aPerson(db, { territoryId });
		const theirs = { ...own, personId: other.id };
		const [guest] = await guestsOf(db.read, own);
		await expect(invite({}, theirs)).rejects.toThrow('not_found');
		await expect(guestsOf(db.read, theirs)).rejects.toThrow('not_found');
		await expect(db.write((tx) => withdrawGuest(tx, { ...theirs, guestId: guest!.id }))).rejects.toThrow('not_found');
	});
});

test('one’s own e-mail is not another adult; a phone may be shared by a couple', async () => {
	const { db } = given;
	const [mine] = await db.read.select().from(account).where(eq(account.id, given.person.account.id));
	const contact = mine!.email ?? 'moi@example.fr';
	await db.write((tx) => tx.update(account).set({ email: contact }).where(eq(account.id, mine!.id)));
	await expect(invite({ contact: contact.toUpperCase() })).rejects.toThrow('guest_self');
	await db.write((tx) => tx.update(account).set({ phone: '+33639980012' }).where(eq(account.id, mine!.id)));
	await expect(invite({ contact: '06 39 98 00 12' })).resolves.toMatchObject({ token: expect.any(String) });
});

test('the same contact is invited once for a file, keeps one account, and three people at most read it', async () => {
	const { db } = given;
	await invite();
	await expect(invite()).rejects.toThrow('guest_already');
	await invite({ contact: 'b@example.fr' });
	await invite({ contact: '06 39 98 00 11' });
	await expect(invite({ contact: 'd@example.fr' })).rejects.toThrow('guest_too_many');
	expect(await db.read.select().from(account).where(eq(account.role, 'coparent'))).toHaveLength(3);
});
