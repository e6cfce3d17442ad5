import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { panelQuestion, panelVoter } from '../db/schema/index.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { idOf, newId } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { drop } from './box.ts';
import type { Coordinator } from './improvements.ts';
import { CHOSEN, seasonOf } from './seasons.ts';

/** Up to so many questions in one ballot. */
export const MOST_VOTES = 3;
/** A season that receives more is flooded: the rest is refused until somebody reads. */
const MOST_WAITING = 200;
const textPlace = (id: string) => `panel_question.text_sealed:${id}`;

async function seasonNow(q: Queries, territoryId: string, now: Date) {
	const { zone } = await getTerritory(q, territoryId);
	const month = localDay(now, zone).slice(0, 7);
	return { month, season: seasonOf(month) };
}

/**
 * Keeps a question somebody would like to be asked. Nothing says who, nor when. The same
 * form heard twice is one question. @throws DomainError `panel_full`
 */
export async function proposeQuestion(
	tx: Tx,
	{ formId = newId(), territoryId, text, now }: { formId?: string; territoryId: string; text: string; now: Date },
): Promise<void> {
	const { season } = await seasonNow(tx, territoryId, now);
	const waiting = await tx
		.select({ id: panelQuestion.id })
		.from(panelQuestion)
		.where(
			and(
				eq(panelQuestion.territoryId, territoryId),
				eq(panelQuestion.season, season),
				eq(panelQuestion.state, 'proposed'),
			),
		)
		.limit(MOST_WAITING);
	if (waiting.length >= MOST_WAITING) throw new DomainError('panel_full', 'too_many');
	const id = idOf('panel', formId, text);
	await tx
		.insert(panelQuestion)
		.values({ id, territoryId, season, textSealed: seal(textPlace(id), text), state: 'proposed', votes: 0 })
		.onConflictDoNothing({ target: panelQuestion.id });
}

/**
 * One ballot a season: sealed with the answers of the month, counted when the season ends.
 * @throws DomainError `panel_voted` (already), `panel_changed` (conflict) when none of these is offered any more: an empty ballot would
 * take the vote of a season whose questions were not shown
 */
export async function vote(
	tx: Tx,
	{ personId, questions, now }: { personId: string; questions: string[]; now: Date },
): Promise<void> {
	const { territoryId } = await personOf(tx, personId);
	const { season, month } = await seasonNow(tx, territoryId, now);
	const marked = await tx
		.insert(panelVoter)
		.values({ personId, season })
		.onConflictDoNothing()
		.returning({ personId: panelVoter.personId });
	if (marked.length === 0) throw new DomainError('panel_voted', 'already');
	const offered = new Set((await questionsToVote(tx, territoryId, season)).map(({ id }) => id));
	const chosen = [...new Set(questions)].filter((id) => offered.has(id)).slice(0, MOST_VOTES);
	if (chosen.length === 0) throw new DomainError('panel_changed', 'conflict');
	await drop(tx, territoryId, { questions: chosen }, month);
}

const questionsToVote = (q: Queries, territoryId: string, season: string) =>
	q
		.select({ id: panelQuestion.id, words: panelQuestion.words })
		.from(panelQuestion)
		.where(
			and(
				eq(panelQuestion.territoryId, territoryId),
				eq(panelQuestion.season, season),
				eq(panelQuestion.state, 'accepted'),
			),
		)
		.orderBy(asc(panelQuestion.id))
		.limit(50);

/** What a person may vote for this season, and whether they have. */
export async function panelFor(q: Queries, personId: string, now: Date) {
	const { territoryId } = await personOf(q, personId);
	const { season } = await seasonNow(q, territoryId, now);
	const [mark] = await q
		.select({ season: panelVoter.season })
		.from(panelVoter)
		.where(and(eq(panelVoter.personId, personId), eq(panelVoter.season, season)))
		.limit(1);
	return { season, voted: mark !== undefined, questions: await questionsToVote(q, territoryId, season) };
}

export interface PanelRow {
	id: string;
	season: string;
	text: string;
	words: Record<string, string> | null;
	state: 'proposed' | 'accepted' | 'refused' | 'chosen';
}

/** For the coordinator: what waits to be read first. Votes are never shown: the order of the three first says enough. */
export async function panelOf(q: Queries, territoryId: string): Promise<PanelRow[]> {
	const rows = await q
		.select()
		.from(panelQuestion)
		.where(
			and(eq(panelQuestion.territoryId, territoryId), inArray(panelQuestion.state, ['proposed', 'accepted', 'chosen'])),
		)
		.orderBy(desc(eq(panelQuestion.state, 'proposed')), desc(panelQuestion.season), asc(panelQuestion.id))
		.limit(MOST_WAITING);
	return rows.map(({ id, season, textSealed, words, state }) => ({
		id,
		season,
		text: unseal(textPlace(id), textSealed),
		words,
		state,
	}));
}

/** The three first of the last season that was counted: they enter the next questionnaire. */
export async function chosenOf(q: Queries, territoryId: string) {
	const rows = await q
		.select({ id: panelQuestion.id, words: panelQuestion.words, season: panelQuestion.season })
		.from(panelQuestion)
		.where(and(eq(panelQuestion.territoryId, territoryId), eq(panelQuestion.state, 'chosen')))
		.orderBy(desc(panelQuestion.season), desc(panelQuestion.votes), asc(panelQuestion.id))
		.limit(CHOSEN);
	return rows.filter(({ season }) => season === rows[0]!.season);
}

/**
 * Offers a proposal to the votes of the season in which it was read, in words that were translated, or sets it aside.
 * @throws DomainError `not_found` for another territory's, or one that was read already
 */
export async function moderate(
	tx: Tx,
	{ id, words, by, now }: { id: string; words: Record<string, string> | null; by: Coordinator; now: Date },
): Promise<void> {
	const state = words ? ('accepted' as const) : ('refused' as const);
	const { season } = await seasonNow(tx, by.territoryId, now);
	const changed = await tx
		.update(panelQuestion)
		.set({ state, words, season })
		.where(
			and(eq(panelQuestion.id, id), eq(panelQuestion.territoryId, by.territoryId), eq(panelQuestion.state, 'proposed')),
		)
		.returning({ id: panelQuestion.id });
	if (changed.length === 0) throw notFound();
	await recordAudit(tx, { action: `panel.${state}`, actor: by, subjectId: id, at: now });
}
