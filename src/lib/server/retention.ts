/**
 * How long a file is kept (product.md §5, domain.md §7.1): two years without contact, told 30 and 7 days before
 * (reminders/prompt-rules.ts `closingPrompts`); then one sealed text out of every page, for two years more; then nothing.
 */
import { and, asc, eq, getTableColumns, gt, getTableName, inArray, is, lt, lte, sql, type Column } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Db, Queries, Tx } from './db/client.ts';
import * as schema from './db/schema/index.ts';
import { archivedFile, person, reminder } from './db/schema/index.ts';
import { erasePerson } from './erasing.ts';
import { touchContact } from './people/commands.ts';
import { lastTrace } from './people/last-trace.ts';
import { personOf } from './people/queries.ts';
import { ARCHIVE_MS, RETENTION_MS } from './people/rules.ts';
import { seal, unseal } from './platform/sealing.ts';
import { plainWords } from '../shared/search.ts';

const DAY_MS = 86_400_000;
/** Some days before the first notice is planned. */
const LOOKED_AT_DAYS = 45;
const MOST = 500;
/** Each is a write of its own: nobody waits for them. */
const ARCHIVED_AN_HOUR = 100;

const sealedPlace = (id: string) => `archived_file.content_sealed:${id}`;

/**
 * Not every contact is written on the person: of those who may be leaving, what else happened with them is. Read outside any write,
 * which only takes what is found. @returns how many were heard of
 */
export async function settleContacts(db: Db, now: Date): Promise<number> {
	const before = new Date(now.getTime() - RETENTION_MS + LOOKED_AT_DAYS * DAY_MS);
	const heardOf = await db.read
		.select({ id: person.id, at: lastTrace })
		.from(person)
		.where(and(lt(person.lastContactAt, before), gt(lastTrace, person.lastContactAt)))
		.orderBy(asc(person.lastContactAt))
		.limit(MOST);
	if (heardOf.length === 0) return 0;
	await db.write(async (tx) => {
		for (const { id, at } of heardOf) await touchContact(tx, id, new Date(at));
	});
	return heardOf.length;
}

/** Files whose second notice is over, and of which nothing was heard since. */
export async function toArchive(q: Queries, now: Date): Promise<string[]> {
	const before = new Date(now.getTime() - RETENTION_MS);
	const rows = await q
		.select({ id: person.id })
		.from(person)
		.innerJoin(
			reminder,
			eq(reminder.onceKey, sql`'file_closing:' || ${person.id} || ':' || ${person.lastContactAt} || ':7'`),
		)
		.where(and(lt(person.lastContactAt, before), lte(reminder.usefulUntil, now), lt(lastTrace, before.getTime())))
		.orderBy(asc(person.lastContactAt))
		.limit(ARCHIVED_AN_HOUR);
	return rows.map(({ id }) => id);
}

/** What an archive is not made of: ways in, what was only for a search or for one professional, messages and their attempts. */
const NOT_ARCHIVED = new Set<string>(
	[
		schema.personSearchKey,
		schema.workingNote,
		schema.deadAddress,
		schema.reminder,
		schema.delivery,
		schema.answerLink,
		schema.ratingInvitation,
		schema.ratingLink,
		schema.panelVoter,
		schema.callback,
		schema.handover,
		schema.aidProof,
		schema.earlierProposal,
		schema.appointmentSlot,
	].map((table) => getTableName(table)),
);

const TABLES = (Object.values(schema) as unknown[]).filter((table): table is SQLiteTable => is(table, SQLiteTable));

/** What hangs on a row of another table and goes with it. */
const CHILDREN = TABLES.flatMap((table) =>
	getTableConfig(table).foreignKeys.flatMap((key) => {
		const { columns, foreignTable } = key.reference();
		return key.onDelete === 'cascade' ? [{ table, column: columns[0]!, parent: getTableName(foreignTable) }] : [];
	}),
).filter(({ table }) => !NOT_ARCHIVED.has(getTableName(table)));

type Row = Record<string, unknown>;
export type ArchivedRows = Record<string, Row[]>;

