import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { WrongDatabaseError } from './ownership.ts';

/**
 * Brings the database to the schema of this code, once, even when several processes start together: Drizzle reads its
 * journal before BEGIN, so the whole of it is serialised by an exclusive lock on a side database (reliability.md §3).
 * A failing migration is rolled back entirely.
 * @throws when the database was made by newer code, or is damaged
 */
export function migrateDatabase(file: string, folder: string): void {
	mkdirSync(path.dirname(file), { recursive: true });
	const lock = new Database(`${file}.lock`, { timeout: 60_000 });
	lock.exec('BEGIN EXCLUSIVE');
	const handle = new Database(file, { timeout: 5000 });
	try {
		const damage = handle.pragma('quick_check', { simple: true });
		if (damage !== 'ok') throw new Error(`The database is damaged: ${String(damage)}`);
		handle.pragma('journal_mode = WAL');
		refuseNewerSchema(handle, folder);
		// Table rebuilds written by drizzle-kit need foreign keys off, which only works outside a transaction.
		handle.pragma('foreign_keys = OFF');
		migrate(drizzle(handle), { migrationsFolder: folder });
		const broken = handle.pragma('foreign_key_check') as unknown[];
		if (broken.length > 0) throw new Error(`Migration left ${broken.length} broken reference(s)`);
	} finally {
		handle.close();
		lock.exec('COMMIT');
		lock.close();
	}
}

function refuseNewerSchema(handle: Database.Database, folder: string): void {
	const known = handle.prepare(`SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'`).get();
	if (!known) return;
	const { latest } = handle.prepare('SELECT max(created_at) AS latest FROM __drizzle_migrations').get() as {
		latest: number | null;
	};
	const journal = JSON.parse(readFileSync(path.join(folder, 'meta', '_journal.json'), 'utf8')) as {
		entries: { when: number }[];
	};
	const newest = Math.max(...journal.entries.map((entry) => entry.when));
	if (latest !== null && latest > newest)
		throw new WrongDatabaseError('The database was made by a newer version of this portal: start that version instead');
}
