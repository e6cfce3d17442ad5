import { and, eq, isNull, lt } from 'drizzle-orm';
import type { AidReason, Paper } from '../../shared/aids.ts';
import type { AidStatus } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import type { AidEventDetail, AidProposal } from '../db/schema/childcare.ts';
import { childcareAid, supportingDocument } from '../db/schema/index.ts';
import { askAnew } from '../papers/commands.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { addDays, daysBetween, localDay, type Holidays } from '../territories/calendar.ts';
import { getTerritory, holidaysOf, listStructures } from '../territories/queries.ts';
import { claimChildren } from './children.ts';
import { heldFor } from './held.ts';
import { move, proposedNote, tell, type Actor, type AidRow } from './moving.ts';
import { writeToService } from './notices.ts';
import {
	isWaiting,
	LONGEST_PAPER_DAYS,
	mayMove,
	nextOf,
	nextWorkingDay,
	paused,
	resumed,
	type Clock,
} from './rules.ts';
import { budgetLeft, schemeOfFile } from './schemes.ts';

export interface AidChange {
	aidId: string;
	to: AidStatus;
	by: Actor;
	/** Version that was read: another decision in between refuses this one. */
	version: number;
	/** Words for the person, sealed. */
	note?: string;
	/** Last day to send the papers, `YYYY-MM-DD`; moved on to a working day of the territory. */
	dueOn?: string;
	papers?: Paper[];
	/** Papers that the service has already, asked for all the same because they changed. */
	changedPapers?: Paper[];
	amountCents?: number;
	reason?: AidReason;
	/** What is left of the envelope was read: it is granted all the same. */
	overBudget?: boolean;
	/** Granted from and to these days, and for so many hours a week. */
	periodFrom?: string;
	periodTo?: string;
	hoursPerWeek?: number;
	/** Body that it is handed to. */
	transmittedTo?: string;
	/** Day of the payment; today when nothing is said. */
	paidOn?: string;
	now: Date;
}
export interface Changed {
	personId: string;
	reference: string;
	/** Unique to the change: key of its notice. */
	eventKey: string;
	/** Above the amount of the territory: somebody else must confirm, nothing is decided yet. */
	proposed: boolean;
}

/**
 * A referent of the deciding structure changes the status; asking for papers stops the clock, their arrival starts it.
 * @throws DomainError `not_found` for any other professional; `aid_changed` (conflict) when somebody changed it since
 * `version`; `aid_refused_move`, `aid_child_taken`, `aid_over_budget` (conflict); `aid_papers_needed`, `aid_paper_held`, `aid_due_needed`, `aid_due_outside`, `aid_amount_needed`,
 * `aid_reason_needed`, `aid_period_wrong`, `aid_body_needed`, `aid_paid_outside` (invalid)
 */
export async function changeAidStatus(tx: Tx, change: AidChange): Promise<Changed> {
	const { aidId, to, by, now } = change;
	const found = await deciderRow(tx, aidId, by);
	if (found.version !== change.version) throw new DomainError('aid_changed', 'conflict');
	const territory = await getTerritory(tx, found.territoryId);
	const today = localDay(now, territory.zone);
	const detail = detailOf(change, found, today, await holidaysOf(tx, territory.holidayZone));
	const eventKey = `${aidId}:${found.version + 1}`;
	const told = { personId: found.personId, reference: found.reference, eventKey };
	if (mayMove('decider', found.status, to) && !change.overBudget) await warnOfBudget(tx, found, detail, today);
	if (mayMove('decider', found.status, to) && (await needsAnotherPair(tx, found, { to, by, detail }))) {
		await propose(tx, found, { to, by, detail, note: change.note, now });
		return { ...told, proposed: true };
	}
	// Confirmed without a word of one's own, the words of who proposed it go to the person.
	const isConfirmed = found.proposal !== null && isSameDecision(found.proposal, { to, detail });
	const note = change.note || (isConfirmed ? ((await proposedNote(tx, aidId)) ?? undefined) : undefined);
	const { territoryId, kind } = found;
	if (to === 'granted' || isPartly(to)) await claimChildren(tx, { aidId, territoryId, kind, now });
	if (to === 'incomplete') await refuseHeld(tx, { aidId, today, zone: territory.zone, papers: change.papers });
	const clock = clockAfter(found, { to, today, dueOn: detail.dueOn });
	await move(tx, found, { ...change, note, actor: 'decider', detail, clock, today });
	if (to === 'incomplete') await askPapers(tx, aidId, detail, now);
	if (found.status === 'incomplete') await receivePapers(tx, aidId, today, now);
	if (to === 'not_competent') await tellBody(tx, found, { name: detail.transmittedTo!, today, now });
	return { ...told, proposed: false };
}

