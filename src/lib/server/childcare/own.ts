import { and, eq } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { childcareAid, supportingDocument } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { claimChildren } from './children.ts';
import { move, silenceFrom, tell, type Actor, type AidRow, type Move } from './moving.ts';
import { aidInPlace, deciderFor } from './opening.ts';
import { isImplicitlyRefused, isWaiting, nextOf, resumed } from './rules.ts';
import { findScheme } from './schemes.ts';

/** Papers asked for, those that came too. */
const askedPapers = (q: Queries, aidId: string) =>
	q
		.select()
		.from(supportingDocument)
		.where(eq(supportingDocument.aidId, aidId))
		.orderBy(supportingDocument.kind)
		.limit(50);
type AskedPaper = Awaited<ReturnType<typeof askedPapers>>[number];
const hasCome = ({ declaredAt, receivedAt }: AskedPaper) => declaredAt !== null || receivedAt !== null;

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

/**
 * The person sends their draft, to who decides that day. Sent twice, it is sent once.
 * @throws DomainError `not_found`, `aid_refused_move`, `aid_closed`, `aid_child_taken` (conflict)
 */
export async function submitAid(tx: Tx, input: OwnAid): Promise<{ changed: boolean }> {
	const found = await ownRow(tx, input);
	if (found.status === 'submitted') return { changed: false };
	const territory = await getTerritory(tx, found.territoryId);
	// Sent under the rules of the day and to whom they name, whatever they were when it was prepared.
	const today = localDay(input.now, territory.zone);
	const { territoryId, kind } = found;
	const scheme = await findScheme(tx, { territoryId, code: kind, today });
	// One that was prepared under rules, in a territory that has none now: the person moved since.
	if (found.status === 'draft' && !scheme && found.schemeVersionId) throw new DomainError('aid_closed', 'conflict');
	if (scheme && found.status === 'draft') {
		if (!scheme.content.open) throw new DomainError('aid_closed', 'conflict');
		const deciderStructureId = (await deciderFor(tx, territoryId, scheme))?.id ?? null;
		const sentUnder = { schemeVersionId: scheme.versionId, deciderStructureId };
		await tx.update(childcareAid).set(sentUnder).where(eq(childcareAid.id, found.id));
	}
	if (found.status === 'draft') await claimChildren(tx, { aidId: found.id, territoryId, kind, now: input.now });
	const clock = { silenceOn: silenceFrom(territory, input.now), pausedUntil: null };
	return moveOwn(tx, found, input, { to: 'submitted', clock, today });
}

/**
 * A request asks for the money of an aid that waits as a draft: it leaves with it. One that cannot (the aid is closed, another file
 * has a child of it) stays a draft.
 */
export async function sendDraftOf(tx: Tx, { personId, kind, now }: { personId: string; kind: string; now: Date }) {
	const standing = await aidInPlace(tx, personId, kind);
	if (standing?.status !== 'draft') return;
	try {
		await submitAid(tx, { reference: standing.reference, personId, now });
	} catch (problem) {
		if (!(problem instanceof DomainError)) throw problem;
	}
}

/**
 * The person no longer wants it.
 * @throws DomainError `not_found`, `aid_refused_move` once it is decided, or refused by silence: what may be contested is not wiped away
 */
export async function withdrawAid(tx: Tx, input: OwnAid): Promise<{ changed: boolean }> {
	const found = await ownRow(tx, input);
	if (found.status === 'withdrawn') return { changed: false };
	const { zone } = await getTerritory(tx, found.territoryId);
	const today = localDay(input.now, zone);
	if (isImplicitlyRefused(found.status, found.silenceOn, today)) throw new DomainError('aid_refused_move', 'conflict');
	return moveOwn(tx, found, input, { to: 'withdrawn', clock: found, today });
}

async function moveOwn(tx: Tx, found: AidRow, { by, now }: OwnAid, to: Pick<Move, 'to' | 'clock' | 'today'>) {
	await move(tx, found, { ...to, actor: 'person', by, detail: {}, now });
	await touchContact(tx, found.personId, now);
	return { changed: true };
}

/**
 * « J’ai envoyé ce papier »: when all are, it is for the service to look and the clock runs again. Said twice, it is written once.
 * @throws DomainError `not_found` for a paper that nobody asked for, `aid_refused_move` when papers are no longer waited for
 */
export async function declarePaper(tx: Tx, input: OwnAid & { kind: string }): Promise<{ changed: boolean }> {
	const { kind, by, now } = input;
	const found = await ownRow(tx, input);
	if (found.status !== 'incomplete' || found.replacedAt) throw new DomainError('aid_refused_move', 'conflict');
	const asked = await askedPapers(tx, found.id);
	const paper = asked.find((row) => row.kind === kind);
	if (!paper) throw notFound();
	if (hasCome(paper)) return { changed: false };
	await tx.update(supportingDocument).set({ declaredAt: now }).where(eq(supportingDocument.id, paper.id));
	const allDeclared = asked.every((row) => hasCome(row) || row.id === paper.id);
	const version = found.version + 1;
	// All came: the clock runs again from this day, not from the one on which the service opens its mail (CRPA L114-5).
	const { zone } = await getTerritory(tx, found.territoryId);
	const { silenceOn, pausedUntil } = allDeclared ? resumed(found, localDay(now, zone)) : found;
	const next = nextOf('incomplete', { silenceOn, dueOn: paper.dueOn, allDeclared });
	await tx
		.update(childcareAid)
		.set({ ...next, silenceOn, pausedUntil, version, asOf: now })
		.where(eq(childcareAid.id, found.id));
	await tell(tx, { aidId: found.id, version, status: 'incomplete', by, detail: { declared: kind }, now });
	if (by?.role !== 'coparent') await touchContact(tx, found.personId, now);
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

/**
 * A file of this kind came by the portal: it is declared where it is waited for, and kept where nobody asked yet. Asked as it is
 * written: it may have been on its way for minutes.
 * @throws DomainError `not_found`; `paper_over` (conflict) once nothing can be sent any more
 */
export async function paperArrived(tx: Tx, input: OwnAid & { kind: string }): Promise<void> {
	const { id, status, replacedAt } = await ownRow(tx, input);
	if (replacedAt || (status !== 'draft' && !isWaiting(status))) throw new DomainError('paper_over', 'conflict');
	const isAsked = (await askedPapers(tx, id)).some(({ kind }) => kind === input.kind);
	if (status === 'incomplete' && isAsked) await declarePaper(tx, input);
}
