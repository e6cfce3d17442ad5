/**
 * Preloaded into a portal under test (`NODE_OPTIONS=--import`): told `{ full: true }`, its database may not grow by a page
 * any more, which SQLite answers exactly as a disk without room; a file of somebody stops in the middle, as on such a disk.
 */
import Database from 'better-sqlite3';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const LARGEST = 4_294_967_294;
const { exec } = Database.prototype;
const { open } = files;
let full = false;

Database.prototype.exec = function (sql) {
	if (sql === 'BEGIN IMMEDIATE') this.pragma(`max_page_count = ${full ? 1 : LARGEST}`);
	return exec.call(this, sql);
};

files.open = async (...inputs) => {
	const handle = await open(...inputs);
	const { writeFile } = handle;
	handle.writeFile = async (bytes) => {
		if (!full) return writeFile.call(handle, bytes);
		await writeFile.call(handle, bytes.subarray(0, bytes.length / 2));
		throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
	};
	return handle;
};
syncBuiltinESMExports();

process.on('message', (message) => {
	if (typeof message?.full !== 'boolean') return;
	full = message.full;
	process.send?.({ full });
});
process.channel?.unref();
