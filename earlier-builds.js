/**
 * Scripts and styles of earlier builds, for pages that were open when the portal was changed: one that asks for a file
 * the new build no longer has must not break (ux.md §2.5).
 */
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

const WEEK_MS = 7 * 24 * 3_600_000;
/** Time of a file that the running build still has; any other is the moment it left the build. */
const IN_USE = new Date(0);
const TYPES = { '.js': 'text/javascript', '.css': 'text/css' };

/**
 * Puts the files of this build aside, forgets those that left it more than a week ago.
 * @param {string} build the build's own `_app/immutable`, whose names change with their content
 * @param {string} kept where all builds are put aside; the same folder at each start
 * @param {Date} now
 * @returns {Promise<Map<string, { body: Buffer, type: string }>>} files this build no longer has, by their name in it
 */
export async function keepEarlierBuilds(build, kept, now) {
	const ours = new Set(await filesUnder(build));
	const missing = new Set(ours);
	const earlier = new Map();
	for (const name of await filesUnder(kept)) {
		const file = path.join(kept, name);
		const { mtime } = await stat(file);
		const wasInUse = mtime.getTime() === IN_USE.getTime();
		if (ours.has(name)) {
			if (wasInUse) missing.delete(name);
			continue;
		}
		if (wasInUse) await utimes(file, now, now);
		else if (now.getTime() - mtime.getTime() > WEEK_MS) {
			await rm(file);
			continue;
		}
		earlier.set(name, { body: await readFile(file), type: TYPES[/** @type {'.js'} */ (path.extname(name))] });
	}
	for (const name of missing) {
		const file = path.join(kept, name);
		await mkdir(path.dirname(file), { recursive: true });
		// Whole or not at all, also on a full disk.
		await copyFile(path.join(build, name), `${file}.part`);
		await utimes(`${file}.part`, IN_USE, IN_USE);
		await rename(`${file}.part`, file);
	}
	return earlier;
}

/** Scripts and styles, by their name in the folder. @param {string} folder */
async function filesUnder(folder) {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
	return entries
		.filter((entry) => entry.isFile() && path.extname(entry.name) in TYPES)
		.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
