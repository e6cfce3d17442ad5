/** Who a request, or one of its needs, goes to: sent, taken, declined. The clock of the request runs through all of it. */
import { and, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { PathwayKind } from '../../shared/codes.ts';
import type { DeclineReason } from '../../shared/handling.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { account, need, orientation, structure, supportRequest } from '../db/schema/index.ts';
import { findMembership, followersNow } from '../people/queries.ts';
import { seesTheme } from '../people/rules.ts';
import { joinAsMember } from '../people/sharing.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { assignRequest } from './assigning.ts';
import { isAsProposed, type Proposal } from './orientation-rules.ts';
import { respondByDay } from './rules.ts';

type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId' | 'territoryId'>;
type OrientationRow = typeof orientation.$inferSelect;

/** The decision that counts now, for the whole request. */
export async function wholeOrientation(q: Queries, requestId: string): Promise<OrientationRow | undefined> {
	const [row] = await q
		.select()
		.from(orientation)
		.where(and(eq(orientation.requestId, requestId), sql`present = 1 AND need_id IS NULL`))
		.limit(1);
	return row;
}

export interface Decision {
	reference: string;
	/** One of the two: a referent who leads from now on, or a structure in which somebody will take it. */
	accountId: string | null;
	structureId: string | null;
	kind: PathwayKind;
	/** Why it is not what was proposed, or why a referent's limit is passed. */
	reason: string;
	/** What the rules propose now; null when nobody had to look at it (a referent takes it). */
	proposal: Proposal | null;
	/** What stood on the screen it was decided from (`hasSeen`). */
	seen?: string;
	by: Actor;
	now: Date;
}

/**
 * `seen`: id of the decision that stood on the screen, empty for none. Another one made meanwhile is not undone unread; the same one made
 * again, by a second tap say, changes nothing. Left out, nothing was shown.
 * @returns whether there is something to do @throws DomainError `already_decided` (conflict)
 */
function hasSeen(seen: string | undefined, present: OrientationRow | undefined, isSame: boolean): boolean {
	if (seen === undefined || seen === (present?.id ?? '')) return true;
	if (isSame && present?.state === 'sent') return false;
	throw new DomainError('already_decided', 'conflict');
}

/**
 * A coordinator decides who a waiting request goes to. What the rules proposed is kept beside it, so that one can count how
 * often they are followed.
 * @throws DomainError `not_found`, `request_already_taken` (conflict), `reason_needed` (invalid) when something else than
 * proposed is chosen without a word, those of `hasSeen` and of `assignRequest`
 * @returns null when the same was decided already
 */
export async function decideRequest(tx: Tx, decision: Decision): Promise<{ id: string; personId: string } | null> {
	const { reference, accountId, kind, reason, proposal, by, now } = decision;
	const row = await waitingRequest(tx, reference, by);
	const present = await wholeOrientation(tx, row.id);
	const isSame = !accountId && present?.structureId === decision.structureId && present.kind === kind;
	if (!hasSeen(decision.seen, present, isSame)) return null;
	const hasProposal = proposal !== null && proposal.structure !== null && proposal.kind !== null;
	const followed = hasProposal ? isAsProposed(proposal, decision) : null;
	if (followed === false && !reason.trim()) throw new DomainError('reason_needed', 'invalid');
	const structureId = accountId ? await structureOf(tx, accountId) : decision.structureId;
	await checkStructure(tx, structureId, row.territoryId);
	await recallWhole(tx, row.id, now);
	if (accountId) await assignRequest(tx, { reference, accountId, by, now, reason });
	const id = newId();
	await tx.insert(orientation).values({
		id,
		requestId: row.id,
		territoryId: row.territoryId,
		structureId: structureId!,
		accountId,
		kind,
		state: accountId ? 'taken' : 'sent',
		present: true,
		proposedStructureId: proposal?.structure?.id ?? null,
		proposedAccountId: proposal?.account?.id ?? null,
		proposedKind: proposal?.kind ?? null,
		followed,
		reasonSealed: sealNullable(`orientation.reason_sealed:${id}`, reason),
		byId: by.accountId,
		at: now,
	});
	const detail = { structureId, accountId, kind, followed };
	const { personId } = row;
	await recordAudit(tx, { action: 'request.oriented', actor: by, subjectId: row.id, personId, detail, at: now });
	return { id: row.id, personId };
}

/**
 * A referent takes a waiting request and leads from now on; one that was sent to a structure is for that structure.
 * @throws DomainError `not_found`, and those of `assignRequest`
 */
export async function takeRequest(
	tx: Tx,
	{ reference, account: by, reason, now }: { reference: string; account: Actor; now: Date; reason?: string },
): Promise<{ id: string; personId: string }> {
	const row = await requestOf(tx, reference, by);
	const present = await wholeOrientation(tx, row.id);
	if (present?.state === 'sent' && present.structureId !== by.structureId && row.status === 'submitted')
		throw notFound();
	const taken = await assignRequest(tx, { reference, accountId: by.accountId, by, reason, now });
	if (present?.state === 'sent')
		await tx
			.update(orientation)
			.set({ state: 'taken', accountId: by.accountId, endedById: by.accountId, endedAt: now })
			.where(eq(orientation.id, present.id));
	return taken;
}

interface Declining {
	reason: DeclineReason;
	note: string;
	by: Actor;
	now: Date;
}

/**
 * The structure it was sent to does not take the request: it is the coordinator's again, and the day to answer by stays.
 * @throws DomainError `not_found`, `already_answered` (conflict) when it no longer waits there, `note_needed` (invalid) when the reason
 * is « other »
 */
export async function declineRequest(
	tx: Tx,
	input: Declining & { reference: string },
): Promise<{ id: string; personId: string }> {
	const row = await requestOf(tx, input.reference, input.by);
	const present = await wholeOrientation(tx, row.id);
	const isOurs = present ? present.structureId === input.by.structureId : await wasSentTo(tx, row.id, input.by);
	if (!isOurs) throw notFound();
	if (!present || row.status !== 'submitted') throw new DomainError('already_answered', 'conflict');
	await decline(tx, present.id, input);
	const { id, personId } = row;
	const detail = { reason: input.reason };
	await recordAudit(tx, {
		action: 'request.declined',
		actor: input.by,
		subjectId: id,
		personId,
		detail,
		at: input.now,
	});
	return { id, personId };
}

/** It waited there, until it was called back: withdrawn by the person since, or moved. */
async function wasSentTo(q: Queries, requestId: string, { structureId }: Actor): Promise<boolean> {
	const [row] = await q
		.select({ id: orientation.id })
		.from(orientation)
		.where(
			and(
				eq(orientation.requestId, requestId),
				isNull(orientation.needId),
				eq(orientation.structureId, structureId ?? ''),
			),
		)
		.limit(1);
	return row !== undefined;
}

async function decline(tx: Tx, id: string, { reason, note, by, now }: Declining): Promise<void> {
	if (reason === 'other' && !note.trim()) throw new DomainError('note_needed', 'invalid');
	const declined = await tx
		.update(orientation)
		.set({
			state: 'declined',
			declineReason: reason,
			declineNoteSealed: sealNullable(`orientation.decline_note_sealed:${id}`, note),
			endedById: by.accountId,
			endedAt: now,
		})
		.where(and(eq(orientation.id, id), eq(orientation.state, 'sent'), eq(orientation.present, true)))
		.returning({ id: orientation.id });
	if (declined.length === 0) throw new DomainError('already_answered', 'conflict');
}

interface OnNeed {
	needId: string;
	by: Actor;
	now: Date;
}
export interface NeedChange {
	requestId: string;
	reference: string;
	personId: string;
	/** The decision that this made or ended. */
	orientationId: string;
}

/**
 * Sends one need to a structure of the territory: by who leads the person, or by the coordinator while nobody leads or after
 * it came back. Its expected day is that of the first sending, never moved by a refusal and never later than the one it had. What
 * somebody took stays theirs while they follow the person.
 * @throws DomainError `not_found`, `need_taken` (conflict), `structure_unknown` (invalid), and those of `hasSeen`
 * @returns null when it was sent there already
 */
export async function sendNeed(
	tx: Tx,
	input: OnNeed & { structureId: string; seen?: string },
): Promise<NeedChange | null> {
	const { needId, structureId, seen, by, now } = input;
	const row = await openNeed(tx, needId, by);
	const present = await needOrientation(tx, needId);
	if (!(await maySend(tx, row, present, by))) {
		if (!seen || !(await cameBack(tx, needId, seen, by))) throw notFound();
		// It was theirs to send until another coordinator did.
		hasSeen(seen, present, present?.structureId === structureId);
		return null;
	}
	const wasTaken = present?.state === 'taken';
	if (wasTaken && (await isHeld(tx, row, present, now))) throw new DomainError('need_taken', 'conflict');
	if (!hasSeen(seen, present, present?.structureId === structureId)) return null;
	await checkStructure(tx, structureId, row.territoryId);
	await endPresent(tx, eq(orientation.needId, needId), now);
	const id = newId();
	const { requestId, personId, reference, territoryId } = row;
	await tx.insert(orientation).values({
		id,
		requestId,
		needId,
		territoryId,
		structureId,
		state: 'sent',
		present: true,
		byId: by.accountId,
		at: now,
	});
	const { zone, holidayZone, settings } = await getTerritory(tx, territoryId);
	const first = respondByDay(localDay(now, zone), settings.firstContactDays, await holidaysOf(tx, holidayZone));
	await tx
		.update(need)
		.set({
			structureId,
			expectedOn: row.expectedOn && row.expectedOn < first ? row.expectedOn : first,
			...(wasTaken ? { status: 'open' } : {}),
		})
		.where(eq(need.id, needId));
	const detail = { structureId };
	await recordAudit(tx, { action: 'need.sent', actor: by, subjectId: needId, personId, detail, at: now });
	return { requestId, reference, personId, orientationId: id };
}

/**
 * Somebody of the structure takes the need: they see its theme from now on, the lead keeps the whole. Two at once: one wins.
 * @throws DomainError `not_found`, `need_already_taken` (conflict)
 */
export async function takeNeed(tx: Tx, { needId, by, now }: OnNeed): Promise<NeedChange> {
	const row = await openNeed(tx, needId, by);
	const present = await needOrientation(tx, needId);
	if (!present || present.structureId !== by.structureId) throw notFound();
	const taken = await tx
		.update(orientation)
		.set({ state: 'taken', accountId: by.accountId, endedById: by.accountId, endedAt: now })
		.where(and(eq(orientation.id, present.id), eq(orientation.state, 'sent')))
		.returning({ id: orientation.id });
	if (taken.length === 0) throw new DomainError('need_already_taken', 'conflict');
	await tx.update(need).set({ status: 'in_progress' }).where(eq(need.id, needId));
	const { requestId, personId, reference, theme } = row;
	await joinAsMember(tx, { personId, accountId: by.accountId, structureId: by.structureId!, theme, by, now });
	await recordAudit(tx, { action: 'need.taken', actor: by, subjectId: needId, personId, at: now });
	return { requestId, reference, personId, orientationId: present.id };
}

/**
 * The structure does not take the need: it is the coordinator's again, with the same expected day.
 * @throws DomainError `not_found`, `already_answered` (conflict), `note_needed` (invalid)
 */
export async function declineNeed(tx: Tx, input: OnNeed & Declining): Promise<NeedChange> {
	const { needId, by, now } = input;
	const row = await openNeed(tx, needId, by);
	const present = await needOrientation(tx, needId);
	if (!present || present.structureId !== by.structureId) throw notFound();
	await decline(tx, present.id, input);
	await tx.update(need).set({ structureId: null, status: 'open' }).where(eq(need.id, needId));
	const { requestId, personId, reference } = row;
	const detail = { reason: input.reason };
	await recordAudit(tx, { action: 'need.declined', actor: by, subjectId: needId, personId, detail, at: now });
	return { requestId, reference, personId, orientationId: present.id };
}

/** What is on its way anywhere is called back: the request ended, waits again, or went to another territory. */
export const recallAll = (tx: Tx, requestId: string, now: Date) =>
	endPresent(tx, eq(orientation.requestId, requestId), now);

/** The same for the request alone, not for its needs. */
export const recallWhole = (tx: Tx, requestId: string, now: Date) =>
	endPresent(tx, and(eq(orientation.requestId, requestId), isNull(orientation.needId)), now);

/** The same for one need: dropped, or asked for again. */
export const recallNeed = (tx: Tx, needId: string, now: Date) => endPresent(tx, eq(orientation.needId, needId), now);

/** They become history; what was still on its way is said to have been called back. */
async function endPresent(tx: Tx, which: SQL | undefined, now: Date): Promise<void> {
	const wasSent = sql`${orientation.state} = 'sent'`;
	await tx
		.update(orientation)
		.set({
			present: false,
			state: sql`CASE WHEN ${wasSent} THEN 'recalled' ELSE ${orientation.state} END`,
			endedAt: sql`coalesce(${orientation.endedAt}, ${now.getTime()})`,
		})
		.where(and(which, eq(orientation.present, true)));
}

export async function needOrientation(q: Queries, needId: string): Promise<OrientationRow | undefined> {
	const [row] = await q
		.select()
		.from(orientation)
		.where(and(eq(orientation.needId, needId), sql`present = 1 AND need_id IS NOT NULL`))
		.limit(1);
	return row;
}

async function requestOf(tx: Tx, reference: string, by: Actor) {
	const [row] = await tx
		.select()
		.from(supportRequest)
		.where(and(eq(supportRequest.reference, reference), eq(supportRequest.territoryId, by.territoryId ?? '')))
		.limit(1);
	if (!row?.personId || !row.territoryId) throw notFound();
	return { ...row, personId: row.personId, territoryId: row.territoryId };
}

async function waitingRequest(tx: Tx, reference: string, by: Actor) {
	const row = await requestOf(tx, reference, by);
	if (row.status !== 'submitted') throw new DomainError('request_already_taken', 'conflict');
	return row;
}

/** A need of the territory that goes on. */
async function openNeed(tx: Tx, needId: string, by: Actor) {
	const [row] = await tx
		.select({ need, request: supportRequest })
		.from(need)
		.innerJoin(supportRequest, eq(supportRequest.id, need.requestId))
		.where(
			and(
				eq(need.id, needId),
				inArray(need.status, ['open', 'in_progress']),
				eq(supportRequest.territoryId, by.territoryId ?? ''),
			),
		)
		.limit(1);
	if (!row?.request.reference || !row.request.territoryId) throw notFound();
	const { reference, territoryId, status } = row.request;
	return { ...row.need, reference, territoryId, requestStatus: status };
}

async function maySend(
	tx: Tx,
	row: { personId: string; requestStatus: string },
	present: OrientationRow | undefined,
	by: Actor,
): Promise<boolean> {
	const membership = await findMembership(tx, row.personId, by.accountId);
	if (membership?.part === 'lead' || membership?.part === 'second') return true;
	return by.role === 'coordinator' && (row.requestStatus === 'submitted' || present?.state === 'declined');
}

/** What stood on the screen of this coordinator: the need, come back from a structure. */
async function cameBack(q: Queries, needId: string, seen: string, by: Actor): Promise<boolean> {
	if (by.role !== 'coordinator') return false;
	const [row] = await q
		.select({ id: orientation.id })
		.from(orientation)
		.where(and(eq(orientation.id, seen), eq(orientation.needId, needId), eq(orientation.state, 'declined')))
		.limit(1);
	return row !== undefined;
}

/** Who took the need still follows the person for it, and works here. */
async function isHeld(
	q: Queries,
	{ personId, theme }: { personId: string; theme: string },
	{ accountId }: OrientationRow,
	now: Date,
): Promise<boolean> {
	const line = (await followersNow(q, personId, now)).find((member) => member.accountId === accountId);
	return line !== undefined && line.active && seesTheme(line.themes, theme);
}

async function structureOf(tx: Tx, accountId: string): Promise<string | null> {
	const [row] = await tx
		.select({ structureId: account.structureId })
		.from(account)
		.where(eq(account.id, accountId))
		.limit(1);
	return row?.structureId ?? null;
}

async function checkStructure(tx: Tx, structureId: string | null, territoryId: string): Promise<void> {
	const [row] = await tx
		.select({ id: structure.id })
		.from(structure)
		.where(and(eq(structure.id, structureId ?? ''), eq(structure.territoryId, territoryId)))
		.limit(1);
	if (!row) throw new DomainError('structure_unknown', 'invalid');
}
