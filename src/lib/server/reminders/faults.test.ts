import { expect, test } from 'vitest';
import { aPerson, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { PushFault } from '../../../../tests/support/push-service.ts';
import { aDevice, anOutside, remindersIn, tickAt } from '../../../../tests/support/reminders.ts';
import { DEADLINE_MS } from '../platform/http-post.ts';
import { planNotice } from './commands.ts';

const MINUTE = 60_000;
const later = (ms: number) => new Date(NOW.getTime() + ms);

/** All of reliability.md §1.5 but what stops a whole service or our key, which have tests of their own. */
const FAULTS: Record<string, PushFault> = {
	hang: { hang: true },
	reset: { reset: true },
	garbage: { garbage: true },
	'headers that drip': { dripHeaders: 20 },
	'a body that drips': { drip: 20 },
	'a body that is cut': { partial: true },
	'a flood': { flood: 256 },
	'a refusal, then a flood': { flood: 256, status: 500 },
	redirect: { status: 307, headers: { Location: 'https://127.0.0.1/inside' } },
	'server error': { status: 500 },
	'too large': { status: 413 },
	'bad request': { status: 400 },
	gone: { status: 410 },
	unknown: { status: 404 },
};

test('a push is given ten seconds in all', () => expect(DEADLINE_MS).toBe(10_000));

test(
	'with every fault there is at once, the worker ends its tick, serves the others, and keeps its memory',
	{ timeout: 120_000 },
	async () => {
		const db = await testDatabase();
		const outside = await anOutside({ deadlineMs: DEADLINE_MS });
		const faultAt = new Map<string, PushFault>();
		const aPhone = async (fault?: PushFault) => {
			const { id, account } = await aPerson(db);
			const { endpoint } = await aDevice(db, outside, { accountId: account.id, now: NOW });
			if (fault) faultAt.set(endpoint, fault);
			const notice = { kind: 'aid_changed', personId: id, path: '/aides', onceKey: id, now: NOW } as const;
			await db.write((tx) => planNotice(tx, notice));
			return id;
		};
		for (const fault of Object.values(FAULTS)) for (let i = 0; i < 3; i += 1) await aPhone(fault);
		const good = new Set<string>();
		for (let i = 0; i < 20; i += 1) good.add(await aPhone());
		outside.service.setFault(({ endpoint }) => faultAt.get(endpoint));

		const memory = process.memoryUsage().rss;
		const started = performance.now();
		await tickAt(db, outside, NOW);
		// One deadline for all of them together, and as much again for a machine that is busy.
		expect(performance.now() - started).toBeLessThan(2 * DEADLINE_MS);
		expect(process.memoryUsage().rss - memory).toBeLessThan(150 * 1024 * 1024);
		// What leaves before a sender hangs up is what the two ends keep in their buffers.
		expect(outside.service.flooded).toBeLessThan(6 * 8 * 1024 * 1024);
		const rows = await remindersIn(db);
		expect(rows.filter(({ personId, state }) => good.has(personId) && state === 'sent')).toHaveLength(20);
		expect(rows.filter(({ state }) => state === 'sending')).toEqual([]);

		outside.service.setFault(null);
		await tickAt(db, outside, later(2 * MINUTE));
		const states = new Set((await remindersIn(db)).map(({ state }) => state));
		expect(states).toEqual(new Set(['sent']));
	},
);
