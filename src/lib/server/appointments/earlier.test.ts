import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import {
	actorOf,
	aFollowUp,
	anAppointment,
	aPerson,
	aReferent,
	aTerritory,
} from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { plansOf } from '../../../../tests/support/plans.ts';
import { aDevice, anOutside, remindersIn, tickAt } from '../../../../tests/support/reminders.ts';
import type { Db } from '../db/client.ts';
import {
	appointment,
	availabilityException,
	earlierProposal,
	freedHour,
	outsideBusy,
	person,
} from '../db/schema/index.ts';
import { addDaysAway } from './availability.ts';
import { cancelAppointment, markOutcome, moveAppointment } from './commands.ts';
import { mayPropose, mayWait } from './earlier-rules.ts';
import { declineEarlier, openProposal, proposeEarlier, takeEarlier, waitingFor, wantEarlier } from './earlier.ts';

const DAY = 86_400_000;
/** Monday 2 March 2026, 10:00 in Paris. */
const NOW = new Date('2026-03-02T09:00:00Z');
const later = (ms: number, from = NOW) => new Date(from.getTime() + ms);

describe('a proposal', () => {
	const startsAt = new Date('2026-03-20T09:00:00Z');
	const zone = 'Europe/Paris';

	test('is not made in the last seven days; seven days before to the minute, it still is', () => {
		const edge = later(-7 * DAY, startsAt);
		expect(mayWait(startsAt, edge)).toBe(true);
		expect(mayWait(startsAt, later(1, edge))).toBe(false);
		expect(mayPropose({ startsAt, zone, proposedOn: [] }, edge)).toBe(true);
		expect(mayPropose({ startsAt, zone, proposedOn: [] }, later(1, edge))).toBe(false);
	});

	test('is one a day, on the day of the place', () => {
		const proposedOn = ['2026-03-02'];
		expect(mayPropose({ startsAt, zone, proposedOn }, new Date('2026-03-02T22:59:00Z'))).toBe(false);
		expect(mayPropose({ startsAt, zone, proposedOn }, new Date('2026-03-02T23:00:00Z'))).toBe(true);
		const cayenne = 'America/Cayenne';
		expect(mayPropose({ startsAt, zone: cayenne, proposedOn }, new Date('2026-03-03T02:59:00Z'))).toBe(false);
		expect(mayPropose({ startsAt, zone: cayenne, proposedOn }, new Date('2026-03-03T03:00:00Z'))).toBe(true);
	});

	test('is made three times at most', () => {
		const days = ['2026-02-27', '2026-02-28', '2026-03-01'];
		expect(mayPropose({ startsAt, zone, proposedOn: days.slice(1) }, NOW)).toBe(true);
		expect(mayPropose({ startsAt, zone, proposedOn: days }, NOW)).toBe(false);
	});
});

/** Two who wait, on the 24th and 25th; somebody who holds the 5th at 10:00. */
async function waiting() {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	const referent = await aReferent(db, { territoryId });
	const one = async (day: string, time = '10:00', durationMinutes = 60) => {
		const person = await aPerson(db, { referent });
		const row = await anAppointment(db, { personId: person.id, day, time, durationMinutes });
		const own = { appointmentId: row.id, personId: person.id, by: actorOf(person.account) };
		const want = (now = NOW) => db.write((tx) => wantEarlier(tx, { ...own, wanted: true, now }));
		const cancel = (now = NOW) => db.write((tx) => cancelAppointment(tx, { ...own, now }));
		const take = (now = NOW, proposalId?: string) => db.write((tx) => takeEarlier(tx, { ...own, proposalId, now }));
		const decline = (now = NOW, proposalId?: string) =>
			db.write((tx) => declineEarlier(tx, { ...own, proposalId, now }));
		const proposed = async (now = NOW) => (await openProposal(db.read, row.id, now))?.localDay ?? null;
		return { person, row, own, want, cancel, take, decline, proposed };
	};
	const first = await one('2026-03-24');
	const second = await one('2026-03-25');
	const holder = await one('2026-03-05');
	const propose = (now = NOW) => proposeEarlier(db, now);
	return { db, referent, one, first, second, holder, propose };
}

