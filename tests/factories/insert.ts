import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Db } from '../../src/lib/server/db/client.ts';

let count = 0;
/** 1, 2, 3… so that what must be unique is, and reads well in a failure. */
export const next = (): number => (count += 1);

/** The instant of a test that does not care: Monday 2 March 2026, 10:00 in Paris. */
export const NOW = new Date('2026-03-02T09:00:00Z');

/** Writes one row as it is given, past the rules of the domains, and returns it. */
export async function insertOne<T extends SQLiteTable>(
	db: Db,
	table: T,
	values: T['$inferInsert'],
): Promise<T['$inferSelect']> {
	const rows = (await db.write((tx) => tx.insert(table).values(values).returning())) as T['$inferSelect'][];
	return rows[0]!;
}
