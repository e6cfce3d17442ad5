import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { StepOwner } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { preparedByShape } from '../db/prepared.ts';
import { account, pathway, situationReview, step } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { idOf, newId } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { addMonths, localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { noLongerWaiting, openPathwayOf, type Actor } from './commands.ts';
import { addStep } from './steps.ts';

/** What a review or a meeting decides: it becomes a step. */
export interface Decided {
	title: string;
	owner: StepOwner;
	ownedBy?: { accountId: string; structureId: string | null };
	/** Last day, in the territory's zone. */
	dueOn?: string;
}

interface Held {
	personId: string;
	/** What was looked at, in words the person reads. */
	looked: string;
	decisions: Decided[];
	/** Drawn with the empty form: sent twice with the same words, it is one review. */
	formId?: string;
	by: Actor;
	now: Date;
}

/** A *point de situation* was held: what was looked at is kept, each decision is a step. @throws DomainError `no_pathway` */
export async function holdReview(tx: Tx, input: Held): Promise<{ id: string }> {
	const { personId, looked, decisions, formId, by, now } = input;
	const { id: pathwayId } = await openPathwayOf(tx, personId);
	const id = formId ? idOf('review', personId, formId, looked, JSON.stringify(decisions)) : newId();
	const [known] = await tx.select({ id: situationReview.id }).from(situationReview).where(eq(situationReview.id, id));
	if (known) return known;
	await tx.insert(situationReview).values({
		id,
		pathwayId,
		personId,
		heldAt: now,
		heldById: by.accountId,
		lookedSealed: seal(`situation_review.looked_sealed:${id}`, looked),
	});
	for (const decision of decisions) await addStep(tx, { ...decision, personId, decidedInId: id, by, now });
	await noLongerWaiting(tx, pathwayId);
	const detail = { decisions: decisions.length };
	await recordAudit(tx, { action: 'review.held', actor: by, subjectId: id, personId, detail, at: now });
	return { id };
}

/** Those held in a pathway, latest first, with what each decided. */
export async function reviewsOf(q: Queries, pathwayId: string, limit = 50) {
	const rows = await reviewRows(q, { limit }).execute({ pathwayId });
	const decided = await stepsDecidedIn(
		q,
		pathwayId,
		rows.map(({ review }) => review.id),
	);
	return rows.map(({ review: { id, heldAt, lookedSealed }, byName }) => ({
		id,
		heldAt,
		byName,
		looked: unseal(`situation_review.looked_sealed:${id}`, lookedSealed),
		decisions: decided.filter(({ decidedInId }) => decidedInId === id),
	}));
}
const reviewRows = preparedByShape((q, { limit }: { limit: number }) =>
	q
		.select({ review: situationReview, byName: account.displayName })
		.from(situationReview)
		.innerJoin(account, eq(account.id, situationReview.heldById))
		.where(eq(situationReview.pathwayId, sql.placeholder('pathwayId')))
		.orderBy(desc(situationReview.heldAt))
		.limit(limit)
		.prepare(),
);
export type ReviewView = Awaited<ReturnType<typeof reviewsOf>>[number];

/** Titles of the steps that reviews or meetings decided. */
export async function stepsDecidedIn(q: Queries, pathwayId: string, ids: string[]) {
	if (ids.length === 0) return [];
	const rows = await q
		.select({ id: step.id, titleSealed: step.titleSealed, decidedInId: step.decidedInId, state: step.state })
		.from(step)
		.where(and(eq(step.pathwayId, pathwayId), inArray(step.decidedInId, ids)))
		.orderBy(asc(step.createdAt), asc(step.id))
		.limit(WHOLE);
	return rows.map(({ titleSealed, ...row }) => ({ ...row, title: unseal(`step.title_sealed:${row.id}`, titleSealed) }));
}

/**
 * Last day for the next review: 6 months after the latest one, the latest orientation or the beginning, 12 in a social pathway
 * (CASF L262-31; both numbers are the territory's). People's `withoutReview` lists those that are passed.
 */
export async function nextReviewOn(
	q: Queries,
	way: Pick<typeof pathway.$inferSelect, 'id' | 'territoryId' | 'kind' | 'startedAt' | 'orientedAt'>,
): Promise<string> {
	const [latest] = await q
		.select({ heldAt: situationReview.heldAt })
		.from(situationReview)
		.where(eq(situationReview.pathwayId, way.id))
		.orderBy(desc(situationReview.heldAt))
		.limit(1);
	const { zone, settings } = await getTerritory(q, way.territoryId);
	const since = Math.max(...[way.startedAt, way.orientedAt, latest?.heldAt].map((at) => at?.getTime() ?? 0));
	const months = way.kind === 'social' ? settings.reviewMonthsSocial : settings.reviewMonths;
	return addMonths(localDay(new Date(since), zone), months);
}
