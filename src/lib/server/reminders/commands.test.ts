import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { aPerson, aTerritory, anAppointment } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { anOutside, tickAt } from '../../../../tests/support/reminders.ts';
import type { Db } from '../db/client.ts';
import { holiday, person, reminder } from '../db/schema/index.ts';
import { unreachable } from '../people/today-appointments.ts';
import { unseal } from '../platform/sealing.ts';
import { dropNotices, planNotice, takeBackNews, type Notice } from './commands.ts';

/** Monday 2 March 2026, 10:00 in Paris. */
const MONDAY = new Date('2026-03-02T09:00:00Z');

const plan = (db: Db, notice: Partial<Notice> & { personId: string }) =>
	db.write((tx) => planNotice(tx, { kind: 'aid_changed', path: '/aides', onceKey: 'aid:1', now: MONDAY, ...notice }));

test('a notice planned twice exists once', async () => {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db);
	expect(await plan(db, { personId })).toEqual({ id: expect.any(String) });
	expect(await plan(db, { personId })).toBeNull();
	expect(await db.read.select().from(reminder)).toMatchObject([
		{ state: 'scheduled', dueAt: MONDAY, actAt: MONDAY, attempts: 0 },
	]);
});

test('a notice decided in the evening leaves at eight the next day', async () => {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db);
	await plan(db, { personId, now: new Date('2026-03-02T20:30:00Z') });
	const [row] = await db.read.select().from(reminder);
	expect(row!.dueAt.toISOString()).toBe('2026-03-03T07:00:00.000Z');
});

test('the receipt of a request is due at once, at any hour and on a Sunday', async () => {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db);
	const now = new Date('2026-03-01T22:30:00Z');
	await plan(db, { personId, kind: 'request_received', onceKey: 'request_received:1', now });
	expect(await db.read.select().from(reminder)).toMatchObject([{ dueAt: now, actAt: now }]);
});

test('a notice decided on a holiday of Guyane waits for the day after', async () => {
	const db = await testDatabase();
	const guyane = await aTerritory(db, { zone: 'America/Cayenne', holidayZone: 'guyane' });
	await db.write((tx) => tx.insert(holiday).values({ zone: 'guyane', day: '2026-06-10', name: 'Abolition' }));
	const { id: personId } = await aPerson(db, { territoryId: guyane.id });
	await plan(db, { personId, now: new Date('2026-06-10T14:00:00Z') });
	const [row] = await db.read.select().from(reminder);
	expect(row!.dueAt.toISOString()).toBe('2026-06-11T11:00:00.000Z');
});

test('a notice about an appointment is useful until it starts, and none is planned after', async () => {
	const db = await testDatabase();
	const row = await anAppointment(db, { day: '2026-03-03', time: '09:00' });
	const about = { personId: row.personId, appointmentId: row.id, kind: 'appointment_changed' } as const;
	await plan(db, { ...about, onceKey: 'moved:1' });
	expect(await db.read.select().from(reminder)).toMatchObject([{ usefulUntil: row.startsAt, appointmentSequence: 0 }]);
	expect(await plan(db, { ...about, onceKey: 'moved:2', now: row.startsAt })).toBeNull();
});

describe('a change decided when nothing may leave before the hour', () => {
	const decided = async (now: string, options: Parameters<typeof anAppointment>[1]) => {
		const db = await testDatabase();
		const row = await anAppointment(db, { time: '08:00', ...options });
		const about = { personId: row.personId, appointmentId: row.id, kind: 'appointment_changed' } as const;
		const said = await plan(db, { ...about, onceKey: 'changed:1', now: new Date(now) });
		return { db, row, said, rows: await db.read.select().from(reminder) };
	};

	test.each([
		['cancelled at 20:30 for the next morning', '2026-03-02T19:30:00Z', { day: '2026-03-03', state: 'revoked' }],
		['moved at 20:30 to the next morning', '2026-03-02T19:30:00Z', { day: '2026-03-03', sequence: 1 }],
		['cancelled on Saturday evening for Monday', '2026-03-07T20:00:00Z', { day: '2026-03-09', state: 'revoked' }],
	] as const)('%s: somebody must call', async (_, now, options) => {
		const { db, row, rows } = await decided(now, options);
		expect(rows).toMatchObject([{ state: 'failed', reason: 'unreachable', actAt: null, dueAt: new Date(now) }]);
		const alerts = await unreachable(db.read, row.referentId, new Date(now));
		expect(alerts).toMatchObject([{ personId: row.personId, reason: 'unreachable', detail: { channels: 0 } }]);
	});

	test('they excused themselves: nobody is told what they said', async () => {
		const { said, rows } = await decided('2026-03-02T19:30:00Z', { day: '2026-03-03', state: 'excused' });
		expect([said, rows]).toEqual([null, []]);
	});
});

