import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { actorOf, aPerson, aReferent, aRequest, anAppointment, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { appointment, need } from '../db/schema/index.ts';
import { endFollowUp } from '../people/commands.ts';
import { unseal } from '../platform/sealing.ts';
import { latestOf, openAfter } from './again.ts';
import { answerAppointment } from './answers.ts';
import { addWeeklyHours } from './availability.ts';
import { cancelAppointment, markOutcome, noteAbsence } from './commands.ts';
import { chooseSlot, freeSlots, inviteToChoose } from './slots.ts';

const SLOTS = [
	{ day: '2026-03-10', time: '14:00' },
	{ day: '2026-03-11', time: '10:00' },
	{ day: '2026-03-12', time: '09:00' },
];

async function chosen(withSlots: boolean) {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const person = await aPerson(db, { referent });
	const by = actorOf(person.account);
	await db.write((tx) =>
		addWeeklyHours(tx, {
			accountId: referent.id,
			weekday: 3,
			fromTime: '09:00',
			toTime: '12:00',
			mode: 'phone',
			now: NOW,
		}),
	);
	const { id } = await db.write((tx) =>
		inviteToChoose(tx, {
			personId: person.id,
			referent: actorOf(referent),
			type: 'orientation',
			mode: 'phone',
			toBring: 'Une pièce d’identité',
			zone: 'Europe/Paris',
			durationMinutes: 60,
			...(withSlots && { slots: SLOTS }),
			now: NOW,
		}),
	);
	const choose = async (of: string, index = 0) => {
		const slot = (await freeSlots(db.read, of, NOW))[index]!;
		await db.write((tx) => chooseSlot(tx, { slotId: slot.id, personId: person.id, by, now: NOW }));
		return slot;
	};
	const cancel = (of: string) =>
		db.write((tx) => cancelAppointment(tx, { appointmentId: of, personId: person.id, by, now: NOW }));
	return { db, referent, person, by, id, choose, cancel };
}

describe('after a cancellation', () => {
	test.each([true, false])(
		'the same link offers times again, the one given back among them (own times: %s)',
		async (withSlots) => {
			const { db, person, id, choose, cancel } = await chosen(withSlots);
			const taken = await choose(id);
			expect(await latestOf(db.read, id)).toBe(id);
			await cancel(id);
			await cancel(id);
			const next = await latestOf(db.read, id);
			expect(next).not.toBe(id);
			const offered = await freeSlots(db.read, next, NOW);
			expect(offered.length).toBeGreaterThanOrEqual(3);
			expect(offered.map(({ startsAt }) => startsAt)).toContainEqual(taken.startsAt);
			await choose(next, 1);
			await cancel(next);
			expect(await latestOf(db.read, id)).not.toBe(next);
			const rows = await db.read.select().from(appointment).where(eq(appointment.personId, person.id));
			expect(rows.map(({ state }) => state).sort()).toEqual(['excused', 'excused', 'invited']);
			const last = rows.find(({ state }) => state === 'invited')!;
			expect(unseal(`appointment.to_bring_sealed:${last.id}`, last.toBringSealed!)).toBe('Une pièce d’identité');
		},
	);

	test('said on the telephone, the link offers times again too; said after the hour, it does not', async () => {
		const { db, referent, id, choose } = await chosen(true);
		const taken = await choose(id);
		const excused = (of: string, now: Date) =>
			db.write((tx) => markOutcome(tx, { appointmentId: of, by: actorOf(referent), outcome: 'excused', now }));
		await excused(id, new Date(taken.startsAt.getTime() - 3_600_000));
		const next = await latestOf(db.read, id);
		expect(next).not.toBe(id);
		const other = await choose(next, 1);
		await excused(next, other.endsAt);
		expect(await latestOf(db.read, next)).toBe(next);
	});

	test('of an hour that was kept when the follow-up ended, nothing is offered: nobody follows them here', async () => {
		const { db, referent, person, id, choose, cancel } = await chosen(false);
		await choose(id);
		await db.write((tx) =>
			endFollowUp(tx, { personId: person.id, accountId: referent.id, by: actorOf(referent), now: NOW }),
		);
		await cancel(id);
		expect(await latestOf(db.read, id)).toBe(id);
		const rows = await db.read.select().from(appointment).where(eq(appointment.personId, person.id));
		expect(rows.map(({ state }) => state)).toEqual(['excused']);
	});

	test('another date is promised as long as it may be chosen, or is booked and not over', async () => {
		const { db, referent, id, choose, cancel } = await chosen(true);
		await choose(id);
		expect(await openAfter(db.read, id, NOW)).toBeNull();
		await cancel(id);
		const next = await latestOf(db.read, id);
		expect(await openAfter(db.read, id, NOW)).toBe(next);
		const other = await choose(next, 1);
		expect(await openAfter(db.read, id, NOW)).toBe(next);
		expect(await openAfter(db.read, id, other.endsAt)).toBeNull();
		const by = actorOf(referent);
		await db.write((tx) => markOutcome(tx, { appointmentId: next, by, outcome: 'revoked', now: NOW }));
		expect(await openAfter(db.read, id, NOW)).toBeNull();
	});

	test('by the service, nothing is offered by itself', async () => {
		const { db, referent, id, choose } = await chosen(false);
		await choose(id);
		await db.write((tx) => markOutcome(tx, { appointmentId: id, by: actorOf(referent), outcome: 'revoked', now: NOW }));
		expect(await latestOf(db.read, id)).toBe(id);
	});
});

describe('a booked hour', () => {
	test('moves to a free hour until 24 hours before, that moment included; its own hour is then free', async () => {
		const { db, id, choose, person, by } = await chosen(false);
		const first = await choose(id);
		const edge = new Date(first.startsAt.getTime() - 24 * 3_600_000);
		const other = (await freeSlots(db.read, id, edge)).find((slot) => slot.startsAt > first.startsAt)!;
		const move = (now: Date) => db.write((tx) => chooseSlot(tx, { slotId: other.id, personId: person.id, by, now }));
		await expect(move(new Date(edge.getTime() + 1))).rejects.toMatchObject({ code: 'slot_taken' });
		expect(await freeSlots(db.read, id, new Date(edge.getTime() + 1))).toEqual([]);
		await move(edge);
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, id));
		expect(row!.startsAt).toEqual(other.startsAt);
	});
});