/** @throws DomainError `aid_paper_held` (invalid) for a paper that the service has already */
async function refuseHeld(
	q: Queries,
	{ papers = [], ...aid }: { aidId: string; today: string; zone: string; papers?: string[] },
): Promise<void> {
	const held = await heldFor(q, aid);
	if (held.some(({ kind }) => papers.includes(kind))) throw new DomainError('aid_paper_held', 'invalid');
}

/**
 * An envelope is what was planned: it is the service that decides to go over it, knowingly. Read where it is written: of two
 * grants at once, the second is told. @throws DomainError `aid_over_budget` (conflict)
 */
async function warnOfBudget(
	q: Queries,
	{ territoryId, kind }: AidRow,
	{ amountCents }: AidEventDetail,
	today: string,
): Promise<void> {
	if (amountCents === undefined) return;
	const left = await budgetLeft(q, { territoryId, kind, today });
	if (left !== null && amountCents > left) throw new DomainError('aid_over_budget', 'conflict');
}

interface Granting {
	to: AidStatus;
	by: Actor;
	detail: AidEventDetail;
}

/** Four eyes: above the amount of the rules, a decision stands once a second professional makes the very same one. */
async function needsAnotherPair(q: Queries, found: AidRow, { to, by, detail }: Granting): Promise<boolean> {
	if (detail.amountCents === undefined) return false;
	const limit = (await schemeOfFile(q, found))?.fourEyesCents ?? null;
	if (limit === null || detail.amountCents < limit) return false;
	const { proposal } = found;
	return !proposal || proposal.byAccountId === by.accountId || !isSameDecision(proposal, { to, detail });
}

/** All that it grants: the amount, the days, the hours, and why not the whole. */
const isSameDecision = (proposal: AidProposal, { to, detail }: Pick<Granting, 'to' | 'detail'>) =>
	proposal.to === to &&
	(['amountCents', 'periodFrom', 'periodTo', 'hoursPerWeek', 'reason'] as const).every(
		(what) => proposal.detail[what] === detail[what],
	);

interface Proposing extends Granting {
	/** Words for the person: they wait, sealed, with what is proposed. */
	note?: string;
	now: Date;
}

async function propose(tx: Tx, found: AidRow, { to, by, detail, note, now }: Proposing): Promise<void> {
	const version = found.version + 1;
	await tx
		.update(childcareAid)
		.set({ proposal: { to, byAccountId: by.accountId, detail }, version })
		.where(eq(childcareAid.id, found.id));
	const { id: aidId, status } = found;
	await tell(tx, { aidId, version, status, by, detail: { ...detail, proposed: true }, note, now });
	await recordAudit(tx, {
		action: 'aid.proposed',
		actor: by,
		subjectId: found.id,
		personId: found.personId,
		detail: { to },
		at: now,
	});
}

/** The file as those who decide it may open it. @throws DomainError `not_found` */
async function deciderRow(q: Queries, aidId: string, by: Actor): Promise<AidRow> {
	const [row] = await q.select().from(childcareAid).where(eq(childcareAid.id, aidId)).limit(1);
	if (!row || by.role !== 'referent' || !by.structureId || row.deciderStructureId !== by.structureId) throw notFound();
	return row;
}

/** A last day for papers that somebody can keep, moved on to a working day. */
function checkedDueDay(dueOn: string, today: string, holidays: Holidays): string {
	const days = daysBetween(today, dueOn);
	if (days < 1 || days > LONGEST_PAPER_DAYS) throw new DomainError('aid_due_outside', 'invalid');
	return nextWorkingDay(dueOn, holidays);
}

