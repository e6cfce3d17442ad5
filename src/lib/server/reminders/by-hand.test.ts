import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aFollowUp, anAppointment, aPerson, aReferent, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, tickAt } from '../../../../tests/support/reminders.ts';
import { reminder } from '../db/schema/index.ts';
import { sendByHand, undoByHand, type ByHand } from './by-hand.ts';
import { problemOf } from './free-text.ts';
import { sendingsOf } from './sendings.ts';
import { messagesOf, recipientsOf, remindersOf, sendingOf } from './queries.ts';

const later = (ms: number) => new Date(NOW.getTime() + ms);
const HOUR = 3_600_000;

async function setting() {
	const db = await testDatabase();
	const account = await aReferent(db);
	const { structureId, territoryId } = account;
	const by = { accountId: account.id, role: 'referent' as const, structureId, territoryId };
	const person = await aPerson(db, { referent: account });
	const send = (input: Partial<ByHand> = {}) =>
		db.write((tx) =>
			sendByHand(tx, { batch: 'one', personIds: [person.id], template: 'news', text: '', by, now: NOW, ...input }),
		);
	return { db, account, by, person, send };
}

test('a message by hand leaves after ten seconds, once, even when it is posted twice', async () => {
	const { db, person, send } = await setting();
	const outside = await anOutside();
	await aDevice(db, outside, { accountId: person.account.id, now: NOW });
	await send({ text: 'Passez me voir' });
	await send({ text: 'Passez me voir' });
	await tickAt(db, outside, later(9_999));
	expect(outside.service.received).toHaveLength(0);
	await tickAt(db, outside, later(10_000));
	await tickAt(db, outside, later(20_000));
	expect(outside.pushes()).toMatchObject([{ title: 'Du nouveau sur votre espace', path: '/compte/messages' }]);
	expect(await messagesOf(db.read, person.id)).toMatchObject([{ text: 'Passez me voir', template: 'news' }]);
});

test('within ten seconds it can be undone, and then nothing leaves', async () => {
	const { db, by, person, send } = await setting();
	const outside = await anOutside();
	await send();
	expect(await db.write((tx) => undoByHand(tx, { batch: 'one', by, now: later(5_000) }))).toBe(1);
	await tickAt(db, outside, later(60_000));
	expect(outside.mailbox).toEqual([]);
	expect(await remindersOf(db.read, person.id)).toMatchObject([{ state: 'dropped', reason: 'undone' }]);
});

test('who followed the person until yesterday neither sees them in the list nor writes to them', async () => {
	const { db, by, person, send } = await setting();
	const guest = await aReferent(db, { territoryId: by.territoryId });
	await aFollowUp(db, { personId: person.id, member: guest, part: 'member', themes: ['housing'], endsAt: NOW });
	const before = later(-1);
	expect(await recipientsOf(db.read, guest.id, before)).toHaveLength(1);
	expect(await recipientsOf(db.read, guest.id, NOW)).toEqual([]);
	const guestBy = { ...by, accountId: guest.id };
	await expect(send({ by: guestBy })).rejects.toThrow('not_found');
	expect(await send({ by: guestBy, now: before })).toBe(1);
});

test('once it has left, there is nothing to undo', async () => {
	const { db, by, send } = await setting();
	const outside = await anOutside();
	await send();
	await tickAt(db, outside, later(10_000));
	expect(await db.write((tx) => undoByHand(tx, { batch: 'one', by, now: later(11_000) }))).toBe(0);
});

test('a sending can be undone and seen by its sender only', async () => {
	const { db, send } = await setting();
	const other = await aReferent(db);
	await send();
	const by = { accountId: other.id, role: 'referent' as const, structureId: other.structureId };
	expect(await db.write((tx) => undoByHand(tx, { batch: 'one', by, now: NOW }))).toBe(0);
	expect(await sendingOf(db.read, other.id, 'one')).toEqual([]);
});

test('the latest sendings are found again, one row each, with how far they are', async () => {
	const { db, account, by, person, send } = await setting();
	const other = await aPerson(db, { referent: account });
	await send({ personIds: [person.id, other.id] });
	await db.write((tx) =>
		tx.update(reminder).set({ state: 'failed', reason: 'unreachable' }).where(eq(reminder.personId, other.id)),
	);
	const third = await aPerson(db, { referent: account, firstName: 'Zoé', lastName: 'Martin' });
	await send({ batch: 'two', personIds: [third.id], template: 'call', now: later(1_000) });
	expect(await sendingsOf(db.read, by.accountId, later(2_000))).toMatchObject([
		{ batch: 'two', people: 1, name: 'Zoé Martin', template: 'call', waiting: 1, failed: 0 },
		{ batch: 'one', people: 2, template: 'news', waiting: 1, failed: 1, answered: 0 },
	]);
	expect(await sendingsOf(db.read, (await aReferent(db)).id, later(2_000))).toEqual([]);
	expect(await sendingsOf(db.read, by.accountId, later(91 * 24 * HOUR))).toEqual([]);
});

