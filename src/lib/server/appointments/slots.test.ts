import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { actorOf, aFollowUp, anAppointment, aPerson, aReferent, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { disableAccount } from '../accounts/commands.ts';
import type { Db } from '../db/client.ts';
import { appointment } from '../db/schema/index.ts';
import { addDaysAway } from './availability.ts';
import { moveAppointment } from './commands.ts';
import { listToRearrange, openInvitation } from './queries.ts';
import { askOtherTimes, chooseSlot, freeSlots, inviteToChoose, offerSlots } from './slots.ts';
import { createWorkshops, inviteToWorkshop } from './workshops.ts';

const SLOTS = [
	{ day: '2026-03-11', time: '10:00' },
	{ day: '2026-03-10', time: '14:00' },
	{ day: '2026-03-12', time: '09:00' },
];

async function invited(db: Db, referent: Awaited<ReturnType<typeof aReferent>>, slots = SLOTS) {
	const person = await aPerson(db, { territoryId: referent.territoryId });
	const by = { accountId: person.account.id, role: person.account.role, structureId: null };
	const { id } = await db.write((tx) =>
		inviteToChoose(tx, {
			personId: person.id,
			referent: { accountId: referent.id, role: referent.role, structureId: referent.structureId },
			type: 'orientation',
			mode: 'on_site',
			zone: 'Europe/Paris',
			durationMinutes: 60,
			slots,
			now: NOW,
		}),
	);
	const free = (now = NOW) => freeSlots(db.read, id, now);
	const choose = (slotId: string, now = NOW) =>
		db.write((tx) => chooseSlot(tx, { slotId, personId: person.id, by, now }));
	return { person, by, id, free, choose };
}
const office = async () => {
	const db = await testDatabase();
	return { db, referent: await aReferent(db) };
};

describe('an invitation', () => {
	test('offers its times earliest first, and the one chosen is booked', async () => {
		const { db, referent } = await office();
		const { id, free, choose } = await invited(db, referent);
		const slots = await free();
		expect(slots.map(({ localDay }) => localDay)).toEqual(['2026-03-10', '2026-03-11', '2026-03-12']);
		await choose(slots[1]!.id);
		await choose(slots[1]!.id);
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, id));
		expect(row).toMatchObject({
			state: 'booked',
			localDay: '2026-03-11',
			localTime: '10:00',
			sequence: 1,
			chooseBy: null,
		});
		expect(await free()).toEqual([]);
	});

	test('needs three different times', async () => {
		const { db, referent } = await office();
		await expect(invited(db, referent, [SLOTS[0]!, SLOTS[1]!, SLOTS[1]!])).rejects.toThrow('too_few_slots');
	});

	test('is valid ten days', async () => {
		const { db, referent } = await office();
		const far = [1, 2, 3].map((day) => ({ day: `2026-04-0${day}`, time: '10:00' }));
		const { free, choose } = await invited(db, referent, far);
		const [slot] = await free();
		const end = new Date(NOW.getTime() + 10 * 86_400_000);
		expect(await free(new Date(end.getTime() - 1))).toHaveLength(3);
		expect(await free(end)).toEqual([]);
		await expect(choose(slot!.id, end)).rejects.toThrow('slot_taken');
	});

	test('a time that passed is neither shown nor taken', async () => {
		const { db, referent } = await office();
		const { free, choose } = await invited(db, referent);
		const [first] = await free();
		expect(await free(first!.startsAt)).toHaveLength(2);
		await expect(choose(first!.id, first!.startsAt)).rejects.toThrow('slot_taken');
	});

	test('a time booked meanwhile, even in part, goes away at once', async () => {
		const { db, referent } = await office();
		const { free, choose } = await invited(db, referent);
		const [first] = await free();
		await anAppointment(db, { referentId: referent.id, territoryId: referent.territoryId, time: '14:30' });
		expect((await free()).map(({ localDay }) => localDay)).toEqual(['2026-03-11', '2026-03-12']);
		await expect(choose(first!.id)).rejects.toThrow('slot_taken');
	});

	test('a time of a day the professional is away since is neither shown nor taken; none is offered on such a day', async () => {
		const { db, referent } = await office();
		const { free, choose } = await invited(db, referent);
		const [first] = await free();
		const day = { accountId: referent.id, fromDay: '2026-03-10', toDay: '2026-03-10', now: NOW };
		await db.write((tx) => addDaysAway(tx, day));
		expect((await free()).map(({ localDay }) => localDay)).toEqual(['2026-03-11', '2026-03-12']);
		await expect(choose(first!.id)).rejects.toMatchObject({ code: 'slot_taken' });
		await expect(invited(db, referent)).rejects.toMatchObject({ code: 'day_away' });
	});

	test('somebody else’s time is not found', async () => {
		const { db, referent } = await office();
		const one = await invited(db, referent);
		const other = await invited(db, referent);
		const [slot] = await one.free();
		await expect(other.choose(slot!.id)).rejects.toThrow('not_found');
	});

	test('twenty people who want one hour: one gets it, the others see other times', async () => {
		const { db, referent } = await office();
		const all = await Promise.all(Array.from({ length: 20 }, () => invited(db, referent)));
		const firsts = await Promise.all(all.map(async ({ free }) => (await free())[0]!.id));
		const results = await Promise.allSettled(all.map(({ choose }, index) => choose(firsts[index]!)));
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const [index, result] of results.entries()) {
			if (result.status === 'fulfilled') continue;
			expect(result.reason).toMatchObject({ code: 'slot_taken', kind: 'conflict' });
			expect(await all[index]!.free()).toHaveLength(2);
		}
	});
});

