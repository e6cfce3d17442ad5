import { randomBytes } from 'node:crypto';
import { and, eq, lt } from 'drizzle-orm';
import type { Moment } from '../../shared/questions.ts';
import type { Tx } from '../db/client.ts';
import { evaluationPool, ratingBox, ratingComment, tally } from '../db/schema/index.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';
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
}
const EMPTY: Pool = { cells: {}, comments: [], ballots: [], repliesFrom: null };

/** 48 random bits: rows are stored in the order of this key, which is no order at all. */
const randomKey = () => randomBytes(6).readUIntBE(0, 6);
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
 * is counted, and nothing can be compared, before a month ends.
 */
export async function drop(tx: Tx, territoryId: string, content: Answer | Ballot, month: string): Promise<void> {
	const [open] = await tx.select().from(evaluationPool).where(eq(evaluationPool.territoryId, territoryId)).limit(1);
	if (!open) await savePool(tx, territoryId, month, EMPTY);
	else if (open.month < month) await closeMonth(tx, open, month);
	const id = randomKey();
	await tx.insert(ratingBox).values({ id, territoryId, answerSealed: seal(boxPlace(id), padded(content)) });
}

/** Closes every month that ended, in the zone of each territory. Asks what is not done: run twice, it counts once. */
export async function closeMonths(tx: Tx, now: Date): Promise<void> {
	for (const { id, zone } of await listTerritories(tx)) {
		const month = localDay(now, zone).slice(0, 7);
		const [open] = await tx
			.select()
			.from(evaluationPool)
			.where(and(eq(evaluationPool.territoryId, id), lt(evaluationPool.month, month)))
			.limit(1);
		if (open) await closeMonth(tx, open, month);
	}
}

type PoolRow = typeof evaluationPool.$inferSelect;

async function closeMonth(tx: Tx, { territoryId, month, poolSealed }: PoolRow, next: string): Promise<void> {
	const pool = JSON.parse(unseal(poolPlace(territoryId), poolSealed)) as Pool;
	await emptyBox(tx, territoryId, month, pool);
	pool.repliesFrom = await countReplies(tx, { territoryId, closing: month, from: pool.repliesFrom, cells: pool.cells });
	const { released, waiting } = releaseMonth(pool.cells, month);
	for (let at = 0; at < released.length; at += ROWS_AT_ONCE)
		await tx.insert(tally).values(released.slice(at, at + ROWS_AT_ONCE).map((row) => ({ ...row, territoryId, month })));
	pool.cells = waiting;
	if (pool.comments.length >= LEAST_COMMENTS) pool.comments = await keepComments(tx, territoryId, month, pool.comments);
	if (seasonOf(month) !== seasonOf(next)) {
		await endSeason(tx, { territoryId, season: seasonOf(month), ballots: pool.ballots });
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
		const { areaId, moment, levels, comment } = content;
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
