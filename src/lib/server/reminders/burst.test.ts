import { createServer, type AddressInfo, type Socket } from 'node:net';
import { eq } from 'drizzle-orm';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { aPerson } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, remindersIn } from '../../../../tests/support/reminders.ts';
import type { Db, Tx } from '../db/client.ts';
import { delivery, person, pushSubscription, reminder } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { createMailer } from '../platform/mail.ts';
import { OVERTAKEN, type Delivery } from '../platform/outcome.ts';
import { planNotice } from './commands.ts';
import { rememberDead } from './dead-addresses.ts';
import { registry } from './metrics.ts';
import { detachEndpoint } from './subscriptions.ts';
import { createWorker, IN_FLIGHT, STOP_MS } from './worker.ts';

/** Tuesday 1 December 2026, 10:00 in Paris. */
const DUE = new Date('2026-12-01T09:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const later = (ms: number) => new Date(DUE.getTime() + ms);
const SOON = { timeout: 60_000, interval: 20 };

/** As many notices to one person, all due at the same instant. */
async function dueNotices(db: Db, personId: string, count: number, dueAt = DUE, usefulForMs = 24 * HOUR) {
	const values = Array.from({ length: count }, () => ({
		...{ id: newId(), onceKey: newId(), kind: 'aid_changed' as const, personId, path: '/aides' },
		...{ dueAt, actAt: dueAt, createdAt: dueAt, state: 'scheduled' as const, attempts: 0 },
		usefulUntil: new Date(dueAt.getTime() + usefulForMs),
	}));
	for (let at = 0; at < count; at += 1000)
		await db.write((tx) => tx.insert(reminder).values(values.slice(at, at + 1000)));
}

async function setting() {
	const db = await testDatabase();
	const outside = await anOutside({ deadlineMs: 60_000 });
	const byMail = await aPerson(db, { channelOrder: ['email'] });
	const byPush = await aPerson(db, { channelOrder: ['push'] });
	await aDevice(db, outside, { accountId: byPush.account.id, now: DUE });
	return { db, outside, byMail, byPush };
}

const lastLook = async () =>
	(await registry.getSingleMetric('portal_worker_last_tick_timestamp_seconds')!.get()).values[0]!.value;

/** A service that takes what it is given and answers when it is let go. */
function hanging(answer: Delivery = { outcome: 'accepted', reason: 'late' }) {
	let letGo = () => {};
	const released = new Promise<void>((resolve) => (letGo = resolve));
	const given: unknown[] = [];
	const take = async (...message: unknown[]) => {
		given.push(message);
		await released;
		return answer;
	};
	return { given, take, letGo };
}

const statesOf = async (db: Db, personId: string) =>
	(await db.read.select().from(reminder).where(eq(reminder.personId, personId))).map(({ state }) => state);

describe('a mail server, or a gateway, that hangs', () => {
	test.each(['email', 'sms'] as const)(
		'with more messages than may be on their way holds up no other: %s',
		{ timeout: 180_000 },
		async (channel) => {
			const { db, outside, byMail, byPush } = await setting();
			await db.write((tx) =>
				tx
					.update(person)
					.set({ channelOrder: [channel] })
					.where(eq(person.id, byMail.id)),
			);
			const other = await aPerson(db, { channelOrder: [channel === 'sms' ? 'email' : 'sms'] });
			await dueNotices(db, byMail.id, 2 * IN_FLIGHT, later(-MINUTE));
			await dueNotices(db, byPush.id, 3);
			await dueNotices(db, other.id, 2);
			const mails = hanging();
			Object.assign(outside.edges, { [channel === 'sms' ? 'sendSms' : 'sendMail']: mails.take });
			const ticking = createWorker({ db, edges: outside.edges, now: () => DUE }).tick();
			await vi.waitFor(() => expect([outside.pushes().length, outside.mailbox.length]).toEqual([3, 2]), SOON);
			mails.letGo();
			await ticking;
			expect(new Set(await statesOf(db, byMail.id))).toEqual(new Set(['sent']));
		},
	);

	test('keeps nothing from being planned, nor from leaving, meanwhile', { timeout: 180_000 }, async () => {
		const { db, outside, byMail, byPush } = await setting();
		await dueNotices(db, byMail.id, 1);
		const mails = hanging();
		outside.edges.sendMail = mails.take;
		const looks: Date[] = [];
		const everyMinute = async (at: Date) => void looks.push(at);
		let now = DUE;
		const worker = createWorker({ db, edges: outside.edges, now: () => now, everyMinute, tickMs: 20 });
		const ticking = worker.tick();
		await vi.waitFor(() => expect(mails.given).toHaveLength(1), SOON);
		now = later(2 * MINUTE);
		const notice = { kind: 'aid_changed', personId: byPush.id, path: '/aides', onceKey: 'meanwhile' } as const;
		await db.write((tx) => planNotice(tx, { ...notice, now }));
		await vi.waitFor(() => expect(outside.pushes()).toHaveLength(1), SOON);
		expect(looks).toHaveLength(2);
		mails.letGo();
		await ticking;
	});
});

test(
	'behind a mail server that hangs, each of many mails is tried five times, then takes the next channel',
	{ timeout: 60_000 },
	async () => {
		const { db, outside } = await setting();
		const who = await aPerson(db, { channelOrder: ['email', 'sms'] });
		await dueNotices(db, who.id, 40);
		const sockets: Socket[] = [];
		const server = createServer((socket) => void sockets.push(socket.on('error', () => {})));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		onTestFinished(() => {
			for (const socket of sockets) socket.destroy();
			server.close();
		});
		const smtpUrl = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
		// Many more than it lets in while one has patience.
		const patience = { timeoutMs: 50, maxConnections: 5, patienceMs: 120 };
		outside.edges.sendMail = createMailer({ smtpUrl, from: 'portail@example.fr', ...patience }).send;
		const clock = { now: DUE };
		const worker = createWorker({ db, edges: outside.edges, now: () => clock.now, tickMs: 20 });
		const tried = async () => (await db.read.select().from(delivery).where(eq(delivery.channel, 'email'))).length;
		for (const [times, minutes] of [0, 2, 9, 30, 110].entries()) {
			clock.now = later(minutes * MINUTE);
			await worker.tick();
			expect(await tried()).toBe(40 * (times + 1));
		}
		expect(outside.mailbox.map(({ channel }) => channel)).toEqual(Array(40).fill('sms'));
	},
);

test('a worker that looks while a mail server hangs says so to whoever watches it', { timeout: 60_000 }, async () => {
	const { db, outside, byMail } = await setting();
	await dueNotices(db, byMail.id, 1);
	const mails = hanging();
	outside.edges.sendMail = mails.take;
	const ticking = createWorker({ db, edges: outside.edges, now: () => DUE, tickMs: 20 }).tick();
	await vi.waitFor(() => expect(mails.given).toHaveLength(1), SOON);
	const given = Date.now() / 1000;
	await vi.waitFor(async () => expect(await lastLook()).toBeGreaterThan(given), { ...SOON, timeout: 5_000 });
	mails.letGo();
	await ticking;
});

test('a burst is claimed in small writes: the database is for others too', { timeout: 180_000 }, async () => {
	const { db, outside, byMail } = await setting();
	await dueNotices(db, byMail.id, 600);
	const sizes: number[] = [];
	const write: Db['write'] = async (work) => {
		const result = await db.write(work);
		sizes.push((result as { claimed?: number } | undefined)?.claimed ?? 0);
		return result;
	};
	await createWorker({ db: { ...db, write }, edges: outside.edges, now: () => DUE }).tick();
	expect(outside.mailbox).toHaveLength(600);
	expect(Math.max(...sizes)).toBeLessThanOrEqual(128);
});

test('a burst that leaves fast lets others have the process after each claim', { timeout: 180_000 }, async () => {
	const { db, outside, byMail } = await setting();
	await dueNotices(db, byMail.id, 1000);
	let turns = 0;
	let next: NodeJS.Immediate;
	const takeTurn = () => {
		turns += 1;
		next = setImmediate(takeTurn);
	};
	takeTurn();
	/** How often others had their turn, as each claim was made. */
	const before: number[] = [];
	const write: Db['write'] = async (work) => {
		const result = await db.write(work);
		if ((result as { claimed?: number } | undefined)?.claimed) before.push(turns);
		return result;
	};
	await createWorker({ db: { ...db, write }, edges: outside.edges, now: () => DUE }).tick();
	clearImmediate(next!);
	expect(outside.mailbox).toHaveLength(1000);
	expect(before.length).toBeGreaterThan(5);
	expect(new Set(before).size).toBe(before.length);
});

test('a worker that can claim nothing is not said alive, although it looks', async () => {
	const { db, outside, byMail } = await setting();
	await dueNotices(db, byMail.id, 1);
	const before = await lastLook();
	const write = () => Promise.reject(Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }));
	const worker = createWorker({ db: { ...db, write }, edges: outside.edges, now: () => DUE });
	await expect(worker.tick()).rejects.toThrow('full');
	expect(await lastLook()).toBe(before);
});

