import { expect, test } from 'vitest';
import { aPerson } from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import { reminder } from '../db/schema/index.ts';
import { lastMessages } from './messages.ts';

const now = new Date('2026-03-10T09:00:00Z');
const DAY_MS = 86_400_000;
const day = (days: number) => new Date(now.getTime() + days * DAY_MS);

async function aFile() {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db);
	const write = (onceKey: string, values: Partial<typeof reminder.$inferInsert> & { dueAt: Date }) =>
		insertOne(db, reminder, {
			...{ id: onceKey, onceKey, kind: 'manual', personId, path: '/accueil', state: 'sent', attempts: 0 },
			...{ usefulUntil: day(30), createdAt: values.dueAt },
			...values,
		});
	const ids = async (limit = 5) => (await lastMessages(db.read, personId, limit, now)).map(({ id }) => id);
	return { db, personId, write, ids };
}

test('what is planned ahead does not push out the message that failed yesterday', async () => {
	const { write, ids } = await aFile();
	await write('failed', { dueAt: day(-1), state: 'failed', reason: 'unreachable' });
	for (const days of [1, 2, 3, 4, 5])
		await write(`planned ${days}`, { dueAt: day(days), state: 'scheduled', createdAt: now });
	expect(await ids()).toEqual(['failed']);
});

test('the last to leave comes first, whenever it was planned', async () => {
	const { db, personId, write, ids } = await aFile();
	await write('check in', { dueAt: day(-1), sentAt: day(-1), createdAt: day(-90) });
	await write('by hand', { dueAt: day(-3), sentAt: day(-3) });
	await write('put off', { dueAt: day(-2), sentAt: day(-0.5) });
	await write('leaving', { dueAt: now, state: 'sending' });
	expect(await ids()).toEqual(['leaving', 'put off', 'check in', 'by hand']);
	expect(await ids(2)).toEqual(['leaving', 'put off']);
	expect(await fullScans(db, () => lastMessages(db.read, personId, 5, now))).toEqual([]);
});
