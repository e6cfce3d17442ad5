import { eq } from 'drizzle-orm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aFollowUp, anAppointment, aPerson, aReferent, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import { aDevice, anOutside, tickAt } from '../../../../tests/support/reminders.ts';
import { person as personTable, reminder } from '../db/schema/index.ts';
import { locales } from '../../paraglide/runtime.js';
import { CHANNELS } from '../../shared/codes.ts';
import { config } from '../platform/config.ts';
import { leavingAt, sendByHand, undoByHand, type ByHand } from './by-hand.ts';
import { markShown, planNotice } from './commands.ts';
import { problemOf } from './free-text.ts';
import { previewFor } from './preview.ts';
import { sendingsOf } from './sendings.ts';
import { messagesOf, remindersOf, sendingOf } from './queries.ts';
import { recipientsOf } from './recipients.ts';
import { blockedWords, resultsByChannel } from '../../components/reminders/words.ts';
import { setSettings } from '../territories/settings-form.ts';

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
			sendByHand(tx, { batch: 'one', personIds: [person.id], template: 'news', text: '', by, now: NOW, ...input }).then(
				({ planned }) => planned,
			),
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

test('what was received last comes first, however long before it was planned', async () => {
	const { db, person, send } = await setting();
	const outside = await anOutside();
	const WEEKS = 12 * 7 * 24 * HOUR;
	const later12 = { kind: 'check_in', onceKey: 'week 12', path: '/parcours/bilan', dueAt: later(WEEKS) } as const;
	await db.write((tx) => planNotice(tx, { ...later12, personId: person.id, now: NOW }));
	await send({ now: later(24 * HOUR) });
	await tickAt(db, outside, later(24 * HOUR + 10_000));
	const kinds = async () => (await messagesOf(db.read, person.id, 1)).map(({ kind }) => kind);
	expect(await kinds()).toEqual(['manual']);
	await tickAt(db, outside, later(WEEKS));
	expect(await kinds()).toEqual(['check_in']);
	expect(await fullScans(db, () => messagesOf(db.read, person.id))).toEqual([]);
});

