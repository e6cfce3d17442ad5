import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';

/**
 * Gives this test file an app database of its own (`$lib/server/db`), for the glue that opens it by itself. Call it at the
 * top of the file, before anything reads the configuration; other tests take `testDatabase()`.
 */
export function ownAppDatabase(): void {
	process.env.DATA_DIR = mkdtempSync(path.join(inject('testFolder'), 'app-'));
}