describe('a clock that jumps in the middle of a burst', () => {
	/** Messages that a push service has and has not answered yet, in one worker, and a clock that a test moves. */
	async function inBurst() {
		const given = await setting();
		const { db, outside, byPush } = given;
		await dueNotices(db, byPush.id, 150);
		const { channel } = outside.edges.push;
		const pushes = hanging();
		outside.edges.push = { channel, send: pushes.take };
		const clock = { now: DUE };
		const aWorker = () => createWorker({ db, edges: outside.edges, now: () => clock.now, tickMs: 20 });
		const other = aWorker();
		await dueNotices(db, byPush.id, 0);
		return { ...given, clock, pushes, aWorker, other };
	}

	test('two hours ahead: nothing that is on its way leaves again', { timeout: 180_000 }, async () => {
		const { db, byPush, clock, pushes, aWorker } = await inBurst();
		const ticking = aWorker().tick();
		await vi.waitFor(() => expect(pushes.given).toHaveLength(150), SOON);
		clock.now = later(2 * HOUR);
		await dueNotices(db, byPush.id, 10, later(HOUR));
		await vi.waitFor(() => expect(pushes.given.length).toBeGreaterThanOrEqual(160), SOON);
		pushes.letGo();
		await ticking;
		expect(pushes.given).toHaveLength(160);
		expect(new Set(await statesOf(db, byPush.id))).toEqual(new Set(['sent']));
	});

	test('another process takes none of them either', { timeout: 180_000 }, async () => {
		const { db, byPush, clock, pushes, aWorker, other } = await inBurst();
		const ticking = aWorker().tick();
		await vi.waitFor(() => expect(pushes.given).toHaveLength(150), SOON);
		await other.tick();
		clock.now = later(2 * HOUR);
		await dueNotices(db, byPush.id, 10, later(HOUR));
		const beside = other.tick();
		await vi.waitFor(() => expect(pushes.given.length).toBeGreaterThanOrEqual(160), SOON);
		pushes.letGo();
		await Promise.all([ticking, beside]);
		expect(pushes.given).toHaveLength(160);
	});

	test('ahead and back: what it made too late is planned again', { timeout: 180_000 }, async () => {
		const { db, outside, byMail, byPush } = await setting();
		await dueNotices(db, byMail.id, 1);
		await dueNotices(db, byPush.id, 5, later(HOUR), HOUR);
		const mails = hanging();
		outside.edges.sendMail = mails.take;
		const clock = { now: DUE };
		const worker = createWorker({ db, edges: outside.edges, now: () => clock.now, tickMs: 20 });
		const ticking = worker.tick();
		await vi.waitFor(() => expect(mails.given).toHaveLength(1), SOON);
		clock.now = later(3 * HOUR);
		await vi.waitFor(async () => expect(new Set(await statesOf(db, byPush.id))).toEqual(new Set(['dropped'])), SOON);
		clock.now = later(MINUTE);
		mails.letGo();
		await ticking;
		await worker.tick();
		expect(new Set(await statesOf(db, byPush.id))).toEqual(new Set(['scheduled']));
	});
});

