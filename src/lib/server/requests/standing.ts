/** How far a request is once somebody took it (product.md §4), worked out from what was done about its person since it was sent. */
import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import { TAKEN_REQUEST_STATUSES as TAKEN, type RequestStatus, type TakenRequestStatus } from '../../shared/codes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { diagnosis, pathway, supportRequest } from '../db/schema/index.ts';
import { findOpenRequest } from './queries.ts';

/** Of where two requests stand, the further; one that is not taken is before all of them. */
export const furthest = (one: RequestStatus, other: RequestStatus): RequestStatus =>
	TAKEN.indexOf(other as TakenRequestStatus) > TAKEN.indexOf(one as TakenRequestStatus) ? other : one;

/**
 * `in_diagnosis` once an interview is prepared. `in_pathway` once a diagnosis was shared, and either agreed or followed by a
 * decision: a stage, a step, another orientation. A pathway alone is no sign: it opens with the follow-up.
 */
export async function standingOf(q: Queries, personId: string, sentAt: Date): Promise<TakenRequestStatus> {
	const [present] = await q
		.select({ state: diagnosis.state, sharedAt: diagnosis.sharedAt })
		.from(diagnosis)
		.where(and(eq(diagnosis.personId, personId), isNull(diagnosis.replacedAt)))
		.limit(1);
	if (!present || present.state === 'self_started') return 'assigned';
	// The one of a request before this: what it decided was decided then.
	if (present.sharedAt && present.sharedAt < sentAt) return 'assigned';
	const [way] = await q
		.select({ movedAt: pathway.movedAt, orientedAt: pathway.orientedAt })
		.from(pathway)
		.where(and(eq(pathway.personId, personId), isNull(pathway.endedAt)))
		.orderBy(desc(pathway.startedAt))
		.limit(1);
	const { sharedAt } = present;
	if (!way || !sharedAt) return 'in_diagnosis';
	const decided = [way.movedAt, way.orientedAt].some((at) => at && at > sharedAt);
	return decided || present.state === 'agreed' ? 'in_pathway' : 'in_diagnosis';
}

/**
 * To call when something was decided about a person: their open request goes on to where it stands now, never back. Nothing
 * happens to one that nobody took, nor without any.
 */
export async function advanceRequest(
	tx: Tx,
	{ personId, by, now }: { personId: string; by: Pick<SignedIn, 'accountId' | 'role' | 'structureId'>; now: Date },
): Promise<void> {
	const open = await findOpenRequest(tx, personId);
	if (!open?.submittedAt || open.status === 'submitted' || open.status === 'in_pathway') return;
	const status = await standingOf(tx, personId, open.submittedAt);
	if (status === 'assigned') return;
	const before = TAKEN.slice(0, TAKEN.indexOf(status));
	const moved = await tx
		.update(supportRequest)
		.set({ status, updatedAt: now })
		.where(and(eq(supportRequest.id, open.id), inArray(supportRequest.status, before)))
		.returning({ id: supportRequest.id });
	if (moved.length === 0) return;
	await recordAudit(tx, {
		action: 'request.advanced',
		actor: by,
		subjectId: open.id,
		personId,
		detail: { status },
		at: now,
	});
}
