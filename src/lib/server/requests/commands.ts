/** What happens to a request once it is sent. */
import { and, eq, inArray, isNull, lt, or, type SQL } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { need, supportRequest } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { addDays, localDay, startOfDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { NO_HELPER, openAnswers, sealAnswers } from './answers.ts';
import { giveToLead } from './assigning.ts';
import type { RequestRow } from './drafts.ts';
import { recallAll, recallNeed } from './orienting.ts';
import { findOpenRequest, getOwnRequest, goesOnAs, listRequests } from './queries.ts';
import { asksForMoney, respondByDay, silenceDay } from './rules.ts';
import { transferRequest } from './transferring.ts';

export { submitRequest, confirmVisitor, type Submission, type Submitted } from './submit.ts';
export { joinPerson } from './joining.ts';
export { assignRequest } from './assigning.ts';
export { followLead } from './handing-on.ts';
export { liftNeed, resumeNeed } from './lifting.ts';
export {
	decideRequest,
	declineNeed,
	declineRequest,
	sendNeed,
	takeNeed,
	takeRequest,
	type NeedChange,
} from './orienting.ts';
export { saveAnswers, deleteDraft, deleteOldDrafts } from './drafts.ts';

interface Own {
	personId: string;
	reference: string;
	now: Date;
}
const isOpen = inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES]);
const stillOpen = inArray(need.status, ['open', 'in_progress']);
const ownRequest = (tx: Tx, { personId, reference }: Own) =>
	getOwnRequest(tx, { personId, browserHash: null }, reference);

/** The person no longer wants the help: needs left open are dropped. Twice changes nothing. @throws DomainError `not_found` */
export async function withdrawRequest(tx: Tx, own: Own): Promise<void> {
	const { id } = await ownRequest(tx, own);
	await endRequest(tx, id, own);
}

async function endRequest(tx: Tx, id: string, { personId, now }: Own): Promise<void> {
	const ended = await tx
		.update(supportRequest)
		.set({ status: 'withdrawn', closedAt: now, updatedAt: now })
		.where(and(eq(supportRequest.id, id), isOpen))
		.returning({ id: supportRequest.id });
	if (ended.length === 0) return;
	await recallAll(tx, id, now);
	await tx
		.update(need)
		.set({ status: 'dropped', closedAt: now })
		.where(and(eq(need.requestId, id), stillOpen));
	await recordAudit(tx, { action: 'request.withdrawn', subjectId: id, personId, at: now });
}

/** One need less; the last one ends the request. @throws DomainError `not_found` for a need of somebody else */
export async function withdrawNeed(tx: Tx, own: Own & { needId: string }): Promise<void> {
	const { id } = await ownRequest(tx, own);
	const { needId, personId, now } = own;
	const ofRequest = and(eq(need.id, needId), eq(need.requestId, id));
	const [row] = await tx.select({ theme: need.theme }).from(need).where(ofRequest).limit(1);
	if (!row) throw notFound();
	const dropped = await tx
		.update(need)
		.set({ status: 'dropped', closedAt: now })
		.where(and(ofRequest, stillOpen))
		.returning({ id: need.id });
	if (dropped.length === 0) return;
	await recallNeed(tx, needId, now);
	const detail = { theme: row.theme };
	await recordAudit(tx, { action: 'request.need_withdrawn', subjectId: id, personId, detail, at: now });
	const [left] = await tx
		.select({ id: need.id })
		.from(need)
		.where(and(eq(need.requestId, id), stillOpen))
		.limit(1);
	if (!left) await endRequest(tx, id, own);
}

/** The pathway ended: the open request is closed with it, and needs left open are dropped. Without one nothing changes. */
export async function closeRequest(tx: Tx, { personId, now }: { personId: string; now: Date }): Promise<void> {
	const open = await findOpenRequest(tx, personId);
	if (!open) return;
	await tx
		.update(supportRequest)
		.set({ status: 'closed', closedAt: now, updatedAt: now })
		.where(eq(supportRequest.id, open.id));
	await recallAll(tx, open.id, now);
	await tx
		.update(need)
		.set({ status: 'dropped', closedAt: now })
		.where(and(eq(need.requestId, open.id), stillOpen));
	await recordAudit(tx, { action: 'request.closed', subjectId: open.id, personId, at: now });
}

/** The person says that nobody helps them any more: the name goes, the journal keeps that somebody did. */
export async function endHelp(tx: Tx, own: Own): Promise<void> {
	const { personId, now } = own;
	const row = await ownRequest(tx, own);
	const answers = openAnswers(row.id, row.answersSealed);
	if (!answers.contact?.helper) return;
	const contact = { ...answers.contact, ...NO_HELPER };
	await tx
		.update(supportRequest)
		.set({ answersSealed: sealAnswers(row.id, { ...answers, contact }) })
		.where(eq(supportRequest.id, row.id));
	await recordAudit(tx, { action: 'request.help_ended', subjectId: row.id, personId, at: now });
}

const REOPEN_DAYS = 30;

/**
 * Last day, in the territory's zone, on which its person may reopen an ended request; null for one that did not end so, or went on in
 * another.
 */