test('nobody is reminded by hand twice in 24 hours, unless the first did not arrive', async () => {
	const { db, account, by, person, send } = await setting();
	expect(await send()).toBe(1);
	expect(await send({ batch: 'two', now: later(24 * HOUR - 1) })).toBe(0);
	const [row] = await recipientsOf(db.read, account.id, later(HOUR));
	expect(row).toMatchObject({ id: person.id, blocked: 'reminded', remindedAt: later(10_000) });
	await db.write((tx) => undoByHand(tx, { batch: 'one', by, now: NOW }));
	expect(await send({ batch: 'three', now: later(HOUR) })).toBe(1);
});

test('a day later, the person can be reminded again', async () => {
	const { send } = await setting();
	await send();
	expect(await send({ batch: 'two', now: later(24 * HOUR) })).toBe(1);
});

test('only people one follows can be written to', async () => {
	const { db, send } = await setting();
	const stranger = await aPerson(db);
	await expect(send({ personIds: [stranger.id] })).rejects.toThrow('not_found');
	await expect(send({ personIds: [] })).rejects.toThrow('nobody_chosen');
	await expect(send({ personIds: Array.from({ length: 501 }, (_, i) => `p${i}`) })).rejects.toThrow('too_many');
});

test('the reminder of an appointment goes to those who have one, with the question', async () => {
	const { db, person, send } = await setting();
	const outside = await anOutside();
	await aDevice(db, outside, { accountId: person.account.id, now: NOW });
	expect(await send({ template: 'appointment' })).toBe(0);
	await anAppointment(db, { personId: person.id });
	expect(await send({ template: 'appointment', batch: 'two' })).toBe(1);
	await tickAt(db, outside, later(10_000));
	expect(outside.pushes().at(-1)).toMatchObject({ title: 'Vous avez un rendez-vous mardi 10 mars à 14\u00a0h' });
	expect(outside.pushes().at(-1)!.token).toHaveLength(43);
});

test('who cannot be written to is said, with the reason', async () => {
	const { db, account } = await setting();
	const unreachable = await aPerson(db, { referent: account, email: null, phone: null, lastName: 'A' });
	const muted = await aPerson(db, { referent: account, mutedKinds: ['manual'], lastName: 'B' });
	const rows = await recipientsOf(db.read, account.id, NOW);
	expect(rows.map(({ id, blocked }) => [id, blocked]).slice(0, 2)).toEqual([
		[unreachable.id, 'unreachable'],
		[muted.id, 'muted'],
	]);
});

test('why each channel is closed is said: no device, no address, no number or one that takes no SMS', async () => {
	const { db, account } = await setting();
	const nothing = { email: null, phone: null };
	await aPerson(db, { referent: account, ...nothing, account: nothing, lastName: 'A' });
	await aPerson(db, { referent: account, email: null, phone: '+33353010001', account: nothing, lastName: 'B' });
	await aPerson(db, { referent: account, ...nothing, account: { email: 'c@example.fr', phone: null }, lastName: 'C' });
	const rows = await recipientsOf(db.read, account.id, NOW);
	expect(rows.slice(0, 3).map(({ channels, closed, phone }) => [channels, closed, phone])).toEqual([
		[[], ['no_device', 'no_email', 'no_number'], null],
		[[], ['no_device', 'no_email', 'no_mobile'], '+33353010001'],
		[['email'], ['no_device', 'no_number'], null],
	]);
});

test('given a day, a message leaves at ten that day, or at the first allowed hour after', async () => {
	const { db, by, person, send } = await setting();
	const outside = await anOutside();
	// NOW is a Monday: in six days it is Sunday.
	expect(await send({ day: '2026-03-08' })).toBe(1);
	expect(await sendingOf(db.read, by.accountId, 'one')).toMatchObject([{ dueAt: new Date('2026-03-09T07:00:00Z') }]);
	await tickAt(db, outside, new Date('2026-03-09T06:59:59Z'));
	expect(outside.mailbox).toEqual([]);
	await tickAt(db, outside, new Date('2026-03-09T07:00:00Z'));
	expect(outside.mailbox).toHaveLength(1);
	expect(await remindersOf(db.read, person.id)).toMatchObject([{ state: 'sent' }]);
});

test.each(['2026-03-01', '2026-04-02'])('no message is given a day that is past or too far: %s', async (day) => {
	const { send } = await setting();
	await expect(send({ day })).rejects.toThrow('day_out_of_range');
});

test('two messages by hand are 24 hours apart, whichever was planned first', async () => {
	const { send } = await setting();
	expect(await send({ day: '2026-03-05' })).toBe(1);
	expect(await send({ batch: 'near', day: '2026-03-05' })).toBe(0);
	expect(await send({ batch: 'today' })).toBe(1);
	expect(await send({ batch: 'next day', day: '2026-03-06' })).toBe(1);
});

test.each([
	['Pensez à rappeler, merci', null],
	['Apportez le papier bleu à 14 h 30', null],
	['Appelez le 03 53 01 00 01', null],
	['Voyez https://example.fr', 'link'],
	['Voyez www.example.test', 'link'],
	['Allez sur service.gouv.fr', 'link'],
	['Votre numéro 2 90 05 99 999 999 99', 'social_security_number'],
	['290059999999999', 'social_security_number'],
	['Votre RSA est versé', 'sensitive'],
	['Suite à votre HÔPITAL', 'sensitive'],
	['Pour votre dépression', 'sensitive'],
	['a'.repeat(200), null],
	['a'.repeat(201), 'too_long'],
])('the free text « %s » is checked', (text, problem) => {
	expect(problemOf(text)).toBe(problem);
});
