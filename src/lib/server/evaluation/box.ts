import { randomBytes } from 'node:crypto';
import { count, eq } from 'drizzle-orm';
import { RATINGS, type Rating } from '../../shared/codes.ts';
import type { Tx } from '../db/client.ts';
import { rating, ratingBox } from '../db/schema/index.ts';
import { seal, sealNullable, unseal } from '../platform/sealing.ts';

/** Answers leave the box together: whoever compares two copies of the database sees this many at once, or none. */
export const BATCH = 5;
/** All answers have this length once written: a long comment does not stand out. Bytes. */
const PADDED_BYTES = 4096;

export interface Answer {
	face: Rating;
	comment: string | null;
}

/** 48 random bits: rows are stored in the order of this key, which is no order at all. */
const randomKey = () => randomBytes(6).readUIntBE(0, 6);
const boxPlace = (id: number) => `rating_box.answer_sealed:${id}`;
const commentPlace = (id: number) => `rating.comment_sealed:${id}`;

function padded(answer: Answer): string {
	const text = JSON.stringify(answer);
	return text + ' '.repeat(PADDED_BYTES - Buffer.byteLength(text));
}

/** Puts an answer in the box; when the territory has enough of them, all leave, counted in `month` (`YYYY-MM`). */
export async function drop(tx: Tx, territoryId: string, answer: Answer, month: string): Promise<void> {
	const id = randomKey();
	await tx.insert(ratingBox).values({ id, territoryId, answerSealed: seal(boxPlace(id), padded(answer)) });
	const [waiting] = await tx.select({ answers: count() }).from(ratingBox).where(eq(ratingBox.territoryId, territoryId));
	if (waiting!.answers >= BATCH) await release(tx, territoryId, month);
}

async function release(tx: Tx, territoryId: string, month: string): Promise<void> {
	const rows = await tx.delete(ratingBox).where(eq(ratingBox.territoryId, territoryId)).returning();
	await tx.insert(rating).values(
		rows.map((row) => {
			const { face, comment } = JSON.parse(unseal(boxPlace(row.id), row.answerSealed)) as Answer;
			const id = randomKey();
			const commentSealed = sealNullable(commentPlace(id), comment);
			return { id, territoryId, score: RATINGS[face], commentSealed, month };
		}),
	);
}

/** Free words of an answer, for the coordinator only. */
export const readComment = (row: { id: number; commentSealed: string | null }): string | null =>
	row.commentSealed ? unseal(commentPlace(row.id), row.commentSealed) : null;
