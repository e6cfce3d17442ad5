import { and, asc, eq, sql } from 'drizzle-orm';
import type { GoalState } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { preparedByShape } from '../db/prepared.ts';
import { goal } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { idOf, newId } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { openPathwayOf, type Actor } from './commands.ts';

/** More than a person can be after at once. */
const MOST_GOALS = 50;

type GoalRow = typeof goal.$inferSelect;
const opened = ({ textSealed, ...row }: GoalRow) => ({
	...row,
	text: unseal(`goal.text_sealed:${row.id}`, textSealed),
});
export type GoalView = ReturnType<typeof opened>;

/** What the person is after, in the order it was said. */
export async function goalsOf(q: Queries, pathwayId: string, limit = MOST_GOALS): Promise<GoalView[]> {
	const rows = await goalRows(q, { limit }).execute({ pathwayId });
	return rows.map(opened);
}

const goalRows = preparedByShape((q, { limit }: { limit: number }) =>
	q
		.select()
		.from(goal)
		.where(eq(goal.pathwayId, sql.placeholder('pathwayId')))
		.orderBy(asc(goal.createdAt), asc(goal.id))
		.limit(limit)
		.prepare(),
);

/** The goal of a step as a form means it: one that it could not show, of another theme, is not taken away by saying nothing. */
export const goalMeant = (
	visible: Pick<GoalView, 'id'>[],
	savedId: string | null,
	posted: string | undefined,
): string | undefined => posted ?? (savedId && !visible.some(({ id }) => id === savedId) ? savedId : undefined);

/** @throws DomainError `not_found` */
export async function getGoal(q: Queries, pathwayId: string, goalId: string): Promise<GoalView> {
	const [row] = await q
		.select()
		.from(goal)
		.where(and(eq(goal.id, goalId), eq(goal.pathwayId, pathwayId)))
		.limit(1);
	if (!row) throw notFound();
	return opened(row);
}

interface Decision {
	personId: string;
	by: Actor;
	now: Date;
}

/** Writes down a goal of the open pathway; the same form sent twice writes it once. @throws DomainError `no_pathway` */
export async function addGoal(
	tx: Tx,
	input: Decision & { theme: Theme; text: string; formId?: string },
): Promise<{ id: string }> {
	const { personId, theme, text, formId, by, now } = input;
	const { id: pathwayId } = await openPathwayOf(tx, personId);
	const id = formId ? idOf('goal', personId, formId, theme, text) : newId();
	const [known] = await tx.select({ id: goal.id }).from(goal).where(eq(goal.id, id));
	if (known) return known;
	await tx.insert(goal).values({
		id,
		pathwayId,
		theme,
		textSealed: seal(`goal.text_sealed:${id}`, text),
		state: 'open',
		createdById: by.accountId,
		createdAt: now,
		version: 1,
	});
	await recordAudit(tx, { action: 'goal.added', actor: by, subjectId: id, personId, detail: { theme }, at: now });
	return { id };
}

/**
 * Reached, given up, open again. Refused when somebody changed it since the form was shown.
 * @throws DomainError `no_pathway`, `not_found`, `goal_changed` (conflict)
 */
export async function changeGoal(
	tx: Tx,
	input: Decision & { goalId: string; state: GoalState; version: number },
): Promise<void> {
	const { personId, goalId, state, version, by, now } = input;
	const { id: pathwayId } = await openPathwayOf(tx, personId);
	const found = await getGoal(tx, pathwayId, goalId);
	const [changed] = await tx
		.update(goal)
		.set({ state, endedAt: state === 'open' ? null : now, version: version + 1 })
		.where(and(eq(goal.id, goalId), eq(goal.version, version)))
		.returning({ id: goal.id });
	if (!changed) throw new DomainError('goal_changed', 'conflict');
	const detail = { from: found.state, to: state };
	await recordAudit(tx, { action: 'goal.changed', actor: by, subjectId: goalId, personId, detail, at: now });
}
