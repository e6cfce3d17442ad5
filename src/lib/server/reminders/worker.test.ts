import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { anAppointment, aPerson, aReferent } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, remindersIn, tickAt } from '../../../../tests/support/reminders.ts';
import type { PushFault } from '../../../../tests/support/push-service.ts';
import { answerByLink } from '../appointments/answers.ts';
import { appointment, delivery, person, pushSubscription, reminder } from '../db/schema/index.ts';
import { markAnswered, markShown, planNotice } from './commands.ts';

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

test('a clock that jumps sends nothing twice', async () => {
	const { at, outside } = await setting();
	await at(WEEK_BEFORE);
	for (const jump of [2 * HOUR, -2 * HOUR, -24 * HOUR, 0]) await at(later(WEEK_BEFORE, jump));
	expect(outside.service.received).toHaveLength(1);
	await at(TWO_BEFORE);
	expect(outside.service.received).toHaveLength(2);
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