describe('an hour that changed since the page was read', () => {
	test('is neither left for another one nor said not to suit; the choice already made is no refusal', async () => {
		const { db, referent } = await office();
		const { person, by, id, free } = await invited(db, referent);
		const own = { personId: person.id, by, now: NOW };
		const slotId = (await free())[0]!.id;
		const choose = (sequence: number) => db.write((tx) => chooseSlot(tx, { ...own, slotId, sequence }));
		const ask = (sequence: number) =>
			db.write((tx) => askOtherTimes(tx, { ...own, appointmentId: id, note: {}, sequence }));
		const changed = { code: 'appointment_changed', kind: 'conflict' };
		await expect(choose(7)).rejects.toMatchObject(changed);
		await choose(0);
		expect(await choose(0)).toEqual({ appointmentId: id });
		await expect(ask(0)).rejects.toMatchObject(changed);
		await ask(1);
	});
});

describe('« aucune ne me va »', () => {
	const others = [16, 17, 18].map((day) => ({ day: `2026-03-${day}`, time: '10:00' }));

	test('reaches the referent until other times are offered, which are not answered yet', async () => {
		const { db, referent } = await office();
		const { person, by, id } = await invited(db, referent);
		const note = { text: 'plutôt le matin' };
		await db.write((tx) => askOtherTimes(tx, { appointmentId: id, personId: person.id, note, by, now: NOW }));
		// The first hour offered, on the 10th, is past.
		const later = new Date('2026-03-11T09:30:00Z');
		const toRearrange = async () => (await listToRearrange(db.read, referent.id, later)).map((each) => each.id);
		expect(await toRearrange()).toEqual([id]);
		expect(await openInvitation(db.read, person.id, later)).toBeUndefined();
		await db.write((tx) => offerSlots(tx, { appointmentId: id, slots: others, by: actorOf(referent), now: later }));
		expect(await toRearrange()).toEqual([]);
		expect(await openInvitation(db.read, person.id, later)).toMatchObject({ id, answer: 'none', answerNote: null });
	});

	test('of times offered for a booked hour is with the referent again, even in the same words', async () => {
		const { db, referent } = await office();
		const { person, by, id, free, choose } = await invited(db, referent);
		await choose((await free())[0]!.id);
		const ask = (now: Date) =>
			db.write((tx) => askOtherTimes(tx, { appointmentId: id, personId: person.id, note: {}, by, now }));
		const toRearrange = async (now: Date) => (await listToRearrange(db.read, referent.id, now)).map((each) => each.id);
		const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
		await ask(at(1));
		expect(await toRearrange(at(1))).toEqual([id]);
		const offer = { appointmentId: id, slots: others, by: actorOf(referent), now: at(2) };
		await db.write((tx) => offerSlots(tx, offer));
		expect(await toRearrange(at(2))).toEqual([]);
		await ask(at(3));
		expect(await toRearrange(at(3))).toEqual([id]);
	});

	test('of a seat is settled by taking it after all; no other hours are offered for a workshop', async () => {
		const { db, referent } = await office();
		const person = await aPerson(db, { referent });
		const staff = actorOf(referent);
		const by = actorOf(person.account);
		const id = await db.write(async (tx) => {
			const { ids } = await createWorkshops(tx, {
				host: staff,
				type: 'workshop',
				title: 'Refaire son CV',
				mode: 'on_site',
				day: '2026-03-10',
				time: '09:00',
				zone: 'Europe/Paris',
				durationMinutes: 120,
				seats: 3,
				now: NOW,
			});
			return (await inviteToWorkshop(tx, { workshopId: ids[0]!, personId: person.id, by: staff, now: NOW })).id;
		});
		await db.write((tx) => askOtherTimes(tx, { appointmentId: id, personId: person.id, note: {}, by, now: NOW }));
		const offer = db.write((tx) => offerSlots(tx, { appointmentId: id, slots: others, by: staff, now: NOW }));
		await expect(offer).rejects.toMatchObject({ code: 'appointment_refused' });
		const [seat] = await freeSlots(db.read, id, NOW);
		await db.write((tx) => chooseSlot(tx, { slotId: seat!.id, personId: person.id, by, now: NOW }));
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, id));
		expect(row).toMatchObject({ state: 'booked', seat: 1, answer: 'none', answeredAt: null, answerNoteSealed: null });
	});
});

