import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import {
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	aTerritory,
} from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, remindersIn, tickAt } from '../../../../tests/support/reminders.ts';
import type { PushFault } from '../../../../tests/support/push-service.ts';
import { answerAppointment, answerByLink } from '../appointments/answers.ts';
import { moveAppointment } from '../appointments/commands.ts';
import { chooseSlot, freeSlots, inviteToChoose } from '../appointments/slots.ts';
import { appointment, delivery, holiday, person, pushSubscription, reminder } from '../db/schema/index.ts';
import type { Db, Tx } from '../db/client.ts';
import { OVERTAKEN } from '../platform/outcome.ts';
import { leavingAt } from './by-hand.ts';
import { LEASE_MS } from './claim.ts';
import { setSettings } from '../territories/settings-form.ts';
import { planAgain } from './planning.ts';
import { hourOf } from './prompt-rules.ts';
import { findQuietRule } from './quiet.ts';
import { createWorker } from './worker.ts';
import { dropNotices, isBeacon, markAnswered, markShown, planNotice } from './commands.ts';
import { messagesOf } from './queries.ts';

/** An appointment of Thursday 3 December 2026 at 10:00 in Paris, booked in November. */
const BOOKED_ON = new Date('2026-11-23T09:00:00Z');
const WEEK_BEFORE = new Date('2026-11-26T09:00:00Z');
const TWO_BEFORE = new Date('2026-12-01T09:00:00Z');
const EVENING = new Date('2026-12-02T17:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const later = (from: Date, ms: number) => new Date(from.getTime() + ms);

async function setting(options: { devices?: number; person?: Parameters<typeof aPerson>[1] } = {}) {
	const db = await testDatabase();
	const outside = await anOutside();
	const referent = await aReferent(db);
	const who = await aPerson(db, { referent, ...options.person });
	const devices = [];
	for (let i = 0; i < (options.devices ?? 1); i++)
		devices.push(await aDevice(db, outside, { accountId: who.account.id, now: BOOKED_ON }));
	const booked = await anAppointment(db, { personId: who.id, day: '2026-12-03', time: '10:00' });
	await tickAt(db, outside, BOOKED_ON);
	const at = (now: Date) => tickAt(db, outside, now);
	const states = async () => (await remindersIn(db)).map(({ kind, state, reason }) => [kind.slice(12), state, reason]);
	return { db, outside, who, devices, booked, at, states };
}

test('the plan of a booked appointment is made once, however often the worker ticks', async () => {
	const { at, states } = await setting();
	await at(BOOKED_ON);
	expect(await states()).toEqual([
		['7d', 'scheduled', null],
		['2d', 'scheduled', null],
		['evening', 'scheduled', null],
	]);
});

describe('booked for the hour after next', () => {
	async function bookedAtNine({ isAnnounced }: { isAnnounced: boolean }) {
		const db = await testDatabase();
		const outside = await anOutside();
		const who = await aPerson(db, {});
		await aDevice(db, outside, { accountId: who.account.id, now: BOOKED_ON });
		const nine = new Date('2026-12-03T08:00:00Z');
		const { id } = await anAppointment(db, { personId: who.id, day: '2026-12-03', time: '10:30' });
		const about = { kind: 'appointment_changed', personId: who.id, appointmentId: id, path: '/rendez-vous' } as const;
		if (isAnnounced)
			await db.write((tx) => planNotice(tx, { ...about, onceKey: `appointment_changed:${id}:0`, now: nine }));
		await tickAt(db, outside, nine);
		await tickAt(db, outside, later(nine, MINUTE));
		return outside.pushes().map(({ title }) => title.replaceAll('\u00a0', ' '));
	}

	test('by a professional: one message tells it', async () => {
		expect(await bookedAtNine({ isAnnounced: true })).toEqual(['Vous avez un nouveau rendez-vous jeudi à 10 h 30']);
	});

	test('by the person: the nearest reminder is caught up', async () => {
		expect(await bookedAtNine({ isAnnounced: false })).toEqual(['Vous avez un rendez-vous jeudi à 10 h 30']);
	});

	/** On Wednesday at 20:30, by the person, among times offered since Monday: Thursday at 14:00. */
	async function chosenInTheEvening() {
		const db = await testDatabase();
		const outside = await anOutside();
		const referent = await aReferent(db);
		const who = await aPerson(db, { referent });
		await aDevice(db, outside, { accountId: who.account.id, now: BOOKED_ON });
		const { id: accountId, structureId } = referent;
		const by = { accountId, role: 'referent' as const, structureId };
		const meeting = { type: 'follow_up', mode: 'on_site', zone: 'Europe/Paris', durationMinutes: 60 } as const;
		const slots = ['10:00', '14:00', '15:00'].map((time) => ({ day: '2026-12-03', time }));
		const monday = new Date('2026-11-30T09:00:00Z');
		const { id } = await db.write((tx) =>
			inviteToChoose(tx, { ...meeting, personId: who.id, referent: by, slots, now: monday }),
		);
		const [, two] = await freeSlots(db.read, id, monday);
		const now = new Date('2026-12-02T19:30:00Z');
		await db.write((tx) => chooseSlot(tx, { slotId: two!.id, personId: who.id, now }));
		const at = (instant: Date) => tickAt(db, outside, instant);
		await at(now);
		const titles = () => outside.pushes().map(({ title }) => title.replaceAll('\u00a0', ' '));
		return { db, by, who, id, at, titles };
	}
	const EIGHT = new Date('2026-12-03T07:00:00Z');

	test('by the person among times that were offered: the nearest reminder is caught up in the morning', async () => {
		const { at, titles } = await chosenInTheEvening();
		for (const instant of [EIGHT, later(EIGHT, MINUTE)]) await at(instant);
		expect(titles()).toEqual(['Vous avez un rendez-vous jeudi à 14 h']);
	});

	test('by the person, then moved by a professional: the message of the move tells it alone', async () => {
		const { db, by, who, id, at, titles } = await chosenInTheEvening();
		const now = new Date('2026-12-02T19:40:00Z');
		await db.write(async (tx) => {
			const to = { day: '2026-12-03', time: '16:00', zone: 'Europe/Paris', durationMinutes: 60 };
			await moveAppointment(tx, { appointmentId: id, ...to, by, now });
			const about = { personId: who.id, appointmentId: id, path: '/rendez-vous', onceKey: 'moved', now };
			await planNotice(tx, { kind: 'appointment_changed', ...about });
		});
		for (const instant of [now, EIGHT, later(EIGHT, MINUTE)]) await at(instant);
		expect(titles()).toEqual(['Votre rendez-vous a changé : jeudi à 16 h']);
	});
});

test('a call from Paris, two hours before which it is night where the person lives, is said there the evening before', async () => {
	const db = await testDatabase();
	const outside = await anOutside();
	const { id: territoryId } = await aTerritory(db, { zone: 'America/Cayenne', holidayZone: 'guyane' });
	const who = await aPerson(db, { referent: await aReferent(db, { territoryId }) });
	await aDevice(db, outside, { accountId: who.account.id, now: BOOKED_ON });
	// 7:00 there.
	const hour = { day: '2026-12-03', time: '11:00', zone: 'Europe/Paris', mode: 'phone' } as const;
	const there = await aTerritory(db);
	await anAppointment(db, { personId: who.id, territoryId: there.id, ...hour });
	await tickAt(db, outside, BOOKED_ON);
	const evening = new Date('2026-12-02T22:45:00Z');
	const planned = (await remindersIn(db)).at(-1);
	expect([planned!.kind, planned!.dueAt]).toEqual(['appointment_2h', evening]);
	await tickAt(db, outside, evening);
	expect(outside.pushes().map(({ title }) => title.replaceAll('\u00a0', ' '))).toEqual([
		'Vous avez un rendez-vous jeudi à 11 h',
	]);
});

describe('a territory that is quiet from seven in the evening, and reminds five days and one hour before', () => {
	async function aQuietPlace() {
		const db = await testDatabase();
		const outside = await anOutside();
		const own = { reminderFirstDays: 5, reminderSecondDays: 3, reminderCallHours: 1, reminderEveningTime: '17:00' };
		const settings = { ...own, sendingFrom: '09:00', sendingUntil: '19:00' };
		const { id: territoryId } = await aTerritory(db, { settings });
		const who = await aPerson(db, { referent: await aReferent(db, { territoryId }) });
		await aDevice(db, outside, { accountId: who.account.id, now: BOOKED_ON });
		return { db, outside, who };
	}
	const dues = async (db: Parameters<typeof remindersIn>[0]) =>
		(await remindersIn(db)).map(({ dueAt }) => dueAt.toISOString().slice(5, 16));

	test('plans so, and moves what falls on a Sunday to a quarter to seven', async () => {
		const { db, outside, who } = await aQuietPlace();
		const meeting = { personId: who.id, time: '14:00', mode: 'phone' } as const;
		await anAppointment(db, { ...meeting, day: '2026-12-04' });
		await tickAt(db, outside, BOOKED_ON);
		expect(await dues(db)).toEqual(['11-28T17:45', '12-01T09:00', '12-03T16:00', '12-04T12:00']);
	});

	test('changed after a plan was made, its hours count for what has not left yet, and nothing is said twice', async () => {
		const { db, outside, who } = await aQuietPlace();
		await anAppointment(db, { personId: who.id, time: '14:00', mode: 'phone', day: '2026-12-04' });
		const answered = await anAppointment(db, { personId: who.id, time: '16:00', day: '2026-12-04' });
		await tickAt(db, outside, BOOKED_ON);
		const left = new Date('2026-11-28T17:45:00Z');
		await tickAt(db, outside, left);
		expect(outside.pushes()).toHaveLength(2);
		const now = later(left, MINUTE);
		await db.write((tx) =>
			answerAppointment(tx, { appointmentId: answered.id, answer: 'cannot', via: 'portal', now: left }),
		);
		await tickAt(db, outside, now);
		const content = { reminderEveningTime: '15:30', reminderTime: '11:00', sendingUntil: '16:00' };
		const { territoryId } = who;
		await db.write(async (tx) => {
			await setSettings(tx, { territoryId, content, now });
			await planAgain(tx, { territoryId, now });
		});
		for (const at of [now, new Date('2026-12-01T10:00:00Z'), new Date('2026-12-03T14:30:00Z')])
			await tickAt(db, outside, at);
		expect(outside.pushes()).toHaveLength(4);
		const waiting = (await remindersIn(db)).filter(({ state }) => state === 'scheduled');
		expect(waiting.map(({ kind, dueAt }) => [kind, dueAt.toISOString().slice(5, 16)])).toEqual([
			['appointment_2h', '12-04T12:00'],
		]);
		expect((await remindersIn(db)).filter(({ reason }) => reason === 'answered')).toHaveLength(2);
	});

	test('what is decided at half past seven leaves at nine the next day, and not before when the worker looks', async () => {
		const { db, outside, who } = await aQuietPlace();
		const evening = new Date('2026-12-01T18:30:00Z');
		const notice = { kind: 'aid_changed', personId: who.id, path: '/aides', onceKey: 'one', now: evening } as const;
		await db.write((tx) => planNotice(tx, notice));
		expect(await dues(db)).toEqual(['12-02T08:00']);
		await db.write((tx) => tx.update(reminder).set({ dueAt: evening, actAt: evening }));
		await tickAt(db, outside, evening);
		expect(outside.pushes()).toEqual([]);
		await tickAt(db, outside, new Date('2026-12-02T08:00:00Z'));
		expect(outside.pushes()).toHaveLength(1);
	});

	test('an hour of nine, cancelled at half past seven the evening before, is a call to make', async () => {
		const { db, who } = await aQuietPlace();
		const { id } = await anAppointment(db, { personId: who.id, day: '2026-12-02', time: '09:00', state: 'revoked' });
		const now = new Date('2026-12-01T18:30:00Z');
		const about = { kind: 'appointment_changed', personId: who.id, appointmentId: id, path: '/rendez-vous' } as const;
		await db.write((tx) => planNotice(tx, { ...about, onceKey: 'one', now }));
		expect(await remindersIn(db)).toMatchObject([{ state: 'failed', reason: 'unreachable' }]);
	});

	test('a draft of there is spoken of within its hours, and a message by hand leaves within them', async () => {
		const { db, who } = await aQuietPlace();
		const { territoryId } = who;
		const at = (day: string | null, now: string) => leavingAt(db.read, { territoryId, day, now: new Date(now) });
		expect(await at(null, '2026-12-01T18:30:00Z')).toEqual(new Date('2026-12-02T08:00:00Z'));
		const quiet = await findQuietRule(db.read, who.id);
		const prompt = { dueAt: new Date('2026-12-01T18:30:00Z'), usefulUntil: new Date('2026-12-05T18:30:00Z') };
		expect(hourOf(prompt, quiet!, BOOKED_ON)).toEqual(new Date('2026-12-01T17:45:00Z'));
	});
});

test('a territory has its own times of reminders, and its own patience before the next channel', async () => {
	const db = await testDatabase();
	const outside = await anOutside();
	const settings = { reminderTime: '08:30', reminderEveningTime: '17:15', shownWithinHours: 2 };
	const { id: territoryId } = await aTerritory(db, { settings });
	const who = await aPerson(db, { referent: await aReferent(db, { territoryId }) });
	await aDevice(db, outside, { accountId: who.account.id, now: BOOKED_ON });
	await anAppointment(db, { personId: who.id, day: '2026-12-03', time: '10:00' });
	await tickAt(db, outside, BOOKED_ON);
	expect((await remindersIn(db)).map(({ dueAt }) => dueAt.toISOString())).toEqual([
		'2026-11-26T07:30:00.000Z',
		'2026-12-01T07:30:00.000Z',
		'2026-12-02T16:15:00.000Z',
	]);
	const week = new Date('2026-11-26T07:30:00Z');
	await tickAt(db, outside, week);
	expect((await remindersIn(db))[0]).toMatchObject({ state: 'sent', actAt: later(week, 2 * HOUR) });
});

test('the phone says the day and the hour, and asks two days before', async () => {
	const { at, outside, booked } = await setting();
	await at(WEEK_BEFORE);
	await at(TWO_BEFORE);
	const [week, two] = outside.pushes();
	expect(week).toMatchObject({
		type: 'reminder',
		tag: `rdv-${booked.id}`,
		title: 'Vous avez un rendez-vous jeudi 3 décembre à 10\u00a0h',
		lang: 'fr',
		dir: 'ltr',
		path: `/rendez-vous/${booked.id}`,
		actions: [],
	});
	expect(two).toMatchObject({
		tag: `rdv-${booked.id}`,
		title: 'Vous avez un rendez-vous jeudi à 10\u00a0h',
		path: `/r/${two!.token}`,
		actions: [
			{ action: 'coming', title: 'Je viens' },
			{ action: 'cannot', title: 'Je ne peux pas' },
		],
	});
	const [first, second] = outside.service.received;
	expect(first!.ttl).toBe((TWO_BEFORE.getTime() - WEEK_BEFORE.getTime()) / 1000);
	expect(first!.topic).toBe(second!.topic);
});

test('the answer given in the notification ends the ladder and the evening’s question', async () => {
	const { db, at, outside, states, booked } = await setting();
	await at(WEEK_BEFORE);
	await at(TWO_BEFORE);
	const { token } = outside.pushes()[1]!;
	const now = later(TWO_BEFORE, HOUR);
	await db.write(async (tx) => {
		const { appointmentId } = await answerByLink(tx, { token: token!, answer: 'coming', via: 'notification', now });
		await markAnswered(tx, { appointmentId, now });
	});
	await at(later(TWO_BEFORE, 5 * HOUR));
	await at(EVENING);
	expect(await states()).toEqual([
		['7d', 'answered', null],
		['2d', 'answered', null],
		['evening', 'dropped', 'answered'],
	]);
	expect([outside.service.received.length, outside.mailbox.length]).toEqual([2, 0]);
	expect(
		await db.read.select({ answer: appointment.answer }).from(appointment).where(eq(appointment.id, booked.id)),
	).toEqual([{ answer: 'coming' }]);
});

test('an answer the worker was not told about counts at its next tick', async () => {
	const { db, at, outside, states } = await setting();
	await at(TWO_BEFORE);
	const { token } = outside.pushes().at(-1)!;
	await db.write((tx) => answerByLink(tx, { token: token!, answer: 'cannot', now: later(TWO_BEFORE, MINUTE) }));
	await at(later(TWO_BEFORE, 2 * MINUTE));
	expect((await states()).slice(1)).toEqual([
		['2d', 'answered', null],
		['evening', 'dropped', 'answered'],
	]);
});

describe('the ladder', () => {
	test('shown on the phone: nothing else is sent', async () => {
		const { db, at, outside, states } = await setting();
		await at(TWO_BEFORE);
		const { beacon } = outside.pushes().at(-1)!;
		await db.write((tx) => markShown(tx, { beacon, now: later(TWO_BEFORE, MINUTE) }));
		await at(later(TWO_BEFORE, 5 * HOUR));
		expect((await states())[1]).toEqual(['2d', 'shown', null]);
		expect(outside.mailbox).toEqual([]);
	});

	test('a phone that says « shown » before the worker has recorded the sending counts', async () => {
		const { db, at, outside, who, states } = await setting({ devices: 0 });
		let said: Promise<unknown> = Promise.resolve();
		await aDevice(db, outside, {
			accountId: who.account.id,
			now: BOOKED_ON,
			onShown: ({ beacon }) => (said = db.write((tx) => markShown(tx, { beacon, now: TWO_BEFORE }))),
		});
		await at(TWO_BEFORE);
		await said;
		await at(later(TWO_BEFORE, 5 * HOUR));
		expect((await states())[1]).toEqual(['2d', 'shown', null]);
		expect(outside.mailbox).toEqual([]);
	});

	test.each([
		['while the worker still waits for an answer', true],
		['before the next try', false],
	])('shown by a phone though the push service never answered, %s: it arrived', async (_, isWaiting) => {
		const { db, at, outside, who, states } = await setting();
		const { send, channel } = outside.edges.push;
		const shown = async () => {
			const { beacon } = outside.pushes().at(-1)!;
			await db.write((tx) => markShown(tx, { beacon, now: later(TWO_BEFORE, 1000) }));
		};
		const unanswered: typeof send = async (...message) => {
			await send(...message);
			if (isWaiting) await shown();
			return { outcome: 'temporary_failure', reason: 'timeout' };
		};
		outside.edges.push = { channel, send: unanswered };
		await at(TWO_BEFORE);
		if (!isWaiting) await shown();
		expect((await states())[1]).toEqual(['2d', 'shown', null]);
		for (const minutes of [3, 60, 300]) await at(later(TWO_BEFORE, minutes * MINUTE));
		expect([outside.service.received.length, outside.mailbox.length]).toEqual([1, 0]);
		expect((await states())[1]).toEqual(['2d', 'shown', null]);
		const [message] = await messagesOf(db.read, who.id);
		expect(message).toMatchObject({ kind: 'appointment_2d', at: later(TWO_BEFORE, 1000) });
	});

	test('not shown within four hours: the e-mail, and no SMS after it', async () => {
		const { at, outside, states } = await setting();
		await at(TWO_BEFORE);
		await at(later(TWO_BEFORE, 4 * HOUR - 1));
		expect(outside.mailbox).toHaveLength(0);
		await at(later(TWO_BEFORE, 4 * HOUR));
		await at(later(TWO_BEFORE, 9 * HOUR));
		expect(outside.mailbox.map(({ channel }) => channel)).toEqual(['email']);
		expect((await states())[1]).toEqual(['2d', 'sent', null]);
	});

	test.each([
		['seen a minute before four hours', -MINUTE, 'shown', []],
		['seen a minute after, while the e-mail is on its way', MINUTE, 'shown', ['email']],
		['answered while the e-mail is on its way', null, 'answered', ['email']],
	])('%s: no further rung, and it says so', async (_, after, state, channels) => {
		const { db, at, outside, booked, states } = await setting();
		await at(TWO_BEFORE);
		const { beacon, token } = outside.pushes().at(-1)!;
		const { sendMail } = outside.edges;
		const now = later(TWO_BEFORE, 4 * HOUR + (after ?? MINUTE));
		const meanwhile = () =>
			db.write(async (tx) => {
				if (after !== null) return markShown(tx, { beacon, now });
				await answerByLink(tx, { token: token!, answer: 'coming', now });
				return markAnswered(tx, { appointmentId: booked.id, now });
			});
		if (after !== null && after < 0) await meanwhile();
		outside.edges.sendMail = async (mail) => {
			const outcome = await sendMail(mail);
			await meanwhile();
			return outcome;
		};
		await at(later(TWO_BEFORE, 4 * HOUR));
		await at(later(TWO_BEFORE, 9 * HOUR));
		expect(outside.mailbox.map(({ channel }) => channel)).toEqual(channels);
		expect((await states())[1]).toEqual(['2d', state, null]);
	});

	test('no phone with notifications: the e-mail at once, with a link to answer', async () => {
		const { at, outside } = await setting({ devices: 0 });
		await at(TWO_BEFORE);
		const [mail] = outside.mailbox;
		expect(mail).toMatchObject({ channel: 'email', subject: 'Vous avez un rendez-vous jeudi à 10\u00a0h' });
		expect(mail!.text).toMatch(/https:\/\/portail\.example\.fr\/r\/[\w-]{43}\n/);
	});

	test('no phone with notifications and no address: one SMS, with the link and the number that answers', async () => {
		const { at, outside, who } = await setting({ devices: 0, person: { email: null, account: { email: null } } });
		await at(TWO_BEFORE);
		const [sms] = outside.mailbox;
		expect(sms).toMatchObject({ channel: 'sms', to: who.phone });
		expect(sms!.text).toMatch(/^Vous avez un rendez-vous jeudi à 10 h\. .*\/r\/[\w-]{43} .*0199000002|01 99 00 00 02$/);
		expect(sms!.text.length).toBeLessThanOrEqual(160);
	});

	test.each([404, 410])('a browser answering %i is forgotten at once, the others are served', async (status) => {
		const { db, at, outside, devices } = await setting({ devices: 3 });
		outside.service.setFault(({ endpoint }) => (endpoint === devices[1]!.endpoint ? { status } : null));
		await at(TWO_BEFORE);
		expect(outside.service.received).toHaveLength(2);
		const left = await db.read.select({ id: pushSubscription.id }).from(pushSubscription);
		expect(left.map(({ id }) => id).sort()).toEqual([devices[0]!.id, devices[2]!.id].sort());
		expect(outside.mailbox).toEqual([]);
	});

	test('all browsers gone: the e-mail in the same tick', async () => {
		const { db, at, outside, devices } = await setting({ devices: 2 });
		for (const { endpoint } of devices) outside.service.expire(endpoint);
		await at(TWO_BEFORE);
		expect(await db.read.select().from(pushSubscription)).toEqual([]);
		expect(outside.mailbox).toHaveLength(1);
	});

	const faults: [string, PushFault, 'retry' | 'next'][] = [
		['500', { status: 500 }, 'retry'],
		['502', { status: 502 }, 'retry'],
		['503', { status: 503, headers: { 'Retry-After': '30' } }, 'retry'],
		['429', { status: 429, headers: { 'Retry-After': '120' } }, 'retry'],
		['301 to an inside host', { status: 301, headers: { Location: 'https://127.0.0.1/' } }, 'retry'],
		['a connection that is reset', { reset: true }, 'retry'],
		['garbage', { garbage: true }, 'retry'],
		['silence', { hang: true }, 'retry'],
		['headers that drip', { dripHeaders: 50 }, 'retry'],
		['400', { status: 400 }, 'next'],
		['413', { status: 413 }, 'next'],
		['401', { status: 401 }, 'next'],
		['403', { status: 403 }, 'next'],
	];
	test.each(faults)('a push service that answers %s', async (_, fault, expected) => {
		const { db, at, outside, states } = await setting();
		outside.service.setFault(fault);
		await at(TWO_BEFORE);
		expect(await db.read.select().from(pushSubscription)).toHaveLength(1);
		expect(outside.mailbox).toHaveLength(expected === 'next' ? 1 : 0);
		if (expected === 'next') return expect((await states())[1]).toEqual(['2d', 'sent', null]);
		expect((await states())[1]).toEqual(['2d', 'scheduled', null]);
		outside.service.setFault(null);
		await at(later(TWO_BEFORE, 3 * MINUTE));
		expect(outside.service.received).toHaveLength(1);
		expect((await states())[1]).toEqual(['2d', 'sent', null]);
	});

	test.each([{ partial: true }, { drip: 50 }, { flood: 20 }] as PushFault[])(
		'a 201 whose body misbehaves (%o) is taken for what it says',
		async (fault) => {
			const { at, outside, states } = await setting();
			outside.service.setFault(fault);
			await at(TWO_BEFORE);
			expect((await states())[1]).toEqual(['2d', 'sent', null]);
		},
	);

	test('troubles that last: four more tries, then the e-mail', async () => {
		const { db, at, outside } = await setting();
		outside.service.setFault({ status: 500 });
		for (const minutes of [0, 2, 8, 30, 105]) await at(later(TWO_BEFORE, minutes * MINUTE));
		const tries = await db.read.select({ channel: delivery.channel, reason: delivery.reason }).from(delivery);
		expect(tries.map(({ channel }) => channel)).toEqual(['push', 'push', 'push', 'push', 'push', 'email']);
		expect(tries[0]!.reason).toBe('http_500');
		expect(outside.mailbox).toHaveLength(1);
	});

	test('nobody can be reached: it says so, for somebody to call', async () => {
		const { at, states } = await setting({
			devices: 0,
			person: { email: null, phone: '+33353010001', account: { email: null, phone: null } },
		});
		await at(TWO_BEFORE);
		expect((await states())[1]).toEqual(['2d', 'failed', 'unreachable']);
	});
});

describe('in the evening, before quiet hours', () => {
	/** The appointment is on Monday 7 December at 10:00: the evening before is a Sunday. */
	const SATURDAY = (time: string) => new Date(`2026-12-05T${time}Z`);
	async function onMonday(time = '10:00', options: Parameters<typeof setting>[0] = {}) {
		const given = await setting(options);
		await given.db.write((tx) => tx.delete(reminder));
		await given.db.write((tx) => tx.update(appointment).set({ state: 'revoked' }));
		await given.at(BOOKED_ON);
		await anAppointment(given.db, { personId: given.who.id, day: '2026-12-07', time });
		await given.at(later(BOOKED_ON, MINUTE));
		const evening = async () => (await remindersIn(given.db)).find(({ kind }) => kind === 'appointment_evening')!;
		return { ...given, evening };
	}

	test.each(['18:45:02', '18:52:30', '19:00:00'])(
		'the reminder of a Monday leaves on Saturday, when the worker looks at %s UTC',
		async (time) => {
			for (const hour of ['10:00', '08:00']) {
				const { at, evening } = await onMonday(hour);
				await at(SATURDAY(time));
				expect(await evening()).toMatchObject({ state: 'sent', dueAt: SATURDAY('18:45:00'), sentAt: SATURDAY(time) });
			}
		},
	);

	test('after eight nothing leaves, by one second or two', async () => {
		for (const time of ['19:00:01', '19:00:02']) {
			const { at, evening } = await onMonday();
			await at(SATURDAY(time));
			expect(await evening()).toMatchObject({ state: 'scheduled', actAt: new Date('2026-12-07T07:00:00Z') });
		}
	});

	test('a notification of six that nobody saw is followed by an SMS that evening', async () => {
		const { at, outside } = await setting({ person: { email: null, account: { email: null } } });
		await at(EVENING);
		await at(later(EVENING, 2 * 1000));
		expect(outside.mailbox).toEqual([]);
		await at(later(EVENING, 105 * MINUTE + 2 * 1000));
		expect(outside.mailbox.map(({ channel }) => channel)).toEqual(['sms']);
	});

	test('four hours that end at eight sharp end that evening too', async () => {
		const { db, at, outside, who } = await setting();
		const four = new Date('2026-12-01T15:00:00Z');
		const notice = { kind: 'manual', personId: who.id, path: '/compte/messages', onceKey: 'm', now: four } as const;
		await at(four);
		outside.mailbox.length = 0;
		await db.write((tx) => planNotice(tx, notice));
		await at(four);
		await at(later(four, 225 * MINUTE + 2 * 1000));
		expect(outside.mailbox).not.toEqual([]);
	});
});

describe('a notification that a push service took and no phone showed', () => {
	const alone = { person: { email: null, phone: null, account: { email: null, phone: null } } };

	test('after four hours, without another channel, somebody is told; seen later, it is lifted', async () => {
		const { db, at, outside, states } = await setting(alone);
		await at(TWO_BEFORE);
		expect((await states())[1]).toEqual(['2d', 'sent', null]);
		await at(later(TWO_BEFORE, 4 * HOUR - 1));
		expect((await states())[1]).toEqual(['2d', 'sent', null]);
		await at(later(TWO_BEFORE, 4 * HOUR + 2000));
		expect((await states())[1]).toEqual(['2d', 'failed', 'unseen']);
		expect(await isBeacon(db.read, 'forged.device')).toBe(false);
		const { beacon } = outside.pushes().at(-1)!;
		expect(await isBeacon(db.read, beacon)).toBe(true);
		await db.write((tx) => markShown(tx, { beacon, now: later(TWO_BEFORE, 9 * HOUR) }));
		expect((await states())[1]).toEqual(['2d', 'shown', null]);
	});

	test('is answered when the person answers by another way', async () => {
		const { db, at, outside, states, booked } = await setting(alone);
		await at(TWO_BEFORE);
		const { token } = outside.pushes().at(-1)!;
		await at(later(TWO_BEFORE, 5 * HOUR));
		await db.write((tx) => answerByLink(tx, { token: token!, answer: 'coming', now: later(TWO_BEFORE, 6 * HOUR) }));
		await db.write((tx) => markAnswered(tx, { appointmentId: booked.id, now: later(TWO_BEFORE, 6 * HOUR) }));
		expect((await states())[1]).toEqual(['2d', 'answered', null]);
	});

	test('the other channel refused, somebody is told', async () => {
		const { at, outside, states } = await setting({ person: { phone: null, account: { phone: null } } });
		outside.edges.sendMail = async () => ({ outcome: 'permanent_failure', reason: 'smtp_550' });
		await at(TWO_BEFORE);
		await at(later(TWO_BEFORE, 4 * HOUR + 2000));
		expect((await states())[1]).toEqual(['2d', 'failed', 'unseen']);
	});
});

describe('our key is refused', () => {
	test('while messages are on their way: those with no other channel leave when it is accepted again, by one probe', async () => {
		const { db, at, outside } = await setting({
			person: { email: null, phone: null, account: { email: null, phone: null } },
		});
		for (let i = 0; i < 5; i += 1) {
			const { id, account } = await aPerson(db, { email: null, phone: null, account: { email: null, phone: null } });
			await aDevice(db, outside, { accountId: account.id, now: BOOKED_ON });
			const notice = { kind: 'aid_changed', personId: id, path: '/aides', onceKey: id, now: TWO_BEFORE } as const;
			await db.write((tx) => planNotice(tx, notice));
		}
		outside.service.setFault({ status: 403 });
		await at(TWO_BEFORE);
		const waiting = (await remindersIn(db)).filter(({ dueAt }) => dueAt.getTime() === TWO_BEFORE.getTime());
		expect(waiting.map(({ state }) => state)).toEqual(Array(6).fill('scheduled'));
		const before = outside.service.attempts;
		await at(later(TWO_BEFORE, 19 * MINUTE));
		expect(outside.service.attempts).toBe(before + 1);
		outside.service.setFault(null);
		for (const minutes of [39, 40, 60]) await at(later(TWO_BEFORE, minutes * MINUTE));
		const left = (await remindersIn(db)).filter(({ dueAt }) => dueAt.getTime() === TWO_BEFORE.getTime());
		expect(left.map(({ state }) => state)).toEqual(Array(6).fill('sent'));
	});
});

describe('« j’ai besoin d’aide »', () => {
	const say = async (
		db: Awaited<ReturnType<typeof testDatabase>>,
		id: string,
		answer: 'coming' | 'cannot' | 'needs_help',
		now: Date,
	) =>
		db.write(async (tx) => {
			await answerAppointment(tx, { appointmentId: id, answer, via: 'portal', now });
			await markAnswered(tx, { appointmentId: id, now });
		});

	test('silences the evening’s question alone', async () => {
		const { db, at, states, booked } = await setting();
		await say(db, booked.id, 'needs_help', later(BOOKED_ON, MINUTE));
		await at(later(BOOKED_ON, 2 * MINUTE));
		expect(await states()).toEqual([
			['7d', 'scheduled', null],
			['2d', 'scheduled', null],
			['evening', 'dropped', 'answered'],
		]);
		await at(WEEK_BEFORE);
		expect((await states())[0]).toEqual(['7d', 'sent', null]);
	});

	test('after « je ne peux pas », « je viens » brings back what is still of use', async () => {
		const { db, at, states, booked } = await setting();
		await say(db, booked.id, 'cannot', later(BOOKED_ON, MINUTE));
		await at(later(BOOKED_ON, 2 * MINUTE));
		expect((await states()).map(([, state]) => state)).toEqual(['dropped', 'dropped', 'dropped']);
		await say(db, booked.id, 'coming', later(TWO_BEFORE, -2 * HOUR));
		await at(later(TWO_BEFORE, -HOUR));
		expect(await states()).toEqual([
			['7d', 'dropped', 'answered'],
			['2d', 'scheduled', null],
			['evening', 'dropped', 'answered'],
		]);
		await at(TWO_BEFORE);
		expect((await states())[1]).toEqual(['2d', 'sent', null]);
	});

	test('after « je ne peux pas », a late « je viens » brings back the nearest one, when nothing else is to come', async () => {
		const { db, at, states, booked } = await setting();
		await say(db, booked.id, 'cannot', later(BOOKED_ON, MINUTE));
		await at(later(BOOKED_ON, 2 * MINUTE));
		await say(db, booked.id, 'coming', later(TWO_BEFORE, HOUR));
		await at(later(TWO_BEFORE, HOUR + MINUTE));
		expect((await states()).map(([, state]) => state)).toEqual(['dropped', 'sent', 'dropped']);
	});

	test.each(['cannot', 'needs_help'] as const)('a message written after « %s » leaves', async (answer) => {
		const { db, at, outside, who, booked } = await setting();
		await say(db, booked.id, answer, later(BOOKED_ON, MINUTE));
		const now = later(BOOKED_ON, HOUR);
		const notice = { kind: 'manual', template: 'appointment', personId: who.id, appointmentId: booked.id } as const;
		await db.write((tx) => planNotice(tx, { ...notice, path: `/rendez-vous/${booked.id}`, onceKey: 'm', now }));
		// The planner may only hear of the answer now.
		await at(now);
		expect(outside.pushes()).toHaveLength(1);
	});
});

test('moved, the former reminders are dropped and new ones planned', async () => {
	const { db, at, states, booked } = await setting();
	const startsAt = new Date('2026-12-10T09:00:00Z');
	await db.write((tx) =>
		tx
			.update(appointment)
			.set({ startsAt, endsAt: later(startsAt, HOUR), localDay: '2026-12-10', sequence: 1 })
			.where(eq(appointment.id, booked.id)),
	);
	await at(later(BOOKED_ON, HOUR));
	const all = await states();
	expect(all.filter(([, state]) => state === 'dropped').map(([, , reason]) => reason)).toEqual(
		Array(3).fill('superseded'),
	);
	expect(all.filter(([, state]) => state === 'scheduled')).toHaveLength(3);
});

test('cancelled, nothing more is sent', async () => {
	const { db, at, states, outside, booked } = await setting();
	await db.write((tx) =>
		tx.update(appointment).set({ state: 'revoked', sequence: 1 }).where(eq(appointment.id, booked.id)),
	);
	await at(TWO_BEFORE);
	expect(await states()).toEqual(['7d', '2d', 'evening'].map((kind) => [kind, 'dropped', 'cancelled']));
	expect(outside.service.attempts).toBe(0);
});

test('three days down: what is still useful leaves once, what is not is marked', async () => {
	const { at, states, outside } = await setting();
	const back = later(TWO_BEFORE, 3 * HOUR);
	await at(back);
	await at(later(back, MINUTE));
	expect(await states()).toEqual([
		['7d', 'dropped', 'too_late'],
		['2d', 'sent', null],
		['evening', 'scheduled', null],
	]);
	expect(outside.service.received).toHaveLength(1);
});

test('three days down over the change of the clock: on Monday at eight of the wall, what is still useful leaves', async () => {
	const { db, at, outside, who, booked } = await setting();
	await db.write((tx) => tx.update(appointment).set({ state: 'revoked' }).where(eq(appointment.id, booked.id)));
	await db.write((tx) => tx.update(pushSubscription).set({ lastAliveAt: new Date('2027-03-15T09:00:00Z') }));
	await anAppointment(db, { personId: who.id, day: '2027-03-29', time: '10:00' });
	await at(new Date('2027-03-15T09:00:00Z'));
	await at(new Date('2027-03-22T09:00:00Z'));
	expect(outside.pushes()).toHaveLength(1);
	// Summer time since the night before: 7:30 on the wall, then eight.
	await at(new Date('2027-03-29T05:30:00Z'));
	await at(new Date('2027-03-29T05:59:59Z'));
	const before = outside.pushes().length;
	await at(new Date('2027-03-29T06:00:00Z'));
	await at(new Date('2027-03-29T06:01:00Z'));
	expect([before, outside.pushes().length]).toEqual([1, 2]);
	const rows = (await remindersIn(db)).filter(({ dueAt }) => dueAt > new Date('2027-01-01'));
	expect(rows.map(({ kind, state, reason }) => [kind.slice(12), state, reason])).toEqual([
		['7d', 'sent', null],
		['2d', 'dropped', 'too_late'],
		['evening', 'sent', null],
	]);
});

test('three days down in Guyane, back on the tenth of June: nothing rings that day, the call of the next one is said at eight', async () => {
	const db = await testDatabase();
	const outside = await anOutside();
	await db.write((tx) =>
		tx.insert(holiday).values({ zone: 'guyane', day: '2027-06-10', name: 'Abolition de l’esclavage' }),
	);
	const place = await aTerritory(db, { zone: 'America/Cayenne', holidayZone: 'guyane' });
	const who = await aPerson(db, { referent: await aReferent(db, { territoryId: place.id }), channelOrder: ['email'] });
	await anAppointment(db, { personId: who.id, day: '2027-06-11', time: '09:00', mode: 'phone' });
	const at = (now: string) => tickAt(db, outside, new Date(now));
	await at('2027-06-01T12:00:00Z');
	await at('2027-06-04T13:00:00Z');
	for (const now of ['2027-06-10T15:00:00Z', '2027-06-11T10:59:59Z']) await at(now);
	const before = outside.mailbox.length;
	await at('2027-06-11T11:00:00Z');
	expect([before, outside.mailbox.length]).toEqual([1, 2]);
	expect(outside.mailbox.at(-1)!.subject).toContain('9\u00a0h');
});

test('a clock that jumps sends nothing twice', async () => {
	const { at, outside } = await setting();
	await at(WEEK_BEFORE);
	for (const jump of [2 * HOUR, -2 * HOUR, -24 * HOUR, 0]) await at(later(WEEK_BEFORE, jump));
	expect(outside.service.received).toHaveLength(1);
	await at(TWO_BEFORE);
	expect(outside.service.received).toHaveLength(2);
});

test('a clock that was two hours ahead on Saturday evening has none skipped', async () => {
	const { db, outside, who, booked } = await setting();
	await db.write((tx) => tx.delete(reminder));
	await db.write((tx) => tx.delete(appointment).where(eq(appointment.id, booked.id)));
	for (const time of ['08:00', '10:00']) await anAppointment(db, { personId: who.id, day: '2026-12-07', time });
	const saturday = new Date('2026-12-05T17:30:00Z');
	let now = saturday;
	const worker = createWorker({ db, edges: outside.edges, now: () => now });
	const tickAfter = async (ms: number) => {
		now = later(saturday, ms);
		await worker.tick();
	};
	await tickAfter(0);
	await tickAfter(2 * HOUR);
	expect(outside.pushes()).toEqual([]);
	await tickAfter(10 * MINUTE);
	await tickAfter(75 * MINUTE);
	await tickAfter(76 * MINUTE);
	const hours = outside.pushes().map(({ title }) => title.replaceAll('\u00a0', ' ').replace(/.* à /, ''));
	// Both at the same minute, in no order.
	expect(hours.sort()).toEqual(['10 h', '8 h']);
});

test('answered while its mail waits for its turn, it does not leave', async () => {
	const { db, outside, at, booked } = await setting({ devices: 0 });
	const { sendMail } = outside.edges;
	outside.edges.sendMail = async ({ stillWanted, ...mail }) => {
		const now = later(TWO_BEFORE, MINUTE);
		await db.write((tx) => answerAppointment(tx, { appointmentId: booked.id, answer: 'cannot', via: 'portal', now }));
		return (await stillWanted!()) ? sendMail(mail) : OVERTAKEN;
	};
	await at(TWO_BEFORE);
	expect(outside.mailbox).toEqual([]);
	expect(await db.read.select().from(delivery)).toEqual([]);
	expect((await remindersIn(db))[1]).toMatchObject({ state: 'dropped', reason: 'answered' });
});

describe('while its mail waits for its turn', () => {
	type Meanwhile = (db: Db, ids: { who: string; booked: string }) => Promise<unknown>;
	const change = (values: Partial<typeof person.$inferInsert>): Meanwhile => {
		return (db, { who }) => db.write((tx) => tx.update(person).set(values).where(eq(person.id, who)));
	};
	const cancel: Meanwhile = (db, { booked }) =>
		db.write((tx) => tx.update(appointment).set({ state: 'excused' }).where(eq(appointment.id, booked)));
	const seen: Meanwhile = (db) => db.write((tx) => tx.update(reminder).set({ shownAt: TWO_BEFORE }));

	async function waiting(meanwhile: Meanwhile, mayAlso: string[] = []) {
		const given = await setting({ devices: 0 });
		const { db, outside, who, booked, at } = given;
		const { sendMail } = outside.edges;
		let times = 0;
		outside.edges.sendMail = async ({ stillWanted, ...mail }) => {
			if ((times += 1) === 1) await meanwhile(db, { who: who.id, booked: booked.id });
			return (await stillWanted!()) ? sendMail(mail) : OVERTAKEN;
		};
		await at(TWO_BEFORE);
		expect(outside.mailbox.map(({ channel }) => channel)).toEqual(mayAlso);
		return (await remindersIn(db))[1]!;
	}

	test.each<[string, Meanwhile, object]>([
		['its appointment is cancelled', cancel, { state: 'dropped', reason: 'cancelled' }],
		['this kind is turned off', change({ mutedKinds: ['appointment_2d'] }), { state: 'dropped', reason: 'muted' }],
		['it is seen on a phone', seen, { state: 'shown', reason: null }],
	])('%s: it does not leave', async (_, meanwhile, expected) => {
		expect(await waiting(meanwhile)).toMatchObject(expected);
	});

	test('the person turns e-mails off: the next channel', async () => {
		expect(await waiting(change({ channelOrder: ['push', 'sms'] }), ['sms'])).toMatchObject({ state: 'sent' });
	});
});

describe('a clock that goes on while a message waits for its turn at a slow gateway', () => {
	const AFTER_EIGHT = new Date('2026-12-01T19:00:01Z');

	/** Due now, by this channel alone; its turn comes at `turnAt`. Turned away five times it leaves, so that a loop is seen. */
	async function waited(channel: 'email' | 'sms', notice: object, now: Date, turnAt: Date) {
		const { db, outside, who } = await setting({ devices: 0, person: { channelOrder: [channel] } });
		await db.write((tx) => tx.delete(reminder));
		await db.write((tx) => tx.delete(appointment));
		const about = { kind: 'aid_changed', path: '/aides', onceKey: 'one', personId: who.id, now } as const;
		await db.write((tx) => planNotice(tx, { ...about, ...notice }));
		const clock = { now };
		let turns = 0;
		const inTurn = (send: (message: never) => unknown) => async (message: { stillWanted?: () => Promise<boolean> }) => {
			clock.now = turnAt;
			turns += 1;
			return turns > 5 || (await message.stillWanted!()) ? send(message as never) : OVERTAKEN;
		};
		const { sendMail, sendSms } = outside.edges;
		Object.assign(outside.edges, { sendMail: inTurn(sendMail), sendSms: inTurn(sendSms) });
		await createWorker({ db, edges: outside.edges, now: () => clock.now }).tick();
		const [row] = await remindersIn(db);
		return { row, turns, left: outside.mailbox.length };
	}
	const JUST_BEFORE = later(AFTER_EIGHT, -MINUTE);

	test('past eight in the evening it waits for the morning, without being asked for again and again', async () => {
		for (const channel of ['email', 'sms'] as const)
			expect(await waited(channel, {}, JUST_BEFORE, AFTER_EIGHT)).toMatchObject({
				...{ left: 0, turns: 1 },
				row: { state: 'scheduled', attempts: 0, actAt: new Date('2026-12-02T07:00:00Z') },
			});
	});

	test('a receipt by mail leaves all the same, by SMS it waits', async () => {
		const receipt = { kind: 'request_received' };
		expect(await waited('email', receipt, JUST_BEFORE, AFTER_EIGHT)).toMatchObject({ left: 1, turns: 1 });
		expect(await waited('sms', receipt, JUST_BEFORE, AFTER_EIGHT)).toMatchObject({
			...{ left: 0, turns: 1 },
			row: { state: 'scheduled' },
		});
	});

	test('past its use it is dropped', async () => {
		const usefulUntil = later(TWO_BEFORE, 30_000);
		expect(await waited('email', { usefulUntil }, TWO_BEFORE, usefulUntil)).toMatchObject({
			...{ left: 0, turns: 1 },
			row: { state: 'dropped', reason: 'too_late' },
		});
	});
});

describe('a notice about something that is over', () => {
	const about = { kind: 'aid_changed', path: '/aides', onceKey: 'aid', subjectId: 'aid', now: TWO_BEFORE } as const;
	async function noticed(devices: number) {
		const { db, outside, who, at } = await setting({ devices, person: { mutedKinds: ['appointment_2d'] } });
		await db.write((tx) => planNotice(tx, { ...about, personId: who.id }));
		const drop = () => db.write((tx) => dropNotices(tx, { personId: who.id, subjectId: 'aid' }));
		const own = async () => (await remindersIn(db)).find(({ onceKey }) => onceKey === 'aid');
		return { outside, at, drop, own };
	}

	test('pushed and not seen, climbs no further', async () => {
		const { outside, at, drop, own } = await noticed(1);
		await at(TWO_BEFORE);
		await drop();
		await at(later(TWO_BEFORE, 5 * HOUR));
		expect([outside.pushes().length, outside.mailbox.length]).toEqual([1, 0]);
		expect(await own()).toMatchObject({ state: 'sent', actAt: null });
	});

	test('over while it waits for its turn, does not leave', async () => {
		const { outside, at, drop, own } = await noticed(0);
		const { sendMail } = outside.edges;
		outside.edges.sendMail = async ({ stillWanted, ...mail }) => {
			await drop();
			return (await stillWanted!()) ? sendMail(mail) : OVERTAKEN;
		};
		await at(TWO_BEFORE);
		expect(outside.mailbox).toEqual([]);
		expect(await own()).toMatchObject({ state: 'dropped', reason: 'cancelled' });
	});

	test('over while its last channel refuses it, is no call to make', async () => {
		const { outside, at, drop, own } = await noticed(0);
		outside.edges.sendSms = async () => {
			await drop();
			return { outcome: 'permanent_failure', reason: 'refused' };
		};
		outside.edges.sendMail = async () => ({ outcome: 'permanent_failure', reason: 'smtp_550' });
		await at(TWO_BEFORE);
		expect(await own()).toMatchObject({ state: 'dropped', reason: 'cancelled', actAt: null });
	});

	test('pushed, unseen, and over while the last channel refuses it, is what left and no call to make', async () => {
		const { outside, at, drop, own } = await noticed(1);
		outside.edges.sendMail = async () => ({ outcome: 'permanent_failure', reason: 'smtp_550' });
		outside.edges.sendSms = async () => {
			await drop();
			return { outcome: 'permanent_failure', reason: 'refused' };
		};
		for (const hours of [0, 4]) await at(later(TWO_BEFORE, hours * HOUR));
		expect(await own()).toMatchObject({ state: 'sent', reason: null, actAt: null });
	});

	test('over while it leaves, has left', async () => {
		const { outside, at, drop, own } = await noticed(0);
		const { sendMail } = outside.edges;
		outside.edges.sendMail = async (mail) => {
			await drop();
			return sendMail(mail);
		};
		await at(TWO_BEFORE);
		expect(await own()).toMatchObject({ state: 'sent', reason: null, actAt: null });
	});

	test('over while a push is on its way that fails, is not tried again', async () => {
		const { outside, at, drop, own } = await noticed(1);
		const { channel } = outside.edges.push;
		const send = async () => {
			await drop();
			return { outcome: 'temporary_failure', reason: 'timeout' } as const;
		};
		outside.edges.push = { channel, send };
		await at(TWO_BEFORE);
		await at(later(TWO_BEFORE, 3 * MINUTE));
		expect(await own()).toMatchObject({ state: 'dropped', reason: 'cancelled', actAt: null });
	});
});

test('nothing of a name, a theme or a place leaves in discreet mode; the place does when it was asked for', async () => {
	const canary = 'Xylophone';
	const { db, at, outside, who } = await setting({ person: { firstName: canary, lastName: canary } });
	await db.write(async (tx) => {
		await tx.update(appointment).set({ placeName: canary, address: canary });
		await planNotice(tx, {
			kind: 'manual',
			template: 'paper',
			text: canary,
			personId: who.id,
			path: '/compte/messages',
			onceKey: 'm',
			now: TWO_BEFORE,
		});
	});
	await at(TWO_BEFORE);
	await at(later(TWO_BEFORE, 4 * HOUR));
	expect(outside.pushes()).toHaveLength(2);
	expect(outside.mailbox).toHaveLength(2);
	expect(
		JSON.stringify([outside.pushes(), outside.mailbox.map(({ subject, text, html }) => [subject, text, html])]),
	).not.toContain(canary);
	await db.write((tx) => tx.update(person).set({ wording: 'detailed' }));
	await at(EVENING);
	expect(outside.pushes().at(-1)!.body).toContain(canary);
});

test('an English-speaking person is written to in English', async () => {
	const { at, outside } = await setting({ person: { locale: 'en' } });
	await at(TWO_BEFORE);
	expect(outside.pushes()[0]).toMatchObject({ title: 'You have an appointment Thursday at 10\u00a0am', lang: 'en' });
	expect(outside.pushes()[0]!.path).toMatch(/^\/en\/r\//);
});

test('the title of a step that cannot be read does not hold the others back', async () => {
	const { db, at, outside, who } = await setting();
	const detailed = await aPerson(db, { wording: 'detailed' });
	for (const personId of [who.id, detailed.id]) {
		const pathway = await aPathway(db, { personId });
		await aStep(db, { personId, pathwayId: pathway.id, owner: 'person', dueOn: '2026-11-29', titleSealed: 'broken' });
	}
	await at(WEEK_BEFORE);
	const left = (await remindersIn(db)).filter(({ dueAt }) => dueAt <= WEEK_BEFORE);
	const of = (kind: string, personId: string) =>
		left.filter((row) => row.kind === kind && row.personId === personId).map(({ state, reason }) => [state, reason]);
	expect(of('appointment_7d', who.id)).toEqual([['sent', null]]);
	expect(of('step_due', who.id)).toEqual([['sent', null]]);
	expect(of('step_due', detailed.id)).toEqual([['failed', 'technical']]);
	expect(outside.service.received).toHaveLength(2);
});

test('a newer message about the same thing replaces the older one, on the phone and at the push service', async () => {
	const { db, at, outside, who } = await setting();
	const say = async (onceKey: string, values: object) => {
		const notice = { kind: 'aid_changed', personId: who.id, path: '/aides', now: BOOKED_ON, ...values } as const;
		await db.write((tx) => planNotice(tx, { ...notice, onceKey }));
	};
	await say('one', { subjectId: 'aid' });
	await say('two', { subjectId: 'aid' });
	await say('other', { subjectId: 'other aid' });
	await say('by hand', { kind: 'manual', subjectId: 'batch' });
	await say('by hand too', { kind: 'manual', subjectId: 'batch' });
	await at(BOOKED_ON);
	expect(new Set(outside.pushes().map(({ tag }) => tag)).size).toBe(4);
	expect(new Set(outside.service.received.map(({ topic }) => topic)).size).toBe(4);
});

test('a reminder that cannot be read does not hold the others back', async () => {
	const { db, at, outside, who } = await setting();
	await db.write(async (tx) => {
		const notice = { kind: 'manual', personId: who.id, path: '/compte/messages', now: WEEK_BEFORE } as const;
		await planNotice(tx, { ...notice, onceKey: 'broken', text: 'x' });
		await tx.update(reminder).set({ textSealed: 'broken' }).where(eq(reminder.onceKey, 'broken'));
	});
	await at(WEEK_BEFORE);
	const states = (await remindersIn(db)).map(({ kind, state, reason }) => [kind, state, reason]).slice(0, 2);
	expect(states.sort()).toEqual([
		['appointment_7d', 'sent', null],
		['manual', 'failed', 'technical'],
	]);
	expect(outside.service.received).toHaveLength(1);
});

describe('what cannot even be read', () => {
	/** As nothing of ours writes it: a damaged file, a restored copy. */
	const damage = (db: Db, statement: string) => db.write(async (tx) => tx.run(sql.raw(statement)));

	test.each([
		['its channels', `UPDATE reminder SET ladder = '[broken' WHERE once_key = 'broken'`],
		['the choices of its person', `UPDATE person SET muted_kinds = '[broken' WHERE first_name = 'Illisible'`],
	])('is marked, and the others leave, once: %s', async (_, statement) => {
		const { db, at, outside } = await setting();
		const other = await aPerson(db, { firstName: 'Illisible' });
		const notice = { kind: 'manual', personId: other.id, path: '/compte/messages', now: WEEK_BEFORE } as const;
		await db.write((tx) => planNotice(tx, { ...notice, onceKey: 'broken' }));
		await damage(db, statement);
		await at(WEEK_BEFORE);
		await at(later(WEEK_BEFORE, MINUTE));
		const { id, state, reason } = reminder;
		const rows = await db.read.select({ id, state, reason, key: reminder.onceKey }).from(reminder);
		expect(rows.find(({ key }) => key === 'broken')).toMatchObject({ state: 'failed', reason: 'technical' });
		expect(rows.filter((row) => row.state === 'sent')).toHaveLength(1);
		expect(outside.service.received).toHaveLength(1);
	});

	test('among what is to be planned does not keep what is due from leaving, tick after tick', async () => {
		const { db, at, outside } = await setting();
		await damage(
			db,
			`CREATE TRIGGER broken BEFORE INSERT ON reminder WHEN NEW.kind = 'step_due' BEGIN SELECT RAISE(ABORT, 'broken'); END`,
		);
		const person = await aPerson(db);
		const pathway = await aPathway(db, { personId: person.id });
		await aStep(db, { personId: person.id, pathwayId: pathway.id, owner: 'person', dueOn: '2026-11-29' });
		await aRequest(db, { personId: person.id, status: 'draft', updatedAt: later(WEEK_BEFORE, -28 * 24 * HOUR) });
		await at(WEEK_BEFORE);
		expect(outside.service.received).toHaveLength(1);
		expect((await remindersIn(db)).map(({ kind }) => kind)).toContain('draft_closing');
	});
});

test('a worker killed while the clock was a day ahead keeps nothing for a day', async () => {
	const { db, at, outside, states } = await setting();
	const ahead = later(WEEK_BEFORE, 24 * HOUR);
	const leaseUntil = later(ahead, LEASE_MS);
	const isFirst = eq(reminder.kind, 'appointment_7d');
	await db.write((tx) => tx.update(reminder).set({ state: 'sending', leaseUntil, actAt: leaseUntil }).where(isFirst));
	// Whoever holds it may still be alive: it has the time of a lease to say what became of it.
	await at(WEEK_BEFORE);
	expect(outside.service.received).toHaveLength(0);
	await at(later(WEEK_BEFORE, LEASE_MS));
	expect(outside.service.received).toHaveLength(1);
	expect((await states())[0]).toEqual(['7d', 'sent', null]);
});

test('an hourly job that fails undoes nothing of another, and stops neither the next nor the messages', async () => {
	const { db, outside, who } = await setting();
	const calls = (name: string) => async (tx: Tx) =>
		tx.update(person).set({ lastName: name }).where(eq(person.id, who.id));
	const fails = async (tx: Tx) => {
		await calls('Défait')(tx);
		throw new Error('this month cannot be read');
	};
	let swept = 0;
	const worker = createWorker({
		...{ db, edges: outside.edges, now: () => WEEK_BEFORE },
		hourly: [calls('Avant'), fails, async (tx) => tx.update(person).set({ firstName: 'Après' })],
		afterHourly: async () => (swept += 1),
	});
	await worker.tick();
	expect(await db.read.select().from(person).where(eq(person.id, who.id))).toMatchObject([
		{ lastName: 'Avant', firstName: 'Après' },
	]);
	expect(swept).toBe(1);
	expect(outside.pushes()).toHaveLength(1);
});
