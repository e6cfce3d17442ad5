import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { openDatabase, type Db } from '../../src/lib/server/db/client.ts';
import { migrateDatabase } from '../../src/lib/server/db/migrate.ts';

const left = new Set<() => void>();

/**
 * A fresh, empty database with the real migrations, closed and deleted when the test ends (or, when it was made in a
 * `beforeAll`, when the file ends). Takes a few milliseconds.
 */
export async function testDatabase(): Promise<Db> {
	const folder = mkdtempSync(path.join(inject('testFolder'), 'db-'));
	const file = path.join(folder, 'portal.db');
	copyFileSync(template(), file);
	const db = openDatabase(file);
	const close = () => {
		db.close();
		rmSync(folder, { recursive: true, force: true });
		left.delete(close);
	};
	left.add(close);
	if (insideTest()) onTestFinished(close);
	return db;
}

/** The real migrations, played by the first test of the run that needs a database; the others copy the result. */
function template(): string {
	const shared = path.join(inject('testFolder'), 'template.db');
	if (!existsSync(shared)) {
		const own = path.join(mkdtempSync(path.join(inject('testFolder'), 'template-')), 'portal.db');
		migrateDatabase(own, path.resolve('drizzle/sqlite'));
		renameSync(own, shared);
	}
	return shared;
}

function insideTest(): boolean {
	try {
		onTestFinished(() => undefined);
		return true;
	} catch {
		return false;
	}
}

export function closeLeftDatabases(): void {
	for (const close of left) close();
}
