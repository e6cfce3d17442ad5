import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { anAppointment, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { readTwice } from '../../../../tests/support/two-calendars.ts';
import { account, appointment, auditEntry, calendarFeed } from '../db/schema/index.ts';
import { calendarFeedFile } from './calendar-file.ts';
import { feedOf, findFeed, initialsOf, makeFeed, revokeFeed } from './calendar-feed.ts';
import { cancelAppointment, markOutcome, moveAppointment } from './commands.ts';

async function home(zone = 'Europe/Paris') {
	const db = await testDatabase();
	const territory = await aTerritory(db, { zone });
	const referent = await aReferent(db, { territoryId: territory.id });
	const person = await aPerson(db, { referent, firstName: 'Élodie', lastName: 'martin' });
	const own = { accountId: person.account.id, role: person.account.role, structureId: null };
	const staff = { accountId: referent.id, role: referent.role, structureId: referent.structureId };
	const feed = (by: typeof own | typeof staff = own) => db.write((tx) => makeFeed(tx, { by, now: NOW }));
	const read = async (token: string, now = NOW) => {
		const found = await feedOf(db.read, token, now);
		const entries = found.entries.map((entry) => ({ ...entry, title: 'Rendez-vous' }));
		return readTwice(calendarFeedFile(entries, 'Mes rendez-vous', found.zone, now));
	};
	const book = (values: object = {}) => anAppointment(db, { personId: person.id, referentId: referent.id, ...values });
	return { db, person, referent, own, staff, feed, read, book };
}

describe('a private feed', () => {
	test('two readers understand what is added, moved and cancelled', async () => {
		const { db, person, own, staff, feed, read, book } = await home();
		const token = await feed();
		const { id } = await book();
		const [added] = (await read(token)).events;
		expect(added).toMatchObject({ sequence: 0, status: 'CONFIRMED', summary: 'Rendez-vous', alarm: '-PT2H' });
		expect(added!.startsAt).toEqual(new Date('2026-03-10T13:00:00Z'));

		const moved = { appointmentId: id, day: '2026-03-12', time: '09:30', zone: 'Europe/Paris', durationMinutes: 45 };
		await db.write((tx) => moveAppointment(tx, { ...moved, by: staff, now: NOW }));
		const [after] = (await read(token)).events;
		expect(after).toMatchObject({ uid: added!.uid, sequence: 1, status: 'CONFIRMED' });
		expect([after!.startsAt, after!.endsAt]).toEqual([
			new Date('2026-03-12T08:30:00Z'),
			new Date('2026-03-12T09:15:00Z'),
		]);

		await db.write((tx) => cancelAppointment(tx, { appointmentId: id, personId: person.id, by: own, now: NOW }));
		const [cancelled] = (await read(token)).events;
		expect(cancelled).toMatchObject({ uid: added!.uid, sequence: 2, status: 'CANCELLED', alarm: undefined });
	});

	test('an outcome that is mended is a later version: what was called off is shown as held again', async () => {
		const { db, staff, feed, read, book } = await home();
		const token = await feed();
		const { id } = await book();
		const after = new Date('2026-03-10T14:30:00Z');
		const say = (outcome: 'excused' | 'seen') =>
			db.write((tx) => markOutcome(tx, { appointmentId: id, by: staff, outcome, now: after }));
		await say('excused');
		expect((await read(token, after)).events[0]).toMatchObject({ sequence: 1, status: 'CANCELLED' });
		await say('seen');
		expect((await read(token, after)).events[0]).toMatchObject({ sequence: 2, status: 'CONFIRMED' });
		const held = await book({ day: '2026-03-09' });
		await db.write((tx) => markOutcome(tx, { appointmentId: held.id, by: staff, outcome: 'seen', now: after }));
		expect((await read(token, after)).events[0]).toMatchObject({ uid: `${held.id}@sans-couture`, sequence: 0 });
	});

	test('« le même jour à 9 h » stays at nine on both sides of both clock changes, and of the new year', async () => {
		const { feed, read, book } = await home();
		const token = await feed();
		for (const day of ['2026-03-27', '2026-03-30', '2026-10-23', '2026-10-26', '2027-01-08', '2027-03-29'])
			await book({ day, time: '09:00' });
		expect((await read(token)).events.map(({ startsAt }) => startsAt.toISOString().slice(0, 16))).toEqual([
			'2026-03-27T08:00',
			'2026-03-30T07:00',
			'2026-10-23T07:00',
			'2026-10-26T08:00',
			'2027-01-08T08:00',
			'2027-03-29T07:00',
		]);
	});

	test('holds places of several zones', async () => {
		const { feed, read, book } = await home('America/Cayenne');
		const token = await feed();
		await book({ day: '2026-07-20', time: '09:00' });
		await book({ day: '2026-07-21', time: '09:00', zone: 'Europe/Paris' });
		expect((await read(token)).events.map(({ startsAt }) => startsAt.toISOString().slice(0, 16))).toEqual([
			'2026-07-20T12:00',
			'2026-07-21T07:00',
		]);
	});

	test('that is empty is still a calendar', async () => {
		const { feed, read } = await home();
		expect(await read(await feed())).toEqual({ method: 'PUBLISH', name: 'Mes rendez-vous', events: [] });
	});

	test('leaves out what waits to be chosen, what is long past, and other people', async () => {
		const { db, feed, read, book } = await home();
		const token = await feed();
		await book({ state: 'invited' });
		await book({ day: '2025-12-01', state: 'seen' });
		await anAppointment(db, { day: '2026-03-11' });
		const kept = await book({ day: '2025-12-03', state: 'noshow' });
		expect((await read(token)).events.map(({ uid }) => uid)).toEqual([`${kept.id}@sans-couture`]);
	});

	test('of somebody whose past is full loses the oldest of it, never what is to come', async () => {
		const { db, staff, feed, book, person } = await home();
		const token = await feed(staff);
		const soon = await book();
		const template = await book({ state: 'seen', day: '2026-03-01' });
		const past = Array.from({ length: 500 }, (_, index) => ({
			...template,
			id: `past${index}`,
			personId: person.id,
			startsAt: new Date(template.startsAt.getTime() - (index + 1) * 3_600_000),
			endsAt: new Date(template.endsAt.getTime() - (index + 1) * 3_600_000),
		}));
		await db.write(async (tx) => {
			for (let from = 0; from < past.length; from += 100)
				await tx.insert(appointment).values(past.slice(from, from + 100));
		});
		const { entries } = await feedOf(db.read, token, NOW);
		expect(entries).toHaveLength(501);
		expect(entries.slice(-3).map(({ id }) => id)).toEqual(['past0', template.id, soon.id]);
	});

	test('of a professional holds their own hours, with initials', async () => {
		const { db, staff, feed, book, referent } = await home();
		const token = await feed(staff);
		await book();
		const other = await aReferent(db, { territoryId: referent.territoryId });
		await anAppointment(db, { referentId: other.id, territoryId: other.territoryId, day: '2026-03-12' });
		const { kind, entries } = await feedOf(db.read, token, NOW);
		expect(kind).toBe('professional');
		expect(entries.map(({ initials }) => initials)).toEqual(['É. M.']);
	});

	test('says where somebody goes: the street of an office for no other way of meeting, and the link of a video', async () => {
		const { db, feed, book } = await home();
		const token = await feed();
		const office = { placeName: 'Maison des solidarités', address: '2 rue de l’Exemple' };
		const link = 'https://visio.example.fr/salle-12';
		await book({ day: '2026-03-10', ...office });
		await book({ day: '2026-03-11', mode: 'phone', ...office });
		await book({ day: '2026-03-12', mode: 'home', ...office });
		await book({ day: '2026-03-13', mode: 'video', ...office });
		await book({ day: '2026-03-16', mode: 'video', placeName: office.placeName, address: link });
		const { entries } = await feedOf(db.read, token, NOW);
		expect(entries.map(({ place }) => place)).toEqual([
			'Maison des solidarités, 2 rue de l’Exemple',
			null,
			null,
			null,
			link,
		]);
	});

	test('dies when it is revoked, replaced, or when the account is closed; only its hash is stored', async () => {
		const { db, own, feed } = await home();
		const unknown = { code: 'feed_unknown', kind: 'not_found' };
		const first = await feed();
		const [stored] = await db.read.select().from(calendarFeed);
		expect(stored!.tokenHash).not.toBe(first);
		const second = await feed();
		await expect(feedOf(db.read, first, NOW)).rejects.toMatchObject(unknown);
		expect(await findFeed(db.read, own.accountId, second)).toEqual({ createdAt: NOW, isItsToken: true });
		expect(await findFeed(db.read, own.accountId, first)).toMatchObject({ isItsToken: false });

		await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, own.accountId)));
		await expect(feedOf(db.read, second, NOW)).rejects.toMatchObject(unknown);
		await db.write((tx) => tx.update(account).set({ status: 'active' }).where(eq(account.id, own.accountId)));
		await db.write((tx) => revokeFeed(tx, { by: own, now: NOW }));
		await db.write((tx) => revokeFeed(tx, { by: own, now: NOW }));
		await expect(feedOf(db.read, second, NOW)).rejects.toMatchObject(unknown);
		expect(await findFeed(db.read, own.accountId)).toBeUndefined();
		const actions = (await db.read.select().from(auditEntry)).map(({ action }) => action);
		expect(actions).toEqual(['calendar_feed.made', 'calendar_feed.made', 'calendar_feed.revoked']);
	});
});

test('initials are one letter of each name', () => {
	expect(initialsOf('élodie', 'de La Tour')).toBe('É. D.');
	expect(initialsOf('', '山田')).toBe('?. 山.');
});
