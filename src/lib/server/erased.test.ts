import { eq } from 'drizzle-orm';
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import { aPerson, aReferent, aTerritory, NOW } from '../../../tests/factories/index.ts';
import { insertOne } from '../../../tests/factories/insert.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { fullScans } from '../../../tests/support/plans.ts';
import { aWholeFile } from '../../../tests/support/whole-file.ts';
import { openDatabase, type Db } from './db/client.ts';
import { archivedFile, auditEntry, municipality, person } from './db/schema/index.ts';
import { emptyWriteLog } from './db/write-log.ts';
import { eraseAgain, erasuresOf, readErased, tellErased } from './erased.ts';
import { erasePerson } from './erasing.ts';
import { mergePeople } from './merging.ts';
import { archivePerson } from './retention.ts';

const YEAR_MS = 365 * 86_400_000;
const later = (ms: number) => new Date(NOW.getTime() + ms);

let db: Db;
let folder: string;
beforeEach(async () => {
	db = await testDatabase();
	folder = mkdtempSync(path.join(inject('testFolder'), 'erased-'));
});

/** As the database was at this moment, opened. */
function aCopyOf(made: Db): Db & { file: string } {
	emptyWriteLog(made);
	const file = path.join(folder, 'copy.db');
	copyFileSync(made.raw.name, file);
	const copy = openDatabase(file);
	onTestFinished(() => copy.close());
	return { ...copy, file };
}
const people = async (of: Db) => (await of.read.select({ id: person.id }).from(person)).map(({ id }) => id);
const erase = (personId: string, at: Date) =>
	db.write((tx) => erasePerson(tx, { personId, reason: 'asked', by: null, now: at }));

test('a copy of the past forgets again whom the database erased since, to the last byte', async () => {
	const territoryId = (await aTerritory(db)).id;
	const referent = await aReferent(db, { territoryId });
	await insertOne(db, municipality, {
		...{ inseeCode: '99001', name: 'Exemple', searchName: 'exemple', departmentCode: '99', population: 10 },
	});
	const gone = await aWholeFile(db, { territoryId, referent, number: 1 }, { lastName: 'Xylophone' });
	const stays = await aPerson(db, { territoryId });
	const copy = aCopyOf(db);
	await erase(gone.id, later(1000));

	const erasures = await erasuresOf(db.read);
	expect(await eraseAgain(copy, erasures, later(5000))).toBe(1);
	expect(await people(copy)).toEqual([stays.id]);
	emptyWriteLog(copy);
	expect(readFileSync(copy.file).includes('Xylophone')).toBe(false);
	// The copy tells it in its turn, with the day and the reason; asked twice, it is done once.
	expect(await erasuresOf(copy.read)).toEqual([{ id: gone.id, at: later(1000), reason: 'asked' }]);
	expect(await eraseAgain(copy, erasures, later(6000))).toBe(0);
	expect(await erasuresOf(copy.read)).toHaveLength(1);
});

test('a copy from before two files became one forgets the other of the two as well', async () => {
	const territoryId = (await aTerritory(db)).id;
	const [kept, joined, stays] = [
		await aPerson(db, { territoryId }),
		await aPerson(db, { territoryId, lastName: 'Xylophone' }),
		await aPerson(db, { territoryId }),
	];
	const copy = aCopyOf(db);
	await db.write((tx) => mergePeople(tx, { from: joined.id, to: kept.id, by: null, now: NOW }));
	await erase(kept.id, later(1000));

	expect(await eraseAgain(copy, await erasuresOf(db.read), later(5000))).toBe(2);
	expect(await people(copy)).toEqual([stays.id]);
	emptyWriteLog(copy);
	expect(readFileSync(copy.file).includes('Xylophone')).toBe(false);
	// It is told beside the database too.
	const file = path.join(folder, 'erased.jsonl');
	await tellErased(db, later(5000), file);
	expect(
		readErased(file)
			.map(({ id }) => id)
			.sort(),
	).toEqual([kept.id, joined.id].sort());
});

test('whoever was archived since is archived again, until the day that was said; past that day nothing stays', async () => {
	const heard = new Date(NOW.getTime() - 2 * YEAR_MS);
	const [kept, over] = [
		await aPerson(db, { lastName: 'Xylophone', lastContactAt: heard }),
		await aPerson(db, { lastName: 'Xylophone', lastContactAt: new Date(heard.getTime() - 3 * YEAR_MS) }),
	];
	const copy = aCopyOf(db);
	for (const { id } of [kept, over]) await db.write((tx) => archivePerson(tx, { personId: id, now: NOW }));
	const [archive] = await db.read.select().from(archivedFile).where(eq(archivedFile.id, kept.id));

	expect(await eraseAgain(copy, await erasuresOf(db.read), later(1000))).toBe(2);
	expect(await people(copy)).toEqual([]);
	const left = await copy.read.select().from(archivedFile);
	expect(left).toMatchObject([{ id: kept.id, archivedAt: NOW, eraseAt: archive!.eraseAt }]);
	emptyWriteLog(copy);
	expect(readFileSync(copy.file).includes('Xylophone')).toBe(false);
});

test('whoever came and left since leaves a line for the copies made meanwhile', async () => {
	const copy = aCopyOf(db);
	const { id } = await aPerson(db);
	await erase(id, NOW);
	expect(await eraseAgain(copy, await erasuresOf(db.read), NOW)).toBe(0);
	expect(await erasuresOf(copy.read)).toEqual([{ id, at: NOW, reason: 'asked' }]);
});

test('the list beside the database is added to, once each, and holds ids, dates and reasons alone', async () => {
	const file = path.join(folder, 'erased.jsonl');
	expect(await tellErased(db, later(2000), file)).toBe(0);
	const [one, two] = [await aPerson(db, { lastName: 'Xylophone' }), await aPerson(db)];
	await erase(one.id, NOW);
	expect(await tellErased(db, later(2000), file)).toBe(1);
	expect(await tellErased(db, later(2000), file)).toBe(0);
	// A process killed while it wrote: that line is told again.
	appendFileSync(file, `{"id":"${two.id}","at":"2026-`);
	await erase(two.id, later(1000));
	await tellErased(db, later(2000), file);
	await tellErased(db, later(2000), file);
	expect(readErased(file)).toEqual([
		{ id: one.id, at: NOW, reason: 'asked' },
		{ id: two.id, at: later(1000), reason: 'asked' },
	]);
	expect(readFileSync(file, 'utf8')).not.toContain('Xylophone');
	// It outlives the journal, which tells a year.
	await db.write((tx) => tx.delete(auditEntry));
	expect(await tellErased(db, later(2000), file)).toBe(0);
	expect(readErased(file)).toHaveLength(2);
});

test('what the journal tells of erasures is read by its index each hour', async () => {
	expect(await fullScans(db, () => erasuresOf(db.read, NOW))).toEqual([]);
});