export function reopenableUntil({ status, closedAt, mergedIntoId }: RequestRow, zone: string): string | null {
	const ended = status === 'withdrawn' || status === 'closed';
	return ended && !mergedIntoId && closedAt ? addDays(localDay(closedAt, zone), REOPEN_DAYS) : null;
}

export type StartAgain = { how: 'open' } | { how: 'reopen'; until: string } | { how: 'new' };

/**
 * How somebody whose pathway is over asks for help again: in a request that is open, else in one that they may reopen until its last day
 * (of the territory it was sent to), else in a new one.
 */
export async function howToStartAgain(q: Queries, personId: string, now: Date): Promise<StartAgain> {
	const requests = await listRequests(q, personId);
	if (requests.some(({ status }) => isOpenRequest(status))) return { how: 'open' };
	for (const row of requests) {
		const { zone } = await getTerritory(q, row.territoryId);
		const until = reopenableUntil(row, zone);
		if (until && localDay(now, zone) <= until) return { how: 'reopen', until };
	}
	return { how: 'new' };
}
const isOpenRequest = (status: string) => (OPEN_REQUEST_STATUSES as readonly string[]).includes(status);

/**
 * The person changed their mind within 30 days. Whoever still leads them has it again, where it stood; with nobody, it waits for a
 * first contact from today. Who moved to another territory since finds it there (`transferRequest`). Said twice, the second changes nothing.
 * @throws DomainError `not_found`, `request_already_open` (conflict) when another one is, `reopen_too_late` (conflict)
 */
export async function reopenRequest(tx: Tx, own: Own): Promise<void> {
	const { personId, now } = own;
	const row = await ownRequest(tx, own);
	const { id, territoryId } = row;
	const open = await findOpenRequest(tx, personId);
	if (open && open.id === (await goesOnAs(tx, id))) return;
	if (open) throw new DomainError('request_already_open', 'conflict');
	const { zone, holidayZone, settings } = await getTerritory(tx, territoryId);
	const today = localDay(now, zone);
	const until = reopenableUntil(row, zone);
	if (!until || today > until) throw new DomainError('reopen_too_late', 'conflict');
	await tx
		.update(supportRequest)
		.set({
			status: 'submitted',
			assignedToId: null,
			assignedAt: null,
			closedAt: null,
			updatedAt: now,
			respondBy: respondByDay(today, settings.firstContactDays, await holidaysOf(tx, holidayZone)),
			stillWaitingAt: null,
		})
		.where(eq(supportRequest.id, id));
	await recallAll(tx, id, now);
	const themes = await reopenNeeds(tx, row);
	// Asked again today: silence on money counts from here (CRPA L231-4).
	if (themes.includes('childcare') && asksForMoney(openAnswers(id, row.answersSealed)))
		await tx
			.update(supportRequest)
			.set({ silenceOn: silenceDay(today, settings.silenceRefusalMonths) })
			.where(eq(supportRequest.id, id));
	const person = await personOf(tx, personId);
	const hasMoved = person.territoryId !== territoryId;
	const { submittedAt: sentAt, assignedAt } = row;
	if (!hasMoved) await giveToLead(tx, { id, personId, territoryId, sentAt, assignedAt, now });
	await recordAudit(tx, { action: 'request.reopened', subjectId: id, personId, at: now });
	const to = { territoryId: person.territoryId, inseeCode: person.inseeCode };
	if (hasMoved) await transferRequest(tx, { personId, ...to, by: null, now });
}

/**
 * Those that ended with the request; when all were settled, these: reopening it says that they were not. Who answered for them then is
 * asked again. @returns their themes
 */
async function reopenNeeds(tx: Tx, { id, closedAt }: Pick<RequestRow, 'id' | 'closedAt'>): Promise<Theme[]> {
	const reopened = (which: SQL | undefined) =>
		tx
			.update(need)
			.set({ status: 'open', closedAt: null, structureId: null, expectedOn: null })
			.where(and(eq(need.requestId, id), which))
			.returning({ theme: need.theme });
	const dropped = await reopened(and(eq(need.status, 'dropped'), eq(need.closedAt, closedAt!)));
	const rows = dropped.length > 0 ? dropped : await reopened(eq(need.status, 'lifted'));
	return rows.map(({ theme }) => theme);
}

/**
 * « J'attends toujours », once the day to answer by has passed: staff see it. Once a day in the territory's zone; more taps
 * that day change nothing.
 * @throws DomainError `not_found`, `not_late_yet` (conflict)
 */
export async function sayStillWaiting(tx: Tx, own: Own): Promise<void> {
	const { personId, now } = own;
	const row = await ownRequest(tx, own);
	const { zone } = await getTerritory(tx, row.territoryId);
	const today = localDay(now, zone);
	if (row.status !== 'submitted' || row.respondBy >= today) throw new DomainError('not_late_yet', 'conflict');
	const said = await tx
		.update(supportRequest)
		.set({ stillWaitingAt: now })
		.where(
			and(
				eq(supportRequest.id, row.id),
				or(isNull(supportRequest.stillWaitingAt), lt(supportRequest.stillWaitingAt, startOfDay(today, zone))),
			),
		)
		.returning({ id: supportRequest.id });
	if (said.length === 0) return;
	await touchContact(tx, personId, now);
	await recordAudit(tx, { action: 'request.still_waiting', subjectId: row.id, personId, at: now });
}
