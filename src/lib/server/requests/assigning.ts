/** A waiting request gets its lead referent. */
import { and, eq, isNull } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { account, need, supportRequest } from '../db/schema/index.ts';
import { assignLead } from '../people/commands.ts';
import { DomainError, notFound } from '../platform/errors.ts';

type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId' | 'territoryId'>;

/**
 * Gives a waiting request to a professional, who becomes the lead referent. Two at once: one wins.
 * @throws DomainError `not_found` outside the territory of `by`, `request_already_taken` (conflict), and those of people's
 * `assignLead` (`already_assigned`, `caseload_full`, `not_a_referent`)
 */
export async function assignRequest(
	tx: Tx,
	input: { reference: string; accountId: string; by: Actor; now: Date; reason?: string },
): Promise<{ id: string; personId: string }> {
	const { reference, accountId, by, now, reason } = input;
	const [row] = await tx
		.select()
		.from(supportRequest)
		.where(and(eq(supportRequest.reference, reference), eq(supportRequest.territoryId, by.territoryId ?? '')))
		.limit(1);
	if (!row?.personId) throw notFound();
	const taken = await tx
		.update(supportRequest)
		.set({ status: 'assigned', assignedToId: accountId, assignedAt: now, updatedAt: now })
		.where(and(eq(supportRequest.id, row.id), eq(supportRequest.status, 'submitted')))
		.returning({ id: supportRequest.id });
	if (taken.length === 0) throw new DomainError('request_already_taken', 'conflict');
	const { id, personId } = { id: row.id, personId: row.personId };
	await assignLead(tx, { personId, accountId, reason, by, now });
	const [referent] = await tx
		.select({ structureId: account.structureId })
		.from(account)
		.where(eq(account.id, accountId))
		.limit(1);
	await tx
		.update(need)
		.set({ structureId: referent?.structureId ?? null })
		.where(and(eq(need.requestId, id), isNull(need.structureId)));
	await recordAudit(tx, {
		action: 'request.assigned',
		actor: by,
		subjectId: id,
		personId,
		detail: { accountId },
		at: now,
	});
	return { id, personId };
}
