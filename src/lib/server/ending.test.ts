import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { anAppointment, aPathway, aPerson, aReferent, NOW } from '../../../tests/factories/index.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { signedIn } from '../../../tests/support/signed-in.ts';
import type { EndReason } from '../shared/closing.ts';
import { appointment, reminder } from './db/schema/index.ts';
import { closeSupport } from './ending.ts';
import { planNotice } from './reminders/commands.ts';

test('once a pathway is over nobody is asked to choose an hour; what is booked stands', async () => {
	const db = await testDatabase();
	const lead = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent: lead });
	await aPathway(db, { personId });
	const hour = (day: string, state: 'invited' | 'booked') =>
		anAppointment(db, { personId, day, time: '10:00', state, chooseBy: new Date('2026-03-12T09:00:00Z') });
	const passed = await hour('2026-03-01', 'invited');
	const coming = await hour('2026-03-11', 'invited');
	const booked = await hour('2026-03-12', 'booked');
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
	expect(await stateOf(booked.id)).toBe('booked');
	expect(await db.read.select().from(reminder).where(eq(reminder.subjectId, coming.id))).toMatchObject([
		{ state: 'dropped' },
	]);
});
