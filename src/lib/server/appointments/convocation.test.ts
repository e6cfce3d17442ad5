import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { aFollowUp, anAppointment, aPerson, aReferent, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { appointment, auditEntry } from '../db/schema/index.ts';
import { bookAppointment, moveAppointment } from './commands.ts';
import { isFirstContact } from './convocation.ts';
import { listAppointments } from './queries.ts';
import { earliestConvocation } from './rules.ts';

const NOON = new Date('2026-03-02T11:00:00Z');

async function office(zone = 'Europe/Paris', settings = {}) {
	const db = await testDatabase();
	const territory = await aTerritory(db, { zone, settings });
	const referent = await aReferent(db, { territoryId: territory.id });
	const by = { accountId: referent.id, role: referent.role, structureId: referent.structureId };
	const person = await aPerson(db, { referent });
	const summon = (
		day: string,
		{ now = NOON, reason = 'Injoignable', origin = 'convocation' as 'convocation' | 'invitation' } = {},
	) =>
		db.write((tx) =>
			bookAppointment(tx, {
				personId: person.id,
				referent: by,
				type: 'orientation',
				mode: 'on_site',
				day,
				time: '10:00',
				zone,
				durationMinutes: 45,
				origin,
				convocationReason: reason,
				now,
			}),
		);
	return { db, by, person, referent, summon };
}

describe('a convocation', () => {
	test('leaves seven clear days: sent on the 2nd, it is for the 10th at the earliest', async () => {
		expect(earliestConvocation('2026-03-02', 7)).toBe('2026-03-10');
		const { summon } = await office();
		await expect(summon('2026-03-09')).rejects.toMatchObject({ code: 'convocation_too_soon', kind: 'invalid' });
		await expect(summon('2026-03-10')).resolves.toBeDefined();
	});

	test('counts its days where the place is: late in the evening in Paris it is still the day before in Cayenne', async () => {
		const lateInParis = new Date('2026-03-02T02:30:00Z');
		const cayenne = await office('America/Cayenne');
		await expect(cayenne.summon('2026-03-09', { now: lateInParis })).resolves.toBeDefined();
		const paris = await office();
		await expect(paris.summon('2026-03-09', { now: lateInParis })).rejects.toThrow('convocation_too_soon');
	});

	test('follows the notice of its territory', async () => {
		const { summon } = await office('Europe/Paris', { convocationClearDays: 10 });
		await expect(summon('2026-03-12')).rejects.toThrow('convocation_too_soon');
		await expect(summon('2026-03-13')).resolves.toBeDefined();
	});

	test('that moves gives its notice again; an hour agreed with the person needs none', async () => {
		const { db, by, summon } = await office();
		const { id } = await summon('2026-03-20');
		const move = (appointmentId: string, day: string) =>
			db.write((tx) =>
				moveAppointment(tx, {
					appointmentId,
					day,
					time: '11:00',
					zone: 'Europe/Paris',
					durationMinutes: 45,
					by,
					now: NOON,
				}),
			);
		await expect(move(id, '2026-03-09')).rejects.toThrow('convocation_too_soon');
		await move(id, '2026-03-10');
		const agreed = await summon('2026-03-03', { origin: 'invitation' });
		await move(agreed.id, '2026-03-04');
	});

	test('that only changes room or professional keeps its hour, however near', async () => {
		const { db, by, person, summon } = await office();
		const { id } = await summon('2026-03-20');
		const colleague = await aReferent(db, { territoryId: person.territoryId });
		await aFollowUp(db, { personId: person.id, member: colleague, part: 'second' });
		const dayBefore = new Date('2026-03-19T11:00:00Z');
		const change = (values: { time?: string; placeName?: string; referentId?: string }) =>
			db.write((tx) =>
				moveAppointment(tx, {
					appointmentId: id,
					day: '2026-03-20',
					time: values.time ?? '10:00',
					zone: 'Europe/Paris',
					durationMinutes: 45,
					meeting: { type: 'orientation', mode: 'on_site', placeName: values.placeName },
					referentId: values.referentId,
					by,
					now: dayBefore,
				}),
			);
		await change({ placeName: 'Salle 2' });
		await change({ placeName: 'Salle 2', referentId: colleague.id });
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, id)).limit(1);
		expect(row).toMatchObject({ placeName: 'Salle 2', referentId: colleague.id, origin: 'convocation', sequence: 2 });
		await expect(change({ time: '10:15' })).rejects.toMatchObject({ code: 'convocation_too_soon' });
	});

	test('as the very first contact says why: sealed for those who follow the person, counted in the journal', async () => {
		const { db, person, summon } = await office();
		await expect(summon('2026-03-10', { reason: ' ' })).rejects.toMatchObject({ code: 'convocation_reason_missing' });
		const { id } = await summon('2026-03-10', { reason: 'Deux lettres sans réponse' });
		const [row] = await db.read.select().from(appointment).where(eq(appointment.id, id)).limit(1);
		expect(row!.convocationReasonSealed).not.toContain('lettres');
		expect((await listAppointments(db.read, person.id))[0]).toMatchObject({
			convocationReason: 'Deux lettres sans réponse',
		});
		const [entry] = await db.read.select().from(auditEntry).where(eq(auditEntry.subjectId, id));
		expect(entry!.detail).toEqual({ origin: 'convocation', firstContact: true });
	});

	test('needs no reason once somebody was invited or met', async () => {
		const { db, person, referent, summon } = await office();
		expect(await isFirstContact(db.read, person.id)).toBe(true);
		const earlier = { personId: person.id, referentId: referent.id };
		await anAppointment(db, { ...earlier, state: 'revoked' });
		expect(await isFirstContact(db.read, person.id)).toBe(true);
		await anAppointment(db, { ...earlier, state: 'invited', day: '2026-02-20' });
		expect(await isFirstContact(db.read, person.id)).toBe(false);
		await expect(summon('2026-03-12', { reason: '' })).resolves.toBeDefined();
	});

	test('that is only booked does not count as a contact; one that was held or missed does', async () => {
		const { db, person, summon } = await office();
		const { id } = await summon('2026-03-10');
		expect(await isFirstContact(db.read, person.id)).toBe(true);
		await db.write((tx) => tx.update(appointment).set({ state: 'noshow' }).where(eq(appointment.id, id)));
		expect(await isFirstContact(db.read, person.id)).toBe(false);
	});
});
