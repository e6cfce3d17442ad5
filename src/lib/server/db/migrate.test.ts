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
		VALUES ('s1', 'w1', 1, '{}', 30, 'calendar', 'current', 7);
		INSERT INTO step (id, pathway_id, person_id, title_sealed, person_note_sealed, owner, state, created_at, version) VALUES
		('said', 'w1', 'p1', '', NULL, 'person', 'waiting', 1, 2),
		('noted', 'w1', 'p1', '', 'x', 'person', 'waiting', 2, 2),
		('put', 'w1', 'p1', '', NULL, 'person', 'waiting', 1, 2),
		('again', 'w1', 'p1', '', NULL, 'person', 'waiting', 1, 4),
		('theirs', 'w1', 'p1', '', NULL, 'referent', 'waiting', 1, 2);
		INSERT INTO audit_entry (id, at, actor_role, action, subject_id, detail) VALUES
		('e1', 3, 'beneficiary', 'step.changed', 'said', '{"from":"planned","to":"waiting"}'),
		('e2', 4, 'referent', 'step.changed', 'said', '{"from":"waiting","to":"waiting"}'),
		('e3', 3, 'referent', 'step.changed', 'put', '{"from":"planned","to":"waiting"}'),
		('e4', 3, 'beneficiary', 'step.changed', 'again', '{"from":"planned","to":"waiting"}'),
		('e5', 4, 'referent', 'step.changed', 'again', '{"from":"waiting","to":"planned"}'),
		('e6', 5, 'referent', 'step.changed', 'again', '{"from":"planned","to":"waiting"}')`);
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
	// Who said « je n’y arrive pas » before it was kept said it; a step put to wait by a professional says nothing.
	expect(after.prepare('SELECT id, stuck_at FROM step WHERE stuck_at IS NOT NULL ORDER BY id').all()).toEqual([
		{ id: 'noted', stuck_at: 2 },
		{ id: 'said', stuck_at: 3 },
	]);
	const played = after.prepare('SELECT count(*) AS count FROM __drizzle_migrations').get() as { count: number };
	expect(played.count).toBe(journalOf(FOLDER).entries.length);
	after.close();
});

test('a contact that no code can have reached opens no older account; nobody who came back is locked out', () => {
	const file = path.join(mkdtempSync(path.join(inject('testFolder'), 'accounts-')), 'portal.db');
	migrateDatabase(file, firstOnes(5));
	const before = new Database(file);
	const insert =
		before.prepare(`INSERT INTO account (id, role, status, email, phone, display_name, locale, created_at, last_seen_at)
		VALUES (?, ?, 'active', ?, ?, '', 'fr', 10, ?)`);
	insert.run('made and never seen again', 'beneficiary', 'a@example.fr', '+33639980001', 10);
	insert.run('by e-mail alone', 'beneficiary', 'b@example.fr', null, 10);
	insert.run('came back', 'beneficiary', 'c@example.fr', '+33639980003', 20);
	insert.run('professional', 'referent', 'd@example.fr', '+33639980004', null);
	before.close();
	migrateDatabase(file, FOLDER);
	const after = new Database(file, { readonly: true });
	expect(after.prepare('SELECT email, phone FROM account ORDER BY rowid').raw().all()).toEqual([
		[null, '+33639980001'],
		['b@example.fr', null],
		['c@example.fr', '+33639980003'],
		['d@example.fr', '+33639980004'],
	]);
	after.close();
});

test('what is released is never edited: databases out there have played it', () => {
	const released = readFileSync(path.join(FOLDER, '0000_initial.sql'));
	expect(createHash('sha256').update(released).digest('hex').slice(0, 16)).toBe('b12a32c5d71dc587');
});
