import { createHash } from 'node:crypto';
import { and, asc, desc, eq, gt, isNotNull } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { improvement, person, ratingInvitation } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { idOf, newId } from '../platform/ids.ts';

export type Coordinator = Pick<SignedIn, 'accountId' | 'role' | 'structureId'> & { territoryId: string };

export interface ImprovementWords {
	finding: string;
	answer: string;
	ownerLabel: string;
	/** By language, French apart. */
	translations?: Record<string, { finding: string; answer: string }>;
}
export interface NewImprovement extends ImprovementWords {
	/** The form's own random id: sent twice, it is added once. */
	formId?: string;
	/** `YYYY-MM-DD`; null while it is not done. */
	doneOn: string | null;
	publish: boolean;
}
type Row = typeof improvement.$inferSelect;

/** « Vous avez dit, nous avons fait »: kept, and shown to all when published. */
export async function addImprovement(
	tx: Tx,
	{ formId, publish, ...words }: NewImprovement,
	{ by, now }: { by: Coordinator; now: Date },
): Promise<{ id: string }> {
	const { accountId: createdById, territoryId } = by;
	const id = formId ? idOf('improvement', territoryId, formId, words.finding, words.answer) : newId();
	const publishedAt = publish ? now : null;
	const added = await tx
		.insert(improvement)
		.values({ id, territoryId, ...words, publishedAt, createdAt: now, createdById })
		.onConflictDoNothing({ target: improvement.id })
		.returning({ id: improvement.id });
	if (added.length === 0) return { id };
	await recordAudit(tx, { action: 'improvement.added', actor: by, subjectId: id, detail: { publish }, at: now });
	return { id };
}

/** Shows it to all, or takes it back: whoever was not told yet is, when it is shown anew. @throws DomainError `not_found` for another territory's */
export async function publishImprovement(
	tx: Tx,
	{ id, publish, by, now }: { id: string; publish: boolean; by: Coordinator; now: Date },
): Promise<void> {
	await change(tx, id, by, publish ? { publishedAt: now } : { publishedAt: null, toldAt: null });
	const action = publish ? 'improvement.published' : 'improvement.withdrawn';
	await recordAudit(tx, { action, actor: by, subjectId: id, at: now });
}

/** Sets the day it was done. @throws DomainError `not_found` for another territory's */
export async function finishImprovement(
	tx: Tx,
	{ id, doneOn, by, now }: { id: string; doneOn: string; by: Coordinator; now: Date },
): Promise<void> {
	await change(tx, id, by, { doneOn });
	await recordAudit(tx, { action: 'improvement.done', actor: by, subjectId: id, at: now });
}

const wordsOf = ({ finding, answer, ownerLabel, translations }: Row): Required<ImprovementWords> => ({
	...{ finding, answer, ownerLabel },
	translations: translations ?? {},
});

/** What a form of correction was made from: other words, another mark. */
export const seenWords = (row: Row): string =>
	createHash('sha256')
		.update(JSON.stringify(wordsOf(row)))
		.digest('base64url');

/**
 * Corrects the words, published or not; the page of results shows the new ones. Those before are kept sealed in the journal.
 * @throws DomainError `not_found` for another territory's, `improvement_changed` (conflict) when `seen` is no longer what is kept
 */
export async function correctImprovement(
	tx: Tx,
	{ id, seen, words, by, now }: { id: string; seen: string; words: ImprovementWords; by: Coordinator; now: Date },
): Promise<void> {
	const row = await getImprovement(tx, by.territoryId, id);
	if (seenWords(row) !== seen) throw new DomainError('improvement_changed', 'conflict');
	await change(tx, id, by, words);
	const before = JSON.stringify(wordsOf(row));
	await recordAudit(tx, { action: 'improvement.corrected', actor: by, subjectId: id, reason: before, at: now });
}

/** @throws DomainError `not_found` for another territory's */
export async function getImprovement(q: Queries, territoryId: string, id: string): Promise<Row> {
	const [row] = await q
		.select()
		.from(improvement)
		.where(and(eq(improvement.id, id), eq(improvement.territoryId, territoryId)))
		.limit(1);
	if (!row) throw notFound();
	return row;
}

async function change(tx: Tx, id: string, by: Coordinator, set: Partial<typeof improvement.$inferInsert>) {
	const changed = await tx
		.update(improvement)
		.set(set)
		.where(and(eq(improvement.id, id), eq(improvement.territoryId, by.territoryId)))
		.returning({ id: improvement.id });
	if (changed.length === 0) throw notFound();
}

const YEAR_MS = 365 * 86_400_000;
/** More would not leave in one write; they are told by the page of results, as everybody. */
const MOST_TOLD = 5_000;

/**
 * Those who took part in the last year, to be told once what was done: « has answered » is all that is read, no answer. Marks
 * the improvement as told. Empty when it is not both done and published, or was told already.
 */
export async function peopleToTell(
	tx: Tx,
	{ id, by, now }: { id: string; by: Coordinator; now: Date },
): Promise<{ personId: string }[]> {
	const found = await getImprovement(tx, by.territoryId, id);
	if (!found.doneOn || !found.publishedAt || found.toldAt) return [];
	await tx.update(improvement).set({ toldAt: now }).where(eq(improvement.id, id));
	return tx
		.selectDistinct({ personId: ratingInvitation.personId })
		.from(ratingInvitation)
		.innerJoin(person, eq(person.id, ratingInvitation.personId))
		.where(
			and(
				eq(person.territoryId, by.territoryId),
				eq(ratingInvitation.outcome, 'answered'),
				gt(ratingInvitation.askedAt, new Date(now.getTime() - YEAR_MS)),
			),
		)
		.orderBy(asc(ratingInvitation.personId))
		.limit(MOST_TOLD);
}

/** What was done about the answers: published ones only, or all for the coordinator. */
export const improvementsOf = async (q: Queries, territoryId: string, { publishedOnly }: { publishedOnly: boolean }) =>
	q
		.select()
		.from(improvement)
		.where(
			and(eq(improvement.territoryId, territoryId), publishedOnly ? isNotNull(improvement.publishedAt) : undefined),
		)
		.orderBy(desc(improvement.createdAt), asc(improvement.id))
		.limit(100);
