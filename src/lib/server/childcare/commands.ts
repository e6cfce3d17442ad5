import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { AidReason, Paper } from '../../shared/aids.ts';
import { daysBetween } from '../territories/calendar.ts';
import type { AidStatus } from '../../shared/codes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { childcareAid, childcareAidEvent, structure, supportingDocument } from '../db/schema/index.ts';
import type { AidEventDetail } from '../db/schema/childcare.ts';
import { touchContact } from '../people/commands.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId, newReference } from '../platform/ids.ts';
import { sealNullable } from '../platform/sealing.ts';
import { addMonths, localDay, type Holidays } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import {
	LONGEST_PAPER_DAYS,
	mayMove,
	nextOf,
	paperDueDay,
	paused,
	resumed,
	WAITING,
	type AidActor,
	type Clock,
} from './rules.ts';

export type AidRow = typeof childcareAid.$inferSelect;
export type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;

interface Opening {
	personId: string;
	territoryId: string;
	/** The single request that asks for it: the file is sent with it. */
	requestId?: string | null;
	/** Sent at once; by default when a request asks for it, else it waits as a draft. */
	sent?: boolean;
	by?: Actor | null;
	now: Date;
}

/**
 * Opens the childcare file of a person; silence starts to count when it is sent. Decided by the structure of the
 * territory that decides aids.
 * @returns null when the person has one that is not decided
 */
export async function openAid(tx: Tx, opening: Opening): Promise<{ id: string; reference: string } | null> {
	const { personId, territoryId, requestId = null, sent = requestId !== null, by, now } = opening;
	if (await findOpenAid(tx, personId)) return null;
	const territory = await getTerritory(tx, territoryId);
	const [decider] = await tx
		.select({ id: structure.id })
		.from(structure)
		.where(and(eq(structure.territoryId, territoryId), eq(structure.decidesAids, true)))
		.orderBy(structure.id)
		.limit(1);
	const id = newId();
	const reference = newReference(`${territory.code}-G`);
	const status: AidStatus = sent ? 'submitted' : 'draft';
	const silenceOn = sent ? silenceFrom(territory, now) : null;
	const made = await tx
		.insert(childcareAid)
		.values({
			id,
			reference,
			personId,
			territoryId,
			requestId,
			deciderStructureId: decider?.id ?? null,
			status,
			...nextOf(status, { silenceOn }),
			statusSince: now,
			source: 'portal',
			asOf: now,
			silenceOn,
			version: 1,
			createdAt: now,
		})
		.onConflictDoNothing()
		.returning({ id: childcareAid.id });
	if (made.length === 0) return null;
	await tell(tx, { aidId: id, version: 1, status, by, detail: {}, now });
	await recordAudit(tx, { action: 'aid.created', actor: by, subjectId: id, personId, detail: { status }, at: now });
	return { id, reference };
}

const silenceFrom = ({ zone, settings }: { zone: string; settings: { silenceRefusalMonths: number } }, now: Date) =>
	addMonths(localDay(now, zone), settings.silenceRefusalMonths);

/** The file of a person that nobody decided yet. */
export async function findOpenAid(q: Queries, personId: string): Promise<AidRow | undefined> {
	const [row] = await q
		.select()
		.from(childcareAid)
		.where(and(eq(childcareAid.personId, personId), inArray(childcareAid.status, ['draft', ...WAITING])))
		.limit(1);
	return row;
}

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
	amountCents?: number;
	reason?: AidReason;
	now: Date;
}
export interface Changed {
	personId: string;
	reference: string;
	/** Unique to the change: key of its notice. */
	eventKey: string;
}

/**
 * A referent of the deciding structure changes the status; asking for papers stops the clock, their arrival starts it.
 * @throws DomainError `not_found` for any other professional; `aid_changed` (conflict) when somebody changed it since
 * `version`; `aid_refused_move` (conflict); `aid_papers_needed`, `aid_due_needed`, `aid_due_outside`, `aid_amount_needed`,
 * `aid_reason_needed` (invalid)
 */
export async function changeAidStatus(tx: Tx, change: AidChange): Promise<Changed> {
	const { aidId, to, by, now } = change;
	const found = await deciderRow(tx, aidId, by);
	if (found.version !== change.version) throw new DomainError('aid_changed', 'conflict');
	const territory = await getTerritory(tx, found.territoryId);
	const today = localDay(now, territory.zone);
	const detail = detailOf(change, today, await holidaysOf(tx, territory.holidayZone));
	const clock = await clockAfter(tx, found, { to, today, zone: territory.zone, dueOn: detail.dueOn });
	await move(tx, found, { ...change, actor: 'decider', detail, clock, today });
	if (to === 'incomplete') await askPapers(tx, aidId, detail, now);
	if (found.status === 'incomplete') await receivePapers(tx, aidId, now);
	return { personId: found.personId, reference: found.reference, eventKey: `${aidId}:${found.version + 1}` };
}

