/** What happens to a request once it is sent. */
import { and, eq, inArray, isNull, lt, or } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { need, supportRequest } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { localDay, startOfDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { openAnswers, sealAnswers } from './answers.ts';
import type { RequestRow } from './drafts.ts';
import { findOpenRequest, getOwnRequest } from './queries.ts';
import { respondByDay } from './rules.ts';

export { submitRequest, joinPerson, confirmVisitor, type Submission, type Submitted } from './submit.ts';
export { assignRequest } from './assigning.ts';
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
	const contact = { ...answers.contact, helper: '', helperFor: null, helperUntil: null };
	await tx
		.update(supportRequest)
		.set({ answersSealed: sealAnswers(row.id, { ...answers, contact }) })
		.where(eq(supportRequest.id, row.id));
	await recordAudit(tx, { action: 'request.help_ended', subjectId: row.id, personId, at: now });
}

const REOPEN_DAYS = 30;
const DAY_MS = 24 * 3_600_000;

/** Until when its person may reopen an ended request; null for one that did not end so, or went on in another. */
export function reopenableUntil({ status, closedAt, mergedIntoId }: RequestRow): Date | null {
	const ended = status === 'withdrawn' || status === 'closed';
	return ended && !mergedIntoId && closedAt ? new Date(closedAt.getTime() + REOPEN_DAYS * DAY_MS) : null;
}

/**
 * The person changed their mind within 30 days: the request waits for a first contact again, from today.
 * @throws DomainError `not_found`, `request_already_open` (conflict), `reopen_too_late` (conflict)
 */
export async function reopenRequest(tx: Tx, own: Own): Promise<void> {
	const { personId, now } = own;
	const row = await ownRequest(tx, own);
	if (await findOpenRequest(tx, personId)) throw new DomainError('request_already_open', 'conflict');
	const until = reopenableUntil(row);
	if (!until || now > until) throw new DomainError('reopen_too_late', 'conflict');
	const { zone, holidayZone, settings } = await getTerritory(tx, row.territoryId);
	const holidays = await holidaysOf(tx, holidayZone);
	await tx
		.update(supportRequest)
		.set({
			// Nobody follows any more somebody whose pathway was closed.
			...(row.status === 'withdrawn' && row.assignedToId
				? { status: 'assigned' }
				: { status: 'submitted', assignedToId: null, assignedAt: null }),
			closedAt: null,
			updatedAt: now,
			respondBy: respondByDay(localDay(now, zone), settings.firstContactDays, holidays),
		})
		.where(eq(supportRequest.id, row.id));
	await tx
		.update(need)
		.set({ status: 'open', closedAt: null })
		.where(and(eq(need.requestId, row.id), eq(need.status, 'dropped'), eq(need.closedAt, row.closedAt!)));
	await recordAudit(tx, { action: 'request.reopened', subjectId: row.id, personId, at: now });
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
