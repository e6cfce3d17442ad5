/** A waiting request gets its lead referent. */
import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { account, need, supportRequest } from '../db/schema/index.ts';
import { assignLead, endFollowUp } from '../people/commands.ts';
import { followUpOf, leadOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import type { RequestRow } from './drafts.ts';
import { respondByDay } from './rules.ts';
import { standingOf } from './standing.ts';

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
	// Who led before and works here no more leaves the place; why the request is given so is not for the person to read.
	const before = (await followUpOf(tx, personId)).find(({ part }) => part === 'lead');
	if (before && !before.active && before.accountId !== accountId)
		await endFollowUp(tx, { personId, accountId: before.accountId, by, now });
	await assignLead(tx, { personId, accountId, reason, by, now });
	const [referent] = await tx
		.select({ structureId: account.structureId })
		.from(account)
		.where(eq(account.id, accountId))
		.limit(1);
	await answerForNeeds(tx, {
		requestId: id,
		structureId: referent?.structureId ?? null,
		territoryId: row.territoryId!,
		now,
	});
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

/**
 * A request that waits, of somebody whom a professional leads already, is that one's: where it stands, with its needs. With
 * nobody, nothing changes. @returns whether it has a lead
 */
export async function giveToLead(
	tx: Tx,
	{
		id,
		personId,
		territoryId,
		sentAt,
		assignedAt,
		now,
	}: {
		id: string;
		personId: string;
		territoryId: string;
		/** What was decided before says nothing of where it stands (`standingOf`). */
		sentAt: Date;
		/** Since when somebody has it; `now` unless it was taken before. */
		assignedAt?: Date | null;
		now: Date;
	},
): Promise<boolean> {
	const lead = await leadOf(tx, personId);
	if (!lead) return false;
	const status = await standingOf(tx, personId, sentAt);
	const given = await tx
		.update(supportRequest)
		.set({ status, assignedToId: lead.accountId, assignedAt: assignedAt ?? now })
		.where(and(eq(supportRequest.id, id), eq(supportRequest.status, 'submitted')))
		.returning({ id: supportRequest.id });
	if (given.length === 0) return false;
	await answerForNeeds(tx, { requestId: id, structureId: lead.structureId, territoryId, now });
	return true;
}

/**
 * The lead's structure answers for what no other one was sent: each need says whose it is and by when (product.md §4), which is
 * the territory's target for a first appointment, where needs are talked about.
 */
export async function answerForNeeds(
	tx: Tx,
	input: { requestId: string; structureId: string | null; territoryId: string; now: Date },
): Promise<void> {
	const { requestId, structureId, territoryId, now } = input;
	const { zone, holidayZone, settings } = await getTerritory(tx, territoryId);
	const day = respondByDay(localDay(now, zone), settings.firstAppointmentDays, await holidaysOf(tx, holidayZone));
	const goesOn = inArray(need.status, ['open', 'in_progress']);
	const ofRequest = and(eq(need.requestId, requestId), goesOn, isNull(need.structureId));
	await tx
		.update(need)
		.set({ expectedOn: day })
		.where(and(ofRequest, isNull(need.expectedOn)));
	await tx.update(need).set({ structureId }).where(ofRequest);
}

/** What is asked of a request that was taken is the lead's too; with nobody who leads, it has its day all the same, and is late after it. */
export async function answerForAdded(
	tx: Tx,
	{ id, status, personId, territoryId }: Pick<RequestRow, 'id' | 'status' | 'territoryId'> & { personId: string },
	now: Date,
): Promise<void> {
	if (status === 'submitted' || !territoryId) return;
	const structureId = (await leadOf(tx, personId))?.structureId ?? null;
	await answerForNeeds(tx, { requestId: id, structureId, territoryId, now });
}
