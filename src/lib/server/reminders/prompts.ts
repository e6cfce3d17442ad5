import { inArray } from 'drizzle-orm';
import type { Db, Queries, Tx } from '../db/client.ts';
import { reminder } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { holidaysOf, listTerritories } from '../territories/queries.ts';
import { hourOf, type Prompt } from './prompt-rules.ts';
import { PROMPT_SOURCES } from './prompt-sources.ts';

const BATCH = 200;
const KINDS = Object.keys(PROMPT_SOURCES) as Prompt['kind'][];

/**
 * Plans what is soon to be said and is not planned yet. Asks what is not done: a worker that was down catches up, as far
 * as a thing is still useful.
 * @returns how many were planned
 */
export async function planPrompts(db: Db, now: Date): Promise<number> {
	const found: Prompt[] = [];
	for (const kind of KINDS) found.push(...(await PROMPT_SOURCES[kind](db.read, { at: now })));
	let planned = 0;
	for (const batch of batches(found)) {
		const missing = await notYetPlanned(db.read, batch);
		if (missing.length > 0) planned += await db.write((tx) => insertPrompts(tx, missing, now));
	}
	return planned;
}

const batches = <T>(all: T[]): T[][] =>
	Array.from({ length: Math.ceil(all.length / BATCH) }, (_, at) => all.slice(at * BATCH, (at + 1) * BATCH));

async function notYetPlanned(q: Queries, prompts: Prompt[]): Promise<Prompt[]> {
	const keys = prompts.map(({ onceKey }) => onceKey);
	const rows = await q.select({ onceKey: reminder.onceKey }).from(reminder).where(inArray(reminder.onceKey, keys));
	const known = new Set(rows.map(({ onceKey }) => onceKey));
	return prompts.filter(({ onceKey }) => !known.has(onceKey));
}

async function insertPrompts(tx: Tx, prompts: Prompt[], now: Date): Promise<number> {
	const territories = new Map((await listTerritories(tx)).map((one) => [one.id, one]));
	let planned = 0;
	for (const { territoryId, ...prompt } of prompts) {
		const { zone, holidayZone } = territories.get(territoryId)!;
		const dueAt = hourOf(prompt, { zone, holidays: await holidaysOf(tx, holidayZone) }, now);
		if (!dueAt) continue;
		const written = await tx
			.insert(reminder)
			.values({ ...prompt, id: newId(), dueAt, actAt: dueAt, state: 'scheduled', attempts: 0, createdAt: now })
			.onConflictDoNothing({ target: reminder.onceKey })
			.returning({ id: reminder.id });
		planned += written.length;
	}
	return planned;
}

type Row = Pick<typeof reminder.$inferSelect, 'id' | 'kind' | 'subjectId' | 'onceKey'>;

/** Those of these reminders that ask for something done, chosen, put off or given up since. */
export async function settledAmong(q: Queries, rows: Row[]): Promise<Set<string>> {
	const settled = new Set<string>();
	for (const kind of KINDS) {
		const own = rows.filter((row) => row.kind === kind && row.subjectId);
		if (own.length === 0) continue;
		const standing = await PROMPT_SOURCES[kind](q, { ids: own.map(({ subjectId }) => subjectId!) });
		const keys = new Set(standing.map(({ onceKey }) => onceKey));
		const subjects = new Set(standing.map(({ subjectId }) => subjectId));
		for (const { id, subjectId, onceKey } of own)
			if (isAnnouncement(onceKey) ? !subjects.has(subjectId!) : !keys.has(onceKey)) settled.add(id);
	}
	return settled;
}

/** The first word about a choice or a question comes from the action that made it, not from here: it names the thing alone. */
const isAnnouncement = (onceKey: string) => /^(invitation|rating):/.test(onceKey);
