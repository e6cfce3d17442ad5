import { createHash, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Moment } from '../../shared/questions.ts';
import type { Queries, Tx } from '../db/client.ts';
import { evaluationPool, ratingBox, ratingComment, tally } from '../db/schema/index.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { addMonths, localDay } from '../territories/calendar.ts';
import { listTerritories } from '../territories/queries.ts';
import { endSeason, seasonOf } from './seasons.ts';
import { countReplies } from './replies.ts';
import { count, releaseMonth, type PoolCells } from './release.ts';

/** Free words leave together: whoever reads them month after month sees this many new ones, or none. */
export const LEAST_COMMENTS = 5;
/** All answers have this length once written: a long comment does not stand out. Bytes. */
const PADDED_BYTES = 4096;
const ROWS_AT_ONCE = 500;

export interface Answer {
	/** Employment area of the person; empty when there is none. */
	areaId: string;
	moment: Moment;
	/** Level by field (shared/questions.ts); what was passed is not there. */
	levels: Record<string, string>;
	comment: string | null;
	/** Came with the id of a form: its key is remembered, so that the form sent again next month counts once. */
	once?: true;
}
/** Questions of the panel that somebody would like to be asked. */
export interface Ballot {
	questions: string[];
}

/** Sealed: what nobody may read until it is large enough. */
interface Pool {
	cells: PoolCells;
	comments: string[];
	ballots: string[][];
	/** First month whose invitations are not counted in response rates yet. */
	repliesFrom: string | null;
	/** Keys of forms counted lately, with the month they were counted in; none in a pool of before. */
	heard?: [key: number, month: string][];
}
const EMPTY: Pool = { cells: {}, comments: [], ballots: [], repliesFrom: null };
/** A form is sent again by mistake, or by a phone that was away: not later. */
const HEARD_MONTHS = 3;

/** 48 random bits: rows are stored in the order of this key, which is no order at all. */
const randomKey = () => randomBytes(6).readUIntBE(0, 6);
/** As random as the form's own id, and the same when the same form is heard twice. */
const keyOf = (formId: string) => createHash('sha256').update(formId).digest().readUIntBE(0, 6);
const boxPlace = (id: number) => `rating_box.answer_sealed:${id}`;
const poolPlace = (territoryId: string) => `evaluation_pool.pool_sealed:${territoryId}`;
export const commentPlace = (id: number) => `rating_comment.text_sealed:${id}`;

function padded(content: unknown): string {
	const text = JSON.stringify(content);
	const length = Buffer.byteLength(text);
	return text + ' '.repeat(Math.ceil(length / PADDED_BYTES) * PADDED_BYTES - length);
}

/**
 * Puts an answer or a ballot in the box of the month (`YYYY-MM`). The first of a new month closes the one before: nothing
 * is counted, and nothing can be compared, before a month ends. `formId`, random: heard twice, it counts once.
 */
export async function drop(
	tx: Tx,
	territoryId: string,
	content: Answer | Ballot,
	month: string,
	{ formId }: { formId?: string } = {},
): Promise<void> {
	const open = await poolRow(tx, territoryId);
	if (!open) await savePool(tx, territoryId, month, EMPTY);
	else if (open.month < month) await closeMonth(tx, open, month);
	const id = formId ? keyOf(formId) : randomKey();
	if (formId && poolOf((await poolRow(tx, territoryId))!).heard?.some(([key]) => key === id)) return;
	const kept = formId ? { ...content, once: true } : content;
	const put = tx.insert(ratingBox).values({ id, territoryId, answerSealed: seal(boxPlace(id), padded(kept)) });
	await (formId ? put.onConflictDoNothing() : put);
}

/**
 * Closes every month that ended, in the zone of each territory; the first look opens one, so that seasons of the panel end where
 * nobody has answered yet. Asks what is not done: run twice, it counts once.
 */
export async function closeMonths(tx: Tx, now: Date): Promise<void> {
	for (const { id, zone } of await listTerritories(tx)) {
		const month = localDay(now, zone).slice(0, 7);
		const open = await poolRow(tx, id);
		if (!open) await savePool(tx, id, month, EMPTY);
		else if (open.month < month) await closeMonth(tx, open, month);
	}
}

type PoolRow = typeof evaluationPool.$inferSelect;

async function poolRow(q: Queries, territoryId: string): Promise<PoolRow | undefined> {
	const [row] = await q.select().from(evaluationPool).where(eq(evaluationPool.territoryId, territoryId)).limit(1);
	return row;
}

const poolOf = ({ territoryId, poolSealed }: PoolRow) => JSON.parse(unseal(poolPlace(territoryId), poolSealed)) as Pool;

async function closeMonth(tx: Tx, row: PoolRow, next: string): Promise<void> {
	const { territoryId, month } = row;
	const pool = poolOf(row);
	const forgotten = addMonths(`${next}-01`, -HEARD_MONTHS).slice(0, 7);
	pool.heard = (pool.heard ?? []).filter(([, heardIn]) => heardIn >= forgotten);
	await emptyBox(tx, territoryId, month, pool);
	pool.repliesFrom = await countReplies(tx, { territoryId, closing: month, from: pool.repliesFrom, cells: pool.cells });
	const { released, waiting } = releaseMonth(pool.cells, month);
	for (let at = 0; at < released.length; at += ROWS_AT_ONCE)
		await tx.insert(tally).values(released.slice(at, at + ROWS_AT_ONCE).map((row) => ({ ...row, territoryId, month })));
	pool.cells = waiting;
	if (pool.comments.length >= LEAST_COMMENTS) pool.comments = await keepComments(tx, territoryId, month, pool.comments);
	if (seasonOf(month) !== seasonOf(next)) {
		await endSeason(tx, { territoryId, season: seasonOf(month), next: seasonOf(next), ballots: pool.ballots });
		pool.ballots = [];
	}
	await savePool(tx, territoryId, next, pool);
}

async function emptyBox(tx: Tx, territoryId: string, month: string, pool: Pool): Promise<void> {
	const rows = await tx.delete(ratingBox).where(eq(ratingBox.territoryId, territoryId)).returning();
	for (const { id, answerSealed } of rows) {
		const content = JSON.parse(unseal(boxPlace(id), answerSealed)) as Answer | Ballot;
		if ('questions' in content) {
			pool.ballots.push(content.questions);
			continue;
		}
		const { areaId, moment, levels, comment, once } = content;
		if (once) pool.heard?.push([id, month]);
		for (const [measure, level] of Object.entries(levels)) count(pool.cells, { measure, areaId, moment }, level, month);
		if (comment) pool.comments.push(comment);
	}
}

async function keepComments(tx: Tx, territoryId: string, month: string, comments: string[]): Promise<string[]> {
	const rows = comments.map((comment) => {
		const id = randomKey();
		return { id, territoryId, month, textSealed: seal(commentPlace(id), comment), themes: [] };
	});
	for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
		await tx.insert(ratingComment).values(rows.slice(at, at + ROWS_AT_ONCE));
	return [];
}

async function savePool(tx: Tx, territoryId: string, month: string, pool: Pool): Promise<void> {
	const set = { month, poolSealed: seal(poolPlace(territoryId), padded(pool)) };
	await tx
		.insert(evaluationPool)
		.values({ territoryId, ...set })
		.onConflictDoUpdate({ target: evaluationPool.territoryId, set });
}
