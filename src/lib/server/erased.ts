/**
 * Who was erased or archived, remembered apart from the backups: a restored copy of the past would bring them back (decision 0013).
 * Ids, dates and reasons only: of a file that is no more, an id names nobody.
 */
import { and, asc, eq, gte, isNotNull } from 'drizzle-orm';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { recordAudit } from './audit/commands.ts';
import type { Db, Queries } from './db/client.ts';
import { KEPT_A_YEAR } from './db/schema/audit.ts';
import { auditEntry, person } from './db/schema/index.ts';
import { erasePerson, type ErasureReason } from './erasing.ts';
import { config } from './platform/config.ts';
import { archivePerson, destroyArchives } from './retention.ts';

export interface Erasure {
	/** Of the file that is no more. */
	id: string;
	at: Date;
	reason: ErasureReason;
}

const ERASED = 'person.erased';

/** What a database's journal tells of erasures since an instant, the oldest first; it tells no more than a year (`KEPT_A_YEAR`). */
export async function erasuresOf(q: Queries, since = new Date(0)): Promise<Erasure[]> {
	const rows = await q
		.select({ id: auditEntry.subjectId, at: auditEntry.at, detail: auditEntry.detail })
		.from(auditEntry)
		.where(and(KEPT_A_YEAR, gte(auditEntry.at, since), eq(auditEntry.action, ERASED), isNotNull(auditEntry.subjectId)))
		.orderBy(asc(auditEntry.at));
	return rows.map(({ id, at, detail }) => ({ id: id!, at, reason: detail.reason as ErasureReason }));
}

/** The list beside the database: `{"id","at","reason"}` a line, only ever added to. Who loses the database may still have it. */
export const erasedFile = () => path.join(config().dataDir, 'erased.jsonl');

/** The lines of such a list, the oldest first; one that was cut short is skipped. */
export function readErased(file: string): Erasure[] {
	if (!existsSync(file)) return [];
	return readFileSync(file, 'utf8').split('\n').flatMap(erasureIn);
}

function erasureIn(line: string): Erasure[] {
	try {
		const { id, at, reason } = JSON.parse(line) as { id: string; at: string; reason: ErasureReason };
		return [{ id, at: new Date(at), reason }];
	} catch {
		return [];
	}
}

const DAY_MS = 86_400_000;

/** Adds to the list what the journal tells and it does not yet. @returns how many */
export async function tellErased({ read }: Pick<Db, 'read'>, now: Date, file = erasedFile()): Promise<number> {
	const told = readErased(file);
	const known = new Set(told.map(({ id }) => id));
	// A day before the last one: a line that was cut short, a clock that was wrong.
	const since = new Date(Math.min(told.at(-1)?.at.getTime() ?? 0, now.getTime()) - DAY_MS);
	const fresh = (await erasuresOf(read, since)).filter(({ id }) => !known.has(id));
	if (fresh.length > 0) {
		mkdirSync(path.dirname(file), { recursive: true });
		appendFileSync(file, fresh.map((erasure) => `${JSON.stringify(erasure)}\n`).join(''), { mode: 0o600 });
	}
	return fresh.length;
}

/**
 * Of a copy of the past: whoever was erased since is erased again, whoever was archived is archived again, as of that day; archives
 * whose time is over go. Its journal then tells of them all, for the next copy that is restored. @returns how many files left again
 */
export async function eraseAgain(db: Db, erasures: Erasure[], now: Date): Promise<number> {
	const told = new Set((await erasuresOf(db.read)).map(({ id }) => id));
	const missing = [...new Map(erasures.map((erasure) => [erasure.id, erasure])).values()].filter(
		({ id }) => !told.has(id),
	);
	let again = 0;
	for (const { id: personId, at, reason } of missing)
		await db.write(async (tx) => {
			const [here] = await tx.select({ id: person.id }).from(person).where(eq(person.id, personId)).limit(1);
			if (!here) return recordAudit(tx, { action: ERASED, subjectId: personId, detail: { reason }, at });
			again += 1;
			if (reason === 'archived') await archivePerson(tx, { personId, now: at });
			else await erasePerson(tx, { personId, reason, by: null, now: at });
		});
	await db.write((tx) => destroyArchives(tx, now));
	return again;
}
