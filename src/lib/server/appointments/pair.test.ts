import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { actorOf, aFollowUp, anAppointment, aPerson, aReferent, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { disableAccount } from '../accounts/commands.ts';
import { appointment, outsideBusy } from '../db/schema/index.ts';
import { addDaysAway, addWeeklyHours } from './availability.ts';
import { feedOf, makeFeed } from './calendar-feed.ts';
import { bookAppointment, moveAppointment } from './commands.ts';
import { agenda } from './queries.ts';
import { chooseSlot, computedId, freeSlots, inviteToChoose, offerSlots } from './slots.ts';

const SLOTS = [16, 17, 18].map((day) => ({ day: `2026-03-${day}`, time: '10:00' }));

/** A person followed by two; Tuesday 10 March 2026 at 14:00 in Paris unless said. */
async function pair() {
	const db = await testDatabase();
	const social = await aReferent(db);
	const work = await aReferent(db, { territoryId: social.territoryId, side: 'work' });
	const person = await aPerson(db, { referent: social });
	await aFollowUp(db, { personId: person.id, member: work, part: 'second' });
	const meeting = { type: 'orientation', mode: 'on_site', zone: 'Europe/Paris', durationMinutes: 60 } as const;
	const book = (values: { day?: string; time?: string; secondReferentId?: string | null } = {}) =>
		db.write((tx) =>
			bookAppointment(tx, {
				...meeting,
				personId: person.id,
				referent: actorOf(social),
				secondReferentId: work.id,
				day: '2026-03-10',
				time: '14:00',
				origin: 'invitation',
				now: NOW,
				...values,
			}),
		);
	/** Something the second one holds with somebody else. */
	const busy = async (time: string) => {
		const other = await aPerson(db, { referent: work });
		await anAppointment(db, { personId: other.id, referentId: work.id, time });
	};
	return { db, social, work, person, meeting, book, busy };
}

test('a meeting of two professionals is in both diaries, and keeps both from other hours', async () => {
	const { db, social, work, person, book, meeting } = await pair();
	const { id } = await book();
	for (const one of [social, work])
		expect((await agenda(db.read, one.id, NOW, new Date('2026-04-01'))).map((each) => each.id)).toEqual([id]);
	const other = await aPerson(db, { referent: work });
	const alone = db.write((tx) =>
		bookAppointment(tx, {
			...meeting,
			personId: other.id,
			referent: actorOf(work),
			day: '2026-03-10',
			time: '14:30',
			origin: 'invitation',
			now: NOW,
		}),
	);
	await expect(alone).rejects.toMatchObject({ code: 'referent_busy' });
	const token = await db.write((tx) => makeFeed(tx, { by: actorOf(work), now: NOW }));
	expect((await feedOf(db.read, token, NOW)).entries.map((entry) => entry.id)).toEqual([id]);
	expect(person.id).toBeTruthy();
});

test('one busy member refuses it: over, before and after in part; end to end is fine', async () => {
	const { book, busy } = await pair();
	await busy('14:00');
	for (const time of ['13:15', '14:00', '14:45'])
		await expect(book({ time })).rejects.toMatchObject({ code: 'second_busy' });
	await book({ time: '13:00' });
	await book({ time: '15:00' });
});

test('a second one busy in another calendar refuses it too', async () => {
	const { db, work, book } = await pair();
	const [startsAt, endsAt] = [new Date('2026-03-10T12:00:00Z'), new Date('2026-03-10T13:30:00Z')];
	await db.write((tx) => tx.insert(outsideBusy).values({ accountId: work.id, startsAt, endsAt }));
	await expect(book()).rejects.toMatchObject({ code: 'second_busy' });
	await book({ time: '14:30' });
});

test('the second one must follow the person, and is not the first', async () => {
	const { db, social, book } = await pair();
	const stranger = await aReferent(db, { territoryId: social.territoryId });
	for (const secondReferentId of [stranger.id, social.id])
		await expect(book({ secondReferentId })).rejects.toMatchObject({ code: 'second_unknown' });
});

test('twenty pairs sent to one hour at once, their halves crossed: one gets it', async () => {
	const { db, social, work, meeting } = await pair();
	const tries = Array.from({ length: 20 }, async (_, index) => {
		const [one, other] = index % 2 ? [social, work] : [work, social];
		const person = await aPerson(db, { referent: one });
		await aFollowUp(db, { personId: person.id, member: other, part: 'second' });
		return () =>
			db.write((tx) =>
				bookAppointment(tx, {
					...meeting,
					personId: person.id,
					referent: actorOf(one),
					secondReferentId: other.id,
					day: '2026-03-10',
					time: '09:00',
					origin: 'invitation',
					now: NOW,
				}),
			);
	});
	const ready = await Promise.all(tries);
	const results = await Promise.allSettled(ready.map((attempt) => attempt()));
	expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('the hours offered are those when both are free; one that is taken by either is refused at once', async () => {
	const { db, social, work, person, meeting, busy } = await pair();
	await db.write((tx) =>
		addWeeklyHours(tx, {
			accountId: social.id,
			weekday: 2,
			fromTime: '09:00',
			toTime: '17:00',
			mode: 'on_site',
			now: NOW,
		}),
	);
	await busy('15:00');
	const { id } = await db.write((tx) =>
		inviteToChoose(tx, {
			...meeting,
			personId: person.id,
			referent: actorOf(social),
			secondReferentId: work.id,
			now: NOW,
		}),
	);
	const offered = (await freeSlots(db.read, id, NOW)).filter(({ localDay }) => localDay === '2026-03-10');
	// Half an hour to come from elsewhere is kept free around the other's own meeting, held in a named place.
	expect(offered.map(({ localTime }) => localTime)).not.toContain('15:00');
	const wanted = offered[0]!;
	await busy(wanted.localTime);
	const by = actorOf({ ...person.account });
	await expect(
		db.write((tx) => chooseSlot(tx, { slotId: wanted.id, personId: person.id, by, now: NOW })),
	).rejects.toMatchObject({ code: 'slot_taken' });
});

test('hours offered are in the weekly hours of both, when the other one said theirs', async () => {
	const { db, social, work, person, meeting } = await pair();
	const hours = (accountId: string, weekday: number, fromTime: string, toTime: string, more = {}) =>
		db.write((tx) => addWeeklyHours(tx, { accountId, weekday, fromTime, toTime, mode: 'on_site', now: NOW, ...more }));
	for (const weekday of [2, 3]) await hours(social.id, weekday, '09:00', '12:00');
	const input = { ...meeting, personId: person.id, referent: actorOf(social), secondReferentId: work.id, now: NOW };
	const { id } = await db.write((tx) => inviteToChoose(tx, input));
	const offered = async () =>
		(await freeSlots(db.read, id, NOW)).map(({ localDay, localTime }) => `${localDay} ${localTime}`);
	expect((await offered())[0]).toBe('2026-03-03 09:00');
	// Wednesdays from half past ten, at their own place: they come.
	await hours(work.id, 3, '10:30', '17:00', { placeName: 'Mission locale' });
	expect(await offered()).toEqual(['04', '11', '18', '25'].map((day) => `2026-03-${day} 10:30`));
	const choose = (time: string) =>
		db.write((tx) =>
			chooseSlot(tx, {
				...{ slotId: computedId(id, '2026-03-04', time), personId: person.id },
				...{ by: actorOf(person.account), now: NOW },
			}),
		);
	await expect(choose('09:00')).rejects.toMatchObject({ code: 'slot_taken' });
	await choose('10:45');
});

test('a day either of them is away is offered to nobody', async () => {
	const { db, social, work, person, meeting } = await pair();
	const hours = { fromTime: '09:00', toTime: '12:00', mode: 'on_site', now: NOW } as const;
	for (const weekday of [2, 3, 4])
		await db.write((tx) => addWeeklyHours(tx, { ...hours, accountId: social.id, weekday }));
	await db.write((tx) => addDaysAway(tx, { accountId: work.id, fromDay: '2026-03-03', toDay: '2026-03-04', now: NOW }));
	const input = { ...meeting, personId: person.id, referent: actorOf(social), secondReferentId: work.id, now: NOW };
	const { id } = await db.write((tx) => inviteToChoose(tx, input));
	const offered = await freeSlots(db.read, id, NOW);
	expect(offered[0]!.localDay).toBe('2026-03-05');
	const by = actorOf(person.account);
	const slotId = computedId(id, '2026-03-03', '09:00');
	await expect(db.write((tx) => chooseSlot(tx, { slotId, personId: person.id, by, now: NOW }))).rejects.toMatchObject({
		code: 'slot_taken',
	});
});

test('changing hands, place and hour is one change: one sequence, both diaries follow', async () => {
	const { db, social, work, book } = await pair();
	const { id } = await book({ secondReferentId: null });
	await db.write((tx) =>
		moveAppointment(tx, {
			appointmentId: id,
			referentId: work.id,
			day: '2026-03-11',
			time: '10:00',
			zone: 'Europe/Paris',
			durationMinutes: 45,
			meeting: { type: 'orientation', mode: 'on_site', placeName: 'Mairie' },
			by: actorOf(social),
			now: NOW,
		}),
	);
	const [row] = await db.read.select().from(appointment).where(eq(appointment.id, id));
	expect(row).toMatchObject({
		referentId: work.id,
		structureId: work.structureId,
		placeName: 'Mairie',
		localDay: '2026-03-11',
		sequence: 1,
	});
	expect(await agenda(db.read, social.id, NOW, new Date('2026-04-01'))).toEqual([]);
	expect(await agenda(db.read, work.id, NOW, new Date('2026-04-01'))).toHaveLength(1);
	const stranger = await aReferent(db, { territoryId: social.territoryId });
	await expect(
		db.write((tx) =>
			moveAppointment(tx, {
				appointmentId: id,
				referentId: stranger.id,
				day: '2026-03-12',
				time: '10:00',
				zone: 'Europe/Paris',
				durationMinutes: 45,
				by: actorOf(social),
				now: NOW,
			}),
		),
	).rejects.toMatchObject({ code: 'second_unknown' });
});

test('who works here no more is named neither beside nor as who holds it; an hour they hold already may still change', async () => {
	const { db, social, work, person, meeting, book } = await pair();
	const { id } = await book();
	const both = { ...meeting, personId: person.id, referent: actorOf(social), secondReferentId: work.id, now: NOW };
	const invited = await db.write((tx) => inviteToChoose(tx, { ...both, slots: SLOTS }));
	await db.write((tx) => disableAccount(tx, work.id, NOW));
	await expect(book({ day: '2026-03-11' })).rejects.toMatchObject({ code: 'second_unknown' });
	const move = (day: string, hands: object = {}) =>
		db.write((tx) =>
			moveAppointment(tx, {
				...{ appointmentId: id, day, time: '10:00', zone: 'Europe/Paris', durationMinutes: 60 },
				...{ by: actorOf(social), now: NOW, ...hands },
			}),
		);
	await expect(move('2026-03-12', { referentId: work.id, secondReferentId: null })).rejects.toMatchObject({
		code: 'second_unknown',
	});
	await move('2026-03-12');
	await move('2026-03-13', { secondReferentId: null });
	const rowOf = async (one: string) =>
		(await db.read.select().from(appointment).where(eq(appointment.id, one)).limit(1))[0]!;
	expect(await rowOf(id)).toMatchObject({ localDay: '2026-03-13', referentId: social.id, secondReferentId: null });
	// Times to choose were with both: others are offered without them.
	const offered = { appointmentId: invited.id, slots: SLOTS, by: actorOf(social), now: NOW };
	await db.write((tx) => offerSlots(tx, offered));
	expect(await rowOf(invited.id)).toMatchObject({ referentId: social.id, secondReferentId: null });
	expect(await freeSlots(db.read, invited.id, NOW)).toHaveLength(3);
});
