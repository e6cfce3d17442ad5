import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { SEEDED } from './portal.ts';

/** One seeded database for all browser tests; each portal under test starts from a copy. */
export default function setup(): void {
	rmSync(SEEDED, { recursive: true, force: true });
	mkdirSync(SEEDED, { recursive: true });
	const seeded = spawnSync(process.execPath, ['--import', 'tsx', 'tests/support/seed.ts'], {
		stdio: 'inherit',
		env: { ...process.env, DEMO: '1', DATA_DIR: SEEDED },
	});
	if (seeded.status !== 0) throw new Error('the demo data could not be made');
}
