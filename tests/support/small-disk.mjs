/**
 * Preloaded into a portal under test (`NODE_OPTIONS=--import`): told `{ full: true }`, its database may not grow by a page
 * any more, which SQLite answers exactly as a disk without room.
 */
import Database from 'better-sqlite3';

const LARGEST = 4_294_967_294;
const { exec } = Database.prototype;
let full = false;

Database.prototype.exec = function (sql) {
	if (sql === 'BEGIN IMMEDIATE') this.pragma(`max_page_count = ${full ? 1 : LARGEST}`);
	return exec.call(this, sql);
};

process.on('message', (message) => {
	if (typeof message?.full !== 'boolean') return;
	full = message.full;
	process.send?.({ full });
});
process.channel?.unref();
