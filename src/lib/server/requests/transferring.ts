/** A request whose person moved to a commune of another territory goes on there: asked once, one history. */
import { and, eq, inArray } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { need, paper, supportRequest, territory } from '../db/schema/index.ts';
import type { Actor } from '../people/commands.ts';
import { personOf } from '../people/queries.ts';
import { notFound } from '../platform/errors.ts';
import { newId, newReference } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { openAnswers, sealAnswers } from './answers.ts';
import type { RequestRow } from './drafts.ts';
import { recallAll } from './orienting.ts';
import { isPriorityOn } from './orientation.ts';
import { findOpenRequest, MOST_HANDS } from './queries.ts';
import { respondByDay } from './rules.ts';

interface Transfer {
	personId: string;
	territoryId: string;
	/** Null when nobody knows where the person lives there. */
	inseeCode: string | null;
	/** Null when it follows from what the person did. */
	by: Actor | null;
	now: Date;
}

/**
 * The open request ends as `transferred` and goes on in the other territory with everything that was answered and every need
 * that is left, under a reference of that territory. A first contact is due there by that territory's own delay; silence on
 * money keeps its day (CRPA L114-3: implicit refusal counts from the first administration).
 * When all was settled, nothing is left to hand over: it is closed where it was, and may be reopened.
 * @returns null when nothing goes on there
 */
export async function transferRequest(
	tx: Tx,
	{ personId, territoryId, inseeCode, by, now }: Transfer,
): Promise<{ id: string; reference: string } | null> {
	const open = await findOpenRequest(tx, personId);
	if (!open || open.territoryId === territoryId) return null;
	const { code, zone, holidayZone, settings } = await getTerritory(tx, territoryId);
	const holidays = await holidaysOf(tx, holidayZone);
	await recallAll(tx, open.id, now);
	const goesOn = and(eq(need.requestId, open.id), inArray(need.status, ['open', 'in_progress']));
	const [left] = await tx.select({ id: need.id }).from(need).where(goesOn).limit(1);
	if (!left) {
		await tx
			.update(supportRequest)
			.set({ status: 'closed', closedAt: now, updatedAt: now })
			.where(eq(supportRequest.id, open.id));
		await recordAudit(tx, { action: 'request.closed', actor: by, subjectId: open.id, personId, at: now });
		return null;
	}
	await tx
		.update(supportRequest)
		.set({ status: 'transferred', closedAt: now, updatedAt: now })
		.where(eq(supportRequest.id, open.id));
	const id = newId();
	const reference = newReference(code);
	const answers = { ...openAnswers(open.id, open.answersSealed), inseeCode };
	const today = localDay(now, zone);
	await tx.insert(supportRequest).values({
		...open,
		id,
		reference,
		status: 'submitted',
		territoryId,
		inseeCode,
		answersSealed: sealAnswers(id, answers),
		priority: isPriorityOn(settings, await personOf(tx, personId), { answers, today }),
		updatedAt: now,
		submittedAt: now,
		assignedAt: null,
		assignedToId: null,
		closedAt: null,
		respondBy: respondByDay(today, settings.firstContactDays, holidays),
		stillWaitingAt: null,
		mergedIntoId: null,
		continuesId: open.id,
	});
	await tx.update(need).set({ requestId: id, status: 'open', structureId: null, expectedOn: null }).where(goesOn);
	// Asked once: what was joined is read where it goes on.
	await tx.update(paper).set({ requestId: id }).where(eq(paper.requestId, open.id));
	const detail = { from: open.territoryId, to: territoryId, continuedBy: id };
	await recordAudit(tx, { action: 'request.transferred', actor: by, subjectId: open.id, personId, detail, at: now });
	return { id, reference };
}

/**
 * A request sent to one territory by somebody whom another one knows: it waits where they are known, under its reference, for a
 * first contact by that territory's own delay. Where it was sent no longer has it.
 * @throws DomainError `not_found`
 */
export async function adoptRequest(
	tx: Tx,
	{ requestId, territoryId, now }: { requestId: string; territoryId: string; now: Date },
): Promise<void> {
	const { zone, holidayZone, settings } = await getTerritory(tx, territoryId);
	const respondBy = respondByDay(localDay(now, zone), settings.firstContactDays, await holidaysOf(tx, holidayZone));
	await recallAll(tx, requestId, now);
	const [row] = await tx
		.update(supportRequest)
		.set({
			territoryId,
			status: 'submitted',
			assignedAt: null,
			assignedToId: null,
			respondBy,
			stillWaitingAt: null,
			updatedAt: now,
		})
		.where(and(eq(supportRequest.id, requestId), inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES])))
		.returning({ personId: supportRequest.personId });
	if (!row?.personId) throw notFound();
	await tx
		.update(need)
		.set({ status: 'open', structureId: null, expectedOn: null })
		.where(and(eq(need.requestId, requestId), inArray(need.status, ['open', 'in_progress'])));
	const { personId } = row;
	const detail = { to: territoryId };
	await recordAudit(tx, { action: 'request.adopted', subjectId: requestId, personId, detail, at: now });
}

/** Where a transferred request goes on. */
export async function continuationOf(q: Queries, requestId: string) {
	const [row] = await q
		.select({ reference: supportRequest.reference, territoryName: territory.name })
		.from(supportRequest)
		.innerJoin(territory, eq(territory.id, supportRequest.territoryId))
		.where(eq(supportRequest.continuesId, requestId))
		.limit(1);
	return row?.reference ? { reference: row.reference, territoryName: row.territoryName } : null;
}

/** A request that came from another territory. */
type Continuing = Pick<RequestRow, 'continuesId'>;

async function rowBefore(q: Queries, { continuesId }: Continuing) {
	if (!continuesId) return null;
	const { submittedAt, continuesId: before } = supportRequest;
	const [row] = await q
		.select({ submittedAt, continuesId: before, territoryName: territory.name, zone: territory.zone })
		.from(supportRequest)
		.innerJoin(territory, eq(territory.id, supportRequest.territoryId))
		.where(eq(supportRequest.id, continuesId))
		.limit(1);
	return row ?? null;
}

const sentWhere = (row: Awaited<ReturnType<typeof rowBefore>>) =>
	row?.submittedAt ? { sentOn: localDay(row.submittedAt, row.zone), territoryName: row.territoryName } : null;

/** The territory it comes from, and when it was sent there. */
export const cameFrom = async (q: Queries, request: Continuing) => sentWhere(await rowBefore(q, request));

/** Where and when it was first sent, however many moves ago. */
export async function originOf(q: Queries, request: Continuing) {
	let first = await rowBefore(q, request);
	for (let hand = 1; first?.continuesId && hand < MOST_HANDS; hand++) first = (await rowBefore(q, first)) ?? first;
	return sentWhere(first);
}
