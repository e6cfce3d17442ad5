/** A request that was sent turns out to be somebody's who may have one open already: of the two, one goes on with what both had. */
import { and, eq, sql } from 'drizzle-orm';
import type { Theme } from '../../shared/themes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { need, orientation, supportRequest } from '../db/schema/index.ts';
import { notFound } from '../platform/errors.ts';
import { seal } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { bothAnswers, openAnswers, sealAnswers, withMore } from './answers.ts';
import { answerForAdded } from './assigning.ts';
import type { RequestRow } from './drafts.ts';
import { followLead } from './handing-on.ts';
import { needOrientation, recallAll, recallNeed, wholeOrientation } from './orienting.ts';
import { findOpenRequest, needsOf, type NeedView } from './queries.ts';
import { helpedOn } from './rules.ts';
import { furthest } from './standing.ts';

/**
 * The visitor said « C'est moi » and proved the contact, or two files are one person's: their request is that person's. With one
 * open already, one of the two goes on and the other ends as `withdrawn`, and leads there. Nothing is deleted.
 * @returns the request to show, and the one that ended in it
 */
export async function joinPerson(
	tx: Tx,
	{ requestId, personId, now }: { requestId: string; personId: string; now: Date },
): Promise<{ id: string; reference: string; themes: Theme[]; endedId: string | null }> {
	const [row] = await tx.select().from(supportRequest).where(eq(supportRequest.id, requestId)).limit(1);
	if (!row?.reference) throw notFound();
	const themes = (await needsOf(tx, row.id)).map(({ theme }) => theme);
	const open = await findOpenRequest(tx, personId);
	const pair = open && open.id !== row.id ? whichGoesOn(open, row) : null;
	if (pair) await end(tx, pair, personId, now);
	await tx.update(supportRequest).set({ personId, browserHash: null }).where(eq(supportRequest.id, row.id));
	await tx.update(need).set({ personId }).where(eq(need.requestId, row.id));
	if (pair) await goOnAsOne(tx, pair, personId, now);
	// Somebody leads them already: nobody else could take it.
	await followLead(tx, { personId, by: null, now });
	const said = { urgent: row.urgent, call: row.wantsCall };
	const detail = { from: row.personId, mergedInto: pair && pair.kept.id !== row.id ? pair.kept.id : null, ...said };
	await recordAudit(tx, { action: 'request.joined', subjectId: row.id, personId, detail, at: now });
	const { id, reference } = pair?.kept ?? row;
	return { id, reference: reference!, themes, endedId: pair?.over.id ?? null };
}

interface Pair {
	/** The one that goes on. */
	kept: RequestRow;
	/** The one that ends in it. */
	over: RequestRow;
}

/** The person's own, unless it waits while somebody took the other: who answers for it then goes on doing so. */
function whichGoesOn(open: RequestRow, row: RequestRow): Pair {
	const isTakenThere =
		open.status === 'submitted' && row.status !== 'submitted' && row.territoryId === open.territoryId;
	return isTakenThere ? { kept: row, over: open } : { kept: open, over: row };
}

/** Before the other one changes hands: a person has one open request. */
const end = (tx: Tx, { kept, over }: Pair, personId: string, now: Date) =>
	tx
		.update(supportRequest)
		.set({ status: 'withdrawn', personId, mergedIntoId: kept.id, closedAt: now, updatedAt: now })
		.where(eq(supportRequest.id, over.id));

async function goOnAsOne(tx: Tx, { kept, over }: Pair, personId: string, now: Date): Promise<void> {
	const silenceOn = await silenceOfBoth(tx, kept, over);
	const asked = (await needsOf(tx, over.id)).filter(goesOn).map(({ theme }) => theme);
	await joinNeeds(tx, { kept, over }, now);
	await joinWhole(tx, { kept, over });
	await recallAll(tx, over.id, now);
	const [first, last] = over.submittedAt! < kept.submittedAt! ? [over, kept] : [kept, over];
	const { zone } = await getTerritory(tx, kept.territoryId!);
	const before = openAnswers(first.id, first.answersSealed);
	const after = helpedOn(openAnswers(last.id, last.answersSealed), localDay(now, zone));
	await tx
		.update(supportRequest)
		.set({
			status: furthest(kept.status, over.status),
			answersSealed: sealAnswers(kept.id, withMore(before, after)),
			wantsCall: kept.wantsCall || over.wantsCall,
			urgent: kept.urgent || over.urgent,
			priority: kept.priority || over.priority,
			// The person has waited since they asked first.
			submittedAt: first.submittedAt,
			respondBy: earliest(kept.respondBy, over.respondBy),
			stillWaitingAt: latest(kept.stillWaitingAt, over.stillWaitingAt),
			silenceOn,
			updatedAt: now,
		})
		.where(eq(supportRequest.id, kept.id));
	await answerForAdded(tx, { ...kept, personId }, now);
	if (asked.length === 0) return;
	const detail = { themes: asked, urgent: over.urgent, call: over.wantsCall };
	await recordAudit(tx, { action: 'request.need_added', subjectId: kept.id, personId, detail, at: now });
}