/** All that hangs on a person, by table, with sealed columns opened: they are bound to rows that will be no more. */
async function rowsOf(q: Queries, personId: string): Promise<ArchivedRows> {
	const rows: ArchivedRows = { person: [opened('person', await personOf(q, personId))] };
	// A paper hangs on a request or on an aid: a table is come to by several ways, each row once.
	const seen = new Set<string>();
	const waiting = [{ parent: 'person', ids: [personId] }];
	for (let next = waiting.shift(); next; next = waiting.shift()) {
		const { parent, ids } = next;
		for (const { table, column } of CHILDREN.filter((child) => child.parent === parent)) {
			const name = getTableName(table);
			const found = (await childrenOf(q, table, column, ids)).filter((row) => isNew(seen, name, row));
			if (found.length === 0) continue;
			(rows[name] ??= []).push(...found.map((row) => opened(name, row, table)));
			waiting.push({ parent: name, ids: found.map(({ id }) => id).filter((id) => typeof id === 'string') });
		}
	}
	return rows;
}

function isNew(seen: Set<string>, table: string, row: Row): boolean {
	const key = `${table} ${JSON.stringify(row)}`;
	return !seen.has(key) && Boolean(seen.add(key));
}

const childrenOf = (q: Queries, table: SQLiteTable, column: Column, ids: string[]): Promise<Row[]> =>
	q.select().from(table).where(inArray(column, ids)).limit(10_000);

function opened(name: string, row: Row, table: SQLiteTable = person): Row {
	const columns = Object.entries(getTableColumns(table));
	return Object.fromEntries(
		columns.map(([field, column]) => {
			const value = row[field];
			const isSealed = column.name.endsWith('_sealed') && typeof value === 'string';
			return [field, isSealed ? unsealOrKeep(`${name}.${column.name}:${String(row.id)}`, value) : value];
		}),
	);
}

/** One text that cannot be read (sealed under another key) does not keep a file in the pages for ever. */
function unsealOrKeep(place: string, sealed: string): string {
	try {
		return unseal(place, sealed);
	} catch {
		return sealed;
	}
}

/** Puts a file out of reach: one sealed text takes the place of all its rows. @throws DomainError `not_found` */
export async function archivePerson(tx: Tx, { personId, now }: { personId: string; now: Date }): Promise<void> {
	const { territoryId, lastContactAt } = await personOf(tx, personId);
	const content = JSON.stringify(await rowsOf(tx, personId));
	await erasePerson(tx, { personId, reason: 'archived', by: null, now });
	await tx.insert(archivedFile).values({
		id: personId,
		territoryId,
		contentSealed: seal(sealedPlace(personId), content),
		archivedAt: now,
		eraseAt: new Date(Math.max(lastContactAt.getTime() + RETENTION_MS + ARCHIVE_MS, now.getTime())),
	});
}

/** Archives what is due, one write each, so that nobody waits behind them. @returns how many */
export async function archiveDue(db: Db, now: Date): Promise<number> {
	const due = await toArchive(db.read, now);
	for (const personId of due)
		await db.write(async (tx) => {
			// Heard of since it was found: it stays.
			const own = await personOf(tx, personId);
			if (own.lastContactAt.getTime() < now.getTime() - RETENTION_MS) await archivePerson(tx, { personId, now });
		});
	return due.length;
}

/** Archives past their two years. @returns how many were destroyed */
export async function destroyArchives(tx: Tx, now: Date): Promise<number> {
	const rows = await tx.delete(archivedFile).where(lte(archivedFile.eraseAt, now)).returning({ id: archivedFile.id });
	return rows.length;
}

/**
 * The archived files of somebody who asks for theirs, or whom a court asks about: the operator's alone (`npm run portal`). Opens
 * every archive of the territory: nothing of them can be searched.
 */
export async function findArchived(
	q: Queries,
	{ territoryId, lastName, birthDate }: { territoryId: string; lastName: string; birthDate: string },
): Promise<{ id: string; archivedAt: Date; rows: ArchivedRows }[]> {
	const found: { id: string; archivedAt: Date; rows: ArchivedRows }[] = [];
	let after = '';
	for (;;) {
		const batch = await q
			.select()
			.from(archivedFile)
			.where(and(eq(archivedFile.territoryId, territoryId), gt(archivedFile.id, after)))
			.orderBy(asc(archivedFile.id))
			.limit(MOST);
		for (const { id, archivedAt, contentSealed } of batch) {
			const rows = JSON.parse(unseal(sealedPlace(id), contentSealed)) as ArchivedRows;
			const [who] = rows.person ?? [];
			const isNamed = plainWords(String(who?.lastName)) === plainWords(lastName);
			if (isNamed && who?.birthDate === birthDate) found.push({ id, archivedAt, rows });
		}
		if (batch.length < MOST) return found;
		after = batch.at(-1)!.id;
	}
}
