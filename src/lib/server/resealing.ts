/**
 * A new `DATA_KEY` takes the place of the one before (reliability.md §4.5): every sealed column and file is sealed anew, in small
 * batches, while the portal runs with both keys. Stopped and run again it goes on: what is under the new key is left alone.
 * Nothing else comes from this key: what is looked up by a hash is hashed with `CODE_PEPPER`.
 */
import { and, asc, eq, getTableColumns, getTableName, gt, is } from 'drizzle-orm';
import { SQLiteTable, type SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Db } from './db/client.ts';
import { sealedAnew } from './db/ownership.ts';
import * as tables from './db/schema/index.ts';
import { listFiles, resealFile } from './platform/files.ts';
import { reseal } from './platform/sealing.ts';

/** A table with texts sealed to `table.column:<its key>`. */
interface SealedTable {
	table: SQLiteTable;
	name: string;
	key: SQLiteColumn;
	/** Property of the row, and name in the database. */
	columns: { property: string; column: SQLiteColumn }[];
}

export const SEALED: SealedTable[] = (Object.values(tables) as unknown[])
	.filter((table): table is SQLiteTable => is(table, SQLiteTable))
	.flatMap((table) => {
		const all = Object.entries(getTableColumns(table) as Record<string, SQLiteColumn>);
		const columns = all
			.filter(([, { name }]) => name.endsWith('_sealed'))
			.map(([property, column]) => ({ property, column }));
		if (columns.length === 0) return [];
		const key = all.find(([, { primary }]) => primary)![1];
		return [{ table, name: getTableName(table), key, columns }];
	});

/** Rows read and written at a time: the writer is free between two. */
const BATCH = 200;

export interface Resealed {
	texts: number;
	files: number;
	/** `table.column`, or `files`, with how many no key opens. */
	broken: Map<string, number>;
}

/** Seals everything under the present key. Texts that change meanwhile are sealed by it already, and are left. */
export async function resealAll(db: Db, batch = BATCH): Promise<Resealed> {
	const done: Resealed = { texts: 0, files: 0, broken: new Map() };
	const note = (where: string) => done.broken.set(where, (done.broken.get(where) ?? 0) + 1);
	for (const sealed of SEALED) done.texts += await resealTable(db, sealed, batch, note);
	for (const id of await listFiles())
		try {
			if (await resealFile(id)) done.files += 1;
		} catch (error) {
			// Swept meanwhile.
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') note('files');
		}
	if (done.broken.size === 0) await sealedAnew(db);
	return done;
}

type Row = Record<string, string | null> & { key: string | number };

async function resealTable(
	db: Db,
	{ table, name, key, columns }: SealedTable,
	batch: number,
	note: (where: string) => void,
) {
	const picked = Object.fromEntries(columns.map(({ property, column }) => [property, column]));
	let changed = 0;
	for (let after: string | number | null = null; ;) {
		const rows = (await db.read
			.select({ ...picked, key })
			.from(table)
			.where(after === null ? undefined : gt(key, after))
			.orderBy(asc(key))
			.limit(batch)) as Row[];
		const anew = rows.flatMap((row) =>
			columns.flatMap(({ property, column }) => {
				const before = row[property];
				if (!before) return [];
				try {
					const now = reseal(`${name}.${column.name}:${row.key}`, before);
					return now ? [{ id: row.key, property, column, before, now }] : [];
				} catch {
					note(`${name}.${column.name}`);
					return [];
				}
			}),
		);
		if (anew.length > 0)
			await db.write(async (tx) => {
				for (const { id, property, column, before, now } of anew)
					await tx
						.update(table)
						.set({ [property]: now })
						.where(and(eq(key, id), eq(column, before)));
			});
		changed += anew.length;
		const last = rows.at(-1);
		if (rows.length < batch || !last) return changed;
		after = last.key;
	}
}
