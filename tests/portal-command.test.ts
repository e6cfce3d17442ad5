import Database from 'better-sqlite3';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Db } from '../src/lib/server/db/client.ts';
import { erasePerson } from '../src/lib/server/erasing.ts';
import { aPerson, NOW } from './factories/index.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'portal-command-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the operator types and reads, on a machine where new files are readable by all. */
const portal = (...args: string[]) => portalWith({}, ...args);
const portalWith = (env: Record<string, string>, ...args: string[]) =>
	new Promise<{ code: number; said: string; errors: string }>((resolve) => {
		execFile(
			'sh',
			['-c', 'umask 022; exec "$0" "$@"', process.execPath, '--import', 'tsx', 'scripts/portal.ts', ...args],
			{ env: { PATH: process.env.PATH, DEMO: '1', DATA_DIR: path.join(folder, 'data'), ...env } },
			(error, said, errors) => resolve({ code: Number(error?.code ?? 0), said, errors }),
		);
	});
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

test('a territory is made, set, staffed, copied and put back from the command line', { timeout: 120_000 }, async () => {
	expect(await portal('territory', 'ardennes')).toMatchObject({ code: 0 });

	const changes = path.join(folder, 'settings.json');
	writeFileSync(changes, '{ "silenceDays": 21 }');
	expect(await portal('settings', 'ardennes', changes)).toMatchObject({
		code: 0,
		said: 'ardennes has changed: silenceDays.\n',
	});
	expect(JSON.parse((await portal('settings', 'ardennes')).said)).toMatchObject({ silenceDays: 21, reviewMonths: 6 });
	writeFileSync(changes, '{ "silenceDays": -1 }');
	expect(await portal('settings', 'ardennes', changes)).toMatchObject({
		code: 1,
		errors: expect.stringContaining('settings_invalid {"where":"silenceDays"}'),
	});

	const first = await portal('invite', 'Chef@example.fr', 'ardennes');
	expect(first.said).toMatch(/\/invitation\/[\w-]{43}\n$/);
	expect(await portal('invite', 'chef@example.fr', 'ardennes')).toMatchObject({
		code: 1,
		errors: expect.stringContaining('has an account already'),
	});

	const copy = path.join(folder, 'copy.db');
	expect(await portal('backup', copy)).toMatchObject({ code: 0 });
	expect([modeOf(copy), modeOf(`${copy}.files`)]).toEqual(['600', '700']);
	expect(await portal('check', copy)).toMatchObject({ code: 0, said: expect.stringContaining('database: ok') });
	expect(await portal('check', `${copy}.none`)).toMatchObject({
		code: 1,
		errors: expect.stringContaining('not there'),
	});

	// A day off that is not known would count as open: the operator hears of it a year before.
	const short = path.join(folder, 'short.db');
	await portal('backup', short);
	const lastYears = new Database(short);
	lastYears.prepare(`DELETE FROM holiday WHERE day > strftime('%Y-%m-%d', 'now', '+11 months')`).run();
	lastYears.close();
	expect(await portal('check', short)).toMatchObject({
		code: 1,
		said: expect.stringMatching(/database: ok[^]*public holidays: until .* up to date/),
	});

	// Nothing is put in the place of a database that somebody writes to.
	const running = new Database(path.join(folder, 'data', 'portal.db'));
	running.prepare("UPDATE territory SET name = 'Après la copie'").run();
	expect(await portal('restore', copy)).toMatchObject({ code: 1, errors: expect.stringContaining('still runs') });
	running.close();
	expect(await portal('restore', copy)).toMatchObject({ code: 0 });
	const replaced = new Database(path.join(folder, 'data', 'portal.db.before-restore'), { readonly: true });
	expect(replaced.prepare('SELECT DISTINCT name FROM territory').pluck().all()).toEqual(['Après la copie']);
	replaced.close();
	const restored = path.join(folder, 'data', 'portal.db');
	expect(modeOf(restored)).toBe('600');
	const database = new Database(restored, { readonly: true });
	const rows = (table: string) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
	expect([rows('account'), rows('invitation')]).toEqual([1, 0]);
	database.close();

	expect(await portal('reseal')).toMatchObject({
		code: 1,
		errors: expect.stringContaining('DATA_KEY_PREVIOUS is missing'),
	});
});

test(
	'a backup brings nobody back: whoever was erased since is erased again, or it is said that nobody knows',
	{
		timeout: 120_000,
	},
	async () => {
		const data = path.join(folder, 'data');
		const file = path.join(data, 'portal.db');
		const on = async <T>(work: (db: Db) => Promise<T>) => {
			const db = openDatabase(file);
			return work(db).finally(() => db.close());
		};
		const people = () =>
			on(async ({ raw }) => raw.prepare('SELECT last_name FROM person ORDER BY last_name').pluck().all());
		await portal('territory', 'doubs');
		const gone = await on((db) => aPerson(db, { territoryId: 'doubs', lastName: 'Xylophone' }));
		const stays = await on((db) => aPerson(db, { territoryId: 'doubs', lastName: 'Piano' }));
		mkdirSync(path.join(data, 'files'), { recursive: true });
		writeFileSync(path.join(data, 'files', 'a-file-that-no-row-names'), 'Xylophone');
		const copy = path.join(folder, 'people.db');
		await portal('check');
		await portal('backup', copy);
		await on((db) =>
			db.write((tx) => erasePerson(tx, { personId: gone.id, reason: 'asked', by: null, now: new Date() })),
		);

		const told = await portal('restore', copy);
		expect(told).toMatchObject({ code: 0, said: expect.stringContaining('1 file(s) that were erased'), errors: '' });
		expect(await people()).toEqual([stays.lastName]);
		expect(readFileSync(file).includes('Xylophone')).toBe(false);
		expect(readdirSync(path.join(data, 'files'))).toEqual([]);
		expect(readdirSync(data).filter((name) => name.includes('restoring'))).toEqual([]);

		// Under a key that does not open it, nothing is put in place, and no copy is left behind.
		const refused = await portalWith({ DATA_KEY: 'x'.repeat(43) }, 'restore', copy);
		expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining('another DATA_KEY') });
		expect(await people()).toEqual([stays.lastName]);
		expect(readdirSync(data).filter((name) => name.includes('restoring'))).toEqual([]);

		// Of a database that cannot be read nothing is known, but what stands in the list beside it.
		writeFileSync(file, 'not a database');
		const unknown = await portal('restore', copy);
		expect(unknown).toMatchObject({
			code: 0,
			errors: expect.stringMatching(/missing, damaged, or another one.* 0 line/),
		});
		expect(await people()).toEqual([stays.lastName, gone.lastName]);
		rmSync(file);
		writeFileSync(path.join(data, 'erased.jsonl'), `${JSON.stringify({ id: gone.id, at: NOW, reason: 'asked' })}\n`);
		const listed = await portal('restore', copy);
		expect(listed).toMatchObject({ code: 0, errors: expect.stringContaining('1 line(s)') });
		expect(await people()).toEqual([stays.lastName]);
	},
);
