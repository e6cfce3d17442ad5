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
	before.exec(`INSERT INTO territory
		(id, code, name, programme_label, zone, holiday_zone, phone, email, postal_address, accent, settings)
		VALUES ('t1', '08', 'Ardennes', '', 'Europe/Paris', '', '', '', '', '', '{}');
		INSERT INTO person
		(id, territory_id, first_name, last_name, search_name, locale, channel_order, wording, muted_kinds, created_at, last_contact_at)
		VALUES ('p1', 't1', 'Alix', 'Martin', '', 'fr', '[]', '', '[]', 1, 1);
		INSERT INTO pathway (id, person_id, territory_id, kind, started_at) VALUES ('w1', 'p1', 't1', 'pro', 5);
		INSERT INTO stage (id, pathway_id, position, name, target_days, day_type, state, entered_at)
		VALUES ('s1', 'w1', 1, '{}', 30, 'calendar', 'current', 7)`);
	before.close();
	migrateDatabase(file, FOLDER);
	const after = new Database(file, { readonly: true });
	expect(after.prepare('SELECT reference, status, priority FROM support_request').all()).toEqual([
		{ reference: '08-K7-XXXX', status: 'submitted', priority: 0 },
	]);
	// What a pathway waits since is known of older ones too (decision 0009).
	expect(after.prepare('SELECT moved_at, met_at, reviewed_at FROM pathway').all()).toEqual([
		{ moved_at: 7, met_at: 5, reviewed_at: 5 },
	]);
	const played = after.prepare('SELECT count(*) AS count FROM __drizzle_migrations').get() as { count: number };
	expect(played.count).toBe(journalOf(FOLDER).entries.length);
	after.close();
});

test('what is released is never edited: databases out there have played it', () => {
	const released = readFileSync(path.join(FOLDER, '0000_initial.sql'));
	expect(createHash('sha256').update(released).digest('hex').slice(0, 16)).toBe('b12a32c5d71dc587');
});
