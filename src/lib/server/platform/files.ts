/**
 * Files of people (architecture.md §4): one folder, `DATA_DIR/files`, each file sealed to its own name, a random id. A file is
 * there whole or not at all: written beside, flushed to the disk, then named.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { config } from './config.ts';
import { DomainError } from './errors.ts';
import { resealBytes, sealBytes, unsealBytes } from './sealing.ts';

/** Being written, or left by a process that was killed. */
const HALF = '.half';
const ID = /^[\w-]{16,64}$/;

export const filesFolder = () => path.join(config().dataDir, 'files');

function fileOf(id: string): string {
	if (!ID.test(id)) throw new Error('not the id of a file');
	return path.join(filesFolder(), id);
}
const placeOf = (id: string) => `files:${id}`;

/** The disk takes nothing now: full, over its quota, failing. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

/** @throws DomainError `files_full` (unavailable) when the disk takes no more: nothing of it stays */
export async function writeFile(id: string, bytes: Buffer): Promise<void> {
	const file = fileOf(id);
	const half = file + HALF;
	await mkdir(filesFolder(), { recursive: true, mode: 0o700 });
	try {
		const handle = await open(half, 'wx', 0o600);
		try {
			await handle.writeFile(sealBytes(placeOf(id), bytes));
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(half, file);
		await flushFolder();
	} catch (problem) {
		await removeFile(id);
		if (NO_ROOM.has((problem as NodeJS.ErrnoException).code ?? '')) throw new DomainError('files_full', 'unavailable');
		throw problem;
	}
}

/** The name is on the disk as well. */
async function flushFolder(): Promise<void> {
	const folder = await open(filesFolder(), 'r');
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}

/** @throws when it is not there, was altered, or was sealed under another key */
export async function readSealed(id: string): Promise<Buffer> {
	return unsealBytes(placeOf(id), await readFile(fileOf(id)));
}

/**
 * Seals a file under the present key, in place of itself: written beside, flushed, then named.
 * @returns whether it was not yet @throws when it is not there, or no key opens it
 */
export async function resealFile(id: string): Promise<boolean> {
	const file = fileOf(id);
	const bytes = resealBytes(placeOf(id), await readFile(file));
	if (!bytes) return false;
	const beside = `${file}.again${HALF}`;
	try {
		const handle = await open(beside, 'w', 0o600);
		try {
			await handle.writeFile(bytes);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(beside, file);
	} finally {
		await rm(beside, { force: true });
	}
	await flushFolder();
	return true;
}

/** Ids of the files on the disk. */
export const listFiles = async (): Promise<string[]> =>
	(await readdir(filesFolder()).catch(() => [])).filter((name) => ID.test(name));

/** Removed twice, it is removed. */
export async function removeFile(id: string): Promise<void> {
	for (const name of [fileOf(id), fileOf(id) + HALF]) await rm(name, { force: true });
}

/** How old a file nobody knows must be: the one being sent now is known in a moment. */
const ORPHAN_MS = 3_600_000;

/** Removes what no row knows any more, or never did: a process was killed, a row is gone. @returns how many */
export async function sweepFiles(known: ReadonlySet<string>): Promise<number> {
	let removed = 0;
	for (const name of await readdir(filesFolder()).catch(() => [])) {
		if (known.has(name)) continue;
		const file = path.join(filesFolder(), name);
		const written = await stat(file).catch(() => undefined);
		// The disk's own clock wrote that time: it is compared with the machine's, not with the instant of the tick.
		if (!written || Date.now() - written.mtimeMs < ORPHAN_MS) continue;
		await rm(file, { force: true });
		removed++;
	}
	return removed;
}
