/** A need that is begun or settled, said by who follows the person for it. */
import { and, eq, inArray } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { need, supportRequest } from '../db/schema/index.ts';
import { findMembership } from '../people/queries.ts';
import type { Membership } from '../people/rules.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { needStatesBefore } from './need-rules.ts';
import { needOrientation, recallNeed } from './orienting.ts';
import { findOpenRequest } from './queries.ts';

type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId' | 'territoryId'>;

interface Lifting {
	needId: string;
	by: Actor;
	now: Date;
}
export interface NeedMoved {
	requestId: string;
	reference: string;
	personId: string;
}

/** The lead, the second of the pair, or a member who shares this theme; a structure that only received it has to take it first. */
export const mayLift = (membership: Membership | undefined, theme: string): boolean =>
	membership !== undefined && (membership.part !== 'member' || (membership.themes ?? []).includes(theme));

/**
 * The obstacle is gone: the need is `lifted`, and called back from a structure that has not answered. Said twice, the second changes nothing.
 * @returns null when nothing changed
 * @throws DomainError `not_found` for a need of somebody the professional does not follow, `need_dropped` (conflict) when the person no
 * longer asks for it
 */
export const liftNeed = (tx: Tx, input: Lifting): Promise<NeedMoved | null> => moveNeed(tx, input, 'lifted');

/**
 * Who follows the person begins it, or takes it up again when it was settled too soon. Sent to a structure that has not answered, it is
 * called back: one of them does it. @throws as `liftNeed`
 */
export const resumeNeed = (tx: Tx, input: Lifting): Promise<NeedMoved | null> => moveNeed(tx, input, 'in_progress');

async function moveNeed(tx: Tx, { needId, by, now }: Lifting, to: 'lifted' | 'in_progress'): Promise<NeedMoved | null> {
	const row = await followedNeed(tx, needId, by, now);
	if (row.status === 'dropped') throw new DomainError('need_dropped', 'conflict');
	const moved = await tx
		.update(need)
		.set({ status: to, closedAt: to === 'lifted' ? now : null })
		.where(and(eq(need.id, needId), inArray(need.status, needStatesBefore(to, 'follower'))))
		.returning({ id: need.id });
	if (moved.length === 0) return null;
	const { requestId, reference, personId } = row;
	const begins = to === 'in_progress' && row.status === 'open';
	if (begins || to === 'lifted') await answerHere(tx, { needId, by, now, begins });
	await tx.update(supportRequest).set({ updatedAt: now }).where(eq(supportRequest.id, requestId));
	const action = to === 'lifted' ? 'need.lifted' : begins ? 'need.taken' : 'need.resumed';
	await recordAudit(tx, { action, actor: by, subjectId: needId, personId, at: now });
	return { requestId, reference, personId };
}

/**
 * Something was decided about a theme by who follows the person for it: a need that nobody had begun is begun. One that waits at a
 * structure stays there, and without such a need nothing changes.
 */
export async function beginNeedOf(
	tx: Tx,
	{
		personId,
		theme,
		by,
		now,
	}: { personId: string; theme: Theme; by: Pick<Actor, 'accountId' | 'role' | 'structureId'>; now: Date },
): Promise<void> {
	const open = await findOpenRequest(tx, personId);
	if (!open || !mayLift(await findMembership(tx, personId, by.accountId, now), theme)) return;
	const [row] = await tx
		.select({ id: need.id })
		.from(need)
		.where(and(eq(need.requestId, open.id), eq(need.theme, theme), eq(need.status, 'open')))
		.limit(1);
	if (!row || (await needOrientation(tx, row.id))?.state === 'sent') return;
	await tx.update(need).set({ status: 'in_progress' }).where(eq(need.id, row.id));
	await answerHere(tx, { needId: row.id, by, now, begins: true });
	await recordAudit(tx, { action: 'need.taken', actor: by, subjectId: row.id, personId, at: now });
}

/**
 * Whoever begins it, or settles what a structure was sent, answers for it, and it waits there no more; unless it was taken by that
 * structure.
 */
async function answerHere(
	tx: Tx,
	{ needId, by, now, begins }: Omit<Lifting, 'by'> & { by: Pick<Actor, 'structureId'>; begins: boolean },
): Promise<void> {
	const present = await needOrientation(tx, needId);
	if (present ? present.state === 'taken' : !begins) return;
	await recallNeed(tx, needId, now);
	if (by.structureId) await tx.update(need).set({ structureId: by.structureId }).where(eq(need.id, needId));
}

/** A need of an open request, for who follows the person for its theme. */
async function followedNeed(q: Queries, needId: string, by: Actor, now: Date) {
	const [row] = await q
		.select({
			status: need.status,
			theme: need.theme,
			personId: need.personId,
			requestId: need.requestId,
			reference: supportRequest.reference,
		})
		.from(need)
		.innerJoin(supportRequest, eq(supportRequest.id, need.requestId))
		.where(
			and(
				eq(need.id, needId),
				eq(supportRequest.territoryId, by.territoryId ?? ''),
				inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES]),
			),
		)
		.limit(1);
	if (!row?.reference) throw notFound();
	if (!mayLift(await findMembership(q, row.personId, by.accountId, now), row.theme)) throw notFound();
	return { ...row, reference: row.reference };
}
