import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aReferent } from '../../../tests/factories/index.ts';
import { insertOne } from '../../../tests/factories/insert.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { aFullFile } from '../../../tests/support/world-file.ts';
import type { Db } from './db/client.ts';
import { refuseWrongKey, WrongDatabaseError } from './db/ownership.ts';
import * as tables from './db/schema/index.ts';
import { config, newKeys } from './platform/config.ts';
import { listFiles, readSealed, writeFile } from './platform/files.ts';
import { newId } from './platform/ids.ts';
import { seal, unseal } from './platform/sealing.ts';
import { resealAll, SEALED } from './resealing.ts';

const before = { ...config() };
let db: Db;
beforeEach(async () => {
	// Files of other tests are under their own key.
	Object.assign(config(), { dataDir: mkdtempSync(path.join(tmpdir(), 'reseal-')) });
	db = await testDatabase();
	await insertOne(db, tables.municipality, {
		...{ inseeCode: '08105', name: 'Exemple', searchName: 'exemple', departmentCode: '08', population: 10 },
	});
	await aFullFile(db, 'CANARI', await aReferent(db), 9);
});
afterEach(() => {
	rmSync(config().dataDir, { recursive: true, force: true });
	Object.assign(config(), before);
});

/** A new key takes the place of the present one. */
const rotate = () => Object.assign(config(), { dataKey: newKeys().DATA_KEY, dataKeyPrevious: before.dataKey });
const forgetPrevious = () => Object.assign(config(), { dataKeyPrevious: null });

/** Every sealed text of the database with its place. */
const sealedTexts = () =>
	SEALED.flatMap(({ name, key, columns }) =>
		columns.flatMap(({ column }) =>
			(
				db.raw
					.prepare(`SELECT ${key.name} AS id, ${column.name} AS text FROM ${name} WHERE ${column.name} IS NOT NULL`)
					.all() as { id: string; text: string }[]
			).map(({ id, text }) => ({ place: `${name}.${column.name}:${id}`, text })),
		),
	);
const opened = () => sealedTexts().map(({ place, text }) => unseal(place, text));

test('every sealed column of the database is walked, of tables with one key', () => {
	const there = db.raw
		.prepare(
			`SELECT m.name || '.' || c.name AS place FROM sqlite_master m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND c.name LIKE '%sealed' ORDER BY 1`,
		)
		.pluck()
		.all();
	expect(SEALED.flatMap(({ name, columns }) => columns.map(({ column }) => `${name}.${column.name}`)).sort()).toEqual(
		there,
	);
	for (const { name } of SEALED) {
		const keys = db.raw.prepare(`SELECT count(*) FROM pragma_table_info('${name}') WHERE pk > 0`).pluck().get();
		expect(keys, name).toBe(1);
	}
});

test('with both keys everything is read; sealed anew, the new one alone opens it all, files included', async () => {
	const id = newId();
	await writeFile(id, Buffer.from('un papier'));
	const texts = opened();
	expect(texts.length).toBeGreaterThan(20);
	rotate();
	expect(opened()).toEqual(texts);
	// A batch of 3: some tables take several.
	const done = await resealAll(db, 3);
	expect(done).toMatchObject({ texts: texts.length, broken: new Map() });
	expect(done.files).toBe((await listFiles()).length);
	forgetPrevious();
	expect(opened()).toEqual(texts);
	expect((await readSealed(id)).toString()).toBe('un papier');
});

test('run again, or after it was stopped, it seals only what is not yet under the new key', async () => {
	rotate();
	const { place, text } = sealedTexts()[0]!;
	const [where, row] = place.split(':');
	const [table, column] = where!.split('.');
	const already = seal(place, unseal(place, text));
	await db.write(async (tx) => tx.run(`UPDATE ${table} SET ${column} = '${already}' WHERE id = '${row}'`));
	const { texts } = await resealAll(db);
	expect(texts).toBe(sealedTexts().length - 1);
	expect(sealedTexts().find((one) => one.place === place)!.text).toBe(already);
	expect(await resealAll(db)).toMatchObject({ texts: 0, files: 0 });
});

test('what neither key opens is counted by its place, and stops nothing', async () => {
	Object.assign(config(), { dataKey: newKeys().DATA_KEY });
	const lost = newId();
	await insertOne(db, tables.goal, {
		...{ id: lost, pathwayId: (await db.read.select().from(tables.pathway))[0]!.id, theme: 'housing', state: 'open' },
		...{ textSealed: seal(`goal.text_sealed:${lost}`, 'perdu'), createdAt: new Date(), version: 1 },
	});
	rotate();
	const { texts, broken } = await resealAll(db);
	expect(broken).toEqual(new Map([['goal.text_sealed', 1]]));
	expect(texts).toBe(sealedTexts().length - 1);
});

test('a portal refuses the wrong key, and to lose the one before while a text is still under it', async () => {
	await refuseWrongKey(db);
	await refuseWrongKey(db);
	Object.assign(config(), { dataKey: newKeys().DATA_KEY });
	await expect(refuseWrongKey(db)).rejects.toThrow(WrongDatabaseError);
	rotate();
	await refuseWrongKey(db);
	forgetPrevious();
	await expect(refuseWrongKey(db)).rejects.toThrow(WrongDatabaseError);
	Object.assign(config(), { dataKeyPrevious: before.dataKey });
	await resealAll(db);
	forgetPrevious();
	await refuseWrongKey(db);
});
