import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
	aFollowUp,
	aMunicipality,
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aTerritory,
	NOW,
} from '../../../tests/factories/index.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { fullScans } from '../../../tests/support/plans.ts';
import { signedIn } from '../../../tests/support/signed-in.ts';
import type { EndReason } from '../shared/closing.ts';
import { appointment, followUpMember, person, reminder } from './db/schema/index.ts';
import { closeSupport } from './ending.ts';
import { noteSpokenWith } from './people/commands.ts';
import { calledOff } from './people/today-appointments.ts';
import { peopleToday } from './people/today.ts';
import { planNotice } from './reminders/commands.ts';
import { planAppointments } from './reminders/planning.ts';
import { getTerritory } from './territories/queries.ts';

test('once a pathway is over nobody is asked to choose an hour; a return to work changes nothing', async () => {
	const db = await testDatabase();
	const lead = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent: lead });
	await aPathway(db, { personId });
	const hour = (day: string, state: 'invited' | 'booked') =>
		anAppointment(db, { personId, day, time: '10:00', state, chooseBy: new Date('2026-03-12T09:00:00Z') });
	const passed = await hour('2026-03-01', 'invited');
	const coming = await hour('2026-03-11', 'invited');
	const about = { personId, kind: 'invitation', path: '/rendez-vous', onceKey: 'asked' } as const;
	await db.write((tx) => planNotice(tx, { ...about, subjectId: coming.id, now: NOW }));
	const close = (reason: EndReason, from?: string) =>
		db.write((tx) => closeSupport(tx, { personId, reason, from, by: signedIn(lead), now: NOW }));
	const stateOf = async (id: string) =>
		(await db.read.select().from(appointment).where(eq(appointment.id, id)).limit(1))[0]!.state;
	// A return to work ends nothing: they meet on.
	expect((await close('work')).inWork).not.toBeNull();
	expect(await stateOf(coming.id)).toBe('invited');
	expect((await close('work')).inWork).toBeNull();
	expect(await stateOf(passed.id)).toBe('revoked');
	expect(await stateOf(coming.id)).toBe('revoked');
	expect(await db.read.select().from(reminder).where(eq(reminder.subjectId, coming.id))).toMatchObject([
		{ state: 'dropped' },
	]);
});

test('whoever closes decides of the hours already booked: those not kept are called off, and the person is told once of each', async () => {
	const db = await testDatabase();
	const lead = await aReferent(db);
	const stranger = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent: lead });
	await aPathway(db, { personId });
	const hour = (day: string, referent = lead) =>
		anAppointment(db, { personId, day, time: '10:00', state: 'booked', referentId: referent.id });
	const over = await hour('2026-03-12');
	const kept = await hour('2026-03-13');
	const elsewhere = await hour('2026-03-16', stranger);
	const past = await hour('2026-02-12');
	await planAppointments(db, NOW);
	const close = (reason: EndReason, hours?: { shown: string[]; kept: string[] }) =>
		db.write((tx) => closeSupport(tx, { personId, reason, hours, by: signedIn(lead), now: NOW }));
	const states = async () => {
		const rows = await db.read.select().from(appointment).where(eq(appointment.personId, personId)).limit(10);
		return [over, kept, elsewhere, past].map(({ id }) => rows.find((row) => row.id === id)!.state);
	};
	// A return to work ends nothing: they meet on, whatever the form said.
	expect((await close('work', { shown: [over.id, kept.id], kept: [] })).inWork).not.toBeNull();
	expect(await states()).toEqual(['booked', 'booked', 'booked', 'booked']);
	// Booked since the page was shown: nobody decided about it.
	await expect(close('goals_met', { shown: [kept.id], kept: [kept.id] })).rejects.toThrow('hour_booked_since');
	expect(await states()).toEqual(['booked', 'booked', 'booked', 'booked']);
	await close('goals_met', { shown: [over.id, kept.id], kept: [kept.id] });
	expect(await states()).toEqual(['revoked', 'booked', 'booked', 'booked']);
	await planAppointments(db, NOW);
	const of = (id: string) => db.read.select().from(reminder).where(eq(reminder.appointmentId, id)).limit(20);
	const told = await of(over.id);
	expect(told.filter(({ kind }) => kind === 'appointment_changed')).toMatchObject([{ state: 'scheduled' }]);
	const planned = told.filter(({ kind }) => kind !== 'appointment_changed');
	expect(planned.length).toBeGreaterThan(0);
	for (const one of planned) expect(one).toMatchObject({ state: 'dropped', reason: 'cancelled' });
	const standing = await of(kept.id);
	expect(standing.some(({ state }) => state === 'scheduled')).toBe(true);
	expect(standing.some(({ kind }) => kind === 'appointment_changed')).toBe(false);
});

