/**
 * `npm run bench`: the timed budgets of architecture.md §9. `npm run bench -- push search` measures those parts only,
 * `--quick` with a tenth of the people, `--long` with ten minutes of load instead of one.
 */
import './node-version.mjs';
import { spawnSync } from 'node:child_process';
import { buildIfStale } from './build-if-stale.mjs';

const NEED_THE_BUILD = ['pages', 'lighthouse', 'start', 'memory', 'phone'];
const words = process.argv.slice(2);
const parts = words.filter((word) => !word.startsWith('--'));
if (parts.length === 0 || parts.some((part) => NEED_THE_BUILD.includes(part))) buildIfStale();

const measured = spawnSync(process.execPath, ['--import', 'tsx', 'tests/bench/main.ts', ...words], {
	stdio: 'inherit',
});
process.exit(measured.status ?? 1);
