/** Who leads a person changed, or was known before their request: the open one is theirs. */
import { and, eq, inArray, notExists, sql } from 'drizzle-orm';
import { recordAudit, type AuditActor } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { account, need, orientation, supportRequest } from '../db/schema/index.ts';
import { leadOf, personOf } from '../people/queries.ts';
import { presentNeedDecision } from '../people/waiting-requests.ts';
import { answerForNeeds, giveToLead } from './assigning.ts';
import { recallWhole } from './orienting.ts';
import { findOpenRequest } from './queries.ts';

/**
 * The open request is the present lead's: one that waits is called back from wherever it was sent; of one that a former lead had, the
 * needs at the former one's structure that nobody was sent follow, and those asked while nobody led. `by` is null when it follows from what the person did. Without an
 * open request or a lead, nothing changes.
 */
export async function followLead(
	tx: Tx,
	{ personId, by, now }: { personId: string; by: AuditActor | null; now: Date },
): Promise<void> {
	const open = await findOpenRequest(tx, personId);
	const lead = await leadOf(tx, personId);
	const { territoryId } = await personOf(tx, personId);
	if (!open?.submittedAt || !lead || open.assignedToId === lead.accountId || open.territoryId !== territoryId) return;
	const { id, status, submittedAt } = open;
	if (status === 'submitted') {
		await recallWhole(tx, id, now);
		await giveToLead(tx, { id, personId, territoryId, sentAt: submittedAt, now });
	} else await handOn(tx, { ...open, territoryId }, lead, now);
	const detail = { accountId: lead.accountId };
	await recordAudit(tx, { action: 'request.assigned', actor: by, subjectId: id, personId, detail, at: now });
}

async function handOn(
	tx: Tx,
	{ id, assignedToId, territoryId }: { id: string; assignedToId: string | null; territoryId: string },
	lead: { accountId: string; structureId: string },
	now: Date,
): Promise<void> {
	await tx
		.update(supportRequest)
		.set({ assignedToId: lead.accountId, updatedAt: now })
		.where(eq(supportRequest.id, id));
	await answerForNeeds(tx, { requestId: id, structureId: lead.structureId, territoryId, now });
	const [former] = await tx
		.select({ structureId: account.structureId })
		.from(account)
		.where(eq(account.id, assignedToId ?? ''))
		.limit(1);
	if (!former?.structureId) return;
	const sentSomewhere = tx
		.select({ one: sql`1` })
		.from(orientation)
		.where(presentNeedDecision);
	await tx
		.update(need)
		.set({ structureId: lead.structureId })
		.where(
			and(
				eq(need.requestId, id),
				inArray(need.status, ['open', 'in_progress']),
				eq(need.structureId, former.structureId),
				notExists(sentSomewhere),
			),
		);
}
