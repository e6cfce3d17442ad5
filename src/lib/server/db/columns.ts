/**
 * The portable vocabulary of the schema: every table is defined once over these makers, and each engine provides a
 * set of the same shape (decisions/0001). Instants are UTC milliseconds; calendar days are text `YYYY-MM-DD` in the
 * zone of the territory or of the appointment, never of the server.
 */
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const sqlite = {
	table: sqliteTable,
	index,
	uniqueIndex,
	primaryKey,
	check,
	text,
	integer,
	/** An instant, UTC, milliseconds. */
	instant: (name: string) => integer(name, { mode: 'timestamp_ms' }),
	flag: (name: string) => integer(name, { mode: 'boolean' }),
	json: (name: string) => text(name, { mode: 'json' }),
	/** A calendar day, `YYYY-MM-DD`. */
	day: (name: string) => text(name),
	/** AES-256-GCM text made by platform/sealing, bound to its table, column and row. */
	sealed: (name: string) => text(name),
};

export type Columns = typeof sqlite;
