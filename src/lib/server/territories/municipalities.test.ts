import { beforeAll, describe, expect, test } from 'vitest';
import { aMunicipality, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { municipality } from '../db/schema/index.ts';
import { importReference } from './commands.ts';
import { municipalitiesStartingWith, searchMunicipalities } from './queries.ts';

describe('searching a commune', () => {
	let db: Db;
	beforeAll(async () => {
		db = await testDatabase();
		await db.write((tx) => importReference(tx, process.cwd()));
	});
	const names = async (text: string, limit?: number) =>
		(await searchMunicipalities(db.read, text, limit)).map((found) => found.name);

	test('the most populated of those that start so comes first, with its département', async () => {
		expect((await searchMunicipalities(db.read, 'char'))[0]).toEqual({
			inseeCode: '08105',
			name: 'Charleville-Mézières',
			departmentCode: '08',
			departmentName: 'Ardennes',
			population: 45560,
		});
	});

	test.each(['charleville mez', 'CHARLEVILLE-MÉZ', 'Charlevillé  mèz', 'mezieres charl'])(
		'« %s » finds Charleville-Mézières',
		async (typed) => expect(await names(typed)).toContain('Charleville-Mézières'),
	);

	test.each(['st lo', 'Saint-Lô', 'saint lo', 'St-Lô'])('« %s » finds Saint-Lô first', async (typed) => {
		expect((await names(typed))[0]).toBe('Saint-Lô');
	});

	test('« st » may be a saint or the beginning of another name', async () => {
		const found = await names('st', 1000);
		expect(found).toContain('Stonne');
		expect(found).toContain('Saint-Lô');
	});

	test('each commune is found by its whole name, before those that only start so', async () => {
		expect((await names('le mesnil'))[0]).toBe('Le Mesnil');
		const rows = await db.read.select().from(municipality);
		expect(rows.length).toBeGreaterThan(1000);
		const hidden: string[] = [];
		for (const { inseeCode, name } of rows) {
			const found = await searchMunicipalities(db.read, name);
			if (!found.some((row) => row.inseeCode === inseeCode)) hidden.push(name);
		}
		expect(hidden).toEqual([]);
	});

	test('a word inside a name is found after the names that start so', async () => {
		expect(await names('echelle')).toContain("L'Échelle");
		const found = await names('belle', 50);
		const starting = found.filter((name) => /^bell/i.test(name)).length;
		expect(found.slice(0, starting).every((name) => /^bell/i.test(name))).toBe(true);
		expect(found.slice(starting)).toContain('Celles-sur-Belle');
	});

	test('nothing typed, signs only or no such name finds nothing', async () => {
		for (const typed of ['', '   ', '%', '_', '-', 'zzzzz', "'; DROP"]) expect(await names(typed)).toEqual([]);
	});

	test('no more than asked for, and none twice', async () => {
		expect(await names('saint', 5)).toHaveLength(5);
		const found = await searchMunicipalities(db.read, 'saint', 2000);
		expect(new Set(found.map((row) => row.inseeCode)).size).toBe(found.length);
	});

	test('names that start so are read from the index, not by going through all', () => {
		const query = municipalitiesStartingWith(db.read, ['saint lo'], 8).toSQL();
		const plan = db.raw.prepare(`EXPLAIN QUERY PLAN ${query.sql}`).all(...query.params) as { detail: string }[];
		const text = plan.map((line) => line.detail).join('\n');
		expect(text).toContain('municipality_search_name_idx (search_name>? AND search_name<?)');
		expect(text).not.toContain('SCAN municipality');
	});
});

describe('importing the reference', () => {
	test('run twice, it corrects and adds nothing twice', async () => {
		const db = await testDatabase();
		const first = await db.write((tx) => importReference(tx, process.cwd()));
		await db.write((tx) => tx.update(municipality).set({ name: 'Old name', population: 0 }));
		expect(await db.write((tx) => importReference(tx, process.cwd()))).toEqual(first);
		expect(await db.read.$count(municipality)).toBe(first.municipalities);
		expect(await searchMunicipalities(db.read, 'sedan')).toMatchObject([{ name: 'Sedan', population: 16667 }]);
	});

	test('communes that came from elsewhere stay', async () => {
		const db = await testDatabase();
		await aTerritory(db);
		const own = await aMunicipality(db, { name: 'Sainte-Exemple' });
		await db.write((tx) => importReference(tx, process.cwd()));
		expect(await searchMunicipalities(db.read, 'ste exemple')).toMatchObject([
			{ inseeCode: own.inseeCode, departmentName: null },
		]);
	});
});