describe('an hour given back', () => {
	test('is proposed at once to who has waited longest, then to the next when it is declined', async () => {
		const { first, second, holder, propose } = await waiting();
		await first.want();
		await second.want(later(1000));
		await holder.cancel();
		expect(await propose()).toBe(1);
		expect([await first.proposed(), await second.proposed()]).toEqual(['2026-03-05', null]);
		expect(await propose()).toBe(0);
		await first.decline();
		expect(await propose()).toBe(1);
		expect([await first.proposed(), await second.proposed()]).toEqual([null, '2026-03-05']);
	});

	test('by telephone is written down before it begins, and proposed as well', async () => {
		const { db, referent, first, holder, propose } = await waiting();
		await first.want();
		const rang = { appointmentId: holder.row.id, by: actorOf(referent), outcome: 'excused', now: NOW } as const;
		await db.write((tx) => markOutcome(tx, rang));
		expect(await propose()).toBe(1);
		expect(await first.proposed()).toBe('2026-03-05');
		const [row] = await db.read.select().from(person).where(eq(person.id, holder.person.id));
		expect(row!.lastContactAt).toEqual(NOW);
	});

	test('of a pair is noted for each of the two, and that of a meeting moved by the professional as well', async () => {
		const { db, referent, first, holder, propose } = await waiting();
		const other = await aReferent(db, { territoryId: referent.territoryId });
		const setHolders = (ids: { referentId: string; secondReferentId: string | null }) =>
			db.write((tx) => tx.update(appointment).set(ids).where(eq(appointment.id, holder.row.id)));
		await first.want();
		// Who waits is met by the second of the pair.
		await setHolders({ referentId: other.id, secondReferentId: referent.id });
		await holder.cancel();
		expect(await propose()).toBe(1);
		expect(await first.proposed()).toBe('2026-03-05');

		const again = await waiting();
		await again.first.want();
		const move = (time: string) =>
			again.db.write((tx) =>
				moveAppointment(tx, {
					appointmentId: again.holder.row.id,
					...{ day: '2026-03-06', time, zone: 'Europe/Paris', durationMinutes: 60 },
					by: actorOf(again.referent),
					now: NOW,
				}),
			);
		await move('11:00');
		expect(await again.propose()).toBe(1);
		expect(await again.first.proposed()).toBe('2026-03-05');
	});

	test('that nobody answers about goes to the next a day later', async () => {
		const { first, second, holder, propose } = await waiting();
		await first.want();
		await second.want(later(1000));
		await holder.cancel();
		await propose();
		const edge = later(DAY);
		expect(await propose(later(-1, edge))).toBe(0);
		expect(await propose(edge)).toBe(1);
		expect([await first.proposed(edge), await second.proposed(edge)]).toEqual([null, '2026-03-05']);
	});

	test('becomes the booking of who takes it; theirs is free in turn, and they wait no more', async () => {
		const { db, first, second, holder, propose } = await waiting();
		await first.want();
		await second.want(later(1000));
		await holder.cancel();
		await propose();
		await first.take();
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, first.row.id));
		expect(row).toMatchObject({ localDay: '2026-03-05', state: 'booked', sequence: 1, earlierWantedAt: null });
		await expect(first.take()).rejects.toMatchObject({ code: 'slot_taken' });
		expect(await propose()).toBe(1);
		expect(await second.proposed()).toBe('2026-03-24');
	});

	test('taken meanwhile by somebody else is neither shown nor taken', async () => {
		const { db, first, holder, propose, referent } = await waiting();
		await first.want();
		await holder.cancel();
		await propose();
		const other = await aPerson(db, { referent });
		await anAppointment(db, { personId: other.id, day: '2026-03-05', time: '10:30' });
		expect(await first.proposed()).toBeNull();
		await expect(first.take()).rejects.toMatchObject({ code: 'slot_taken' });
	});

	test('is not for who is busy then, comes sooner already, needs longer, or is met elsewhere', async () => {
		const { db, first, holder, one, propose } = await waiting();
		const busy = await one('2026-03-26');
		const elsewhere = await aReferent(db);
		await anAppointment(db, { personId: busy.person.id, referentId: elsewhere.id, day: '2026-03-05', time: '10:15' });
		const sooner = await one('2026-03-12', '09:00');
		const longer = await one('2026-03-27', '09:00', 90);
		const away = await one('2026-03-30');
		await db.write((tx) =>
			tx.update(appointment).set({ placeName: 'Ailleurs' }).where(eq(appointment.id, away.row.id)),
		);
		for (const each of [busy, sooner, longer, away, first]) await each.want();
		await db.write((tx) =>
			tx
				.update(appointment)
				.set({ startsAt: new Date('2026-03-04T08:00:00Z') })
				.where(eq(appointment.id, sooner.row.id)),
		);
		await holder.cancel();
		await propose();
		expect(await first.proposed()).toBe('2026-03-05');
		expect(await db.read.select().from(earlierProposal)).toHaveLength(1);
	});

	test('today is too late to be proposed, and nothing is kept when nobody waits', async () => {
		const { db, first, one, holder, propose } = await waiting();
		await holder.cancel();
		expect(await propose()).toBe(0);
		const today = await one('2026-03-02', '16:00');
		await first.want();
		await today.cancel();
		expect(await propose()).toBe(0);
		expect(await db.read.select().from(earlierProposal)).toEqual([]);
	});

	test('on a day its only taker was asked about another is proposed the next day, at its local midnight', async () => {
		const { first, one, propose } = await waiting();
		await first.want();
		for (const day of ['2026-03-11', '2026-03-12']) await (await one(day)).cancel();
		expect(await propose()).toBe(1);
		expect(await first.proposed()).toBe('2026-03-11');
		await first.decline();
		const midnight = new Date('2026-03-02T23:00:00Z');
		expect(await propose(later(-1, midnight))).toBe(0);
		expect(await propose(midnight)).toBe(1);
		expect(await first.proposed(midnight)).toBe('2026-03-12');
	});

	test('finds who waits behind two hundred whose own hour is over', async () => {
		const { db, referent, first, holder, propose } = await waiting();
		for (let index = 0; index < 200; index += 1)
			await anAppointment(db, {
				personId: first.person.id,
				referentId: referent.id,
				day: '2026-02-02',
				state: 'seen',
				earlierWantedAt: later(-40 * DAY),
			});
		await first.want();
		await holder.cancel();
		expect(await propose()).toBe(1);
		expect(await first.proposed()).toBe('2026-03-05');
	});

	test('three proposals on three days, and no fourth', async () => {
		const { first, one, propose } = await waiting();
		await first.want();
		const holders = [];
		for (const day of ['2026-03-09', '2026-03-10', '2026-03-11', '2026-03-12']) holders.push(await one(day));
		const made = [];
		for (const [index, holder] of holders.entries()) {
			const now = later(index * DAY);
			await holder.cancel(now);
			made.push(await propose(now));
			// A second one on the same day is not proposed to them.
			await first.decline(now);
			made.push(await propose(now));
		}
		expect(made).toEqual([1, 0, 1, 0, 1, 0, 0, 0]);
	});
});