test('what a clock that was ahead made too late is planned again by a worker that starts after it went back', async () => {
	const { db, outside, byPush } = await setting();
	await dueNotices(db, byPush.id, 2, later(HOUR), HOUR);
	const tickAt = (now: Date) => createWorker({ db, edges: outside.edges, now: () => now }).tick();
	await tickAt(later(3 * HOUR));
	expect(await statesOf(db, byPush.id)).toEqual(['dropped', 'dropped']);
	await tickAt(DUE);
	await tickAt(later(HOUR));
	expect(outside.pushes()).toHaveLength(2);
});

describe('a clock that was wrong by less than two hours, and is put right once the moment has passed', () => {
	async function droppedBy(ahead: number) {
		const { db, outside, byPush } = await setting();
		await dueNotices(db, byPush.id, 1, DUE, 2 * HOUR);
		const clock = { now: later(ahead) };
		const worker = createWorker({ db, edges: outside.edges, now: () => clock.now });
		await worker.tick();
		expect(await remindersIn(db)).toMatchObject([{ state: 'dropped', reason: 'too_late' }]);
		const tickAt = async (now: Date) => {
			clock.now = now;
			await worker.tick();
			return outside.pushes().length;
		};
		return { db, tickAt };
	}

	test('what it made too late leaves, while it is useful', async () => {
		const { tickAt } = await droppedBy(2 * HOUR);
		expect(await tickAt(later(20 * MINUTE))).toBe(1);
		expect(await tickAt(later(21 * MINUTE))).toBe(1);
	});

	test('and is left alone when it is too late by the right clock too', async () => {
		const { db, tickAt } = await droppedBy(4 * HOUR);
		expect(await tickAt(later(2 * HOUR))).toBe(0);
		expect(await remindersIn(db)).toMatchObject([{ state: 'dropped', reason: 'too_late' }]);
	});
});

