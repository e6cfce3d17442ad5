import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Queries } from './client.ts';
import { meta } from './schema/index.ts';
import { whileUnchanged } from './unchanged.ts';

const write = (q: Queries, key: string) => q.insert(meta).values({ key, value: 'x' });

test('what was read is kept until anything is written, by this process or another, and under its own key only', async () => {
	const db = await testDatabase();
	const read = vi.fn(async () => (await db.read.select().from(meta).limit(10)).length);
	const asked = (key = 'rows') => whileUnchanged(db.read, key, read);
	expect([await asked(), await asked()]).toEqual([0, 0]);
	expect(read).toHaveBeenCalledTimes(1);
	await asked('other');
	expect(read).toHaveBeenCalledTimes(2);

	await db.write(async (tx) => void (await write(tx, 'ours')));
	expect([await asked(), await asked()]).toEqual([1, 1]);
	expect(read).toHaveBeenCalledTimes(3);

	const elsewhere = new Database(db.raw.name);
	elsewhere.prepare(`INSERT INTO meta (key, value) VALUES ('theirs', 'x')`).run();
	elsewhere.close();
	expect([await asked(), await asked('other')]).toEqual([2, 2]);
});

test('what was read while somebody wrote is not kept, nor what a transaction has not committed', async () => {
	const db = await testDatabase();
	const rows = (q: Queries) => async () => (await q.select().from(meta).limit(10)).length;
	const meanwhile = await whileUnchanged(db.read, 'rows', async () => {
		const before = await rows(db.read)();
		await db.write(async (tx) => void (await write(tx, 'meanwhile')));
		return before;
	});
	expect([meanwhile, await whileUnchanged(db.read, 'rows', rows(db.read))]).toEqual([0, 1]);

	await db.write(async (tx) => {
		expect(await whileUnchanged(tx, 'rows', rows(tx))).toBe(1);
		await write(tx, 'inside');
		expect(await whileUnchanged(tx, 'rows', rows(tx))).toBe(2);
	});
});