test('an hour called off so late that no message can leave is a call of whoever closed it, until they spoke or somebody follows the person again', async () => {
	const db = await testDatabase();
	const lead = await aReferent(db);
	const second = await aReferent(db, { territoryId: lead.territoryId });
	// Monday at 20:30 in Paris: nothing leaves before 8:00.
	const evening = new Date('2026-03-02T19:30:00Z');
	const { zone, settings } = await getTerritory(db.read, lead.territoryId!);
	const context = { territoryId: lead.territoryId!, zone, settings, now: new Date('2026-03-02T19:45:00Z') };
	const callsOf = async ({ id }: { id: string }, now = context.now) =>
		(await peopleToday(db.read, id, { ...context, now })).map(({ lastName, reasons: [{ reason, detail }] }) => ({
			...{ lastName, reason, appointmentAt: detail.appointmentAt },
		}));
	const close = async (lastName: string, day: string, keep = false) => {
		const { id: personId } = await aPerson(db, { referent: lead, second, lastName });
		await aPathway(db, { personId });
		const { id } = await anAppointment(db, { personId, day, time: '08:00', state: 'booked', referentId: second.id });
		const hours = { shown: [id], kept: keep ? [id] : [] };
		const ending = { personId, reason: 'goals_met', hours, by: signedIn(lead), now: evening } as const;
		await db.write((tx) => closeSupport(tx, ending));
		return personId;
	};
	const near = await close('Proche', '2026-03-03');
	await close('Plus tard', '2026-03-05');
	await close('Gardée', '2026-03-03', true);
	const owed = { lastName: 'Proche', reason: 'called_off', appointmentAt: new Date('2026-03-03T07:00:00Z') };
	expect(await callsOf(lead)).toEqual([owed]);
	expect(await callsOf(second)).toEqual([]);
	// The file is closed to them: nothing of what goes on.
	await anAppointment(db, { personId: near, day: '2026-03-12', time: '10:00', state: 'booked', referentId: second.id });
	expect(await peopleToday(db.read, lead.id, context)).toMatchObject([{ nextAppointment: null, channels: [] }]);
	expect(await fullScans(db, () => calledOff(db.read, lead.id, context.now))).toEqual([]);
	// A week after the hour there is nothing to save any more.
	expect([
		await callsOf(lead, new Date('2026-03-10T06:59:00Z')),
		await callsOf(lead, new Date('2026-03-10T07:00:00Z')),
	]).toEqual([[owed], []]);
	// Followed again: who follows reads it as any message that did not arrive.
	const { id: lineId } = await aFollowUp(db, { personId: near, member: second });
	expect([await callsOf(lead), await callsOf(second)]).toMatchObject([[], [{ reason: 'unreachable' }]]);
	await db.write((tx) => tx.update(followUpMember).set({ endedAt: evening }).where(eq(followUpMember.id, lineId)));
	expect(await callsOf(lead)).toEqual([owed]);
	// Where they live is told as long as they live here.
	const { inseeCode, name } = await aMunicipality(db);
	const communeOf = async (territoryId: string) => {
		await db.write((tx) => tx.update(person).set({ inseeCode, territoryId }).where(eq(person.id, near)));
		return (await calledOff(db.read, lead.id, context.now)).map(({ commune }) => commune);
	};
	expect(await communeOf((await aTerritory(db)).id)).toEqual([null]);
	expect(await communeOf(lead.territoryId!)).toEqual([name]);
	await db.write((tx) => noteSpokenWith(tx, { personId: near, by: signedIn(lead), now: context.now }));
	expect(await callsOf(lead)).toEqual([]);
});
