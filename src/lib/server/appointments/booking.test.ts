import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { anAppointment, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { answerLink, appointment, auditEntry } from '../db/schema/index.ts';
import { newAnswerLink } from './answers.ts';
import { bookAppointment, cancelAppointment, markOutcome, moveAppointment } from './commands.ts';

const actorOf = <S extends string | null>(row: {
	id: string;
	role: typeof import('../db/schema/index.ts').account.$inferSelect.role;
	structureId: S;
}) => ({
	accountId: row.id,
	role: row.role,
	structureId: row.structureId,
});
const rowOf = async (db: Db, id: string) =>
	(await db.read.select().from(appointment).where(eq(appointment.id, id)).limit(1))[0]!;

async function office(zone = 'Europe/Paris') {
	const db = await testDatabase();
	const territory = await aTerritory(db, { zone });
	const referent = await aReferent(db, { territoryId: territory.id });
	const person = await aPerson(db, { referent });
	const book = (
		values: { personId?: string; day?: string; time?: string; durationMinutes?: number; zone?: string } = {},
	) =>
		db.write((tx) =>
			bookAppointment(tx, {
				personId: person.id,
				referent: actorOf(referent),
				type: 'follow_up',
				mode: 'on_site',
				placeName: 'Maison des solidarités',
				toBring: 'Votre dernier avis d’impôt',
				day: '2026-03-10',
				time: '14:00',
				zone,
				durationMinutes: 60,
				origin: 'invitation',
				now: NOW,
				...values,
			}),
		);
	return { db, territory, referent, person, book, by: actorOf(referent), own: actorOf(person.account) };
}

describe('booking', () => {
	test('keeps what was agreed on the wall, and derives the instants', async () => {
		const { db, book, territory } = await office('America/Cayenne');
		const { id } = await book({ time: '09:30', durationMinutes: 45 });
		const row = await rowOf(db, id);
		expect(row).toMatchObject({
			localDay: '2026-03-10',
			localTime: '09:30',
			zone: 'America/Cayenne',
			territoryId: territory.id,
			state: 'booked',
			answer: 'none',
			sequence: 0,
		});
		expect(row.startsAt.toISOString()).toBe('2026-03-10T12:30:00.000Z');
		expect(row.endsAt.toISOString()).toBe('2026-03-10T13:15:00.000Z');
		expect(row.toBringSealed).not.toContain('impôt');
	});

	test('may be in another zone than the territory’s', async () => {
		const { db, book } = await office('America/Cayenne');
		const { id } = await book({ time: '09:30', zone: 'Europe/Paris' });
		expect((await rowOf(db, id)).startsAt.toISOString()).toBe('2026-03-10T08:30:00.000Z');
	});

	test('in the past is refused', async () => {
		const { book } = await office();
		await expect(book({ day: '2026-03-01' })).rejects.toThrow('hour_past');
	});

	test('over another of the referent’s is refused; end to end is fine', async () => {
		const { db, book, referent } = await office();
		const other = (await aPerson(db, { referent: undefined, territoryId: referent.territoryId })).id;
		await book();
		for (const [time, minutes] of [
			['13:30', 31],
			['14:00', 60],
			['14:59', 30],
			['13:00', 240],
			['14:15', 15],
		] as const)
			await expect(book({ personId: other, time, durationMinutes: minutes })).rejects.toThrow('referent_busy');
		await book({ personId: other, time: '13:00' });
		await book({ personId: other, time: '15:00' });
	});

	test('two professionals do not book the same person at the same hour', async () => {
		const { db, person, book, referent } = await office();
		const colleague = await aReferent(db, { structureId: referent.structureId });
		await anAppointment(db, { personId: person.id, referentId: colleague.id });
		await expect(book({ time: '14:30' })).rejects.toThrow('person_busy');
	});

	test('a cancelled hour is free again', async () => {
		const { db, book, person, own } = await office();
		const { id } = await book();
		await db.write((tx) => cancelAppointment(tx, { appointmentId: id, personId: person.id, by: own, now: NOW }));
		await expect(book()).resolves.toHaveProperty('id');
	});

	test('an hour that moved since the page was read is not cancelled; one that is cancelled already says so', async () => {
		const { db, book, person, own } = await office();
		const { id } = await book();
		await db.write((tx) => tx.update(appointment).set({ sequence: 1 }).where(eq(appointment.id, id)));
		const cancel = (sequence?: number) =>
			db.write((tx) => cancelAppointment(tx, { appointmentId: id, personId: person.id, sequence, by: own, now: NOW }));
		await expect(cancel(0)).rejects.toMatchObject({ code: 'appointment_changed', kind: 'conflict' });
		expect(await cancel(1)).toEqual({ changed: true });
		expect(await cancel(1)).toEqual({ changed: false });
	});

	test('twenty people sent to one hour at once: one gets it', async () => {
		const { db, book, referent } = await office();
		const people = await Promise.all(
			Array.from({ length: 20 }, () => aPerson(db, { territoryId: referent.territoryId })),
		);
		const results = await Promise.allSettled(people.map(({ id }) => book({ personId: id })));
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const result of results)
			if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'referent_busy' });
		expect(await db.read.select().from(appointment)).toHaveLength(1);
	});

	test('the database itself refuses a second booking of the same hour', async () => {
		const { db, person } = await office();
		const first = await anAppointment(db, { personId: person.id });
		await expect(anAppointment(db, { referentId: first.referentId })).rejects.toThrow();
	});
});

