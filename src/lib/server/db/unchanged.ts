import type Database from 'better-sqlite3';
import type { Queries } from './client.ts';

interface Kept {
	/** Changes with every commit of another connection, in this process or another. */
	version: () => unknown;
	at: unknown;
	results: Map<string, unknown>;
}

const kept = new WeakMap<Queries, Kept>();
/** Combinations of filters that are looked at between two writes; the longest list is about a megabyte. */
const MOST_RESULTS = 20;

/** Lets `whileUnchanged` keep what is read through a connection that never writes. */
export function keepResultsOf(reads: Queries, handle: Database.Database): void {
	const statement = handle.prepare('PRAGMA data_version').pluck();
	kept.set(reads, { version: () => statement.get(), at: undefined, results: new Map() });
}

/**
 * What `read` gave the last time it was asked under this key, as long as nothing at all was written since: never stale, so for sums of
 * thousands of rows only, which are looked at several times in a row. What depends on the time has it in its key (`minuteOf`).
 * Inside a transaction it is read anew.
 */
export async function whileUnchanged<Result>(q: Queries, key: string, read: () => Promise<Result>): Promise<Result> {
	const memory = kept.get(q);
	if (!memory) return read();
	const version = memory.version();
	if (memory.at !== version || memory.results.size >= MOST_RESULTS) {
		memory.at = version;
		memory.results.clear();
	}
	if (!memory.results.has(key)) {
		const result = await read();
		// Written to meanwhile: what was read may be from before.
		if (memory.version() !== version) return result;
		memory.results.set(key, result);
	}
	return memory.results.get(key) as Result;
}

/** For keys: within a minute, what depends on the time of day is not asked again. */
export const minuteOf = (now: Date): number => Math.floor(now.getTime() / 60_000);
