/** What each territory asks: its own questions where it changed them, else those every territory starts with. */
import { eq } from 'drizzle-orm';
import * as v from 'valibot';
import { looksMedical } from '../../shared/private-text.ts';
import { THEMES, type OfferedTheme, type Theme } from '../../shared/themes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { themeQuestions } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { questionsByTheme, QUESTIONS, type Question } from './questions.ts';

export type QuestionSet = Record<Theme, Question[]>;

/** Of a territory; of none yet (the commune was skipped), what every territory starts with. */
export async function questionSetOf(q: Queries, territoryId: string | null): Promise<QuestionSet> {
	if (!territoryId) return QUESTIONS;
	const rows = await q
		.select({ theme: themeQuestions.theme, questions: themeQuestions.questions })
		.from(themeQuestions)
		.where(eq(themeQuestions.territoryId, territoryId))
		.limit(THEMES.length);
	return { ...QUESTIONS, ...Object.fromEntries(rows.map(({ theme, questions }) => [theme, questions])) };
}

/** What was asked before and no longer is: still read where it was ticked. */
function withRetired(next: Question[], before: Question[]): Question[] {
	const retired = (question: Question, kept: Question | undefined) =>
		question.options
			.filter(({ code }) => !kept?.options.some((option) => option.code === code))
			.map((option) => ({ ...option, retired: true }));
	const kept = next.map((question) => {
		const same = before.find(({ id }) => id === question.id);
		return same ? { ...question, options: [...question.options, ...retired(same, question)] } : question;
	});
	const gone = before.filter(({ id }) => !next.some((question) => question.id === id));
	return [...kept, ...gone.map((question) => ({ ...question, options: retired(question, undefined) }))];
}

/**
 * Replaces the questions of the themes that `content` names (same shape as questions.json); the others stay as they are.
 * @throws DomainError `questions_invalid` (detail `where`), `questions_medical` (detail `words`: domain.md §7.1)
 */
export async function setQuestions(
	tx: Tx,
	{ territoryId, content, now }: { territoryId: string; content: unknown; now: Date },
): Promise<OfferedTheme[]> {
	const parsed = v.safeParse(questionsByTheme, content);
	if (!parsed.success)
		throw new DomainError('questions_invalid', 'invalid', { where: v.getDotPath(parsed.issues[0]) ?? 'file' });
	const before = await questionSetOf(tx, territoryId);
	const changed = Object.entries(parsed.output) as [OfferedTheme, Question[]][];
	for (const [theme, questions] of changed) {
		const medical = questions
			.flatMap(({ legend, options }) => [legend, ...options.map(({ label }) => label)])
			.find((words) => looksMedical(words.fr));
		if (medical) throw new DomainError('questions_medical', 'invalid', { words: medical.fr });
		const row = { territoryId, theme, questions: withRetired(questions, before[theme]) };
		await tx
			.insert(themeQuestions)
			.values(row)
			.onConflictDoUpdate({
				target: [themeQuestions.territoryId, themeQuestions.theme],
				set: { questions: row.questions },
			});
	}
	const themes = changed.map(([theme]) => theme);
	await recordAudit(tx, { action: 'territory.questions_set', subjectId: territoryId, detail: { themes }, at: now });
	return themes;
}