const goesOn = ({ status }: Pick<NeedView, 'status'>) => status === 'open' || status === 'in_progress';

const earliest = <T extends string | Date>(one: T | null, other: T | null): T | null =>
	one && other ? (other < one ? other : one) : (one ?? other);
const latest = (one: Date | null, other: Date | null): Date | null =>
	one && other ? (other > one ? other : one) : (one ?? other);

/** Two months run from the asking that goes on, the first of two (CRPA L231-4). */
async function silenceOfBoth(q: Queries, kept: RequestRow, over: RequestRow): Promise<string | null> {
	const ofAsking = async ({ id, silenceOn }: RequestRow) =>
		(await needsOf(q, id)).some((each) => each.theme === 'childcare' && goesOn(each)) ? silenceOn : null;
	return earliest(await ofAsking(kept), await ofAsking(over)) ?? kept.silenceOn;
}

/** Each need once: one that both had goes on where it is further, the others change hands with who has them. */
async function joinNeeds(tx: Tx, { kept, over }: Pair, now: Date): Promise<void> {
	const own = await needsOf(tx, kept.id);
	for (const other of await needsOf(tx, over.id)) {
		const same = own.find(({ theme }) => theme === other.theme);
		if (!same) {
			await tx.update(need).set({ requestId: kept.id }).where(eq(need.id, other.id));
			await tx.update(orientation).set({ requestId: kept.id }).where(eq(orientation.needId, other.id));
		} else if (goesOn(other)) await joinNeed(tx, { own: same, other, requestId: kept.id, now });
	}
}

async function joinNeed(
	tx: Tx,
	{ own, other, requestId, now }: { own: NeedView; other: NeedView; requestId: string; now: Date },
): Promise<void> {
	const [first, last] = other.createdAt < own.createdAt ? [other, own] : [own, other];
	const isFurtherThere = (await howFar(tx, other)) > (await howFar(tx, own));
	if (isFurtherThere) {
		await recallNeed(tx, own.id, now);
		await tx.update(orientation).set({ requestId, needId: own.id }).where(eq(orientation.needId, other.id));
	}
	const { status, structureId } = isFurtherThere ? other : own;
	await tx
		.update(need)
		.set({
			status,
			structureId,
			closedAt: null,
			expectedOn: goesOn(own) ? earliest(own.expectedOn, other.expectedOn) : other.expectedOn,
			createdAt: goesOn(own) ? first.createdAt : other.createdAt,
			detailSealed: seal(`need.detail_sealed:${own.id}`, JSON.stringify(bothAnswers(first.answers, last.answers))),
		})
		.where(eq(need.id, own.id));
	await tx.update(need).set({ status: 'dropped', closedAt: now }).where(eq(need.id, other.id));
}

/** Over, nobody's yet, on its way to a structure, begun. */
async function howFar(q: Queries, row: NeedView): Promise<number> {
	if (!goesOn(row)) return 0;
	if (row.status === 'in_progress') return 3;
	return (await needOrientation(q, row.id))?.state === 'sent' ? 2 : 1;
}

/** Both wait, one of them at a structure: the structure still has it. */
async function joinWhole(tx: Tx, { kept, over }: Pair): Promise<void> {
	if (kept.status !== 'submitted' || (await wholeOrientation(tx, kept.id))) return;
	const present = and(eq(orientation.requestId, over.id), sql`present = 1 AND need_id IS NULL`);
	await tx.update(orientation).set({ requestId: kept.id }).where(present);
}
