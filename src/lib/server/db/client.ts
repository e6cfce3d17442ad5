import Database from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { log } from '../platform/log.ts';
import { keepResultsOf } from './unchanged.ts';

/** What `db.read` and a transaction share. Queries take it first; they `await` every statement, for both engines. */
export type Queries = BetterSQLite3Database;
/** The handle inside `db.write`. Commands take it first and never open another. */
export type Tx = Queries & { readonly __tx?: true };

export interface Db {
	/** Never blocks on a writer: a WAL snapshot per statement. */
	read: Queries;
	/**
	 * One immediate transaction; rolls back on throw. Inside, await the database only: the single writer is held.
	 * Calls queue in order within the process; other processes wait up to `busy_timeout`.
	 */
	write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
	/** Raw handle for what Drizzle has no word for (full-text search, backup, checks). */
	raw: Database.Database;
	close(): void;
}

/** Settings that must hold; asserted after opening because a typo in a pragma is silent (reliability.md §3). */
const PRAGMAS: [name: string, value: string, expected: unknown][] = [
	['journal_mode', 'WAL', 'wal'],
	['synchronous', 'FULL', 2],
	['foreign_keys', 'ON', 1],
	['secure_delete', 'ON', 1],
	['trusted_schema', 'OFF', 0],
	['cell_size_check', 'ON', 1],
	['busy_timeout', '5000', 5000],
	// 16 MB of pages at most, for each connection: the usual 2 MB hold less of a large file than one search goes through.
	['cache_size', '-16000', -16000],
];

function open(file: string): Database.Database {
	const handle = new Database(file, { timeout: 5000 });
	for (const [name, value, expected] of PRAGMAS) {
		handle.pragma(`${name} = ${value}`);
		const got = handle.pragma(name, { simple: true });
		if (got !== expected) throw new Error(`SQLite refused ${name}=${value} (got ${String(got)})`);
	}
	return handle;
}

const SLOW_WRITE_MS = 1000;

/** Longest a write waits for another process, from when it was asked for: those queued behind it do not add up. */
const PATIENCE_MS = 5_000;
const BETWEEN_TRIES_MS = 20;
/**
 * A process that writes without end (a burst of messages) leaves a gap this often, longer than the time between two tries of another:
 * nothing queues for the file, and whoever tries would find it held until its patience ends.
 */
const TURN_MS = 500;
const GAP_MS = 1.5 * BETWEEN_TRIES_MS;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits its turn without keeping this process from answering, as SQLite's own wait would. @throws SQLITE_BUSY */
async function begin(writer: Database.Database, askedAt: number): Promise<void> {
	for (;;) {
		try {
			writer.exec('BEGIN IMMEDIATE');
			return;
		} catch (error) {
			if (!codeOf(error).startsWith('SQLITE_BUSY') || performance.now() - askedAt > PATIENCE_MS) throw error;
			await pause(BETWEEN_TRIES_MS);
		}
	}
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** The database can take nothing for now: held by another process, disk full or failing. Nothing was written. */
export const isUnavailable = (error: unknown): boolean => /^SQLITE_(BUSY|FULL|IOERR)/.test(codeOf(error));

type Select = Parameters<SQLiteSyncDialect['buildSelectQuery']>[0];

/**
 * Drizzle over a connection, with the number of a `limit` written into the statement. Sent as a value, as Drizzle does, SQLite
 * (since 3.48) compiles the statement again at each run, because the number counts for the plan: that took four times what running it did.
 */
function queriesOn(handle: Database.Database): Queries {
	const queries = drizzle(handle);
	const { dialect } = queries as unknown as { dialect: SQLiteSyncDialect };
	const build = dialect.buildSelectQuery.bind(dialect);
	const written = (limit: Select['limit']) =>
		typeof limit === 'number' ? (sql.raw(String(Math.trunc(limit))) as unknown as Select['limit']) : limit;
	dialect.buildSelectQuery = (select) => build({ ...select, limit: written(select.limit) });
	return queries;
}

/** Opens two connections to one SQLite file: one reads, one writes. */
export function openDatabase(file: string): Db {
	const writer = open(file);
	writer.pragma('busy_timeout = 0');
	const reader = open(file);
	reader.pragma('query_only = ON');
	const tx = queriesOn(writer) as Tx;
	const read = queriesOn(reader);
	keepResultsOf(read, reader);
	let last: Promise<unknown> = Promise.resolve();
	let turnBegan = 0;
	let endedAt = -Infinity;

	async function leaveGap() {
		const isIdle = performance.now() - endedAt > BETWEEN_TRIES_MS;
		const isLong = performance.now() - turnBegan > TURN_MS;
		if (!isIdle && isLong) await pause(GAP_MS);
		if (isIdle || isLong) turnBegan = performance.now();
	}

	async function run<T>(work: (tx: Tx) => Promise<T>, askedAt: number): Promise<T> {
		await leaveGap();
		await begin(writer, askedAt);
		const started = performance.now();
		try {
			const result = await work(tx);
			writer.exec('COMMIT');
			return result;
		} catch (error) {
			if (writer.inTransaction) writer.exec('ROLLBACK');
			throw error;
		} finally {
			endedAt = performance.now();
			const held = endedAt - started;
			if (held > SLOW_WRITE_MS) log.warn({ heldMs: Math.round(held) }, 'a write held the database for long');
		}
	}

	return {
		read,
		write(work) {
			const askedAt = performance.now();
			const mine = last.then(() => run(work, askedAt));
			last = mine.catch(() => undefined);
			return mine;
		},
		raw: reader,
		close() {
			reader.close();
			writer.close();
		},
	};
}
