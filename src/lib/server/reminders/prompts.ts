import { and, eq, inArray, isNull, not } from 'drizzle-orm';
import { isUnavailable, type Db, type Queries, type Tx } from '../db/client.ts';
import { checkIn, reminder } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { listTerritories } from '../territories/queries.ts';
import { hourOf, type Prompt } from './prompt-rules.ts';
import { PROMPT_SOURCES, type Cursor } from './prompt-sources.ts';
import { quietRuleOf } from './quiet.ts';

const BATCH = 200;
const KINDS = Object.keys(PROMPT_SOURCES) as Prompt['kind'][];

/**
 * Plans what is soon to be said and is not planned yet. Asks what is not done: a worker that was down catches up, as far
 * as a thing is still useful. `most`: read at once of a kind.
 * @returns how many were planned
 */
export async function planPrompts(db: Db, now: Date, most?: number): Promise<number> {
	let planned = 0;
	for (const kind of KINDS) planned += await planKind(db, kind, now, most).catch(unplanned(kind));
	return planned;
}

/** What cannot be read of one kind holds up no other. */
const unplanned = (kind: Prompt['kind']) => (error: unknown) => {
	if (isUnavailable(error)) throw error;
	log.error({ err: error, kind }, 'reminders of a kind could not be planned');
	return 0;
};

async function planKind(db: Db, kind: Prompt['kind'], now: Date, most?: number): Promise<number> {
	let planned = 0;
	let after: Cursor | undefined;
	do {
		const { prompts, next } = await PROMPT_SOURCES[kind](db.read, { at: now, after, most });
		planned += await planAll(db, prompts, now);
		after = next ?? undefined;
	} while (after);
	return planned;
}

async function planAll(db: Db, prompts: Prompt[], now: Date): Promise<number> {
	let planned = 0;
	for (const batch of batches(prompts)) {
		const missing = await notYetPlanned(db.read, batch);
		if (missing.length > 0) planned += await db.write((tx) => insertPrompts(tx, missing, now));
	}
	return planned;
}

const batches = <T>(all: T[]): T[][] =>
	Array.from({ length: Math.ceil(all.length / BATCH) }, (_, at) => all.slice(at * BATCH, (at + 1) * BATCH));

/** Asked for nothing when its moment came, and never left: once it asks again (taken up, unticked), it is planned again. */
const wasSettled = and(
	eq(reminder.state, 'dropped'),
	eq(reminder.reason, 'done'),
	isNull(reminder.sentAt),
	isNull(reminder.shownAt),
	isNull(reminder.answeredAt),
)!;

async function notYetPlanned(q: Queries, prompts: Prompt[]): Promise<Prompt[]> {
	const keys = prompts.map(({ onceKey }) => onceKey);
	const rows = await q
		.select({ onceKey: reminder.onceKey })
		.from(reminder)
		.where(and(inArray(reminder.onceKey, keys), not(wasSettled)));
	const known = new Set(rows.map(({ onceKey }) => onceKey));
	return prompts.filter(({ onceKey }) => !known.has(onceKey));
}

async function insertPrompts(tx: Tx, prompts: Prompt[], now: Date): Promise<number> {
	const territories = new Map((await listTerritories(tx)).map((one) => [one.id, one]));
	let planned = 0;
	for (const { territoryId, ...prompt } of prompts) {
		const dueAt = hourOf(prompt, await quietRuleOf(tx, territories.get(territoryId)!), now);
		if (!dueAt) continue;
		const { usefulUntil } = prompt;
		const waiting = { dueAt, actAt: dueAt, usefulUntil, state: 'scheduled', attempts: 0 } as const;
		const written = await tx
			.insert(reminder)
			.values({ ...prompt, ...waiting, id: newId(), createdAt: now })
			.onConflictDoUpdate({
				target: reminder.onceKey,
				set: { ...waiting, reason: null, ladder: null },
				setWhere: wasSettled,
			})
			.returning({ id: reminder.id });
		planned += written.length;
	}
	return planned;
}

type Row = Pick<typeof reminder.$inferSelect, 'id' | 'kind' | 'subjectId' | 'onceKey'>;

/** Those of these reminders that ask for something done, chosen, put off or given up since. */
export async function settledAmong(q: Queries, rows: Row[], now: Date): Promise<Set<string>> {
	const settled = await settledCheckIns(q, rows);
	for (const kind of KINDS) {
		const own = rows.filter((row) => row.kind === kind && row.subjectId);
		if (own.length === 0) continue;
		const ids = own.map(({ subjectId }) => subjectId!);
		const { prompts: standing } = await PROMPT_SOURCES[kind](q, { at: now, ids });
		const keys = new Set(standing.map(({ onceKey }) => onceKey));
		const subjects = new Set(standing.map(({ subjectId }) => subjectId));
		for (const { id, subjectId, onceKey } of own)
			if (isAnnouncement(onceKey) ? !subjects.has(subjectId!) : !keys.has(onceKey)) settled.add(id);
	}
	return settled;
}

export const isSettled = async (q: Queries, row: Row, now: Date): Promise<boolean> =>
	(await settledAmong(q, [row], now)).has(row.id);

const CHECK_IN = 'check_in:';

/**
 * Questions of the first months at work, planned when these begin: answered, taken in hand, made past by a later answer, or gone with
 * the job.
 */
async function settledCheckIns(q: Queries, rows: Row[]): Promise<Set<string>> {
	const own = rows.filter(({ kind, onceKey }) => kind === 'check_in' && onceKey.startsWith(CHECK_IN));
	if (own.length === 0) return new Set();
	const idOf = ({ onceKey }: Row) => onceKey.slice(CHECK_IN.length);
	const open = await q
		.select({ id: checkIn.id })
		.from(checkIn)
		.where(and(inArray(checkIn.id, own.map(idOf)), isNull(checkIn.answer), isNull(checkIn.handledAt)));
	const asked = new Set(open.map(({ id }) => id));
	return new Set(own.filter((row) => !asked.has(idOf(row))).map(({ id }) => id));
}

/** The first word about a choice or a question comes from the action that made it, not from here: it names the thing alone. */
const isAnnouncement = (onceKey: string) => /^(invitation|rating):/.test(onceKey);
