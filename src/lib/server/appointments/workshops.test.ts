import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { actorOf, anAppointment, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { readTwice } from '../../../../tests/support/two-calendars.ts';
import { appointment, holiday, reminder } from '../db/schema/index.ts';
import { planAppointments } from '../reminders/planning.ts';
import { calendarFeedFile } from './calendar-file.ts';
import { feedOf, makeFeed } from './calendar-feed.ts';
import { bookAppointment, cancelAppointment, markOutcome } from './commands.ts';
import { agenda, listUnsettled } from './queries.ts';
import { chooseSlot, freeSlots } from './slots.ts';
import { unsettledWorkshops, workshopFor, workshopsWhileAway } from './workshop-queries.ts';
import { cancelWorkshop, createWorkshops, inviteToWorkshop, joinWorkshop, moveWorkshop } from './workshops.ts';

/** Tuesday 10 March 2026 at 9:00, two hours, three seats. */
async function office({ seats = 3, zone = 'Europe/Paris' } = {}) {
	const db = await testDatabase();
	const territory = await aTerritory(db, { zone });
	const referent = await aReferent(db, { territoryId: territory.id });
	const by = actorOf(referent);
	const create = (values: Partial<Parameters<typeof createWorkshops>[1]> = {}) =>
		db.write((tx) =>
			createWorkshops(tx, {
				host: by,
				type: 'workshop',
				title: 'Refaire son CV',
				mode: 'on_site',
				placeName: 'Médiathèque',
				day: '2026-03-10',
				time: '09:00',
				zone,
				durationMinutes: 120,
				seats,
				now: NOW,
				...values,
			}),
		);
	const { ids } = await create();
	const workshopId = ids[0]!;
	const somebody = () => aPerson(db, { referent });
	const join = (personId: string) => db.write((tx) => joinWorkshop(tx, { workshopId, personId, by, now: NOW }));
	const invite = (personId: string) => db.write((tx) => inviteToWorkshop(tx, { workshopId, personId, by, now: NOW }));
	const rows = () => db.read.select().from(appointment).where(eq(appointment.workshopId, workshopId));
	return { db, territory, referent, by, create, workshopId, somebody, join, invite, rows };
}

describe('a workshop', () => {
	test('has as many participants as seats, numbered from one; a seat given back is taken again', async () => {
		const { db, workshopId, somebody, join, rows } = await office({ seats: 2 });
		const [one, two, three] = [await somebody(), await somebody(), await somebody()];
		const first = await join(one.id);
		await join(two.id);
		await expect(join(three.id)).rejects.toMatchObject({ code: 'workshop_full' });
		await db.write((tx) =>
			cancelAppointment(tx, { appointmentId: first.id, personId: one.id, by: actorOf(one.account), now: NOW }),
		);
		await join(three.id);
		const standing = (await rows()).filter(({ state }) => state === 'booked');
		expect(standing.map(({ seat }) => seat).sort()).toEqual([1, 2]);
		await expect(join(three.id)).rejects.toMatchObject({ code: 'already_in_workshop' });
		expect(workshopId).toBeTruthy();
	});

	test('its last seat goes to one of those who want it at the same time; the others see that none is left', async () => {
		const { db, somebody, invite, rows } = await office({ seats: 1 });
		const invited = [];
		for (let index = 0; index < 12; index += 1) {
			const person = await somebody();
			invited.push({ person, ...(await invite(person.id)) });
		}
		const slots = await Promise.all(invited.map(async ({ id }) => (await freeSlots(db.read, id, NOW))[0]!));
		expect(slots.map(({ seatsLeft }) => seatsLeft)).toEqual(Array(12).fill(1));
		const results = await Promise.allSettled(
			invited.map(({ person }, index) =>
				db.write((tx) =>
					chooseSlot(tx, {
						slotId: slots[index]!.id,
						personId: person.id,
						by: actorOf(person.account),
						now: NOW,
					}),
				),
			),
		);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const refused = results.flatMap((result) =>
			result.status === 'rejected' ? [result.reason as { code: string }] : [],
		);
		expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['slot_taken']));
		expect((await rows()).filter(({ state }) => state === 'booked')).toHaveLength(1);
		const loser = invited.find(({ id }, index) => results[index]!.status === 'rejected' && id)!;
		expect(await freeSlots(db.read, loser.id, NOW)).toEqual([]);
	});

	test('the database itself refuses a seat twice', async () => {
		const { db, somebody, join, rows } = await office();
		await join((await somebody()).id);
		const second = await join((await somebody()).id);
		const same = db.write((tx) => tx.update(appointment).set({ seat: 1 }).where(eq(appointment.id, second.id)));
		await expect(same).rejects.toThrow();
		expect((await rows()).map(({ seat }) => seat).sort()).toEqual([1, 2]);
	});

	test('holds its professional once, participants or not, and each participant', async () => {
		const { db, by, referent, create, somebody, join } = await office();
		const person = await somebody();
		const alone = (time: string, personId = person.id) =>
			db.write((tx) =>
				bookAppointment(tx, {
					personId,
					referent: by,
					type: 'follow_up',
					mode: 'phone',
					day: '2026-03-10',
					time,
					zone: 'Europe/Paris',
					durationMinutes: 30,
					origin: 'invitation',
					now: NOW,
				}),
			);
		await expect(alone('10:45')).rejects.toMatchObject({ code: 'referent_busy' });
		await expect(create({ time: '10:30' })).rejects.toMatchObject({ code: 'referent_busy' });
		await alone('11:00');
		await join(person.id);
		await join((await somebody()).id);
		const other = await aReferent(db, { territoryId: referent.territoryId });
		await anAppointment(db, { personId: person.id, referentId: other.id, day: '2026-03-17', time: '09:30' });
		const { ids } = await create({ day: '2026-03-17' });
		const busy = db.write((tx) => joinWorkshop(tx, { workshopId: ids[0]!, personId: person.id, by, now: NOW }));
		await expect(busy).rejects.toMatchObject({ code: 'person_busy' });
	});

	test('once a week stays at nine across the clock change, and leaves out a holiday of the territory', async () => {
		const { db, territory, create, by } = await office();
		await db.write((tx) =>
			tx.insert(holiday).values({ zone: territory.holidayZone, day: '2026-04-06', name: 'Lundi de Pâques' }),
		);
		const { ids } = await create({ day: '2026-03-23', weeks: 4 });
		expect(ids).toHaveLength(3);
		const token = await db.write((tx) => makeFeed(tx, { by, now: NOW }));
		/** The series as two calendar programs read it. */
		const read = async () => {
			const { entries, zone } = await feedOf(db.read, token, NOW);
			const series = entries.filter(({ id }) => ids.includes(id)).map((entry) => ({ ...entry, title: 'Atelier' }));
			return readTwice(calendarFeedFile(series, 'Agenda', zone, NOW)).events;
		};
		const added = await read();
		expect(added.map(({ startsAt }) => startsAt.toISOString())).toEqual([
			'2026-03-23T08:00:00.000Z',
			'2026-03-30T07:00:00.000Z',
			'2026-04-13T07:00:00.000Z',
		]);
		expect(added.map(({ sequence, alarm }) => [sequence, alarm])).toEqual(Array(3).fill([0, '-PT2H']));

		// One is moved across the change of the clock, one is called off: the others stay as they were.
		const moved = {
			workshopId: ids[0]!,
			sequence: 0,
			day: '2026-04-01',
			time: '09:00',
			zone: 'Europe/Paris',
			durationMinutes: 120,
		};
		await db.write((tx) => moveWorkshop(tx, { ...moved, by, now: NOW }));
		await db.write((tx) => cancelWorkshop(tx, { workshopId: ids[2]!, by, now: NOW }));
		const after = new Map((await read()).map((event) => [event.uid, event]));
		expect(after.size).toBe(3);
		expect(after.get(added[0]!.uid)).toMatchObject({
			sequence: 1,
			status: 'CONFIRMED',
			startsAt: new Date('2026-04-01T07:00:00.000Z'),
			endsAt: new Date('2026-04-01T09:00:00.000Z'),
		});
		expect(after.get(added[1]!.uid)).toEqual(added[1]);
		expect(after.get(added[2]!.uid)).toMatchObject({ sequence: 1, status: 'CANCELLED', alarm: undefined });
	});

	test('that is wrongly asked for is refused', async () => {
		const { create } = await office();
		for (const [values, code] of [
			[{ title: '  ' }, 'title_missing'],
			[{ seats: 0 }, 'seats_outside'],
			[{ seats: 61 }, 'seats_outside'],
			[{ weeks: 13 }, 'weeks_outside'],
			[{ day: '2026-03-01' }, 'hour_past'],
		] as const)
			await expect(create({ day: '2026-05-05', ...values })).rejects.toMatchObject({ code });
	});
});

