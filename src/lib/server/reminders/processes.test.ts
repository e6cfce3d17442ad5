import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { anAppointment, aPerson, aReferent } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
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
	for (let at = 0; at < count; at += 500)
		await db.write((tx) => tx.insert(reminder).values(values.slice(at, at + 500)));
	// Push alone: the next rung is another test's business.
	await db.write((tx) => tx.update(person).set({ channelOrder: ['push'] }));
}

function workerProcess(db: Db, { service }: Outside, now: Date): ChildProcess {
	const authority = path.join(inject('testFolder'), 'authority.pem');
	writeFileSync(authority, service.ca);
	const script = path.resolve('tests/support/worker-process.ts');
	const child = spawn(process.execPath, ['--import', 'tsx', script, fileOf(db), service.host, now.toISOString()], {
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

test('four processes on one due list send each reminder once', { timeout: 60_000 }, async () => {
	const db = await testDatabase();
	const outside = await anOutside({ deadlineMs: 60_000 });
	await dueReminders(db, outside, 200);
	const codes = await Promise.all([1, 2, 3, 4].map(() => ended(workerProcess(db, outside, DUE))));
	const ids = idsReceived(outside);
	expect(codes).toEqual([0, 0, 0, 0]);
	expect([ids.length, new Set(ids).size]).toEqual([200, 200]);
	expect(await statesIn(db)).toEqual(new Set(['sent']));
});

test(
	'a worker killed between sending and recording loses nothing, and doubles each with the same tag at most once',
	{ timeout: 60_000 },
	async () => {
		const db = await testDatabase();
		const outside = await anOutside({ deadlineMs: 60_000 });
		await dueReminders(db, outside, 300);
		const child = workerProcess(db, outside, DUE);
		// Killed while it is in the middle of the list: what it sent last is not recorded.
		outside.service.setFault(({ attempt }) => {
			if (attempt === 120) child.kill('SIGKILL');
			return null;
		});
		await ended(child);
		outside.service.setFault(null);
		const before = idsReceived(outside).length;
		expect(before).toBeGreaterThan(0);
		await tickAt(db, outside, later(LEASE_MS - 1));
		await tickAt(db, outside, later(LEASE_MS));
		const ids = idsReceived(outside);
		expect(new Set(ids).size).toBe(300);
		for (const id of new Set(ids)) expect(ids.filter((other) => other === id).length).toBeLessThanOrEqual(2);
		const topics = new Map<string, string | undefined>();
		for (const { text, topic } of outside.service.received) {
			const { id } = JSON.parse(text) as { id: string };
			expect(topics.get(id) ?? topic).toBe(topic);
			topics.set(id, topic);
		}
		expect(await statesIn(db)).toEqual(new Set(['sent']));
	},
);

test('a worker asked to stop finishes what is on its way', async () => {
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
