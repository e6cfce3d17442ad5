import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aServiceRow, aStructureRow } from './support/offers.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'offers-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string) => {
	writeFileSync(path.join(folder, name), content);
	return path.join(folder, name);
};

/** What the operator types and reads. */
const portal = (...args: string[]) =>
	new Promise<{ code: number; said: string; errors: string }>((resolve) => {
		execFile(
			process.execPath,
			['--import', 'tsx', 'scripts/portal.ts', ...args],
			{ env: { PATH: process.env.PATH, DEMO: '1', DATA_DIR: folder } },
			(error, said, errors) => resolve({ code: Number(error?.code ?? 0), said, errors }),
		);
	});

test('the operator imports two files, reads what became of them and of each broken row, and a cut file changes nothing', async () => {
	expect(await portal('import')).toMatchObject({ code: 0 });
	const structures = file('structures.json', `\ufeff${JSON.stringify([aStructureRow()])}`);
	const services = [aServiceRow(), aServiceRow({ id: 'fictif--casse', date_maj: 'hier' })];
	const both = [file('services.json', JSON.stringify(services)), structures];
	const first = await portal('offers', 'import', ...both);
	expect(first).toMatchObject({ code: 0, errors: expect.stringContaining('fictif--casse: date_maj: not a day') });
	expect(first.said).toContain('1 services are new, 0 are kept, 0 are gone');
	const cut = await portal('offers', 'import', file('cut.json', '[{"id": "fictif--'), structures);
	expect(cut).toMatchObject({ code: 1, errors: expect.stringContaining('is not a whole JSON file') });
}, 60_000);