describe('a second hour proposed the next day, while the first waits', () => {
	/** The 11th proposed on Monday at ten, the 12th on Tuesday at nine. */
	async function two() {
		const office = await waiting();
		const { first, one, propose } = office;
		await first.want();
		await (await one('2026-03-11')).cancel();
		await propose();
		const tuesday = later(DAY - 60 * 60_000);
		await (await one('2026-03-12')).cancel(tuesday);
		expect(await propose(tuesday)).toBe(1);
		const shown = async (now = tuesday) => (await openProposal(office.db.read, first.row.id, now))!;
		return { ...office, tuesday, shown };
	}

	test('is shown when the first can no longer be taken', async () => {
		const { db, first, referent, tuesday } = await two();
		expect(await first.proposed(tuesday)).toBe('2026-03-11');
		const other = await aPerson(db, { referent });
		await anAppointment(db, { personId: other.id, day: '2026-03-11', time: '10:30' });
		expect(await first.proposed(tuesday)).toBe('2026-03-12');
	});

	test('is neither taken nor declined from a page that shows the first', async () => {
		const { db, first, tuesday, shown } = await two();
		const { id } = await shown();
		// A day after it was proposed, it goes to the next.
		const after = later(DAY + 60_000);
		expect(await first.proposed(after)).toBe('2026-03-12');
		await expect(first.take(after, id)).rejects.toMatchObject({ code: 'slot_taken' });
		await first.decline(after, id);
		expect(await first.proposed(after)).toBe('2026-03-12');
		await first.decline(tuesday, id);
		await first.take(after, (await shown(after)).id);
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, first.row.id));
		expect(row).toMatchObject({ localDay: '2026-03-12' });
	});
});

test('an earlier hour is not for an appointment that was handed on, or is met elsewhere, since it was proposed', async () => {
	for (const hands of [true, false]) {
		const { db, referent, first, holder, propose } = await waiting();
		await first.want();
		await holder.cancel();
		await propose();
		expect(await first.proposed()).toBe('2026-03-05');
		const colleague = await aReferent(db, { territoryId: referent.territoryId });
		await aFollowUp(db, { personId: first.person.id, member: colleague, part: 'second' });
		const meeting = {
			type: 'follow_up',
			mode: 'on_site',
			placeName: hands ? first.row.placeName : 'Ailleurs',
		} as const;
		await db.write((tx) =>
			moveAppointment(tx, {
				...{ appointmentId: first.row.id, day: '2026-03-24', time: '10:00', zone: 'Europe/Paris', durationMinutes: 60 },
				...{ meeting, by: actorOf(referent), now: NOW },
				...(hands && { referentId: colleague.id }),
			}),
		);
		expect(await first.proposed()).toBeNull();
		await expect(first.take()).rejects.toMatchObject({ code: 'slot_taken' });
	}
});