test('other times are offered for an hour the person cannot keep; choosing one moves it and asks again', async () => {
	const { db, referent } = await office();
	const { person, by, id, free, choose } = await invited(db, referent);
	await choose((await free())[0]!.id);
	await db.write((tx) => tx.update(appointment).set({ answer: 'cannot' }).where(eq(appointment.id, id)));
	const staff = { accountId: referent.id, role: referent.role, structureId: referent.structureId };
	const slots = [16, 17, 18].map((day) => ({ day: `2026-03-${day}`, time: '10:00' }));
	await db.write((tx) => offerSlots(tx, { appointmentId: id, slots, by: staff, now: NOW }));
	const [row] = await db.read.select().from(appointment);
	expect(row).toMatchObject({ state: 'booked', localDay: '2026-03-10' });
	await db.write(async (tx) => chooseSlot(tx, { slotId: (await free())[2]!.id, personId: person.id, by, now: NOW }));
	const [moved] = await db.read.select().from(appointment);
	expect(moved).toMatchObject({ state: 'booked', localDay: '2026-03-18', answer: 'none', sequence: 2 });
});

describe('times that are no longer offered', () => {
	const others = [16, 17, 18].map((day) => ({ day: `2026-03-${day}`, time: '10:00' }));

	test('replaced since the page was read are as taken: others are shown, the page does not vanish', async () => {
		const { db, referent } = await office();
		const { id, free, choose } = await invited(db, referent);
		const [former] = await free();
		await db.write((tx) => offerSlots(tx, { appointmentId: id, slots: others, by: actorOf(referent), now: NOW }));
		await expect(choose(former!.id)).rejects.toMatchObject({ code: 'slot_taken', kind: 'conflict' });
		expect(await free()).toHaveLength(3);
	});

	test('for a booked hour that the professional then moves, or hands on, are not offered any more', async () => {
		const { db, referent } = await office();
		const { person, id, free, choose } = await invited(db, referent);
		await choose((await free())[0]!.id);
		const by = actorOf(referent);
		const offer = () => db.write((tx) => offerSlots(tx, { appointmentId: id, slots: others, by, now: NOW }));
		const move = (values: object) =>
			db.write((tx) =>
				moveAppointment(tx, {
					...{ appointmentId: id, day: '2026-03-10', time: '14:00', zone: 'Europe/Paris', durationMinutes: 60 },
					...{ by, now: NOW, ...values },
				}),
			);
		await offer();
		// Another room at the same hour: the choice stands.
		await move({ meeting: { type: 'orientation', mode: 'on_site', placeName: 'Salle 2' } });
		expect(await free()).toHaveLength(3);
		await move({ day: '2026-03-13' });
		expect(await free()).toEqual([]);
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, id));
		expect(row).toMatchObject({ localDay: '2026-03-13', chooseBy: null });
		await offer();
		const colleague = await aReferent(db, { territoryId: referent.territoryId });
		await aFollowUp(db, { personId: person.id, member: colleague });
		await move({ day: '2026-03-13', referentId: colleague.id });
		expect(await free()).toEqual([]);
	});

	test('are not offered from a page of another version of the hour', async () => {
		const { db, referent } = await office();
		const { id, free, choose } = await invited(db, referent);
		const offer = (sequence: number) =>
			db.write((tx) => offerSlots(tx, { appointmentId: id, sequence, slots: others, by: actorOf(referent), now: NOW }));
		await choose((await free())[0]!.id);
		await expect(offer(0)).rejects.toMatchObject({ code: 'appointment_changed', kind: 'conflict' });
		await offer(1);
	});
});

