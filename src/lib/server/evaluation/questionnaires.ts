import { createHash } from 'node:crypto';
import { and, asc, count, desc, eq, ne } from 'drizzle-orm';
import type { Audience, Moment, StoredQuestion } from '../../shared/questions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { questionnaire, questionnaireVersion } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Coordinator } from './improvements.ts';

export type Questionnaire = typeof questionnaire.$inferSelect;

export interface QuestionnaireDraft {
	title: string;
	questions: StoredQuestion[];
	moments: Moment[];
	audience: Audience;
	employmentAreaId: string | null;
	startsOn: string | null;
	endsOn: string | null;
}

/** A questionnaire, not asked to anybody before it opens. */
export async function createQuestionnaire(
	tx: Tx,
	draft: QuestionnaireDraft,
	{ by, now }: { by: Coordinator; now: Date },
): Promise<{ id: string }> {
	const id = newId();
	const { accountId: createdById, territoryId } = by;
	await tx
		.insert(questionnaire)
		.values({ id, territoryId, status: 'draft', ...draft, createdAt: now, createdById, updatedAt: now });
	await recordAudit(tx, { action: 'questionnaire.created', actor: by, subjectId: id, at: now });
	return { id };
}

/** What a form was made from: changed since, another mark. */
export const seenQuestionnaire = ({ title, questions, moments, audience, ...where }: Questionnaire): string => {
	const { status, employmentAreaId, startsOn, endsOn } = where;
	const read = [title, questions, moments, audience, status, employmentAreaId, startsOn, endsOn];
	return createHash('sha256').update(JSON.stringify(read)).digest('base64url');
};

/**
 * Changes what will be asked. When it is open already, the change is a new version: what was asked stays as it was.
 * @throws DomainError `not_found` for another territory's, `questionnaire_closed` (conflict), `questionnaire_changed` (conflict) when
 * `seen` is no longer what is kept
 */
export async function changeQuestionnaire(
	tx: Tx,
	{ id, seen, draft, by, now }: { id: string; seen?: string; draft: QuestionnaireDraft; by: Coordinator; now: Date },
): Promise<void> {
	const found = await getQuestionnaire(tx, by.territoryId, id);
	if (found.status === 'closed' || found.status === 'published')
		throw new DomainError('questionnaire_closed', 'conflict');
	if (seen && seen !== seenQuestionnaire(found)) throw new DomainError('questionnaire_changed', 'conflict');
	await tx
		.update(questionnaire)
		.set({ ...draft, updatedAt: now })
		.where(eq(questionnaire.id, id));
	if (found.status === 'open' && JSON.stringify(found.questions) !== JSON.stringify(draft.questions))
		await freeze(tx, id, draft.questions, now);
	await recordAudit(tx, { action: 'questionnaire.changed', actor: by, subjectId: id, at: now });
}

/** Who comes after whom: a questionnaire never goes back. */
const NEXT = { draft: 'open', open: 'closed', closed: 'published' } as const;
export type Onward = (typeof NEXT)[keyof typeof NEXT];

/**
 * Opens, closes, or files a questionnaire (`published`): its answers are public as they are counted, month by month, whatever its state
 * (README.md, « What may be shown »).
 * @throws DomainError `not_found` for another territory's, `questionnaire_state` (conflict) when it is not its turn
 */
export async function moveQuestionnaire(
	tx: Tx,
	{ id, to, by, now }: { id: string; to: Onward; by: Coordinator; now: Date },
): Promise<void> {
	const found = await getQuestionnaire(tx, by.territoryId, id);
	if (found.status === 'published' || NEXT[found.status] !== to)
		throw new DomainError('questionnaire_state', 'conflict');
	await tx.update(questionnaire).set({ status: to, updatedAt: now }).where(eq(questionnaire.id, id));
	if (to === 'open') await freeze(tx, id, found.questions, now);
	await recordAudit(tx, { action: `questionnaire.${to}`, actor: by, subjectId: id, at: now });
}

async function freeze(tx: Tx, questionnaireId: string, questions: StoredQuestion[], now: Date): Promise<void> {
	const [last] = await tx
		.select({ number: questionnaireVersion.number })
		.from(questionnaireVersion)
		.where(eq(questionnaireVersion.questionnaireId, questionnaireId))
		.orderBy(desc(questionnaireVersion.number))
		.limit(1);
	const number = (last?.number ?? 0) + 1;
	await tx.insert(questionnaireVersion).values({ id: newId(), questionnaireId, number, questions, openedAt: now });
}

/** @throws DomainError `not_found` for another territory's */
export async function getQuestionnaire(q: Queries, territoryId: string, id: string): Promise<Questionnaire> {
	const [row] = await q
		.select()
		.from(questionnaire)
		.where(and(eq(questionnaire.id, id), eq(questionnaire.territoryId, territoryId)))
		.limit(1);
	if (!row) throw notFound();
	return row;
}

export const versionsOf = (q: Queries, questionnaireId: string) =>
	q
		.select()
		.from(questionnaireVersion)
		.where(eq(questionnaireVersion.questionnaireId, questionnaireId))
		.orderBy(desc(questionnaireVersion.number))
		.limit(50);

/** Those of the territory, the open ones first. */
export const listQuestionnaires = (q: Queries, territoryId: string) =>
	q
		.select()
		.from(questionnaire)
		.where(eq(questionnaire.territoryId, territoryId))
		.orderBy(desc(eq(questionnaire.status, 'open')), desc(questionnaire.updatedAt), asc(questionnaire.id))
		.limit(100);

/** Words of questions of the panel that were asked at least once, by code: to name them in results. */
export async function panelWords(q: Queries, territoryId: string): Promise<Record<string, Record<string, string>>> {
	const rows = await q
		.select({ questions: questionnaireVersion.questions })
		.from(questionnaireVersion)
		.innerJoin(questionnaire, eq(questionnaire.id, questionnaireVersion.questionnaireId))
		.where(and(eq(questionnaire.territoryId, territoryId), ne(questionnaire.status, 'draft')))
		.orderBy(asc(questionnaireVersion.openedAt))
		.limit(500);
	return Object.fromEntries(
		rows.flatMap(({ questions }) => questions.flatMap(({ code, words }) => (words ? [[code, words]] : []))),
	);
}

/** How many versions each questionnaire has had. */
export async function versionCounts(q: Queries, territoryId: string): Promise<Map<string, number>> {
	const rows = await q
		.select({ id: questionnaireVersion.questionnaireId, versions: count() })
		.from(questionnaireVersion)
		.innerJoin(questionnaire, eq(questionnaire.id, questionnaireVersion.questionnaireId))
		.where(eq(questionnaire.territoryId, territoryId))
		.groupBy(questionnaireVersion.questionnaireId)
		.limit(500);
	return new Map(rows.map(({ id, versions }) => [id, versions]));
}
