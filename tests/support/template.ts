import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrateDatabase } from '../../src/lib/server/db/migrate.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** Folder of this run, removed at its end. */
		testFolder: string;
		/** An empty, migrated database: tests copy it. */
		databaseTemplate: string;
	}
}

/** Once per run: the real migrations, played once into a file that every test copies. */
export default function setup(project: TestProject) {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-tests-'));
	const template = path.join(folder, 'template.db');
	migrateDatabase(template, path.resolve('drizzle/sqlite'));
	project.provide('testFolder', folder);
	project.provide('databaseTemplate', template);
	return () => rmSync(folder, { recursive: true, force: true });
}