test('what is dropped because the next allowed hour is too late stays so, however often a worker starts', async () => {
	const { db, outside, byPush } = await setting();
	const night = new Date('2026-12-01T21:00:00Z');
	await dueNotices(db, byPush.id, 1, night, 4 * HOUR);
	for (const minutes of [0, 1, 60]) {
		const now = new Date(night.getTime() + minutes * MINUTE);
		await createWorker({ db, edges: outside.edges, now: () => now }).tick();
		expect(await remindersIn(db)).toMatchObject([{ state: 'dropped', reason: 'quiet', actAt: null }]);
	}
	expect(outside.pushes()).toEqual([]);
});

test(
	'asked to stop, what waits for its turn at a mail server is handed back at once',
	{ timeout: 60_000 },
	async () => {
		const { db, outside, byMail } = await setting();
		await dueNotices(db, byMail.id, IN_FLIGHT);
		const first = hanging();
		let left = 0;
		outside.edges.sendMail = async ({ stillWanted }) => {
			if (first.given.length < 20) return first.take(null);
			await first.take(null);
			if (!(await stillWanted!())) return OVERTAKEN;
			left += 1;
			return { outcome: 'accepted', reason: 'smtp_250' };
		};
		const worker = createWorker({ db, edges: outside.edges, now: () => DUE });
		const ticking = worker.tick();
		await vi.waitFor(() => expect(first.given).toHaveLength(IN_FLIGHT), SOON);
		const startedAt = performance.now();
		const stopping = worker.stop();
		first.letGo();
		await stopping;
		await ticking;
		expect(performance.now() - startedAt).toBeLessThan(STOP_MS);
		expect(left).toBe(0);
		const rows = await remindersIn(db);
		expect(rows.filter(({ state }) => state === 'sent')).toHaveLength(20);
		expect(rows.filter(({ state, actAt }) => state === 'scheduled' && actAt! <= DUE)).toHaveLength(IN_FLIGHT - 20);
	},
);