const isPartly = (to: AidStatus) => to === 'partially_granted';

/** What the change must say, checked. */
function detailOf(
	change: AidChange,
	{ decidedOn }: Pick<AidRow, 'decidedOn'>,
	today: string,
	holidays: Holidays,
): AidEventDetail {
	const { to, dueOn, amountCents, reason } = change;
	if (to === 'incomplete') {
		const papers = [...(change.papers ?? []), ...(change.changedPapers ?? [])];
		if (papers.length === 0) throw new DomainError('aid_papers_needed', 'invalid');
		if (!dueOn) throw new DomainError('aid_due_needed', 'invalid');
		return { papers: [...new Set(papers)], dueOn: checkedDueDay(dueOn, today, holidays) };
	}
	if (to === 'granted' || isPartly(to)) {
		if (!amountCents || amountCents < 0) throw new DomainError('aid_amount_needed', 'invalid');
		if (isPartly(to) && !reason) throw new DomainError('aid_reason_needed', 'invalid');
		return { amountCents, ...periodOf(change), ...(isPartly(to) && { reason }) };
	}
	if (to === 'refused') {
		if (!reason) throw new DomainError('aid_reason_needed', 'invalid');
		return { reason };
	}
	if (to === 'not_competent') {
		if (!change.transmittedTo) throw new DomainError('aid_body_needed', 'invalid');
		return { transmittedTo: change.transmittedTo };
	}
	if (to === 'paid') {
		const { paidOn = today } = change;
		if (paidOn > today || (decidedOn && paidOn < decidedOn)) throw new DomainError('aid_paid_outside', 'invalid');
		return { paidOn };
	}
	return {};
}

/** What is granted for a while says both ends, in order. */
function periodOf({ periodFrom, periodTo, hoursPerWeek }: AidChange): AidEventDetail {
	if (Boolean(periodFrom) !== Boolean(periodTo) || (periodFrom && periodTo! < periodFrom))
		throw new DomainError('aid_period_wrong', 'invalid');
	return { ...(periodFrom && { periodFrom, periodTo }), ...(hoursPerWeek && { hoursPerWeek }) };
}

/** Papers asked for stop the clock; examined again before all of them came, it runs from today. */
function clockAfter(found: AidRow, { to, today, dueOn }: { to: AidStatus; today: string; dueOn?: string }): Clock {
	if (to === 'incomplete') return paused(found, today, dueOn!);
	return found.status === 'incomplete' ? resumed(found, today) : found;
}

async function askPapers(tx: Tx, aidId: string, { papers = [], dueOn }: AidEventDetail, now: Date): Promise<void> {
	await askAnew(tx, { aidId, kinds: papers, now });
	for (const kind of papers)
		await tx
			.insert(supportingDocument)
			.values({ id: newId(), aidId, kind, askedAt: now, dueOn })
			.onConflictDoUpdate({
				target: [supportingDocument.aidId, supportingDocument.kind],
				set: { askedAt: now, dueOn, declaredAt: null, receivedAt: null },
			});
}

/**
 * Examined again, what was waited for has come; but a paper that nobody said was sent and whose last day is over did not: it
 * is no longer waited for, and never said to be received. The history keeps that it was asked for.
 */
async function receivePapers(tx: Tx, aidId: string, today: string, now: Date): Promise<void> {
	const waited = and(eq(supportingDocument.aidId, aidId), isNull(supportingDocument.receivedAt));
	await tx
		.delete(supportingDocument)
		.where(and(waited, isNull(supportingDocument.declaredAt), lt(supportingDocument.dueOn, today)));
	await tx.update(supportingDocument).set({ receivedAt: now }).where(waited);
}

/** Who it is handed to is told, by a reference: the person has nothing to redo (CRPA L114-2). */
async function tellBody(
	tx: Tx,
	{ id: aidId, territoryId, version }: AidRow,
	{ name, today, now }: { name: string; today: string; now: Date },
): Promise<void> {
	const body = (await listStructures(tx, territoryId)).find((one) => one.name === name);
	const onceKey = `transmitted:${aidId}:${version}`;
	if (body) await writeToService(tx, { onceKey, aidId, kind: 'transmitted', structureId: body.id, day: today }, now);
}

