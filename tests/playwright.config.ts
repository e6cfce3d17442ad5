import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS } from './support/chromium.mjs';

export default defineConfig({
	testDir: './e2e',
	outputDir: '../test-results/e2e',
	fullyParallel: false,
	workers: 2,
	retries: 0,
	// Ends what hangs: pages and forms are many, and a busy machine is slow.
	timeout: 240_000,
	// A busy machine is slow, and no reason to fail: what comes is what is checked, not when.
	expect: { timeout: 30_000 },
	reporter: [['line'], ['json', { outputFile: '../test-results/e2e.json' }]],
	globalSetup: './support/e2e-setup.ts',
	use: {
		locale: 'fr-FR',
		viewport: { width: 360, height: 740 },
		screenshot: 'only-on-failure',
		launchOptions: { executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: CHROMIUM_FLAGS },
	},
});