describe('an hour when a professional is not there', () => {
	const away = (db: Db, accountId: string, day = '2026-03-05') =>
		db.write((tx) => addDaysAway(tx, { accountId, fromDay: day, toDay: day, now: NOW }));
	const busy = (db: Db, accountId: string) =>
		db.write((tx) =>
			tx.insert(outsideBusy).values({
				accountId,
				startsAt: new Date('2026-03-05T09:30:00Z'),
				endsAt: new Date('2026-03-05T09:45:00Z'),
			}),
		);
	const closings = { away, 'busy in another calendar': busy };

	test.each(Object.entries(closings))(
		'%s is not proposed; it is the day after, when they are back',
		async (_, close) => {
			const { db, referent, first, holder, propose } = await waiting();
			await first.want();
			await holder.cancel();
			await close(db, referent.id);
			expect(await propose()).toBe(0);
			await db.write((tx) => tx.delete(availabilityException));
			await db.write((tx) => tx.delete(outsideBusy));
			const tomorrow = later(DAY);
			expect(await propose(tomorrow)).toBe(1);
			expect(await first.proposed(tomorrow)).toBe('2026-03-05');
		},
	);

	test.each(Object.entries(closings))(
		'%s, said after it was proposed, is neither shown nor taken',
		async (_, close) => {
			const { db, referent, first, holder, propose } = await waiting();
			await first.want();
			await holder.cancel();
			await propose();
			await close(db, referent.id);
			expect(await first.proposed()).toBeNull();
			await expect(first.take()).rejects.toMatchObject({ code: 'slot_taken' });
		},
	);

	test('is not for a pair whose second is away; it is for who waits behind', async () => {
		const { db, referent, first, second, holder, propose } = await waiting();
		const other = await aReferent(db, { territoryId: referent.territoryId });
		await db.write((tx) =>
			tx.update(appointment).set({ secondReferentId: other.id }).where(eq(appointment.id, first.row.id)),
		);
		await away(db, other.id);
		await first.want();
		await second.want(later(1000));
		await holder.cancel();
		await propose();
		expect([await first.proposed(), await second.proposed()]).toEqual([null, '2026-03-05']);
	});
});

test('an hour that ended waits for nothing earlier', async () => {
	const { db, referent, first, second } = await waiting();
	await first.want();
	await second.want();
	await first.cancel();
	const by = actorOf(referent);
	await db.write((tx) => markOutcome(tx, { appointmentId: second.row.id, by, outcome: 'revoked', now: NOW }));
	const rows = await db.read.select().from(appointment);
	expect(rows.filter(({ earlierWantedAt }) => earlierWantedAt !== null)).toEqual([]);
});

test('who waits is found by an index, in the order of their waiting', async () => {
	const { db, first, holder } = await waiting();
	await first.want();
	await holder.cancel();
	const [freed] = await db.read.select().from(freedHour);
	const plans = await plansOf(db, () => waitingFor(db.read, freed!, NOW));
	expect(plans).toEqual([[expect.stringContaining('USING INDEX appointment_earlier_wanted_idx (referent_id=?')]]);
});

test('one waits only for a booked hour, more than seven days away, of one’s own', async () => {
	const { db, first, second, one } = await waiting();
	const edge = later(-7 * DAY, first.row.startsAt);
	await expect(first.want(later(1, edge))).rejects.toMatchObject({ code: 'earlier_refused' });
	await first.want(edge);
	await first.want(edge);
	const stolen = db.write((tx) =>
		wantEarlier(tx, { ...first.own, personId: second.person.id, wanted: false, now: NOW }),
	);
	await expect(stolen).rejects.toMatchObject({ code: 'not_found' });
	const gone = await one('2026-03-26');
	await gone.cancel();
	await expect(gone.want()).rejects.toMatchObject({ code: 'earlier_refused' });
});

test('the worker proposes within one tick, says so once on the phone, and nothing once it was declined', async () => {
	const { db, first, second, holder } = await waiting();
	const outside = await anOutside();
	for (const { person } of [first, second]) await aDevice(db, outside, { accountId: person.account.id, now: NOW });
	await first.want();
	await second.want(later(1000));
	await tickAt(db, outside, NOW);
	await holder.cancel(later(60_000));
	await tickAt(db, outside, later(62_000));
	await tickAt(db, outside, later(64_000));
	const said = async () => (await remindersIn(db)).filter(({ kind }) => kind === 'earlier_hour');
	expect((await said()).map(({ state, path }) => [state, path])).toEqual([['sent', `/rendez-vous/${first.row.id}`]]);
	expect(outside.pushes().map(({ title }) => title)).toEqual(['Une heure plus tôt est libre pour vous']);
});