/** Days that somebody has at least to send a paper again, when the service names no day. */
const AGAIN_DAYS = 10;

/**
 * A paper that came will not do, or is asked for again while the file is examined: it is waited for, it is the person's turn,
 * and the clock stands still once more (CRPA L114-5). All that is still missing gets one last day, never an earlier one.
 * `dueOn`: `YYYY-MM-DD` of the territory.
 * @throws DomainError `not_found`; `paper_over` (conflict) for a decided file, to which nothing can be sent; `aid_due_outside` (invalid)
 */
export async function askPaperAgain(
	tx: Tx,
	{ aidId, kind, dueOn, by, now }: { aidId: string; kind: string; dueOn?: string; by: Actor; now: Date },
): Promise<void> {
	const found = await deciderRow(tx, aidId, by);
	if (!isWaiting(found.status) || found.replacedAt) throw new DomainError('paper_over', 'conflict');
	const { zone, holidayZone } = await getTerritory(tx, found.territoryId);
	const today = localDay(now, zone);
	const wanted = checkedDueDay(dueOn ?? addDays(today, AGAIN_DAYS), today, await holidaysOf(tx, holidayZone));
	const last = found.pausedUntil && found.pausedUntil > wanted ? found.pausedUntil : wanted;
	const detail: AidEventDetail = { papers: [kind], dueOn: last };
	const clock = paused(resumed(found, today), today, last);
	if (found.status !== 'incomplete') {
		await move(tx, found, { to: 'incomplete', actor: 'decider', by, detail, clock, today, now });
	} else {
		const version = found.version + 1;
		await tx
			.update(childcareAid)
			.set({ ...nextOf('incomplete', { silenceOn: clock.silenceOn, dueOn: last }), ...clock, version, asOf: now })
			.where(eq(childcareAid.id, aidId));
		await tell(tx, { aidId, version, status: 'incomplete', by, detail, now });
		await recordAudit(tx, {
			action: 'aid.paper_asked_again',
			actor: by,
			subjectId: aidId,
			personId: found.personId,
			detail: { kind },
			at: now,
		});
	}
	await askPapers(tx, aidId, detail, now);
	await tx.update(supportingDocument).set({ dueOn: last }).where(missingFrom(aidId));
}

/** Neither said to be sent nor received. */
const missingFrom = (aidId: string) =>
	and(
		eq(supportingDocument.aidId, aidId),
		isNull(supportingDocument.declaredAt),
		isNull(supportingDocument.receivedAt),
	);

/**
 * A paper will do after all, though it was asked for: it is no longer waited for. When nothing else is, it is the service's turn
 * and the clock runs again from today. @returns whether it was waited for @throws DomainError `not_found`
 */
export async function takePaper(
	tx: Tx,
	{ aidId, kind, by, now }: { aidId: string; kind: string; by: Actor; now: Date },
): Promise<{ changed: boolean }> {
	const found = await deciderRow(tx, aidId, by);
	if (found.status !== 'incomplete' || found.replacedAt) return { changed: false };
	const missing = missingFrom(aidId);
	const taken = await tx
		.update(supportingDocument)
		.set({ receivedAt: now })
		.where(and(missing, eq(supportingDocument.kind, kind)))
		.returning({ id: supportingDocument.id });
	if (taken.length === 0) return { changed: false };
	const [left] = await tx.select().from(supportingDocument).where(missing).limit(1);
	const { zone } = await getTerritory(tx, found.territoryId);
	const { silenceOn, pausedUntil } = left ? found : resumed(found, localDay(now, zone));
	const next = nextOf('incomplete', { silenceOn, dueOn: found.nextBy, allDeclared: !left });
	await tx
		.update(childcareAid)
		.set({ ...next, silenceOn, pausedUntil, version: found.version + 1, asOf: now })
		.where(eq(childcareAid.id, aidId));
	return { changed: true };
}

/** A referent of the deciding structure opened the file: the person can read it. */
export const recordAidOpening = (tx: Tx, aid: { id: string; personId: string }, by: Actor, now: Date) =>
	recordAudit(tx, { action: 'aid.opened', actor: by, subjectId: aid.id, personId: aid.personId, at: now });