test('put off to the next morning, it says until when', async () => {
	const { db, person, send, by } = await setting();
	const outside = await anOutside();
	const [evening, morning] = [new Date('2026-03-02T18:59:50Z'), new Date('2026-03-03T07:00:00Z')];
	await send({ now: new Date('2026-03-02T18:59:40Z') });
	await tickAt(db, outside, new Date('2026-03-02T19:00:01Z'));
	expect(outside.mailbox).toEqual([]);
	const waiting = { state: 'scheduled', dueAt: evening, actAt: morning };
	expect(await sendingOf(db.read, by.accountId, 'one')).toMatchObject([waiting]);
	expect(await remindersOf(db.read, person.id)).toMatchObject([waiting]);
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
	await expect(send({ by: guestBy })).rejects.toThrow('not_followed');
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

test('a day is counted from when the message left, not from when it was planned', async () => {
	const { db, account, send } = await setting();
	const outside = await anOutside();
	await send();
	// The worker was down until then.
	await tickAt(db, outside, later(5 * HOUR));
	expect(outside.mailbox).toHaveLength(1);
	expect(await send({ batch: 'two', now: later(25 * HOUR) })).toBe(0);
	const [row] = await recipientsOf(db.read, account.id, later(25 * HOUR));
	expect(row).toMatchObject({ blocked: 'reminded', remindedAt: later(5 * HOUR) });
	expect(await send({ batch: 'three', now: later(29 * HOUR) })).toBe(1);
});

test('what left at its minute today can be said at the same minute tomorrow', async () => {
	const { db, send } = await setting();
	const outside = await anOutside();
	await send();
	await tickAt(db, outside, later(12_000));
	expect(outside.mailbox).toHaveLength(1);
	expect(await send({ batch: 'two', now: later(24 * HOUR) })).toBe(1);
});

test('whether it was shown is looked at four hours after it left', async () => {
	const { db, person, send } = await setting();
	const outside = await anOutside();
	await aDevice(db, outside, { accountId: person.account.id, now: NOW });
	await send();
	await tickAt(db, outside, later(3 * HOUR));
	await tickAt(db, outside, later(7 * HOUR - 1));
	expect([outside.pushes().length, outside.mailbox.length]).toEqual([1, 0]);
	await tickAt(db, outside, later(7 * HOUR));
	expect(outside.mailbox).toHaveLength(1);
});

test('a notification that was shown, although the push service never said it took it, is told as one that left', async () => {
	const { db, by, person, send } = await setting();
	const outside = await anOutside();
	await aDevice(db, outside, { accountId: person.account.id, now: NOW });
	await send();
	const { send: pushed, channel } = outside.edges.push;
	const unanswered: typeof pushed = async (...message) => {
		await pushed(...message);
		return { outcome: 'temporary_failure', reason: 'timeout' };
	};
	outside.edges.push = { channel, send: unanswered };
	await tickAt(db, outside, later(10_000));
	const { beacon } = outside.pushes()[0]!;
	await db.write((tx) => markShown(tx, { beacon, now: later(20_000) }));
	const rows = await sendingOf(db.read, by.accountId, 'one');
	expect(rows).toMatchObject([{ state: 'shown', attempts: [{ channel: 'push', outcome: 'accepted' }] }]);
	expect(resultsByChannel(rows)).toEqual([{ channel: 'push', sent: 1, shown: 1, answered: 0, refused: 0 }]);
});

test('a territory says after how long, and the page says it too', async () => {
	const { db, account, person, send } = await setting();
	await db.write((tx) =>
		setSettings(tx, { territoryId: account.territoryId, content: { byHandEveryHours: 6 }, now: NOW }),
	);
	await send();
	const [row] = await recipientsOf(db.read, account.id, later(5 * HOUR));
	expect(row).toMatchObject({ id: person.id, blocked: 'reminded' });
	expect(blockedWords(row!, 'Europe/Paris', 'fr', NOW)).toContain('Attendez 6\u00a0heures.');
	expect(await send({ batch: 'two', now: later(6 * HOUR) })).toBe(1);
});

test('only people one follows can be written to', async () => {
	const { db, send } = await setting();
	const stranger = await aPerson(db);
	await expect(send({ personIds: [stranger.id] })).rejects.toThrow('not_followed');
	await expect(send({ personIds: [] })).rejects.toThrow('nobody_chosen');
	await expect(send({ personIds: Array.from({ length: 501 }, (_, i) => `p${i}`) })).rejects.toThrow('too_many');
});

test('who left the caseload since the list was read gets nothing, and the others get theirs', async () => {
	const { db, by, person } = await setting();
	const [gone, other] = [await aPerson(db), await aPerson(db, { referent: await aReferent(db) })];
	const personIds = [gone.id, person.id, other.id];
	const input: ByHand = { batch: 'one', personIds, template: 'news', text: '', by, now: NOW };
	expect(await db.write((tx) => sendByHand(tx, input))).toEqual({ planned: 1, gone: 2 });
	expect((await sendingOf(db.read, by.accountId, 'one')).map(({ personId }) => personId)).toEqual([person.id]);
});

test('who follows for one theme is not shown where somebody is met, nor by which number', async () => {
	const { db, account } = await setting();
	const { id } = await aPerson(db, { referent: account, wording: 'detailed' });
	const member = await aReferent(db, { territoryId: account.territoryId });
	await aFollowUp(db, { personId: id, member, part: 'member', themes: ['housing'] });
	await anAppointment(db, { personId: id, referentId: account.id, placeName: 'Canari', phone: '+33199000099' });
	const meetingFor = async (accountId: string) =>
		(await recipientsOf(db.read, accountId, NOW, { among: [id] }))[0]!.nextAppointment;
	expect(await meetingFor(account.id)).toMatchObject({ placeName: 'Canari', phone: '+33199000099' });
	expect(await meetingFor(member.id)).toMatchObject({ placeName: null, phone: null });
});

test('five hundred people in four languages, half of them unreachable, posted twice at once: each gets one, in their language', async () => {
	const { db, account, by } = await setting();
	const outside = await anOutside();
	const nothing = { email: null, phone: null };
	const ids: string[] = [];
	for (let at = 0; at < 500; at += 1) {
		const unreachable = at % 2 === 0 ? { ...nothing, account: nothing } : {};
		ids.push((await aPerson(db, { referent: account, locale: locales[(at % 8) >> 1], ...unreachable })).id);
	}
	const input: ByHand = { batch: 'one', personIds: ids, template: 'call', text: '', by, now: NOW };
	const post = () => db.write((tx) => sendByHand(tx, input));
	const [first, second] = await Promise.all([post(), post()]);
	expect([first, second]).toEqual([
		{ planned: 250, gone: 0 },
		{ planned: 0, gone: 0 },
	]);
	await tickAt(db, outside, later(10_100));
	expect(outside.mailbox).toHaveLength(250);
	expect(new Set(outside.mailbox.map(({ subject }) => subject)).size).toBe(4);
	expect(await db.write((tx) => undoByHand(tx, { batch: 'one', by, now: later(10_100) }))).toBe(0);
}, 60_000);

test('two referents who write to one person at the same time: one message, and the other is told that nobody can receive theirs', async () => {
	const { db, by, person } = await setting();
	const other = await aReferent(db, { territoryId: by.territoryId });
	await aFollowUp(db, { personId: person.id, member: other, part: 'second' });
	const send = (accountId: string, batch: string) =>
		db.write((tx) =>
			sendByHand(tx, { batch, personIds: [person.id], template: 'news', text: '', by: { ...by, accountId }, now: NOW }),
		);
	const both = await Promise.all([send(by.accountId, 'one'), send(other.id, 'two')]);
	expect(both.map(({ planned }) => planned)).toEqual([1, 0]);
});

test('taken back at 9.9 seconds, a whole sending stays; at 10.1, what has left has left', async () => {
	const { db, account, by, send } = await setting();
	const outside = await anOutside();
	const others = [await aPerson(db, { referent: account }), await aPerson(db, { referent: account })];
	await send({ personIds: others.map(({ id }) => id) });
	await tickAt(db, outside, later(9_900));
	expect(await db.write((tx) => undoByHand(tx, { batch: 'one', by, now: later(9_900) }))).toBe(2);
	await tickAt(db, outside, later(10_100));
	expect(outside.mailbox).toEqual([]);
	await send({ batch: 'two', personIds: others.map(({ id }) => id) });
	await tickAt(db, outside, later(10_100));
	expect(await db.write((tx) => undoByHand(tx, { batch: 'two', by, now: later(10_100) }))).toBe(0);
	expect(outside.mailbox).toHaveLength(2);
});

describe('the preview is what is received', () => {
	const cases: [string, Parameters<typeof aPerson>[1], Parameters<typeof anAppointment>[1]][] = [
		['discreet, on site', {}, {}],
		['detailed, on site', { wording: 'detailed' }, { phone: '+33199000099' }],
		['detailed, by telephone', { wording: 'detailed' }, { mode: 'phone', placeName: null }],
		['detailed, by video, in English', { wording: 'detailed', locale: 'en' }, { mode: 'video', placeName: null }],
		['detailed, to an address that no code reached', { wording: 'detailed', email: 'autre@example.fr' }, {}],
		['who said they come', {}, { answer: 'coming', answeredAt: later(-HOUR) }],
		['in Arabic', { locale: 'ar' }, {}],
	];
	const without = (text: string) => text.replace(/\/r\/[\w-]{43}/g, '/r/…');
	test.each(cases)('%s', async (_, who, meeting) => {
		const { db, account, send } = await setting();
		const outside = await anOutside();
		const shown = { push: '', email: '', sms: '' };
		const received = { push: '', email: '', sms: '' };
		for (const channel of CHANNELS) {
			const { id, account: own } = await aPerson(db, { referent: account, ...who, channelOrder: [channel] });
			if (channel === 'push') await aDevice(db, outside, { accountId: own.id, now: NOW });
			await anAppointment(db, {
				personId: id,
				referentId: account.id,
				time: `1${CHANNELS.indexOf(channel)}:00`,
				...meeting,
			});
			const [recipient] = await recipientsOf(db.read, account.id, NOW, { at: later(10_000), among: [id] });
			const sample = { template: 'appointment' as const, texts: null, text: 'Canari', now: later(10_000) };
			const { push, mail, sms } = previewFor(recipient!, sample);
			Object.assign(shown, {
				[channel]: { push: `${push.title}\n${push.body}`, email: `${mail.subject}\n${mail.text}`, sms: sms.text }[
					channel
				],
			});
			await send({ batch: channel, personIds: [id], template: 'appointment', text: 'Canari' });
			await tickAt(db, outside, later(10_000));
			const message = outside.mailbox.at(-1);
			const notice = outside.pushes().at(-1);
			received[channel] =
				channel === 'push'
					? `${notice!.title}\n${notice!.body}`
					: without(channel === 'email' ? `${message!.subject}\n${message!.text}` : message!.text!);
		}
		expect({ ...shown, email: without(shown.email), sms: without(shown.sms) }).toEqual(received);
	});
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

describe('across quiet hours, the preview and the sending say the same', () => {
	/** Saturday 7 March 2026, 21:00 in Paris: what is sent now leaves on Monday at 8:00. */
	const SATURDAY_NIGHT = new Date('2026-03-07T20:00:00Z');
	const MONDAY_EIGHT = new Date('2026-03-09T07:00:00Z');

	async function preview({ db, account, by }: Awaited<ReturnType<typeof setting>>, now: Date, day: string | null) {
		const at = await leavingAt(db.read, { territoryId: by.territoryId, day, now });
		const [row] = await recipientsOf(db.read, account.id, now, { at });
		return { at, blocked: row!.blocked };
	}

	test('a message that would leave two hours before another one is not sent', async () => {
		const given = await setting();
		expect(await given.send({ day: '2026-03-09' })).toBe(1);
		expect(await preview(given, SATURDAY_NIGHT, null)).toEqual({ at: MONDAY_EIGHT, blocked: 'reminded' });
		expect(await given.send({ batch: 'night', now: SATURDAY_NIGHT })).toBe(0);
	});

	test('a message that will leave a day and more after the last one is sent', async () => {
		const given = await setting();
		const saturday = new Date('2026-03-07T18:00:00Z');
		expect(await given.send({ now: saturday })).toBe(1);
		expect(await preview(given, SATURDAY_NIGHT, null)).toEqual({ at: MONDAY_EIGHT, blocked: null });
		expect(await given.send({ batch: 'night', now: SATURDAY_NIGHT })).toBe(1);
		expect(await sendingOf(given.db.read, given.by.accountId, 'night')).toMatchObject([{ dueAt: MONDAY_EIGHT }]);
	});

	test('whom no channel reaches is shown as such, and nothing is planned', async () => {
		const { db, account, send } = await setting();
		const nothing = { email: null, phone: null };
		const { id } = await aPerson(db, { referent: account, ...nothing, account: nothing, lastName: 'A' });
		expect((await recipientsOf(db.read, account.id, NOW, { among: [id] }))[0]).toMatchObject({
			blocked: 'unreachable',
		});
		expect(await send({ personIds: [id] })).toBe(0);
		expect(await remindersOf(db.read, id)).toEqual([]);
	});
});

test('the channels shown are those a message will try, in its order: its own first, no SMS without a gateway', async () => {
	const { db, account, person } = await setting();
	const channels = async () => {
		const [row] = await recipientsOf(db.read, account.id, NOW, { among: [person.id] });
		return { channels: row!.channels, closed: row!.closed };
	};
	expect(await channels()).toEqual({ channels: ['email', 'sms'], closed: ['no_device'] });
	await db.write((tx) => tx.update(personTable).set({ kindChannels: { manual: 'sms' } }));
	expect(await channels()).toEqual({ channels: ['sms', 'email'], closed: ['no_device'] });
	const { smsUrl } = config();
	onTestFinished(() => void (config().smsUrl = smsUrl));
	config().smsUrl = null;
	expect(await channels()).toEqual({ channels: ['email'], closed: ['no_device'] });
});

test.each<[string, string | null]>([
	['Pensez à rappeler, merci', null],
	['Apportez le papier bleu à 14 h 30', null],
	['Appelez le 03 53 01 00 01', null],
	['Voyez https://example.fr', 'link'],
	['Voyez www.example.test', 'link'],
	['Allez sur service.gouv.fr', 'link'],
	...[
		'goo.gl/abc',
		't.me/abc',
		'wa.me/33600000000',
		'youtu.be/x',
		'paypal.me/x',
		'forms.gle/x',
		'Exemple.gf',
		'exemple.re/page',
		'site.xyz/a',
		'bit.ly',
		'EXEMPLE.COM',
	].map((link): [string, string] => [`Voyez ${link}`, 'link']),
	['Vous verrez M.Dupont', null],
	['Vous verrez M.Dupont/Mme Durand ou M./Mme Petit', null],
	['Entre 8.30/9.00 et 12.00', null],
	['Apportez vos papiers, photos, etc./ou appelez', null],
	['Venez demain.de préférence le matin', null],
	['Merci.Communiquez votre adresse.Me rappeler', null],
	['Par ex. une facture ; n.b. : le bus 3/4', null],
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