describe('moving', () => {
	test('asks for the answer again, bumps the sequence and ends the links', async () => {
		const { db, book, by } = await office();
		const { id } = await book();
		await db.write((tx) => newAnswerLink(tx, { appointmentId: id, now: NOW }));
		await db.write((tx) => tx.update(appointment).set({ answer: 'coming' }).where(eq(appointment.id, id)));
		const move = { appointmentId: id, day: '2026-03-11', time: '09:00', zone: 'Europe/Paris', durationMinutes: 30 };
		await db.write((tx) => moveAppointment(tx, { ...move, sequence: 0, by, now: NOW }));
		expect(await rowOf(db, id)).toMatchObject({
			localDay: '2026-03-11',
			answer: 'none',
			sequence: 1,
			durationMinutes: 30,
		});
		expect(await db.read.select().from(answerLink)).toMatchObject([{ expiresAt: NOW }]);
		await expect(db.write((tx) => moveAppointment(tx, { ...move, sequence: 0, by, now: NOW }))).rejects.toThrow(
			'appointment_changed',
		);
	});

	test('by a quarter of an hour does not collide with itself', async () => {
		const { db, book, by } = await office();
		const { id } = await book();
		const move = { appointmentId: id, day: '2026-03-10', time: '14:15', zone: 'Europe/Paris', durationMinutes: 60 };
		await db.write((tx) => moveAppointment(tx, { ...move, by, now: NOW }));
		expect((await rowOf(db, id)).localTime).toBe('14:15');
	});

	test('onto a taken hour is refused and nothing moves', async () => {
		const { db, book, by, referent } = await office();
		const other = await aPerson(db, { territoryId: referent.territoryId });
		const { id } = await book();
		await book({ personId: other.id, time: '16:00' });
		const move = { appointmentId: id, day: '2026-03-10', time: '15:30', zone: 'Europe/Paris', durationMinutes: 60 };
		await expect(db.write((tx) => moveAppointment(tx, { ...move, by, now: NOW }))).rejects.toThrow('referent_busy');
		expect(await rowOf(db, id)).toMatchObject({ localTime: '14:00', sequence: 0 });
	});
});

describe('cancelling by the person', () => {
	const start = new Date('2026-03-10T13:00:00Z');
	const cutOff = new Date('2026-03-10T09:00:00Z');

	test('is possible until four hours before, once', async () => {
		const { db, book, person, own } = await office();
		const { id } = await book();
		const cancel = (now: Date) =>
			db.write((tx) => cancelAppointment(tx, { appointmentId: id, personId: person.id, by: own, now }));
		await expect(cancel(new Date(cutOff.getTime() + 1))).rejects.toThrow('cancel_too_late');
		await expect(cancel(new Date(start.getTime() + 3_600_000))).rejects.toThrow('appointment_over');
		expect(await cancel(cutOff)).toEqual({ changed: true });
		expect(await cancel(cutOff)).toEqual({ changed: false });
		expect(await rowOf(db, id)).toMatchObject({ state: 'excused', outcomeById: person.account.id, sequence: 1 });
	});

	test('follows the territory’s own limit', async () => {
		const { db, territory } = await office();
		const strict = await aTerritory(db, { settings: { cancelUntilHours: 48 } });
		expect(strict.id).not.toBe(territory.id);
		const row = await anAppointment(db, { territoryId: strict.id });
		const now = new Date('2026-03-09T13:00:00Z');
		const by = { accountId: row.referentId, role: 'beneficiary' as const, structureId: null };
		await expect(
			db.write((tx) => cancelAppointment(tx, { appointmentId: row.id, personId: row.personId, by, now })),
		).rejects.toThrow('cancel_too_late');
	});

	test('of somebody else’s appointment is not found', async () => {
		const { db, book, own } = await office();
		const { id } = await book();
		const stranger = await aPerson(db);
		await expect(
			db.write((tx) => cancelAppointment(tx, { appointmentId: id, personId: stranger.id, by: own, now: NOW })),
		).rejects.toThrow('not_found');
	});
});

test('an hour chosen since the page was read is not called off from it; said twice, it is said', async () => {
	const { db, book, by } = await office();
	const { id } = await book();
	await db.write((tx) => tx.update(appointment).set({ sequence: 1 }).where(eq(appointment.id, id)));
	const revoke = (sequence?: number) =>
		db.write((tx) => markOutcome(tx, { appointmentId: id, sequence, by, outcome: 'revoked', now: NOW }));
	await expect(revoke(0)).rejects.toMatchObject({ code: 'appointment_changed', kind: 'conflict' });
	expect((await rowOf(db, id)).state).toBe('booked');
	expect(await revoke(1)).toEqual({ changed: true, was: 'booked' });
	expect(await revoke(1)).toEqual({ changed: false, was: 'revoked' });
});

describe('how it ended', () => {
	test('is said after the beginning, written once, and may be mended', async () => {
		const { db, book, by } = await office();
		const { id } = await book();
		const mark = (outcome: 'seen' | 'noshow' | 'revoked', now: string) =>
			db.write((tx) => markOutcome(tx, { appointmentId: id, by, outcome, now: new Date(now) }));
		await expect(mark('seen', '2026-03-10T12:59:00Z')).rejects.toThrow('outcome_too_early');
		expect(await mark('noshow', '2026-03-10T13:00:00Z')).toEqual({ changed: true, was: 'booked' });
		expect(await mark('noshow', '2026-03-10T13:01:00Z')).toEqual({ changed: false, was: 'noshow' });
		expect(await mark('seen', '2026-03-10T13:20:00Z')).toEqual({ changed: true, was: 'noshow' });
		await expect(mark('revoked', '2026-03-10T15:00:00Z')).rejects.toThrow('appointment_refused');
		expect((await rowOf(db, id)).state).toBe('seen');
		const details = (await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'appointment.outcome'))).map(
			({ detail }) => detail,
		);
		expect(details).toEqual([
			{ from: 'booked', to: 'noshow' },
			{ from: 'noshow', to: 'seen' },
		]);
	});
});
