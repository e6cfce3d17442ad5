import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { anAppointment, aPathway, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { disableAccount } from '../accounts/commands.ts';
import { appointment, holiday } from '../db/schema/index.ts';
import { cancelGroup, proposeGroup } from '../pathway/groups.ts';
import {
	addDaysAway,
	addWeeklyHours,
	availabilityOf,
	availableHours,
	isAvailableHour,
	removeDaysAway,
	removeWeeklyHours,
} from './availability.ts';
import { partsOn } from './availability-rules.ts';
import { cancelAppointment } from './commands.ts';
import { inviteMany } from './invite-many.ts';
import { chooseSlot, freeSlots, inviteToChoose } from './slots.ts';

const OFFICE = { mode: 'on_site' as const, placeName: 'Maison des solidarités' };

/** Tuesdays from nine to noon at the office; `NOW` is Monday 2 March 2026. */
async function office({ zone = 'Europe/Paris', settings = {} } = {}) {
	const db = await testDatabase();
	const territory = await aTerritory(db, { zone, settings });
	const referent = await aReferent(db, { territoryId: territory.id });
	const by = { accountId: referent.id, role: referent.role, structureId: referent.structureId };
	const weekly = (values: object = {}) =>
		db.write((tx) =>
			addWeeklyHours(tx, {
				accountId: referent.id,
				weekday: 2,
				fromTime: '09:00',
				toTime: '12:00',
				...OFFICE,
				now: NOW,
				...values,
			}),
		);
	await weekly();
	const sought = { referentId: referent.id, territoryId: territory.id, zone, durationMinutes: 60, ...OFFICE };
	const free = async (values: object = {}, now = NOW) =>
		(await availableHours(db.read, { ...sought, ...values }, now, 6)).map(({ day, time }) => `${day.slice(5)} ${time}`);
	const held = (day: string, time: string, values: object = {}) =>
		anAppointment(db, { referentId: referent.id, territoryId: territory.id, day, time, ...values });
	return { db, territory, referent, by, weekly, free, held };
}

describe('who works here no more', () => {
	test('has no hour to offer, and those offered before are no longer shown nor taken', async () => {
		const { db, territory, referent, by, free } = await office();
		const person = await aPerson(db, { referent });
		const ask = {
			personId: person.id,
			referent: by as never,
			zone: territory.zone,
			durationMinutes: 60,
			type: 'first',
		};
		const slots = ['10', '11', '12'].map((day) => ({ day: `2026-03-${day}`, time: '10:00' }));
		const invite = (more: object = {}) =>
			db.write((tx) => inviteToChoose(tx, { ...ask, ...OFFICE, now: NOW, ...more } as never));
		const [stored, computed] = [await invite({ slots }), await invite()];
		const offered = await freeSlots(db.read, stored.id, NOW);
		expect(offered).toHaveLength(3);
		const second = await aReferent(db, { territoryId: territory.id });
		await db.write((tx) => disableAccount(tx, referent.id, NOW));
		expect(await free()).toEqual([]);
		expect(await free({ referentId: second.id, secondReferentId: referent.id })).toEqual([]);
		for (const { id } of [stored, computed]) expect(await freeSlots(db.read, id, NOW)).toEqual([]);
		const choose = db.write((tx) => chooseSlot(tx, { slotId: offered[0]!.id, personId: person.id, now: NOW }));
		await expect(choose).rejects.toThrow('slot_taken');
		await expect(invite({ slots })).rejects.toThrow('day_away');
	});
});

describe('free hours', () => {
	test('come nearest and earliest first, never today', async () => {
		const { free } = await office();
		expect(await free()).toEqual([
			'03-03 09:00',
			'03-03 10:00',
			'03-03 11:00',
			'03-10 09:00',
			'03-10 10:00',
			'03-10 11:00',
		]);
		const onTuesday = new Date('2026-03-03T06:00:00Z');
		expect((await free({}, onTuesday))[0]).toBe('03-10 09:00');
	});

	test('are the professional’s own hours, shown on the clock of a place in another zone, across its clock change', async () => {
		const { db, territory, referent, free } = await office({ zone: 'America/Cayenne' });
		const inParis = { zone: 'Europe/Paris' };
		expect((await free(inParis)).slice(0, 3)).toEqual(['03-03 13:00', '03-03 14:00', '03-03 15:00']);
		const later = new Date('2026-03-30T12:00:00Z');
		expect((await free(inParis, later))[0]).toBe('03-31 14:00');
		const sought = { referentId: referent.id, territoryId: territory.id, ...inParis, durationMinutes: 60, ...OFFICE };
		const mayTake = (localTime: string) => isAvailableHour(db.read, sought, { localDay: '2026-03-03', localTime }, NOW);
		expect([await mayTake('13:00'), await mayTake('09:00')]).toEqual([true, false]);
	});

	test('leave out lunch, which is only time nobody said to be open', async () => {
		const { weekly, free } = await office();
		await weekly({ fromTime: '13:30', toTime: '15:00' });
		expect((await free()).slice(0, 4)).toEqual(['03-03 09:00', '03-03 10:00', '03-03 11:00', '03-03 13:30']);
	});

	test('leave out holidays of the zone and days away, first and last included', async () => {
		const { db, referent, free } = await office();
		await insertOne(db, holiday, { zone: 'metropole', day: '2026-03-03', name: 'Fête' });
		await db.write((tx) =>
			addDaysAway(tx, { accountId: referent.id, fromDay: '2026-03-10', toDay: '2026-03-17', now: NOW }),
		);
		expect((await free())[0]).toBe('03-24 09:00');
	});

	test('leave out what is held, and close up around it', async () => {
		const { free, held } = await office();
		await held('2026-03-03', '09:30', { durationMinutes: 30, placeName: OFFICE.placeName });
		expect((await free()).slice(0, 3)).toEqual(['03-03 10:00', '03-03 11:00', '03-10 09:00']);
	});

	test('leave time to come from another place, and none after a call', async () => {
		const { free, held } = await office();
		await held('2026-03-03', '08:00', { mode: 'home', placeName: null });
		await held('2026-03-10', '08:00', { mode: 'phone', placeName: null });
		expect(await free()).toEqual([
			'03-03 09:30',
			'03-03 10:30',
			'03-10 09:00',
			'03-10 10:00',
			'03-10 11:00',
			'03-17 09:00',
		]);
	});

	test('are those of the place asked for', async () => {
		const { weekly, free } = await office();
		await weekly({ weekday: 3, mode: 'phone', placeName: null });
		expect((await free({ mode: 'phone', placeName: null }))[0]).toBe('03-04 09:00');
		expect(await free({ placeName: 'Ailleurs' })).toEqual([]);
	});

	test('by telephone are those of the telephone, whatever place was written beside', async () => {
		const { weekly, free } = await office();
		await weekly({ weekday: 3, mode: 'phone' });
		for (const placeName of [null, 'Ailleurs', OFFICE.placeName])
			expect((await free({ mode: 'phone', placeName }))[0]).toBe('03-04 09:00');
	});

	test('leave out a meeting about somebody they follow, or that they are invited to, until it is called off', async () => {
		const { db, territory, referent, free } = await office();
		const colleague = await aReferent(db, { territoryId: territory.id });
		for (const [lead, member, day] of [
			[referent, colleague, '2026-03-10'],
			[colleague, referent, '2026-03-17'],
		] as const) {
			const person = await aPerson(db, { referent: lead });
			await aPathway(db, { personId: person.id });
			const group = { personId: person.id, why: 'Un logement', themes: ['housing' as const], memberIds: [member.id] };
			const hour = { day, time: '10:00', minutes: 60 };
			const by = signedIn(lead);
			const { id: groupId } = await db.write((tx) => proposeGroup(tx, { ...group, ...hour, by, now: NOW }));
			const that = day.slice(5);
			const soon = new Date(`${day}T00:00:00Z`);
			soon.setUTCDate(soon.getUTCDate() - 1);
			const ofDay = async () => (await free({}, soon)).filter((one) => one.startsWith(that));
			expect(await ofDay()).toEqual([`${that} 09:00`, `${that} 11:00`]);
			await db.write((tx) => cancelGroup(tx, { groupId, by, now: NOW }));
			expect(await ofDay()).toEqual([`${that} 09:00`, `${that} 10:00`, `${that} 11:00`]);
		}
	});

	test('stay at nine on the wall on both sides of a clock change, and in Cayenne', async () => {
		const { db, free } = await office();
		await insertOne(db, holiday, { zone: 'metropole', day: '2026-03-17', name: 'Fête' });
		const beforeChange = new Date('2026-03-23T09:00:00Z');
		expect((await free({}, beforeChange)).filter((hour) => hour.endsWith('09:00'))).toEqual([
			'03-24 09:00',
			'03-31 09:00',
		]);
		const guyane = await office({ zone: 'America/Cayenne' });
		expect((await guyane.free())[0]).toBe('03-03 09:00');
	});
});

test('hours that last for days are on each of them, from midnight to midnight of the zone', () => {
	const zone = 'Europe/Paris';
	const holiday = { startsAt: new Date('2026-03-27T11:00:00Z'), endsAt: new Date('2026-03-30T10:00:00Z') };
	const call = { startsAt: new Date('2026-03-28T09:00:00Z'), endsAt: new Date('2026-03-28T10:00:00Z') };
	const on = (day: string) => partsOn(day, [holiday, call], zone);
	const [saturday, sunday, monday] = ['2026-03-27T23:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'].map(
		(midnight) => new Date(midnight),
	);
	expect(on('2026-03-26')).toEqual([]);
	expect(on('2026-03-27')).toEqual([{ startsAt: holiday.startsAt, endsAt: saturday }]);
	expect(on('2026-03-28')).toEqual([{ startsAt: saturday, endsAt: sunday }, call]);
	// The clock changes that night.
	expect(on('2026-03-29')).toEqual([{ startsAt: sunday, endsAt: monday }]);
	expect(on('2026-03-30')).toEqual([{ startsAt: monday, endsAt: holiday.endsAt }]);
	expect(on('2026-03-31')).toEqual([]);
});

describe('weekly hours', () => {
	test('neither overlap nor end before they begin', async () => {
		const { weekly } = await office();
		await expect(weekly({ fromTime: '11:30', toTime: '13:00' })).rejects.toMatchObject({ code: 'hours_overlap' });
		await weekly({ fromTime: '12:00', toTime: '12:30' });
		for (const values of [
			{ fromTime: '15:00', toTime: '15:00' },
			{ fromTime: '06:00' },
			{ weekday: 8 },
			{ toTime: '24:00' },
		])
			await expect(weekly(values)).rejects.toMatchObject({ code: 'hours_malformed' });
	});

	test('are taken away by their owner alone', async () => {
		const { db, referent, free } = await office();
		const [own] = (await availabilityOf(db.read, referent.id, '2026-03-02')).weekly;
		await db.write((tx) => removeWeeklyHours(tx, { accountId: 'somebody-else', id: own!.id }));
		expect(await free()).not.toEqual([]);
		await db.write((tx) => removeWeeklyHours(tx, { accountId: referent.id, id: own!.id }));
		expect(await free()).toEqual([]);
	});

	test('days away end after they begin, and can be taken back', async () => {
		const { db, referent, free } = await office();
		const away = (fromDay: string, toDay: string) =>
			db.write((tx) => addDaysAway(tx, { accountId: referent.id, fromDay, toDay, now: NOW }));
		await expect(away('2026-03-05', '2026-03-04')).rejects.toMatchObject({ code: 'days_malformed' });
		await away('2026-03-03', '2026-03-03');
		expect((await free())[0]).toBe('03-10 09:00');
		const [row] = (await availabilityOf(db.read, referent.id, '2026-03-03')).exceptions;
		await db.write((tx) => removeDaysAway(tx, { accountId: referent.id, id: row!.id }));
		expect((await free())[0]).toBe('03-03 09:00');
	});
});

describe('inviting many', () => {
	async function many(count: number) {
		const rest = await office();
		const people: Awaited<ReturnType<typeof aPerson>>[] = [];
		for (let index = 0; index < count; index += 1) people.push(await aPerson(rest.db, { referent: rest.referent }));
		const invite = (personIds = people.map(({ id }) => id)) =>
			rest.db.write((tx) =>
				inviteMany(tx, {
					personIds,
					territoryId: rest.territory.id,
					referent: rest.by,
					type: 'follow_up',
					...OFFICE,
					zone: 'Europe/Paris',
					durationMinutes: 60,
					now: NOW,
				}),
			);
		return { ...rest, people, invite };
	}

	test('offers each the same free hours; what one takes goes for the others, and comes back when it is cancelled', async () => {
		const { db, people, invite } = await many(2);
		const { invited } = await invite();
		const [mine, theirs] = invited as [(typeof invited)[0], (typeof invited)[0]];
		const hours = async (id: string) =>
			(await freeSlots(db.read, id, NOW)).map(({ localDay, localTime }) => `${localDay} ${localTime}`);
		expect((await hours(mine.id)).slice(0, 3)).toEqual(['2026-03-03 09:00', '2026-03-03 10:00', '2026-03-03 11:00']);
		const [, second] = await freeSlots(db.read, mine.id, NOW);
		const own = { accountId: people[0]!.account.id, role: people[0]!.account.role, structureId: null };
		const choose = { slotId: second!.id, personId: people[0]!.id, by: own, now: NOW };
		await db.write((tx) => chooseSlot(tx, choose));
		await db.write((tx) => chooseSlot(tx, choose));
		expect(await hours(theirs.id)).not.toContain('2026-03-03 10:00');
		const taken = second!.id.replace(mine.id, theirs.id);
		const other = { slotId: taken, personId: people[1]!.id, by: own, now: NOW };
		await expect(db.write((tx) => chooseSlot(tx, other))).rejects.toMatchObject({
			code: 'slot_taken',
			kind: 'conflict',
		});

		await db.write((tx) =>
			cancelAppointment(tx, { appointmentId: mine.id, personId: people[0]!.id, by: own, now: NOW }),
		);
		expect(await hours(theirs.id)).toContain('2026-03-03 10:00');
		await db.write((tx) => chooseSlot(tx, other));
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, theirs.id)).limit(1);
		expect(row).toMatchObject({
			state: 'booked',
			localDay: '2026-03-03',
			localTime: '10:00',
			placeName: OFFICE.placeName,
		});
	});

	test('an hour that was never open is refused, and somebody else’s invitation is not found', async () => {
		const { db, people, invite } = await many(2);
		const { invited } = await invite();
		const { id } = invited[0]!;
		const own = { accountId: people[0]!.account.id, role: people[0]!.account.role, structureId: null };
		const choose = (slotId: string, personId = people[0]!.id) =>
			db.write((tx) => chooseSlot(tx, { slotId, personId, by: own, now: NOW }));
		for (const hour of [
			'2026-03-03.12:00',
			'2026-03-03.09:07',
			'2026-03-04.09:00',
			'2026-03-02.11:00',
			'2026-05-05.09:00',
		])
			await expect(choose(`${id}.${hour}`)).rejects.toMatchObject({ code: 'slot_taken' });
		for (const [slotId, personId] of [
			[`${id}.x.y`],
			[`unknown.2026-03-03.09:00`],
			[`${id}.2026-03-03.09:00`, people[1]!.id],
		])
			await expect(choose(slotId!, personId)).rejects.toMatchObject({ kind: 'not_found' });
	});

	test('leaves out who has a date already, and refuses people one does not follow', async () => {
		const { db, people, invite } = await many(2);
		await invite([people[0]!.id]);
		expect((await invite()).invited.map(({ personId }) => personId)).toEqual([people[1]!.id]);
		await expect(invite()).rejects.toMatchObject({ code: 'nobody_chosen' });
		const stranger = await aPerson(db);
		await expect(invite([stranger.id])).rejects.toMatchObject({ kind: 'not_found' });
	});

	test('needs three hours, and one for each', async () => {
		const { db, referent, invite } = await many(4);
		const [own] = (await availabilityOf(db.read, referent.id, '2026-03-02')).weekly;
		await db.write((tx) =>
			addDaysAway(tx, { accountId: referent.id, fromDay: '2026-03-04', toDay: '2026-05-01', now: NOW }),
		);
		await expect(invite()).rejects.toMatchObject({ code: 'too_few_slots' });
		await db.write((tx) => removeWeeklyHours(tx, { accountId: referent.id, id: own!.id }));
	});
});