/** The file as those who decide it may open it. @throws DomainError `not_found` */
async function deciderRow(q: Queries, aidId: string, by: Actor): Promise<AidRow> {
	const [row] = await q.select().from(childcareAid).where(eq(childcareAid.id, aidId)).limit(1);
	if (!row || by.role !== 'referent' || !by.structureId || row.deciderStructureId !== by.structureId) throw notFound();
	return row;
}

const isPartly = (to: AidStatus) => to === 'partially_granted';

/** What the change must say, checked. */
function detailOf(change: AidChange, today: string, holidays: Holidays): AidEventDetail {
	const { to, papers = [], dueOn, amountCents, reason } = change;
	if (to === 'incomplete') {
		if (papers.length === 0) throw new DomainError('aid_papers_needed', 'invalid');
		if (!dueOn) throw new DomainError('aid_due_needed', 'invalid');
		const days = daysBetween(today, dueOn);
		if (days < 1 || days > LONGEST_PAPER_DAYS) throw new DomainError('aid_due_outside', 'invalid');
		return { papers: [...new Set(papers)], dueOn: paperDueDay(dueOn, holidays) };
	}
	if (to === 'granted' || isPartly(to)) {
		if (!amountCents || amountCents < 0) throw new DomainError('aid_amount_needed', 'invalid');
		if (isPartly(to) && !reason) throw new DomainError('aid_reason_needed', 'invalid');
		return { amountCents, ...(isPartly(to) && { reason }) };
	}
	if (to === 'refused') {
		if (!reason) throw new DomainError('aid_reason_needed', 'invalid');
		return { reason };
	}
	return {};
}

async function clockAfter(
	q: Queries,
	found: AidRow,
	{ to, today, zone, dueOn }: { to: AidStatus; today: string; zone: string; dueOn?: string },
): Promise<Clock> {
	if (to === 'incomplete') return paused(found, today, dueOn!);
	if (found.status !== 'incomplete') return found;
	// A service cannot lengthen the pause by opening its mail late: what the person declared is the day of arrival.
	const waited = await papersOf(q, found.id);
	const declared = waited.map(({ declaredAt }) => declaredAt);
	const all = declared.every((at) => at !== null);
	const last = all
		? declared
				.map((at) => localDay(at!, zone))
				.sort()
				.at(-1)
		: undefined;
	return resumed(found, last ?? today);
}

/** Papers still waited for. */
const papersOf = (q: Queries, aidId: string) =>
	q
		.select()
		.from(supportingDocument)
		.where(and(eq(supportingDocument.aidId, aidId), isNull(supportingDocument.receivedAt)))
		.orderBy(supportingDocument.kind)
		.limit(50);

interface Move {
	to: AidStatus;
	actor: AidActor;
	by?: Actor | null;
	note?: string;
	detail: AidEventDetail;
	clock: Clock;
	today: string;
	now: Date;
}

/** Writes the new status under the version that was read, its event and its audit. */
async function move(tx: Tx, found: AidRow, { to, actor, by, note, detail, clock, today, now }: Move): Promise<void> {
	if (!mayMove(actor, found.status, to)) throw new DomainError('aid_refused_move', 'conflict');
	const version = found.version + 1;
	const written = await tx
		.update(childcareAid)
		.set({
			status: to,
			...nextOf(to, { silenceOn: clock.silenceOn, dueOn: detail.dueOn, decidedOn: today }),
			silenceOn: clock.silenceOn,
			pausedUntil: clock.pausedUntil,
			amountCents: detail.amountCents ?? found.amountCents,
			reason: detail.reason ?? (to === 'paid' ? found.reason : null),
			statusSince: now,
			asOf: now,
			version,
		})
		.where(and(eq(childcareAid.id, found.id), eq(childcareAid.version, found.version)))
		.returning({ id: childcareAid.id });
	if (written.length === 0) throw new DomainError('aid_changed', 'conflict');
	await tell(tx, { aidId: found.id, version, status: to, by, detail, note, now });
	await recordAudit(tx, {
		action: 'aid.status_changed',
		actor: by,
		subjectId: found.id,
		personId: found.personId,
		detail: { from: found.status, to },
		at: now,
	});
}

interface Told {
	aidId: string;
	version: number;
	status: AidStatus;
	by?: Actor | null;
	detail: AidEventDetail;
	note?: string;
	now: Date;
}

