import { and, desc, eq, gt, inArray, lt, ne, sql } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { panelQuestion } from '../db/schema/index.ts';

/** Fewer ballots than these are not counted: the votes would tell who wanted what. */
export const LEAST_BALLOTS = 5;
/** « The three first of a season enter the next questionnaire. » */
export const CHOSEN = 3;

/** The quarter of a month (`YYYY-MM`): `2026-4`. */
export const seasonOf = (month: string): string => `${month.slice(0, 4)}-${Math.ceil(Number(month.slice(5, 7)) / 3)}`;
/** Last month of a season. */
export const lastMonthOf = (season: string): string =>
	`${season.slice(0, 4)}-${String(Number(season.slice(5)) * 3).padStart(2, '0')}`;

/**
 * Counts the sealed ballots of a season that ended, and keeps the three first questions. With too few ballots all of them wait
 * for the votes of the season that begins, and so does whatever nobody could vote for in earlier ones.
 */
export async function endSeason(
	tx: Tx,
	{ territoryId, season, next, ballots }: { territoryId: string; season: string; next: string; ballots: string[][] },
): Promise<void> {
	const ofSeason = and(
		eq(panelQuestion.territoryId, territoryId),
		eq(panelQuestion.season, season),
		eq(panelQuestion.state, 'accepted'),
	);
	const isCounted = ballots.length >= LEAST_BALLOTS;
	await tx
		.update(panelQuestion)
		.set({ season: next })
		.where(
			and(
				eq(panelQuestion.territoryId, territoryId),
				lt(panelQuestion.season, next),
				isCounted ? ne(panelQuestion.season, season) : undefined,
				eq(panelQuestion.state, 'accepted'),
			),
		);
	if (!isCounted) return;
	const votes = new Map<string, number>();
	for (const id of ballots.flat()) votes.set(id, (votes.get(id) ?? 0) + 1);
	for (const [id, count] of votes)
		await tx
			.update(panelQuestion)
			.set({ votes: sql`${panelQuestion.votes} + ${count}` })
			.where(and(ofSeason, eq(panelQuestion.id, id)));
	const first = await tx
		.select({ id: panelQuestion.id })
		.from(panelQuestion)
		.where(and(ofSeason, gt(panelQuestion.votes, 0)))
		.orderBy(desc(panelQuestion.votes), panelQuestion.id)
		.limit(CHOSEN);
	const ids = first.map(({ id }) => id);
	if (ids.length > 0) await tx.update(panelQuestion).set({ state: 'chosen' }).where(inArray(panelQuestion.id, ids));
}