test('of two choices, the one with times left is what the person has to do', async () => {
	const { db, referent } = await office();
	const { person, id, free } = await invited(db, referent);
	const other = await aReferent(db, { territoryId: referent.territoryId });
	const { id: second } = await db.write((tx) =>
		inviteToChoose(tx, {
			...{ personId: person.id, referent: actorOf(other), type: 'follow_up', mode: 'phone', zone: 'Europe/Paris' },
			...{ durationMinutes: 30, slots: SLOTS.map((slot) => ({ ...slot, time: '17:00' })), now: NOW },
		}),
	);
	const toDo = async () => (await openInvitation(db.read, person.id, NOW))?.id;
	expect(await toDo()).toBe(id);
	for (const { localDay, localTime } of await free()) {
		const hour = { day: localDay, time: localTime };
		await anAppointment(db, { referentId: referent.id, territoryId: referent.territoryId, ...hour });
	}
	expect(await toDo()).toBe(second);
});

test('times offered instead of those of who works here no more are of the colleague of the same structure who offers them', async () => {
	const { db, referent } = await office();
	const { person, by, id, free, choose } = await invited(db, referent);
	await db.write((tx) => askOtherTimes(tx, { appointmentId: id, personId: person.id, note: {}, by, now: NOW }));
	await db.write((tx) => disableAccount(tx, referent.id, NOW));
	const lead = await aReferent(db, { structureId: referent.structureId });
	const elsewhere = await aReferent(db, { territoryId: referent.territoryId });
	for (const [member, part] of [
		[lead, 'lead'],
		[elsewhere, 'second'],
	] as const)
		await aFollowUp(db, { personId: person.id, member, part });
	const slots = [16, 17, 18].map((day) => ({ day: `2026-03-${day}`, time: '10:00' }));
	const offer = (by: typeof lead) =>
		db.write((tx) => offerSlots(tx, { appointmentId: id, slots, by: actorOf(by), now: NOW }));
	// Their office is another one.
	await expect(offer(elsewhere)).rejects.toMatchObject({ code: 'day_away' });
	await offer(lead);
	await choose((await free())[0]!.id);
	const [row] = await db.read.select().from(appointment).where(eq(appointment.id, id));
	expect(row).toMatchObject({ state: 'booked', referentId: lead.id });
});
