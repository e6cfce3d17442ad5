import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { endWhatOpens, OPENS_SOMETHING } from './restored.ts';

const handles: Database.Database[] = [];
afterEach(() => handles.splice(0).forEach((handle) => handle.close()));

/** The schema of the portal, with one row in each of these tables whatever they refer to. */
async function aCopy(names: readonly string[]): Promise<Database.Database> {
	const { raw } = await testDatabase();
	const handle = new Database(':memory:');
	handles.push(handle);
	handle.pragma('foreign_keys = OFF');
	for (const name of names) {
		handle.exec(String(raw.prepare('SELECT sql FROM sqlite_master WHERE name = ?').pluck().get(name)));
		const columns = raw.prepare(`SELECT name, "notnull" AS needed FROM pragma_table_info('${name}')`).all() as {
			name: string;
			needed: number;
		}[];
		handle.pragma('ignore_check_constraints = ON');
		const filled = columns.filter((column) => column.needed || column.name === 'id');
		handle.exec(
			`INSERT INTO ${name} (${filled.map((column) => column.name).join()}) VALUES (${filled.map(() => "'1'").join()})`,
		);
	}
	return handle;
}
const rows = (handle: Database.Database, table: string) =>
	handle.prepare(`SELECT count(*) FROM ${table}`).pluck().get();

test('every table that keeps the hash of a token is ended by a restore', async () => {
	const { raw } = await testDatabase();
	const withToken = raw
		.prepare(
			`SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND c.name LIKE '%token_hash'`,
		)
		.pluck()
		.all() as string[];
	expect(withToken.length).toBeGreaterThan(5);
	const ended: string[] = [...OPENS_SOMETHING, 'aid_proof'];
	expect(withToken.filter((name) => !ended.includes(name))).toEqual([]);
});

test('nothing of the past opens anything again; a proof says that it is revoked, a device taken off stays off', async () => {
	const handle = await aCopy([...OPENS_SOMETHING, 'aid_proof', 'removed_device']);
	endWhatOpens(handle, NOW);
	for (const table of OPENS_SOMETHING) expect(rows(handle, table), table).toBe(0);
	expect(handle.prepare('SELECT revoked_at FROM aid_proof').pluck().all()).toEqual([NOW.getTime()]);
	expect(rows(handle, 'removed_device')).toBe(1);
});
