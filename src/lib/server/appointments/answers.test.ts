import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { anAppointment, aPerson, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { answerLink, appointment, auditEntry } from '../db/schema/index.ts';
import {
	answerAppointment,
	answerByLink,
	answerOwnAppointment,
	appointmentOfLink,
	newAnswerLink,
	readNote,
} from './answers.ts';

const rowOf = async (db: Db, id: string) =>
	(await db.read.select().from(appointment).where(eq(appointment.id, id)).limit(1))[0]!;
const END = new Date('2026-03-10T14:00:00Z');

describe('an answer', () => {
	test('is kept once, whatever the number of taps and the channel', async () => {
		const db = await testDatabase();
		const { id } = await anAppointment(db);
		const answer = (via: 'portal' | 'notification', now = NOW) =>
			db.write((tx) => answerAppointment(tx, { appointmentId: id, answer: 'coming', via, now }));
		expect(await answer('notification')).toEqual({ changed: true });
		const again = new Date(NOW.getTime() + 60_000);
		expect(await answer('portal', again)).toEqual({ changed: false });
		expect(await rowOf(db, id)).toMatchObject({ answer: 'coming', answeredVia: 'notification', answeredAt: again });
		expect(await db.read.select().from(auditEntry)).toHaveLength(1);
	});

	test('may change, and the reason given afterwards completes it, sealed', async () => {
		const db = await testDatabase();
		const { id } = await anAppointment(db);
		const answer = (given: 'coming' | 'cannot' | 'needs_help', note?: object) =>
			db.write((tx) => answerAppointment(tx, { appointmentId: id, answer: given, note, via: 'portal', now: NOW }));
		await answer('coming');
		await answer('cannot');
		await answer('cannot', { reason: 'transport' });
		await answer('cannot', { callBack: true });
		expect(await answer('cannot', { callBack: true })).toEqual({ changed: false });
		const row = await rowOf(db, id);
		expect(row).toMatchObject({ answer: 'cannot', state: 'booked' });
		expect(readNote(row)).toEqual({ reason: 'transport', callBack: true });
		expect(row.answerNoteSealed).not.toContain('transport');
		await answer('coming');
		expect(readNote(await rowOf(db, id))).toBeNull();
	});

	test('said last is the one that counts, in whatever order the channels bring them', async () => {
		const db = await testDatabase();
		const { id } = await anAppointment(db);
		const token = await db.write((tx) => newAnswerLink(tx, { appointmentId: id, now: NOW }));
		const minute = (count: number) => new Date(NOW.getTime() + count * 60_000);
		const now = minute(10);
		const page = (answer: 'coming' | 'cannot', saidAt?: Date, note?: string) =>
			db.write((tx) => answerAppointment(tx, { appointmentId: id, answer, note, via: 'portal', saidAt, now }));
		// Kept by the phone at the first and third minute, tapped in the notification at the second; the first arrives last.
		await db.write((tx) => answerByLink(tx, { token, answer: 'coming', via: 'notification', saidAt: minute(2), now }));
		expect(await page('cannot', minute(1))).toEqual({ changed: false });
		expect(await rowOf(db, id)).toMatchObject({ answer: 'coming', answeredAt: minute(2) });
		expect(await page('cannot', minute(3))).toEqual({ changed: true });
		expect(await rowOf(db, id)).toMatchObject({ answer: 'cannot', answeredAt: minute(3) });
		// The same said again is younger than what still waited.
		await page('cannot', minute(5));
		expect(await page('coming', minute(4))).toEqual({ changed: false });
		// A word that goes with an answer taken back since goes with nothing.
		await page('coming', minute(7));
		expect(await page('coming', minute(6), 'Je n’ai plus de voiture')).toEqual({ changed: false });
		expect(readNote(await rowOf(db, id))).toBeNull();
	});

	test('given about one hour is never kept for another', async () => {
		const db = await testDatabase();
		const { id } = await anAppointment(db);
		const answer = (sequence?: number) =>
			db.write((tx) =>
				answerAppointment(tx, { appointmentId: id, answer: 'coming', sequence, via: 'portal', now: NOW }),
			);
		await db.write((tx) => tx.update(appointment).set({ sequence: 1 }).where(eq(appointment.id, id)));
		await expect(answer(0)).rejects.toMatchObject({ code: 'appointment_changed', kind: 'conflict' });
		expect(await rowOf(db, id)).toMatchObject({ answer: 'none', answeredAt: null });
		expect(await answer(1)).toEqual({ changed: true });
		// A page of an earlier version tells none.
		expect(await answer()).toEqual({ changed: false });
	});

	test('counts until the end, and never once it no longer stands', async () => {
		const db = await testDatabase();
		const { id } = await anAppointment(db);
		const answer = (now: Date) =>
			db.write((tx) => answerAppointment(tx, { appointmentId: id, answer: 'coming', via: 'link', now }));
		await expect(answer(END)).rejects.toThrow('answer_too_late');
		await answer(new Date(END.getTime() - 1));
		await db.write((tx) => tx.update(appointment).set({ state: 'revoked' }).where(eq(appointment.id, id)));
		await expect(answer(NOW)).rejects.toThrow('answer_too_late');
	});

	test('to somebody else’s appointment is not found', async () => {
		const db = await testDatabase();
		const { id } = await anAppointment(db);
		const { id: personId } = await aPerson(db);
		await expect(
			db.write((tx) => answerOwnAppointment(tx, { appointmentId: id, personId, answer: 'coming', now: NOW })),
		).rejects.toThrow('not_found');
	});
});

describe('a link to answer without signing in', () => {
	const link = async () => {
		const db = await testDatabase();
		const { id } = await anAppointment(db);
		const token = await db.write((tx) => newAnswerLink(tx, { appointmentId: id, now: NOW }));
		return { db, id, token };
	};

	test('answers its one appointment; only its hash is stored', async () => {
		const { db, id, token } = await link();
		expect(await db.write((tx) => answerByLink(tx, { token, answer: 'needs_help', now: NOW }))).toEqual({
			appointmentId: id,
			changed: true,
		});
		expect(await rowOf(db, id)).toMatchObject({ answer: 'needs_help', answeredVia: 'link' });
		const [stored] = await db.read.select().from(answerLink);
		expect(stored!.tokenHash).not.toBe(token);
		expect(stored!.expiresAt).toEqual(END);
	});

	test('says nothing about who, why or where', async () => {
		const { db, token } = await link();
		expect(Object.keys(await appointmentOfLink(db.read, token, NOW)).sort()).toEqual([
			'answer',
			'appointmentId',
			'endsAt',
			'expiresAt',
			'startsAt',
			'state',
			'territoryId',
			'zone',
		]);
	});

	test('is dead when the appointment ends', async () => {
		const { db, token } = await link();
		await expect(appointmentOfLink(db.read, token, new Date(END.getTime() - 1))).resolves.toBeDefined();
		await expect(appointmentOfLink(db.read, token, END)).rejects.toMatchObject({ code: 'link_ended', kind: 'gone' });
		await expect(db.write((tx) => answerByLink(tx, { token, answer: 'coming', now: END }))).rejects.toThrow(
			'link_ended',
		);
	});

	test('is dead when the appointment no longer stands', async () => {
		const { db, id, token } = await link();
		await db.write((tx) => tx.update(appointment).set({ state: 'excused' }).where(eq(appointment.id, id)));
		await expect(appointmentOfLink(db.read, token, NOW)).rejects.toThrow('link_ended');
	});

	test('that was guessed is unknown', async () => {
		const { db } = await link();
		await expect(appointmentOfLink(db.read, 'guess', NOW)).rejects.toMatchObject({ kind: 'not_found' });
	});

	test('is not made for what can no longer be answered', async () => {
		const { db, id } = await link();
		await expect(db.write((tx) => newAnswerLink(tx, { appointmentId: id, now: END }))).rejects.toThrow(
			'appointment_refused',
		);
	});
});
