import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { anAppointment, aPerson, aReferent } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { bundleWorker } from '../../../../tests/support/worker-bundle.ts';
import { aDevice, anOutside, tickAt, type Outside } from '../../../../tests/support/reminders.ts';
import type { Db } from '../db/client.ts';
import { delivery, person, reminder } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { LEASE_MS } from './claim.ts';
import { planAppointments } from './planning.ts';
import { createWorker } from './worker.ts';

/** Tuesday 1 December 2026, 10:00 in Paris. */
const DUE = new Date('2026-12-01T09:00:00Z');
const later = (ms: number) => new Date(DUE.getTime() + ms);
const fileOf = (db: Db) => db.raw.name;

/** As many notices, all due now, to one person with one phone: what matters is who claims them. */
async function dueReminders(db: Db, outside: Outside, count: number) {
	const who = await aPerson(db);
	await aDevice(db, outside, { accountId: who.account.id, now: DUE });
	const values = Array.from({ length: count }, (_, i) => ({
		id: newId(),
		onceKey: `due:${i}`,
		kind: 'aid_changed' as const,
		personId: who.id,
		path: '/aides',
		dueAt: DUE,
		usefulUntil: later(86_400_000),
		state: 'scheduled' as const,
		actAt: DUE,
		attempts: 0,
		createdAt: DUE,
	}));
	for (let at = 0; at < count; at += 1000)
		await db.write((tx) => tx.insert(reminder).values(values.slice(at, at + 1000)));
	// Push alone: the next rung is another test's business.
	await db.write((tx) => tx.update(person).set({ channelOrder: ['push'] }));
}

let bundle: Awaited<ReturnType<typeof bundleWorker>>;
beforeAll(async () => void (bundle = await bundleWorker()), 120_000);
afterAll(() => bundle.remove());

function workerProcess(db: Db, { service }: Outside, now: Date): ChildProcess {
	const authority = path.join(inject('testFolder'), `authority-${service.host.replace(/\W/g, '-')}.pem`);
	writeFileSync(authority, service.ca);
	const child = spawn(process.execPath, [bundle.script, fileOf(db), service.host, now.toISOString()], {
		env: { ...process.env, NODE_EXTRA_CA_CERTS: authority, LOG_LEVEL: 'error' },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	return child;
}

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve));
const idsReceived = ({ service }: Outside) =>
	service.received.map(({ text }) => (JSON.parse(text) as { id: string }).id);
const statesIn = async (db: Db) =>
	new Set((await db.read.select({ state: reminder.state }).from(reminder)).map(({ state }) => state));

test('two workers of one process send each reminder once', { timeout: 60_000 }, async () => {
	const db = await testDatabase();
	const outside = await anOutside({ deadlineMs: 60_000 });
	await dueReminders(db, outside, 200);
	const worker = () => createWorker({ db, edges: outside.edges, now: () => DUE });
	await Promise.all([worker().tick(), worker().tick()]);
	const ids = idsReceived(outside);
	expect([ids.length, new Set(ids).size]).toEqual([200, 200]);
});

/** Seconds that a loaded machine may take for what a quiet one does in a tenth of them. */
const PATIENCE = { timeout: 600_000 };

/** Minutes: after each of the waits of a message that was refused (`ladder.ts`), however long they are made by chance. */
const LOOKS = [0, 3, 15, 40, 120];

test('four processes on one list of 10,000 send each reminder once', PATIENCE, async () => {
	const db = await testDatabase();
	const outside = await anOutside({ deadlineMs: 60_000 });
	await dueReminders(db, outside, 10_000);
	// Some are refused and wait for another try, as those do that a loaded machine could not send in time.
	outside.service.setFault(({ attempt }) => (attempt % 1000 === 0 ? { status: 500 } : null));
	for (const minutes of LOOKS) {
		const now = later(minutes * 60_000);
		const codes = await Promise.all([1, 2, 3, 4].map(() => ended(workerProcess(db, outside, now))));
		expect(codes).toEqual([0, 0, 0, 0]);
		const states = await statesIn(db);
		expect(states).not.toContain('sending');
		if (states.size === 1 && states.has('sent')) break;
	}
	const ids = idsReceived(outside);
	expect([ids.length, new Set(ids).size]).toEqual([10_000, 10_000]);
	expect(await statesIn(db)).toEqual(new Set(['sent']));
});

