import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPerson, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, remindersIn, tickAt, type Outside } from '../../../../tests/support/reminders.ts';
import type { Db } from '../db/client.ts';
import { delivery, person } from '../db/schema/index.ts';
import { erasePerson } from '../erasing.ts';
import { BUSY } from '../platform/outcome.ts';
import { planNotice } from './commands.ts';

const MINUTE = 60_000;
const later = (ms: number) => new Date(NOW.getTime() + ms);

/** As many people with a phone each, and one notice for each, all due now. */
async function dueTo(count: number) {
	const db = await testDatabase();
	const outside = await anOutside({ deadlineMs: 60_000 });
	const people: string[] = [];
	for (let i = 0; i < count; i += 1) {
		const { id, account } = await aPerson(db);
		await aDevice(db, outside, { accountId: account.id, now: NOW });
		const notice = { kind: 'aid_changed', personId: id, path: '/aides', onceKey: id, now: NOW } as const;
		await db.write((tx) => planNotice(tx, notice));
		people.push(id);
	}
	const states = async () => (await remindersIn(db)).map(({ state }) => state);
	return { db, outside, people, states };
}

/** So many messages end in the same instant, and are recorded together; `meanwhile` happens while they are on their way. */
function endTogether({ edges }: Outside, count: number, meanwhile: () => Promise<unknown> = async () => {}) {
	const { send, channel } = edges.push;
	let left = count;
	let release = () => {};
	const all = new Promise<void>((resolve) => (release = resolve));
	const together = async (...message: Parameters<typeof send>) => {
		const outcome = await send(...message);
		left -= 1;
		if (left === 0) void meanwhile().then(release);
		await all;
		return outcome;
	};
	edges.push = { channel, send: together };
}

test('somebody erased while their message is on its way leaves no trace, and the others leave once', async () => {
	const { db, outside, people, states } = await dueTo(5);
	const [gone] = people as [string];
	endTogether(outside, 5, () =>
		db.write((tx) => erasePerson(tx, { personId: gone, reason: 'asked', by: null, now: NOW })),
	);
	await tickAt(db, outside, NOW);
	expect(await states()).toEqual(Array(4).fill('sent'));
	const before = outside.service.received.length;
	await tickAt(db, outside, later(5 * MINUTE));
	expect(outside.service.received).toHaveLength(before);
	expect(await db.read.select().from(delivery)).toHaveLength(4);
});

test('one record that cannot be written does not have the others sent again', async () => {
	const { db, outside, states } = await dueTo(5);
	const [first] = await remindersIn(db);
	await db.write(async (tx) =>
		tx.run(
			sql.raw(
				`CREATE TRIGGER broken BEFORE INSERT ON delivery WHEN NEW.reminder_id = '${first!.id}' BEGIN SELECT RAISE(ABORT, 'broken'); END`,
			),
		),
	);
	endTogether(outside, 5);
	await tickAt(db, outside, NOW);
	expect((await states()).sort()).toEqual(['sending', ...Array<string>(4).fill('sent')]);
});

test('a database that takes nothing for a while has what was sent recorded all the same, and no try counted', async () => {
	const { db, outside, states } = await dueTo(3);
	let refusals = 0;
	// Held by another process from the moment the first message leaves, for longer than any write waits.
	const held: Db = {
		...db,
		write: async (work) => {
			if (outside.service.attempts === 0 || refusals >= 8) return db.write(work);
			refusals += 1;
			throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
		},
	};
	// The claims may be refused, as may the records: the portal ticks again.
	await tickAt(held, outside, NOW).catch(() => {});
	await tickAt(held, outside, NOW);
	expect(refusals).toBe(8);
	expect(await states()).toEqual(['sent', 'sent', 'sent']);
	await tickAt(db, outside, later(5 * MINUTE));
	expect(outside.service.received).toHaveLength(3);
	expect((await remindersIn(db)).map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
});

test.each([
	['', 0],
	[': after five hours without a worker, no SMS is paid for instead', 5 * 60 * MINUTE],
])(
	'a turn that did not come is no try: nothing is written of it, and the message is due again%s',
	async (_, downFor) => {
		const { db, outside, people } = await dueTo(1);
		await db.write((tx) =>
			tx
				.update(person)
				.set({ channelOrder: ['email', 'sms'] })
				.where(eq(person.id, people[0]!)),
		);
		const { sendMail } = outside.edges;
		let turns = 0;
		outside.edges.sendMail = async (mail) => ((turns += 1) <= 6 ? BUSY : sendMail(mail));
		await tickAt(db, outside, later(downFor));
		expect(turns).toBe(7);
		expect(await db.read.select({ channel: delivery.channel, outcome: delivery.outcome }).from(delivery)).toEqual([
			{ channel: 'email', outcome: 'accepted' },
		]);
		expect(await remindersIn(db)).toMatchObject([{ state: 'sent', attempts: 0 }]);
	},
);
