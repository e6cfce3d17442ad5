import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** What keeps something for the whole process – its environment, the demo's mailbox, the database of the pages – has a process to itself. */
const ALONE = [
	'src/lib/server/platform/{mail,sms}.test.ts',
	'src/lib/server/reminders/{discretion,processes}.test.ts',
	'src/lib/server/web/{codes,session}.test.ts',
	'tests/offers-command.test.ts',
];
const EVERY = ['src/**/*.test.ts', 'tests/**/*.test.ts'];
const NEVER = ['tests/e2e/**', 'node_modules/**'];

export default defineConfig({
	resolve: { alias: { $lib: path.resolve('src/lib') } },
	test: {
		// Processes rather than threads: a native module that is still open when a thread ends takes the others with it.
		pool: 'forks',
		maxWorkers: 2,
		// A busy machine is slow, not wrong: this ends what hangs, and measures nothing.
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// Plain modules, thousands of them: Node reads them itself, which takes a fifth of the time.
		server: { deps: { external: [/\/src\/lib\/paraglide\//] } },
		globalSetup: ['tests/support/run-folder.ts'],
		setupFiles: ['tests/support/setup.ts'],
		// The others share theirs: reading the same modules again for each file took longer than the tests.
		projects: [
			{ extends: true, test: { name: 'alone', include: ALONE, exclude: NEVER } },
			{ extends: true, test: { name: 'together', include: EVERY, exclude: [...NEVER, ...ALONE], isolate: false } },
		],
	},
});