test(
	'twenty workers killed between sending and recording lose nothing, and double each at most once per kill',
	PATIENCE,
	async () => {
		const db = await testDatabase();
		const outside = await anOutside({ deadlineMs: 60_000 });
		const { service } = outside;
		const [kills, perKill] = [20, 30];
		await dueReminders(db, outside, kills * perKill);
		const rounds: string[][] = [];
		let from = 0;
		for (let kill = 0; kill <= kills; kill += 1) {
			// Each one finds what the killed one left when its lease ends.
			const child = workerProcess(db, outside, later(kill * LEASE_MS));
			const at = service.attempts + perKill / 2;
			// Killed in the middle of a burst: what it sent last is not recorded.
			service.setFault(({ attempt }) => (kill < kills && attempt === at && child.kill('SIGKILL'), null));
			await ended(child);
			const ids = idsReceived(outside);
			rounds.push(ids.slice(from));
			from = ids.length;
		}
		for (const ids of rounds) expect(new Set(ids).size).toBe(ids.length);
		expect(rounds.filter((ids) => ids.length > 0).length).toBeGreaterThan(kills / 2);
		expect(new Set(rounds.flat()).size).toBe(kills * perKill);
		const topics = new Map<string, Set<string | undefined>>();
		for (const { text, topic } of service.received) {
			const { id, tag } = JSON.parse(text) as { id: string; tag: string };
			topics.set(id, (topics.get(id) ?? new Set()).add(`${topic} ${tag}`));
		}
		expect([...topics.values()].filter((known) => known.size > 1)).toEqual([]);
		expect(await statesIn(db)).toEqual(new Set(['sent']));
	},
);

test(
	'a clock that jumps by two hours or a day, back and forth, skips none and sends none twice',
	PATIENCE,
	async () => {
		const db = await testDatabase();
		const outside = await anOutside({ deadlineMs: 60_000 });
		await dueReminders(db, outside, 288);
		// One every ten minutes of two days, each useful for a day.
		const MINUTE = 60_000;
		await db.write(async (tx) => {
			const rows = await tx.select({ id: reminder.id }).from(reminder);
			for (const [index, { id }] of rows.entries()) {
				const dueAt = later(index * 10 * MINUTE);
				const usefulUntil = new Date(dueAt.getTime() + 24 * 60 * MINUTE);
				await tx.update(reminder).set({ dueAt, actAt: dueAt, usefulUntil }).where(eq(reminder.id, id));
			}
		});
		const HOUR = 60 * MINUTE;
		const jumps = new Map([
			[10, 2 * HOUR],
			[20, -2 * HOUR],
			[30, -24 * HOUR],
			[40, 2 * HOUR],
			[50, 0],
		]);
		let jump = 0;
		let most = 0;
		for (let step = 0; step <= 110; step += 1) {
			jump = jumps.get(step) ?? jump;
			const before = outside.service.received.length;
			await tickAt(db, outside, later(step * 30 * MINUTE + jump));
			most = Math.max(most, outside.service.received.length - before);
		}
		const ids = idsReceived(outside);
		expect([ids.length, new Set(ids).size]).toEqual([288, 288]);
		// A night of quiet hours is the largest heap: 12 hours, and two of a jump.
		expect(most).toBeLessThanOrEqual(14 * 6 + 3);
	},
);

test('a worker asked to stop finishes what is on its way', PATIENCE, async () => {
	const db = await testDatabase();
	const outside = await anOutside({ deadlineMs: 60_000 });
	await dueReminders(db, outside, 150);
	const worker = createWorker({ db, edges: outside.edges, now: () => DUE });
	const ticking = worker.tick();
	await new Promise<void>((resolve) => outside.service.setFault(() => (resolve(), null)));
	await worker.stop();
	await ticking;
	const states = await db.read.select({ state: reminder.state }).from(reminder);
	expect(states.filter(({ state }) => state === 'sending')).toEqual([]);
	const recorded = await db.read.select({ id: delivery.id }).from(delivery);
	expect(recorded).toHaveLength(outside.service.received.length);
});

test('a tick with nothing due asks two small questions', async () => {
	const db = await testDatabase();
	const who = await aPerson(db, { referent: await aReferent(db) });
	await anAppointment(db, { personId: who.id, day: '2026-12-03' });
	await planAppointments(db, new Date('2026-11-23T09:00:00Z'));
	const planOf = (query: string) => db.raw.prepare(`EXPLAIN QUERY PLAN ${query}`).all() as { detail: string }[];
	const stale =
		"select id from appointment where coalesce(planned_sequence, -1) <> (CASE WHEN state = 'booked' THEN sequence ELSE -1 END) OR coalesce(planned_answer, 'none') <> answer limit 1";
	expect(planOf(stale).map(({ detail }) => detail)).toEqual([expect.stringContaining('appointment_plan_is_stale_idx')]);
	expect(planOf('select id from reminder where act_at <= 1 limit 1').map(({ detail }) => detail)).toEqual([
		expect.stringContaining('reminder_act_at_idx'),
	]);
});