describe('between the claim and the sending', () => {
	test('a worker that is asked to stop hands back what it claimed', async () => {
		const { db, outside, byPush } = await setting();
		await dueNotices(db, byPush.id, 100);
		const claimed = onceClaimed(db, async () => void worker.stop());
		const worker = createWorker({ db: claimed, edges: outside.edges, now: () => DUE });
		await worker.tick();
		await worker.stop();
		expect(outside.pushes()).toEqual([]);
		expect(new Set(await statesOf(db, byPush.id))).toEqual(new Set(['scheduled']));
	});

	/** A database on which something else is written as soon as a worker holds a message. */
	function onceClaimed(db: Db, meanwhile: (tx: Tx) => Promise<unknown>): Db {
		let isDone = false;
		const write: Db['write'] = async (work) => {
			const result = await db.write(work);
			const jobs = (result as { jobs?: unknown[] } | undefined)?.jobs ?? [];
			if (jobs.length > 0 && !isDone) {
				isDone = true;
				await db.write(meanwhile);
			}
			return result;
		};
		return { ...db, write };
	}

	test('a phone that is handed to somebody else is not told', async () => {
		const { db, outside, byPush } = await setting();
		await dueNotices(db, byPush.id, 1);
		const { account: other } = await aPerson(db);
		const claimed = onceClaimed(db, (tx) => tx.update(pushSubscription).set({ accountId: other.id }));
		await createWorker({ db: claimed, edges: outside.edges, now: () => DUE }).tick();
		expect(outside.pushes()).toEqual([]);
		expect(await remindersIn(db)).toMatchObject([{ state: 'failed', reason: 'unreachable' }]);
	});

	test('a phone that its owner removes or signs out is not told, the other one is', async () => {
		const { db, outside, byPush } = await setting();
		const accountId = byPush.account.id;
		const { endpoint } = await aDevice(db, outside, { accountId, now: DUE });
		await dueNotices(db, byPush.id, 1);
		const claimed = onceClaimed(db, (tx) => detachEndpoint(tx, { accountId, endpoint }));
		await createWorker({ db: claimed, edges: outside.edges, now: () => DUE }).tick();
		expect(outside.service.received.map((one) => one.endpoint)).not.toContain(endpoint);
		expect(outside.pushes()).toHaveLength(1);
		expect(await remindersIn(db)).toMatchObject([{ state: 'sent' }]);
	});

	test.each<[string, { wording?: 'discreet'; email?: string }]>([
		['asks for discretion', { wording: 'discreet' }],
		['changes their address', { email: 'nouvelle@example.fr' }],
	])('who %s is written to as they want', async (_, values) => {
		const { db, outside } = await setting();
		const who = await aPerson(db, { channelOrder: ['email'], wording: 'detailed', email: 'ancienne@example.fr' });
		await db.write((tx) =>
			planNotice(tx, {
				...{ kind: 'manual', template: 'paper', text: 'Canari', personId: who.id },
				...{ path: '/compte/messages', onceKey: 'm', now: DUE },
			}),
		);
		const claimed = onceClaimed(db, (tx) => tx.update(person).set(values).where(eq(person.id, who.id)));
		await createWorker({ db: claimed, edges: outside.edges, now: () => DUE }).tick();
		expect(outside.mailbox).toHaveLength(1);
		const [mail] = outside.mailbox;
		expect(mail!.to).toBe(values.email ?? 'ancienne@example.fr');
		if (values.wording) expect(JSON.stringify(mail)).not.toContain('Canari');
	});

	test('given back and decided once more, an address known to be dead is said once', async () => {
		const { db, outside } = await setting();
		const who = await aPerson(db, { channelOrder: ['email', 'sms'] });
		await db.write((tx) => rememberDead(tx, { personId: who.id, email: who.email, now: DUE }));
		await dueNotices(db, who.id, 1);
		const claimed = onceClaimed(db, (tx) => tx.update(person).set({ wording: 'detailed' }));
		await createWorker({ db: claimed, edges: outside.edges, now: () => DUE }).tick();
		const tried = await db.read.select({ channel: delivery.channel }).from(delivery).orderBy(delivery.id);
		expect(tried.map(({ channel }) => channel).sort()).toEqual(['email', 'sms']);
	});

	test('who is erased leaves nothing behind, and is not written to', async () => {
		const { db, outside, byMail } = await setting();
		await dueNotices(db, byMail.id, 1);
		const claimed = onceClaimed(db, (tx) => tx.delete(reminder).where(eq(reminder.personId, byMail.id)));
		await createWorker({ db: claimed, edges: outside.edges, now: () => DUE }).tick();
		expect(outside.mailbox).toEqual([]);
	});

	test('whose file joined another one is written to as that one wants', async () => {
		const { db, outside, byMail, byPush } = await setting();
		await dueNotices(db, byMail.id, 1);
		const claimed = onceClaimed(db, (tx) =>
			tx.update(reminder).set({ personId: byPush.id }).where(eq(reminder.personId, byMail.id)),
		);
		await createWorker({ db: claimed, edges: outside.edges, now: () => DUE }).tick();
		expect([outside.mailbox.length, outside.pushes().length]).toEqual([0, 1]);
	});
});
