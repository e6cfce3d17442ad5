import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from '../../scripts/build-if-stale.mjs';
import { SEEDED } from './portal.ts';

const STAMP = path.join(SEEDED, 'made-from');

/**
 * One seeded database for all browser tests; each portal under test starts from a copy. Made again when the code or the
 * day changed, because its dates are relative to today.
 */
export function seedIfStale(): void {
	const wanted = fingerprint(['src/lib/server', 'drizzle', 'reference', 'tests/support']) + new Date().toDateString();
	if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
	rmSync(SEEDED, { recursive: true, force: true });
	mkdirSync(SEEDED, { recursive: true });
	const seeded = spawnSync(process.execPath, ['--import', 'tsx', 'tests/support/seed.ts'], {
		stdio: 'inherit',
		env: { ...process.env, DEMO: '1', DATA_DIR: SEEDED, LOG_LEVEL: 'error' },
	});
	if (seeded.status !== 0) throw new Error('the demo data could not be made');
	writeFileSync(STAMP, wanted);
}

// On its own, `npm test` makes it while one core has nothing else to do.
if (process.argv[1] === fileURLToPath(import.meta.url)) seedIfStale();