describe('participants', () => {
	test('are reminded one by one, like for any appointment', async () => {
		const { db, somebody, join } = await office();
		await join((await somebody()).id);
		await join((await somebody()).id);
		await planAppointments(db, NOW);
		const planned = await db.read.select({ personId: reminder.personId, kind: reminder.kind }).from(reminder);
		expect(new Set(planned.map(({ personId }) => personId)).size).toBe(2);
		expect(planned.filter(({ kind }) => kind === 'appointment_2d')).toHaveLength(2);
	});

	test('are told once each when it moves: answers are asked again, invitations follow without a word', async () => {
		const { db, by, workshopId, somebody, join, invite, rows } = await office();
		const [one, two, three] = [await somebody(), await somebody(), await somebody()];
		const joined = [await join(one.id), await join(two.id)];
		await invite(three.id);
		await db.write((tx) => tx.update(appointment).set({ answer: 'coming' }).where(eq(appointment.id, joined[0]!.id)));
		const told = await db.write((tx) =>
			moveWorkshop(tx, {
				workshopId,
				sequence: 0,
				day: '2026-03-12',
				time: '14:00',
				zone: 'Europe/Paris',
				durationMinutes: 90,
				by,
				now: NOW,
			}),
		);
		expect(told.map(({ id }) => id).sort()).toEqual(joined.map(({ id }) => id).sort());
		for (const row of await rows())
			expect(row).toMatchObject({ localDay: '2026-03-12', localTime: '14:00', answer: 'none', durationMinutes: 90 });
		const late = db.write((tx) =>
			moveWorkshop(tx, {
				workshopId,
				sequence: 0,
				day: '2026-03-13',
				time: '14:00',
				zone: 'Europe/Paris',
				durationMinutes: 90,
				by,
				now: NOW,
			}),
		);
		await expect(late).rejects.toMatchObject({ code: 'appointment_changed' });
	});

	test('are never in two places: who is held at the new hour is invited anew, and those invited may still choose', async () => {
		const { db, by, workshopId, somebody, join, invite, rows } = await office();
		const [busy, free, third] = [await somebody(), await somebody(), await somebody()];
		const seats = { busy: (await join(busy.id)).id, free: (await join(free.id)).id };
		const pending = await invite(third.id);
		const elsewhere = await aReferent(db);
		await anAppointment(db, { personId: busy.id, referentId: elsewhere.id, day: '2026-03-20', time: '14:30' });
		const told = await db.write((tx) =>
			moveWorkshop(tx, {
				...{ workshopId, day: '2026-03-20', time: '14:00', zone: 'Europe/Paris', durationMinutes: 90 },
				by,
				now: NOW,
			}),
		);
		expect(told).toHaveLength(2);
		expect(told.find(({ id }) => id === seats.busy)).toMatchObject({ state: 'invited', sequence: 1 });
		expect(told.find(({ id }) => id === seats.free)).toMatchObject({ state: 'booked', sequence: 1 });
		const after = new Map((await rows()).map((row) => [row.id, row]));
		const chooseBy = new Date(NOW.getTime() + 10 * 86_400_000);
		expect(after.get(seats.busy)).toMatchObject({ state: 'invited', seat: null, chooseBy });
		expect(after.get(seats.free)).toMatchObject({ state: 'booked', seat: 2, chooseBy: null });
		// It was until the tenth, when the workshop was to begin.
		expect(after.get(pending.id)).toMatchObject({ state: 'invited', chooseBy });
		const [slot] = await freeSlots(db.read, seats.busy, NOW);
		const take = db.write((tx) =>
			chooseSlot(tx, { slotId: slot!.id, personId: busy.id, by: actorOf(busy.account), now: NOW }),
		);
		await expect(take).rejects.toMatchObject({ code: 'person_busy' });
	});

	test('are told once when it is cancelled; a cancelled workshop holds nobody', async () => {
		const { db, by, workshopId, somebody, join, invite, rows, create } = await office();
		const told = [(await join((await somebody()).id)).id];
		const pending = await invite((await somebody()).id);
		const cancel = () => db.write((tx) => cancelWorkshop(tx, { workshopId, by, now: NOW }));
		expect((await cancel()).map(({ id }) => id)).toEqual(told);
		expect(await cancel()).toEqual([]);
		expect(new Set((await rows()).map(({ state }) => state))).toEqual(new Set(['revoked']));
		expect(await freeSlots(db.read, pending.id, NOW)).toEqual([]);
		await create();
	});

	test('have each their own outcome; the sheet comes back until all are said', async () => {
		const { db, by, referent, workshopId, somebody, join } = await office();
		const joined = [await join((await somebody()).id), await join((await somebody()).id)];
		const after = new Date('2026-03-10T11:00:00Z');
		const missing = async () => (await unsettledWorkshops(db.read, referent.id, after)).map(({ id }) => id);
		expect(await missing()).toEqual([workshopId]);
		expect(await listUnsettled(db.read, referent.id, after)).toEqual([]);
		for (const [index, outcome] of (['seen', 'noshow'] as const).entries())
			await db.write((tx) => markOutcome(tx, { appointmentId: joined[index]!.id, by, outcome, now: after }));
		expect(await missing()).toEqual([]);
		const { participants } = await workshopFor(db.read, by, workshopId, NOW);
		expect(participants.map(({ state }) => state).sort()).toEqual(['noshow', 'seen']);
		expect(await agenda(db.read, referent.id, NOW, after)).toEqual([]);
	});

	test('are counted as seats that were taken, whatever became of them', async () => {
		const { db, by, referent, workshopId, somebody, join } = await office();
		const joined = [await join((await somebody()).id), await join((await somebody()).id)];
		const after = new Date('2026-03-10T11:00:00Z');
		for (const [index, outcome] of (['seen', 'noshow'] as const).entries())
			await db.write((tx) => markOutcome(tx, { appointmentId: joined[index]!.id, by, outcome, now: after }));
		const { workshop, participants } = await workshopFor(db.read, by, workshopId, after);
		expect([workshop.taken, participants.length]).toEqual([2, 2]);
		expect(await unsettledWorkshops(db.read, referent.id, after)).toEqual([]);
	});

	test('are named to who holds it, and to others only those they follow; other territories see nothing', async () => {
		const { db, referent, workshopId, somebody, join } = await office();
		const colleague = await aReferent(db, { territoryId: referent.territoryId });
		const theirs = await aPerson(db, { referent: colleague });
		await join(theirs.id);
		await join((await somebody()).id);
		const seenBy = async (row: typeof referent) =>
			(await workshopFor(db.read, actorOf(row), workshopId, NOW)).participants;
		expect(await seenBy(referent)).toHaveLength(2);
		expect((await seenBy(colleague)).map(({ personId }) => personId)).toEqual([theirs.id]);
		const far = await aReferent(db);
		await expect(seenBy(far)).rejects.toMatchObject({ code: 'not_found' });
		const move = db.write((tx) => cancelWorkshop(tx, { workshopId, by: actorOf(colleague), now: NOW }));
		await expect(move).rejects.toMatchObject({ code: 'not_found' });
	});
});

test('a workshop on days away is named, the first and the last of them included; one that is cancelled is not', async () => {
	const { db, by, referent, create, workshopId } = await office();
	const away = (fromDay: string, toDay: string) =>
		workshopsWhileAway(db.read, referent.id, [{ fromDay, toDay }], NOW).then((found) => found.map(({ id }) => id));
	await create({ day: '2026-03-17' });
	for (const [from, to] of [
		['2026-03-10', '2026-03-12'],
		['2026-03-08', '2026-03-10'],
	] as const)
		expect(await away(from, to)).toEqual([workshopId]);
	expect(await away('2026-03-11', '2026-03-16')).toEqual([]);
	expect(await workshopsWhileAway(db.read, referent.id, [], NOW)).toEqual([]);
	await db.write((tx) => cancelWorkshop(tx, { workshopId, by, now: NOW }));
	expect(await away('2026-03-10', '2026-03-12')).toEqual([]);
});
