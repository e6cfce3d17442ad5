import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
	interface ProvidedContext {
		/** Folder of this run, removed at its end. */
		testFolder: string;
	}
}

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 1e9;

/** In memory where there is room: every commit waits for the disk, and a test proves nothing about disks. */
function fastFolder(): string {
	if (!existsSync(MEMORY)) return tmpdir();
	const { bavail, bsize } = statfsSync(MEMORY);
	return bavail * bsize > ENOUGH_BYTES ? MEMORY : tmpdir();
}

/** Once per run: the folder that holds the databases of all its tests. */
export default function setup(project: TestProject) {
	const folder = mkdtempSync(path.join(fastFolder(), 'portal-tests-'));
	project.provide('testFolder', folder);
	return () => rmSync(folder, { recursive: true, force: true });
}