describe('the reason for not coming', () => {
	async function asked() {
		const db = await testDatabase();
		const person = await aPerson(db, { referent: await aReferent(db) });
		const request = await aRequest(db, { personId: person.id });
		const { id } = await anAppointment(db, { personId: person.id });
		const needs = () => db.read.select().from(need).where(eq(need.personId, person.id)).orderBy(need.theme).limit(10);
		const answer = (reason: 'transport' | 'childcare' | 'interpreter', text?: string) =>
			db.write((tx) =>
				answerAppointment(tx, {
					appointmentId: id,
					answer: 'needs_help',
					note: { reason, ...(text && { text }) },
					via: 'portal',
					now: NOW,
				}),
			);
		return { db, person, request, id, needs, answer };
	}

	test('becomes a need of the open request, once, with the words of the person', async () => {
		const { needs, answer } = await asked();
		const before = (await needs()).length;
		await answer('transport', 'Le bus ne passe plus');
		await answer('transport', 'Le bus ne passe plus');
		const mobility = (await needs()).filter(({ theme }) => theme === 'mobility');
		expect(mobility.map(({ status }) => status)).toEqual(['open']);
		expect(unseal(`need.detail_sealed:${mobility[0]!.id}`, mobility[0]!.detailSealed!)).toContain(
			'Le bus ne passe plus',
		);
		expect(await needs()).toHaveLength(before + 1);
	});

	test('opens again a need that was lifted, and leaves an open one as it is', async () => {
		const { db, needs, answer } = await asked();
		await answer('childcare');
		const own = (await needs()).find(({ theme }) => theme === 'childcare')!;
		await db.write((tx) => tx.update(need).set({ status: 'lifted', closedAt: NOW }).where(eq(need.id, own.id)));
		await answer('childcare', 'Ma sœur ne peut plus');
		expect((await needs()).find(({ id }) => id === own.id)).toMatchObject({ status: 'open', closedAt: null });
	});

	test('that is no need of its own opens none', async () => {
		const { needs, answer } = await asked();
		const before = (await needs()).length;
		await answer('interpreter');
		expect(await needs()).toHaveLength(before);
	});

	test('said by the professional after an absence is kept, and opens the need as well', async () => {
		const { db, person, id, needs } = await asked();
		const by = { accountId: person.account.id, role: 'referent' as const, structureId: null };
		const after = new Date('2026-03-10T15:00:00Z');
		const note = () => db.write((tx) => noteAbsence(tx, { appointmentId: id, reason: 'transport', by, now: after }));
		await expect(note()).rejects.toMatchObject({ code: 'appointment_refused' });
		await db.write((tx) => markOutcome(tx, { appointmentId: id, by, outcome: 'noshow', now: after }));
		await note();
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, id));
		expect(row).toMatchObject({ state: 'noshow', absenceReason: 'transport' });
		expect((await needs()).map(({ theme }) => theme)).toContain('mobility');
	});
});
