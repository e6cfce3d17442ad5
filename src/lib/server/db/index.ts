import path from 'node:path';
import { config } from '../platform/config.ts';
import { openDatabase, type Db } from './client.ts';
import { migrateDatabase } from './migrate.ts';

let opened: Db | undefined;

/** Opens the app's own database: migrates under a lock first. Called once at start. */
export function startDatabase(): Db {
	if (!opened) {
		const { databaseFile, root } = config();
		migrateDatabase(databaseFile, path.join(root, 'drizzle', 'sqlite'));
		opened = openDatabase(databaseFile);
	}
	return opened;
}

/** The app's own database, opened at first use. */
export const db: Db = {
	get read() {
		return startDatabase().read;
	},
	get raw() {
		return startDatabase().raw;
	},
	write: (work) => startDatabase().write(work),
	close() {
		opened?.close();
		opened = undefined;
	},
};

export { isUnavailable } from './client.ts';
export type { Db, Queries, Tx } from './client.ts';
