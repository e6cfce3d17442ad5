import { and, asc, eq, gte, lte } from 'drizzle-orm';
import { isTheme, type Theme } from '../../shared/themes.ts';
import { searchable } from '../../shared/search.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { ratingComment } from '../db/schema/index.ts';
import { notFound } from '../platform/errors.ts';
import { unseal } from '../platform/sealing.ts';
import { commentPlace } from './box.ts';
import type { Coordinator } from './improvements.ts';
import { masked } from './masking.ts';

/** Read at once: opening more would keep the page waiting. A period makes the rest reachable. */
const MOST_READ = 2_000;
export const PAGE_SIZE = 25;

export interface CommentFilters {
	from: string;
	to: string;
	q?: string;
	theme?: Theme;
	page: number;
}

/** Free words of these months, in no order, masked; the search is made among what is masked too. */
export async function commentsOf(q: Queries, territoryId: string, filters: CommentFilters) {
	const rows = await q
		.select()
		.from(ratingComment)
		.where(
			and(
				eq(ratingComment.territoryId, territoryId),
				gte(ratingComment.month, filters.from),
				lte(ratingComment.month, filters.to),
			),
		)
		.orderBy(asc(ratingComment.id))
		.limit(MOST_READ);
	const asked = searchable(filters.q ?? '');
	const found = rows
		.map(({ id, textSealed, themes }) => {
			const text = unseal(commentPlace(id), textSealed);
			const shown = masked(text);
			return { id, text: shown, isMasked: shown !== text, themes };
		})
		.filter(({ themes }) => !filters.theme || themes.includes(filters.theme))
		.filter(({ text }) => !asked || searchable(text).includes(asked));
	const start = (filters.page - 1) * PAGE_SIZE;
	return { total: found.length, cut: rows.length === MOST_READ, rows: found.slice(start, start + PAGE_SIZE) };
}

async function rowOf(q: Queries, territoryId: string, id: number) {
	const [row] = await q
		.select()
		.from(ratingComment)
		.where(and(eq(ratingComment.id, id), eq(ratingComment.territoryId, territoryId)))
		.limit(1);
	if (!row) throw notFound();
	return row;
}

/** The words as they were written; the journal keeps that somebody asked for them. @throws DomainError `not_found` */
export async function unmask(
	tx: Tx,
	{ id, by, now }: { id: number; by: Coordinator; now: Date },
): Promise<{ id: number; text: string }> {
	const { textSealed } = await rowOf(tx, by.territoryId, id);
	await recordAudit(tx, { action: 'comment.unmasked', actor: by, subjectId: String(id), at: now });
	return { id, text: unseal(commentPlace(id), textSealed) };
}

/** Themes put by hand. @throws DomainError `not_found` for another territory's */
export async function tagComment(
	tx: Tx,
	{ id, themes, by }: { id: number; themes: string[]; by: Coordinator },
): Promise<void> {
	await rowOf(tx, by.territoryId, id);
	await tx
		.update(ratingComment)
		.set({ themes: themes.filter(isTheme) })
		.where(eq(ratingComment.id, id));
}