test('a muted kind is not planned, but what the law owes is', async () => {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db, { mutedKinds: ['rating', 'aid_changed'] });
	expect(await plan(db, { personId, kind: 'rating', onceKey: 'rating:1' })).toBeNull();
	expect(await plan(db, { personId, kind: 'aid_changed' })).not.toBeNull();
});

test('a muted kind that is for later is decided when its moment comes', async () => {
	const db = await testDatabase();
	const outside = await anOutside();
	const { id: personId } = await aPerson(db, { mutedKinds: ['check_in'] });
	const week = (weeks: number) => new Date(MONDAY.getTime() + weeks * 7 * 24 * 3_600_000);
	const asked = { personId, kind: 'check_in', path: '/parcours/bilan' } as const;
	for (const weeks of [1, 4]) await plan(db, { ...asked, onceKey: `week ${weeks}`, dueAt: week(weeks) });
	await tickAt(db, outside, week(1));
	await db.write((tx) => tx.update(person).set({ mutedKinds: [] }).where(eq(person.id, personId)));
	await tickAt(db, outside, week(4));
	const rows = await db.read.select().from(reminder).orderBy(reminder.dueAt);
	expect(rows.map(({ state, reason }) => [state, reason])).toEqual([
		['dropped', 'muted'],
		['sent', null],
	]);
});

test('the text of a referent is sealed', async () => {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db);
	await plan(db, { personId, kind: 'manual', text: 'Pensez au garage' });
	const [row] = await db.read.select().from(reminder);
	expect(row!.textSealed).not.toContain('garage');
	expect(unseal(`reminder.text_sealed:${row!.id}`, row!.textSealed!)).toBe('Pensez au garage');
});

test('nobody is told about a person who does not exist', async () => {
	const db = await testDatabase();
	await expect(plan(db, { personId: 'nobody' })).rejects.toThrow('not_found');
	const { id } = await aPerson(db);
	await db.write((tx) => tx.delete(person).where(eq(person.id, id)));
	await expect(plan(db, { personId: id })).rejects.toThrow('not_found');
});

test('what is over sends nothing more; what left, and what others are told, stays', async () => {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db);
	const { id: otherId } = await aPerson(db);
	const about = { kind: 'pathway_changed', subjectId: 'pathway' } as const;
	await plan(db, { ...about, personId, onceKey: 'check_in:1' });
	await plan(db, { ...about, personId, onceKey: 'check_in:2', dueAt: new Date('2026-04-02T08:00:00Z') });
	await plan(db, { ...about, personId: otherId, onceKey: 'check_in:3' });
	await db.write((tx) => tx.update(reminder).set({ state: 'shown' }).where(eq(reminder.onceKey, 'check_in:1')));
	await db.write((tx) => dropNotices(tx, { personId, subjectId: 'pathway' }));
	const rows = await db.read.select().from(reminder).orderBy(reminder.onceKey);
	expect(rows.map(({ state, reason }) => [state, reason])).toEqual([
		['shown', null],
		['dropped', 'cancelled'],
		['scheduled', null],
	]);
});

test('news taken back in the evening is not told in the morning, and may be told later; who heard of it hears it once', async () => {
	const db = await testDatabase();
	const outside = await anOutside();
	const { id: territoryId } = await aTerritory(db);
	const people = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId })];
	const tell = (who: { id: string }, subjectId: string, now: Date) =>
		plan(db, {
			...{ kind: 'results_news', path: '/resultats', personId: who.id, subjectId, now },
			onceKey: `results_news:${subjectId}:${who.id}`,
		});
	const evening = new Date('2026-03-02T20:30:00Z');
	await tell(people[0]!, 'one', MONDAY);
	await tickAt(db, outside, MONDAY);
	await tell(people[1]!, 'one', evening);
	await tell(people[1]!, 'one-more', evening);
	await db.write((tx) => takeBackNews(tx, 'one'));
	const keys = async () => (await db.read.select().from(reminder)).map(({ onceKey }) => onceKey).sort();
	const left = [`results_news:one-more:${people[1]!.id}`, `results_news:one:${people[0]!.id}`];
	expect(await keys()).toEqual(left);
	for (const who of people) await tell(who, 'one', evening);
	expect(await keys()).toEqual([...left, `results_news:one:${people[1]!.id}`].sort());
});
