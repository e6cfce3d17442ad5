import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
	resolve: { alias: { $lib: path.resolve('src/lib') } },
	test: {
		include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
		exclude: ['tests/e2e/**', 'node_modules/**'],
		// Processes rather than threads: a native module that is still open when a thread ends takes the others with it.
		pool: 'forks',
		maxWorkers: 2,
		// A busy machine is slow, not wrong: this ends what hangs, and measures nothing.
		testTimeout: 30_000,
		hookTimeout: 60_000,
		globalSetup: ['tests/support/run-folder.ts'],
		setupFiles: ['tests/support/setup.ts'],
	},
});
