import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { actorOf, anAppointment, aPerson, aReferent } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { anOutside, tickAt } from '../../../../tests/support/reminders.ts';
import { markOutcome } from '$lib/server/appointments/commands';
import { appointment, person, reminder } from '$lib/server/db/schema';
import { pendingRating } from '$lib/server/evaluation/queries';
import { announceChoice, announceEnd, followOpinion } from './outcome.server';

/** Monday 2 March 2026, 10:00 in Paris; the first time offered is on Tuesday the 10th at 10:00. */
const NOW = new Date('2026-03-02T09:00:00Z');
const LATER = new Date('2026-03-02T10:00:00Z');

const EVENING = new Date('2026-03-02T20:00:00Z');

interface Given {
	isMailed?: boolean;
	values?: object;
	now?: Date;
}

/** Times to choose among, offered by e-mail and called off an hour later. */
async function anInvitation({ isMailed = false, values = {}, now = NOW }: Given = {}) {
	const db = await testDatabase();
	const outside = await anOutside();
	const referent = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent, channelOrder: ['email'], email: 'personne@exemple.fr' });
	const chooseBy = new Date('2026-03-12T09:00:00Z');
	const hour = { personId, day: '2026-03-10', time: '10:00', chooseBy };
	const { id } = await anAppointment(db, { ...hour, state: 'invited', ...values });
	await db.write((tx) => announceChoice(tx, { id, personId, sequence: 0, now }));
	if (isMailed) await tickAt(db, outside, NOW);
	const callOff = (now = LATER) =>
		db.write(async (tx) => {
			const [{ startsAt, sequence } = expect.fail()] = await tx
				.select()
				.from(appointment)
				.where(eq(appointment.id, id));
			const { was } = await markOutcome(tx, { appointmentId: id, by: actorOf(referent), outcome: 'revoked', now });
			await announceEnd(tx, { id, personId, was, startsAt, sequence, now });
		});
	const told = () => db.read.select().from(reminder).where(eq(reminder.personId, personId)).orderBy(reminder.createdAt);
	return { db, outside, callOff, told };
}

test.each([
	[
		'a choice that is open for ten days is worth saying for five, as any notice',
		'2026-03-12T09:00:00Z',
		'2026-03-07T09:00:00Z',
	],
	['a seat in the workshop of tomorrow is, until it begins', '2026-03-03T08:00:00Z', '2026-03-03T08:00:00Z'],
])('%s', async (_, chooseBy, until) => {
	const { told } = await anInvitation({ values: { chooseBy: new Date(chooseBy) } });
	expect(await told()).toMatchObject([{ kind: 'invitation', dueAt: NOW, usefulUntil: new Date(until) }]);
});

test('a seat proposed in the evening for seven the next morning is no message of eight', async () => {
	const { told } = await anInvitation({ values: { chooseBy: new Date('2026-03-03T06:00:00Z') }, now: EVENING });
	expect(await told()).toEqual([]);
});

test('times to choose that are called off before their message left: nothing is said', async () => {
	const { db, outside, callOff, told } = await anInvitation();
	await callOff();
	await tickAt(db, outside, LATER);
	expect(outside.mailbox).toEqual([]);
	expect(await told()).toMatchObject([{ kind: 'invitation', state: 'dropped', reason: 'cancelled' }]);
});

test.each([
	['before the first of them', LATER],
	['once the first of them passed', new Date('2026-03-10T10:00:00Z')],
])(
	'called off after their message left, %s: there is something new, and no word of an hour nobody agreed',
	async (_, now) => {
		const { db, outside, callOff } = await anInvitation({ isMailed: true });
		await callOff(now);
		await tickAt(db, outside, now);
		const [, news, ...more] = outside.mailbox;
		expect(more).toEqual([]);
		expect(news!.subject).toBe('Du nouveau sur votre espace');
		expect(news!.text).toMatch(/\/rendez-vous$/m);
		expect(news!.text).not.toMatch(/mardi|10\u00a0h|annul/);
	},
);

test('who asked for detail reads what is over, and still no hour', async () => {
	const { db, outside, callOff } = await anInvitation({ isMailed: true });
	await db.write((tx) => tx.update(person).set({ wording: 'detailed' }));
	await callOff();
	await tickAt(db, outside, LATER);
	expect(outside.mailbox[1]!.text).toContain('Les heures proposées pour un rendez-vous sont annulées.');
	expect(outside.mailbox[1]!.text).not.toMatch(/mardi|10\u00a0h/);
});

test('a seat of a workshop that moved, to be taken again, is called off: told, since the former hour was agreed', async () => {
	const { db, outside, callOff } = await anInvitation({ values: { sequence: 1 } });
	await callOff();
	await tickAt(db, outside, LATER);
	expect(outside.mailbox.map(({ subject }) => subject)).toEqual(['Du nouveau sur votre espace']);
});

test('an hour that was agreed is told with its day and hour, unless it passed', async () => {
	for (const [now, subjects] of [
		[LATER, [expect.stringContaining('mardi')]],
		[new Date('2026-03-10T10:00:00Z'), []],
	] as const) {
		const { db, outside, callOff } = await anInvitation({ values: { state: 'booked' } });
		await db.write((tx) => tx.delete(reminder));
		await callOff(now);
		await tickAt(db, outside, now);
		expect(outside.mailbox.map(({ subject }) => subject)).toEqual(subjects);
	}
});

test('said to have been met, then absent: nobody is asked whether it helped', async () => {
	const db = await testDatabase();
	const outside = await anOutside();
	const referent = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent, channelOrder: ['email'], email: 'personne@exemple.fr' });
	const { id: appointmentId } = await anAppointment(db, { personId, day: '2026-03-02', time: '19:30' });
	const say = (outcome: 'seen' | 'noshow') =>
		db.write(async (tx) => {
			const { was } = await markOutcome(tx, { appointmentId, by: actorOf(referent), outcome, now: EVENING });
			await followOpinion(tx, { appointmentId, personId, outcome, was, now: EVENING });
		});
	const tomorrow = new Date('2026-03-03T08:00:00Z');
	await say('seen');
	await say('noshow');
	await tickAt(db, outside, tomorrow);
	expect(outside.mailbox).toEqual([]);
	expect(await pendingRating(db.read, personId, tomorrow)).toBeUndefined();
});
