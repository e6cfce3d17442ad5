import Database from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../tests/support/database.ts';
import { isUnavailable, openDatabase, type Db, type Tx } from './client.ts';
import { meta } from './schema/index.ts';

const put = (key: string) => async (tx: Tx) => void (await tx.insert(meta).values({ key, value: 'x' }));
const keysOf = async (db: Db) => (await db.read.select().from(meta).limit(10)).map(({ key }) => key);

test('a write waits for another process, which keeps nobody from reading meanwhile', async () => {
	const db = await testDatabase();
	const other = new Database(db.raw.name);
	other.exec('BEGIN IMMEDIATE');
	const written = db.write(put('waited'));
	expect(await keysOf(db)).toEqual([]);
	expect(await keysOf(db)).toEqual([]);
	other.exec('COMMIT');
	other.close();
	await written;
	expect(await keysOf(db)).toEqual(['waited']);
});

test('writes of two connections take turns, and none is lost', async () => {
	const db = await testDatabase();
	const other = openDatabase(db.raw.name);
	const keys = Array.from({ length: 8 }, (_, index) => `key-${index}`);
	await Promise.all(keys.map((key, index) => (index % 2 ? db : other).write(put(key))));
	other.close();
	expect((await keysOf(db)).sort()).toEqual(keys);
});

test('a process that writes without end leaves another one its turn', { timeout: 60_000 }, async () => {
	const db = await testDatabase();
	const other = openDatabase(db.raw.name);
	const long = async () => {
		const until = performance.now() + 15;
		while (performance.now() < until);
	};
	let left = 100;
	const burst = Array.from({ length: left }, () => db.write(long).then(() => (left -= 1)));
	await burst[0];
	await other.write(put('turn'));
	expect(left).toBeGreaterThan(0);
	await Promise.all(burst);
	other.close();
});

test('a write that fails leaves nothing, and the next one goes on', async () => {
	const db = await testDatabase();
	const failing = db.write(async (tx) => {
		await put('half')(tx);
		throw new Error('no');
	});
	const next = db.write(put('whole'));
	await expect(failing).rejects.toThrow('no');
	await next;
	expect(await keysOf(db)).toEqual(['whole']);
});

test('a database that is full or held by another process is known from a fault of ours', async () => {
	const db = await testDatabase();
	await db.write(async (tx) => void (await tx.run(sql`PRAGMA max_page_count = 1`)));
	const full = db.write(async (tx) => void (await tx.insert(meta).values({ key: 'big', value: 'x'.repeat(100_000) })));
	expect(isUnavailable(await full.catch((error: unknown) => error))).toBe(true);
	const twice = db.write(async (tx) => {
		await put('same')(tx);
		await put('same')(tx);
	});
	expect(isUnavailable(await twice.catch((error: unknown) => error))).toBe(false);
	expect(isUnavailable(null)).toBe(false);
	expect(await keysOf(db)).toEqual([]);
});

test('the number of a limit is written into the statement: as a value, it would be compiled again at each run', async () => {
	const db = await testDatabase();
	const of = (most: number) => db.read.select({ key: meta.key }).from(meta).limit(most).toSQL();
	expect(of(7)).toEqual({ sql: 'select "key" from "meta" limit 7', params: [] });
	expect(of(2.9).sql).toMatch(/limit 2$/);
});
