import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { eq } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { actorOf, aPerson, aReferent, NOW } from '../../../../tests/factories/index.ts';
import type { Answered, Wish } from '../../../../tests/support/choosing-process.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { appointment } from '../db/schema/index.ts';
import { addWeeklyHours } from './availability.ts';
import { computedId, inviteToChoose } from './slots.ts';
import { createWorkshops, inviteToWorkshop } from './workshops.ts';

const PEOPLE = 200;
const PROCESSES = 4;
/** Ten hours of 45 minutes a day, from Tuesday 3 to Monday 9 March. */
const DAYS = ['2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06', '2026-03-09'];
const TIMES = ['09:00', '09:45', '10:30', '11:15', '12:00', '12:45', '13:30', '14:15', '15:00', '15:45'];
const WANTED = DAYS.flatMap((day) => TIMES.map((time) => ({ day, time })));

async function invitations(db: Db): Promise<Wish[]> {
	const referent = await aReferent(db);
	for (const weekday of [1, 2, 3, 4, 5])
		await db.write((tx) =>
			addWeeklyHours(tx, {
				accountId: referent.id,
				weekday,
				fromTime: '09:00',
				toTime: '16:30',
				mode: 'phone',
				now: NOW,
			}),
		);
	const wishes: Wish[] = [];
	for (let index = 0; index < PEOPLE; index += 1) {
		const person = await aPerson(db, { referent });
		const { id } = await db.write((tx) =>
			inviteToChoose(tx, {
				personId: person.id,
				referent: { accountId: referent.id, role: referent.role, structureId: referent.structureId },
				type: 'orientation',
				mode: 'phone',
				zone: 'Europe/Paris',
				durationMinutes: 45,
				now: NOW,
			}),
		);
		const { day, time } = WANTED[index % WANTED.length]!;
		wishes.push({
			appointmentId: id,
			personId: person.id,
			accountId: person.account.id,
			slotId: computedId(id, day, time),
		});
	}
	return wishes;
}

/** A process that waits; what it was answered once it is told who wants what. */
async function crowd(db: Db) {
	const script = path.resolve('tests/support/choosing-process.ts');
	const child = spawn(process.execPath, ['--import', 'tsx', script, db.raw.name, NOW.toISOString()], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	const lines = createInterface({ input: child.stdout });
	await once(lines, 'line');
	return async (wishes: Wish[]): Promise<Answered[]> => {
		const answer = once(lines, 'line');
		child.stdin.end(`${JSON.stringify(wishes)}\n`);
		return JSON.parse((await answer)[0] as string) as Answered[];
	};
}

test('200 people who want 50 hours at the same time: 50 are booked, 150 are told and shown others, no hour is given twice', async () => {
	const db = await testDatabase();
	const wishes = await invitations(db);
	const crowds = await Promise.all(Array.from({ length: PROCESSES }, () => crowd(db)));
	// Every process holds people who want each of the hours.
	const share = PEOPLE / PROCESSES;
	const asked = crowds.map((choose, index) => choose(wishes.slice(index * share, (index + 1) * share)));
	const answers = (await Promise.all(asked)).flat();

	expect(answers.filter(({ refusal }) => refusal === null)).toHaveLength(50);
	const told = answers.filter(({ refusal }) => refusal === 'slot_taken');
	expect(told).toHaveLength(150);
	expect(told.every(({ others }) => others.length >= 3)).toBe(true);
	const refusedHour = new Map(wishes.map((wish) => [wish.appointmentId, wish.slotId.slice(wish.appointmentId.length)]));
	expect(told.filter(({ appointmentId, others }) => others.includes(refusedHour.get(appointmentId)!))).toEqual([]);

	const booked = await db.read.select().from(appointment).where(eq(appointment.state, 'booked'));
	const hours = new Set(booked.map(({ localDay, localTime }) => `${localDay} ${localTime}`));
	expect([booked.length, hours.size]).toEqual([50, 50]);
	expect([...hours].sort()).toEqual(WANTED.map(({ day, time }) => `${day} ${time}`));
}, 120_000);

test('40 people who want the 7 seats of a workshop at the same time, from several processes: 7 are in, 33 are told', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const by = actorOf(referent);
	const { ids } = await db.write((tx) =>
		createWorkshops(tx, {
			host: by,
			type: 'workshop',
			title: 'Refaire son CV',
			mode: 'on_site',
			day: '2026-03-10',
			time: '09:00',
			zone: 'Europe/Paris',
			durationMinutes: 120,
			seats: 7,
			now: NOW,
		}),
	);
	const wishes: Wish[] = [];
	for (let index = 0; index < 40; index += 1) {
		const { id: personId, account } = await aPerson(db, { referent });
		const { id } = await db.write((tx) => inviteToWorkshop(tx, { workshopId: ids[0]!, personId, by, now: NOW }));
		wishes.push({ appointmentId: id, personId, accountId: account.id, slotId: computedId(id, '2026-03-10', '09:00') });
	}
	const crowds = await Promise.all([crowd(db), crowd(db)]);
	const answers = (
		await Promise.all(crowds.map((choose, half) => choose(wishes.filter((_, index) => index % 2 === half))))
	).flat();
	expect(answers.filter(({ refusal }) => refusal === null)).toHaveLength(7);
	expect(answers.filter(({ refusal }) => refusal === 'slot_taken')).toHaveLength(33);
	const booked = await db.read.select().from(appointment).where(eq(appointment.state, 'booked'));
	expect(booked.map(({ seat }) => seat).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
}, 60_000);
