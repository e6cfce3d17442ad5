import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
	interface ProvidedContext {
		/** Folder of this run, removed at its end. */
		testFolder: string;
	}
}

/** Once per run: the folder that holds the databases of all its tests. */
export default function setup(project: TestProject) {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-tests-'));
	project.provide('testFolder', folder);
	return () => rmSync(folder, { recursive: true, force: true });
}