async function tell(tx: Tx, { aidId, version, status, by, detail, note, now }: Told): Promise<void> {
	const id = newId();
	await tx.insert(childcareAidEvent).values({
		id,
		aidId,
		version,
		status,
		byAccountId: by?.accountId ?? null,
		detail,
		noteSealed: sealNullable(`childcare_aid_event.note_sealed:${id}`, note),
		at: now,
	});
}

async function askPapers(tx: Tx, aidId: string, { papers = [], dueOn }: AidEventDetail, now: Date): Promise<void> {
	for (const kind of papers)
		await tx
			.insert(supportingDocument)
			.values({ id: newId(), aidId, kind, askedAt: now, dueOn })
			.onConflictDoUpdate({
				target: [supportingDocument.aidId, supportingDocument.kind],
				set: { askedAt: now, dueOn, declaredAt: null, receivedAt: null },
			});
}

const receivePapers = (tx: Tx, aidId: string, now: Date) =>
	tx
		.update(supportingDocument)
		.set({ receivedAt: now })
		.where(and(eq(supportingDocument.aidId, aidId), isNull(supportingDocument.receivedAt)));

interface OwnAid {
	reference: string;
	personId: string;
	by?: Actor | null;
	now: Date;
}

/** @throws DomainError `not_found` for somebody else's */
async function ownRow(q: Queries, { reference, personId }: OwnAid): Promise<AidRow> {
	const [row] = await q
		.select()
		.from(childcareAid)
		.where(and(eq(childcareAid.reference, reference), eq(childcareAid.personId, personId)))
		.limit(1);
	if (!row) throw notFound();
	return row;
}

/** The person sends their draft. Sent twice, it is sent once. @throws DomainError `not_found`, `aid_refused_move` */
export async function submitAid(tx: Tx, input: OwnAid): Promise<{ changed: boolean }> {
	const found = await ownRow(tx, input);
	if (found.status === 'submitted') return { changed: false };
	const territory = await getTerritory(tx, found.territoryId);
	const clock = { silenceOn: silenceFrom(territory, input.now), pausedUntil: null };
	return moveOwn(tx, found, input, { to: 'submitted', clock, today: localDay(input.now, territory.zone) });
}

/** The person no longer wants it. @throws DomainError `not_found`, `aid_refused_move` once it is decided */
export async function withdrawAid(tx: Tx, input: OwnAid): Promise<{ changed: boolean }> {
	const found = await ownRow(tx, input);
	if (found.status === 'withdrawn') return { changed: false };
	const { zone } = await getTerritory(tx, found.territoryId);
	return moveOwn(tx, found, input, { to: 'withdrawn', clock: found, today: localDay(input.now, zone) });
}

async function moveOwn(tx: Tx, found: AidRow, { by, now }: OwnAid, to: Pick<Move, 'to' | 'clock' | 'today'>) {
	await move(tx, found, { ...to, actor: 'person', by, detail: {}, now });
	await touchContact(tx, found.personId, now);
	return { changed: true };
}

/**
 * « J’ai envoyé ce papier »: when all are, it is for the service to look. Said twice, it is written once.
 * @throws DomainError `not_found` for a paper that nobody asked for, `aid_refused_move` when papers are no longer waited for
 */
export async function declarePaper(tx: Tx, input: OwnAid & { kind: string }): Promise<{ changed: boolean }> {
	const { kind, by, now } = input;
	const found = await ownRow(tx, input);
	const waited = await papersOf(tx, found.id);
	const paper = waited.find((row) => row.kind === kind);
	if (!paper) throw notFound();
	if (found.status !== 'incomplete') throw new DomainError('aid_refused_move', 'conflict');
	if (paper.declaredAt) return { changed: false };
	await tx.update(supportingDocument).set({ declaredAt: now }).where(eq(supportingDocument.id, paper.id));
	const allDeclared = waited.every((row) => row.declaredAt !== null || row.id === paper.id);
	const version = found.version + 1;
	const next = nextOf('incomplete', { silenceOn: found.silenceOn, dueOn: paper.dueOn, allDeclared });
	await tx
		.update(childcareAid)
		.set({ ...next, version, asOf: now })
		.where(eq(childcareAid.id, found.id));
	await tell(tx, { aidId: found.id, version, status: 'incomplete', by, detail: { declared: kind }, now });
	await touchContact(tx, found.personId, now);
	await recordAudit(tx, {
		action: 'aid.paper_declared',
		actor: by,
		subjectId: found.id,
		personId: found.personId,
		detail: { kind },
		at: now,
	});
	return { changed: true };
}

/** A referent of the deciding structure opened the file: the person can read it. */
export const recordAidOpening = (tx: Tx, aid: { id: string; personId: string }, by: Actor, now: Date) =>
	recordAudit(tx, { action: 'aid.opened', actor: by, subjectId: aid.id, personId: aid.personId, at: now });
