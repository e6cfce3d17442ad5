import { and, eq, inArray, isNull } from 'drizzle-orm';
import { CHECK_IN_WEEKS, type CheckInAnswer, type EndReason, type WorkContract } from '../../shared/closing.ts';
import type { PathwayKind } from '../../shared/codes.ts';
import { m } from '../../paraglide/messages.js';
import { locales } from '../../paraglide/runtime.js';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { checkIn, pathway, stage, step } from '../db/schema/index.ts';
import { endFollowUp } from '../people/commands.ts';
import { followUpOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable } from '../platform/sealing.ts';
import { closeRequest } from '../requests/commands.ts';
import { addDays, addMonths, daysBetween, localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { openPathwayOf, type Actor } from './commands.ts';
import { OPEN_STEP_STATES } from './rules.ts';

interface Decision {
	personId: string;
	by: Actor;
	now: Date;
}

/** How a pathway ends, and of a return to work the contract, as far as known. */
interface Ending {
	reason: EndReason;
	contract?: WorkContract;
	note?: string;
}

/**
 * Ends a person's pathway; a return to work first opens « Premiers mois au travail » (`inWork`), and ends nothing yet. Ended: current stage done, coming ones skipped, open steps cancelled, request closed (the person may
 * reopen it for 30 days), follow-up ended. @throws DomainError `no_pathway`
 */
export async function closePathway(
	tx: Tx,
	input: Decision & Ending,
): Promise<{ id: string; inWork: Awaited<ReturnType<typeof startInWork>> | null }> {
	const { personId, reason, contract, note, by, now } = input;
	const { id } = await openPathwayOf(tx, personId);
	if (reason === 'work') await noteContract(tx, id, contract);
	if (reason === 'work' && !(await hasWorkStage(tx, id))) return { id, inWork: await startInWork(tx, input) };
	await endPathway(tx, { personId, reason, note, by, now });
	await closeRequest(tx, { personId, now });
	for (const { accountId } of await followUpOf(tx, personId)) await endFollowUp(tx, { personId, accountId, by, now });
	return { id, inWork: null };
}

/**
 * The pathway alone: current stage done, coming ones skipped, open steps cancelled. For who moved to another territory, where
 * the request goes on (moving.ts). Without an open pathway nothing changes.
 */
export async function endPathway(tx: Tx, input: Decision & Omit<Ending, 'contract'>): Promise<void> {
	const { personId, reason, note, by, now } = input;
	const [open] = await tx
		.select({ id: pathway.id })
		.from(pathway)
		.where(and(eq(pathway.personId, personId), isNull(pathway.endedAt)))
		.limit(1);
	if (!open) return;
	const { id } = open;
	await leaveStages(tx, id, now);
	const openSteps = and(eq(step.pathwayId, id), inArray(step.state, [...OPEN_STEP_STATES]));
	await tx.update(step).set({ state: 'cancelled' }).where(openSteps);
	await tx
		.update(pathway)
		.set({ endedAt: now, endReason: reason, endNoteSealed: sealNullable(`pathway.end_note_sealed:${id}`, note) })
		.where(eq(pathway.id, id));
	await recordAudit(tx, { action: 'pathway.closed', actor: by, subjectId: id, personId, detail: { reason }, at: now });
}

/** What is known stays known: « je ne sais pas » said later does not erase it. */
async function noteContract(tx: Tx, pathwayId: string, contract: WorkContract = 'unknown'): Promise<void> {
	if (contract === 'unknown') return;
	await tx.update(pathway).set({ workContract: contract }).where(eq(pathway.id, pathwayId));
}

async function hasWorkStage(tx: Tx, pathwayId: string): Promise<boolean> {
	const [row] = await tx
		.select({ id: stage.id })
		.from(stage)
		.where(and(eq(stage.pathwayId, pathwayId), eq(stage.inWork, true)))
		.limit(1);
	return row !== undefined;
}

/** The current stage is done, those to come are skipped. */
async function leaveStages(tx: Tx, pathwayId: string, now: Date): Promise<void> {
	const inState = (state: 'current' | 'upcoming') => and(eq(stage.pathwayId, pathwayId), eq(stage.state, state));
	await tx.update(stage).set({ state: 'done', leftAt: now }).where(inState('current'));
	await tx.update(stage).set({ state: 'skipped' }).where(inState('upcoming'));
}

/**
 * A return to work: the pathway goes on with « Premiers mois au travail », as many months as the territory says (3), and a
 * question at weeks 1, 4, 8 and 12. @throws DomainError `no_pathway`, `already_in_work` (conflict)
 */
export async function startInWork(
	tx: Tx,
	input: Decision,
): Promise<{ id: string; checkIns: { id: string; dueOn: string }[]; zone: string }> {
	const { personId, by, now } = input;
	const { id: pathwayId, territoryId } = await openPathwayOf(tx, personId);
	const stages = await tx.select().from(stage).where(eq(stage.pathwayId, pathwayId)).orderBy(stage.position).limit(50);
	if (stages.some(({ inWork }) => inWork)) throw new DomainError('already_in_work', 'conflict');
	const { zone, settings } = await getTerritory(tx, territoryId);
	const today = localDay(now, zone);
	const targetOn = addMonths(today, settings.inWorkMonths);
	await leaveStages(tx, pathwayId, now);
	const id = newId();
	await tx.insert(stage).values({
		id,
		pathwayId,
		position: Math.max(0, ...stages.map(({ position }) => position)) + 1,
		name: Object.fromEntries(locales.map((locale) => [locale, m.pathway_in_work({}, { locale })])),
		targetDays: daysBetween(today, targetOn),
		dayType: 'calendar',
		state: 'current',
		inWork: true,
		enteredAt: now,
		targetOn,
	});
	const checkIns = CHECK_IN_WEEKS.map((week) => ({ id: newId(), week, dueOn: addDays(today, 7 * week) }));
	await tx.insert(checkIn).values(checkIns.map((row) => ({ ...row, pathwayId, personId })));
	await recordAudit(tx, { action: 'pathway.in_work', actor: by, subjectId: pathwayId, personId, at: now });
	return { id, checkIns, zone };
}

/**
 * The person says how it goes. Said again before the next one, the latest counts; older questions are past.
 * @throws DomainError `not_found` when it is not theirs, or not asked yet
 */
export async function answerCheckIn(
	tx: Tx,
	input: Decision & { checkInId: string; answer: CheckInAnswer; note?: string },
): Promise<void> {
	const { checkInId, personId, answer, note, by, now } = input;
	const { id: pathwayId, territoryId } = await openPathwayOf(tx, personId);
	const rows = await tx.select().from(checkIn).where(eq(checkIn.pathwayId, pathwayId)).limit(20);
	const found = rows.find(({ id }) => id === checkInId);
	const { zone } = await getTerritory(tx, territoryId);
	if (!found || found.dueOn > localDay(now, zone)) throw notFound();
	const noteSealed = sealNullable(`check_in.note_sealed:${checkInId}`, note);
	await tx
		.update(checkIn)
		.set({ answer, noteSealed, answeredAt: now, handledAt: null })
		.where(eq(checkIn.id, checkInId));
	const older = rows.filter(({ dueOn, answer }) => dueOn < found.dueOn && answer === null).map(({ id }) => id);
	if (older.length > 0) await tx.update(checkIn).set({ handledAt: now }).where(inArray(checkIn.id, older));
	await recordAudit(tx, { action: 'check_in.answered', actor: by, subjectId: checkInId, personId, at: now });
}

/** A professional took it in hand: it leaves their first page. @throws DomainError `not_found` */
export async function handleCheckIn(tx: Tx, input: Decision & { checkInId: string }): Promise<void> {
	const { checkInId, personId, by, now } = input;
	const [row] = await tx
		.update(checkIn)
		.set({ handledAt: now })
		.where(and(eq(checkIn.id, checkInId), eq(checkIn.personId, personId), isNull(checkIn.handledAt)))
		.returning({ id: checkIn.id });
	if (!row) throw notFound();
	await recordAudit(tx, { action: 'check_in.handled', actor: by, subjectId: checkInId, personId, at: now });
}

/**
 * A new orientation decision, with its reason: the month to sign the contract starts again (C. trav. D5411-14-1). The same
 * kind changes nothing. @throws DomainError `no_pathway`, `orientation_changed` (conflict) when somebody decided another since
 * the page was shown, whose kind is `from`
 */
export async function reorient(
	tx: Tx,
	input: Decision & { kind: PathwayKind; reason: string; from?: PathwayKind },
): Promise<{ changed: boolean; id: string }> {
	const { personId, kind, reason, from, by, now } = input;
	const open = await openPathwayOf(tx, personId);
	if (from && open.kind !== from) throw new DomainError('orientation_changed', 'conflict');
	if (open.kind === kind) return { changed: false, id: open.id };
	const orientationReasonSealed = sealNullable(`pathway.orientation_reason_sealed:${open.id}`, reason);
	await tx.update(pathway).set({ kind, orientedAt: now, orientationReasonSealed }).where(eq(pathway.id, open.id));
	const detail = { from: open.kind, to: kind };
	await recordAudit(tx, { action: 'pathway.reoriented', actor: by, subjectId: open.id, personId, detail, at: now });
	return { changed: true, id: open.id };
}
