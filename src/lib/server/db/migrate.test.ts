import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { migrateDatabase } from './migrate.ts';

const FOLDER = path.resolve('drizzle/sqlite');
interface Journal {
	entries: { tag: string; when: number }[];
}
const journalOf = (folder: string) =>
	JSON.parse(readFileSync(path.join(folder, 'meta', '_journal.json'), 'utf8')) as Journal;

/** The migrations as they were when only the first ones existed. */
function firstOnes(count: number): string {
	const folder = mkdtempSync(path.join(inject('testFolder'), 'migrations-'));
	cpSync(FOLDER, folder, { recursive: true });
	const journal = journalOf(folder);
	const shorter = { ...journal, entries: journal.entries.slice(0, count) };
	writeFileSync(path.join(folder, 'meta', '_journal.json'), JSON.stringify(shorter));
	return folder;
}

test('a database of the first release takes every later migration with what is in it', () => {
	const file = path.join(mkdtempSync(path.join(inject('testFolder'), 'old-')), 'portal.db');
	migrateDatabase(file, firstOnes(1));
	const before = new Database(file);
	before.exec(`INSERT INTO support_request (id, reference, status, wants_call, channel, locale, created_at, updated_at)
		VALUES ('r1', '08-K7-XXXX', 'submitted', 0, 'email', 'fr', 1, 1)`);
	before.close();
	migrateDatabase(file, FOLDER);
	const after = new Database(file, { readonly: true });
	expect(after.prepare('SELECT reference, status, priority FROM support_request').all()).toEqual([
		{ reference: '08-K7-XXXX', status: 'submitted', priority: 0 },
	]);
	const played = after.prepare('SELECT count(*) AS count FROM __drizzle_migrations').get() as { count: number };
	expect(played.count).toBe(journalOf(FOLDER).entries.length);
	after.close();
});

test('what is released is never edited: databases out there have played it', () => {
	const released = readFileSync(path.join(FOLDER, '0000_initial.sql'));
	expect(createHash('sha256').update(released).digest('hex').slice(0, 16)).toBe('b12a32c5d71dc587');
});
