import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';

/**
 * `worker-process.ts` as one file, for tests that start it many times: loaded from its sources, each start costs seconds.
 * Inside the project, so that its packages are found.
 */
export async function bundleWorker(): Promise<{ script: string; remove: () => void }> {
	mkdirSync('.svelte-kit', { recursive: true });
	const outDir = mkdtempSync(path.resolve('.svelte-kit', 'worker-'));
	await build({
		configFile: false,
		logLevel: 'error',
		build: { ssr: 'tests/support/worker-process.ts', outDir, target: 'node20', minify: false, emptyOutDir: false },
	});
	return { script: path.join(outDir, 'worker-process.js'), remove: () => rmSync(outDir, { recursive: true }) };
}
