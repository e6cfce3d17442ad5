import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { CheckInAnswer, EndReason, WorkContract } from '../../shared/closing.ts';
import type { PathwayKind } from '../../shared/codes.ts';
import { m } from '../../paraglide/messages.js';
import { locales } from '../../paraglide/runtime.js';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { caseGroup, checkIn, pathway, stage, step } from '../db/schema/index.ts';
import { endFollowUp } from '../people/commands.ts';
import { followUpOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable } from '../platform/sealing.ts';
import { closeRequest } from '../requests/commands.ts';
import { advanceRequest } from '../requests/standing.ts';
import { addMonths, daysBetween, localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { askCheckIns, withdrawCheckIns, type AskedAgain } from './check-in-commands.ts';
import { openPathwayOf, type Actor } from './commands.ts';
import { OPEN_STEP_STATES, saidUntil } from './rules.ts';

interface Decision {
	personId: string;
	by: Actor;
	now: Date;
}

/** How a pathway ends, and of a return to work the contract, as far as known. */
interface Ending {
	reason: EndReason;
	contract?: WorkContract;
	/** First day at work, `YYYY-MM-DD` of the territory; today when it is not known. */
	workStartsOn?: string;
	note?: string;
}

/**
 * Ends a person's pathway; a return to work first opens « Premiers mois au travail » (`inWork`), and ends nothing until that stage is
 * the current one. Ended: current stage done, coming ones skipped, open steps cancelled, request closed (the person may reopen it for
 * 30 days), follow-up ended. @throws DomainError `no_pathway`, `stage_changed` (conflict) when somebody entered another stage since the
 * page was shown, whose current one is `from` (empty: none): the other half of a pair, or the same form sent twice. `over`: as `endPathway` returns
 */
export async function closePathway(
	tx: Tx,
	input: Decision & Ending & { from?: string },
): Promise<{ id: string; inWork: AskedAgain | null; over: string[] }> {
	const { personId, reason, contract, note, from, by, now } = input;
	const { id } = await openPathwayOf(tx, personId);
	const current = await currentStageOf(tx, id);
	if (from !== undefined && from !== (current?.id ?? '')) throw new DomainError('stage_changed', 'conflict');
	if (reason === 'work') await noteContract(tx, id, contract);
	if (reason === 'work' && !current?.inWork) return { id, inWork: await startInWork(tx, input), over: [] };
	const over = await endPathway(tx, { personId, reason, note, by, now });
	await closeRequest(tx, { personId, now });
	for (const { accountId } of await followUpOf(tx, personId)) await endFollowUp(tx, { personId, accountId, by, now });
	return { id, inWork: null, over };
}

/**
 * The pathway alone: current stage done, coming ones skipped, open steps, questions of the first months at work and meetings to
 * come called off. For who moved to another territory, where the request goes on (moving.ts). Without an open pathway nothing changes.
 * @returns ids of what is over: whoever composes it drops the notices about them
 */
export async function endPathway(tx: Tx, input: Decision & Pick<Ending, 'reason' | 'note'>): Promise<string[]> {
	const { personId, reason, note, by, now } = input;
	const [open] = await tx
		.select({ id: pathway.id, territoryId: pathway.territoryId })
		.from(pathway)
		.where(and(eq(pathway.personId, personId), isNull(pathway.endedAt)))
		.limit(1);
	if (!open) return [];
	const { id } = open;
	await leaveStages(tx, id, now);
	await withdrawCheckIns(tx, open, now);
	const openSteps = and(eq(step.pathwayId, id), inArray(step.state, [...OPEN_STEP_STATES]));
	const cancelled = await tx
		.update(step)
		.set({ state: 'cancelled', version: sql`${step.version} + 1` })
		.where(openSteps)
		.returning({ id: step.id });
	for (const { id: subjectId } of cancelled)
		await recordAudit(tx, {
			action: 'step.changed',
			actor: by,
			subjectId,
			personId,
			detail: { to: 'cancelled' },
			at: now,
		});
	const groups = await tx
		.update(caseGroup)
		.set({ state: 'cancelled', closedAt: now })
		.where(and(eq(caseGroup.personId, personId), eq(caseGroup.state, 'planned')))
		.returning({ id: caseGroup.id });
	for (const { id: subjectId } of groups)
		await recordAudit(tx, { action: 'group.cancelled', actor: by, subjectId, personId, at: now });
	await tx
		.update(pathway)
		.set({ endedAt: now, endReason: reason, endNoteSealed: sealNullable(`pathway.end_note_sealed:${id}`, note) })
		.where(eq(pathway.id, id));
	await recordAudit(tx, { action: 'pathway.closed', actor: by, subjectId: id, personId, detail: { reason }, at: now });
	return [id, ...groups.map((group) => group.id)];
}

/** What is known stays known: « je ne sais pas » said later does not erase it. */
async function noteContract(tx: Tx, pathwayId: string, contract: WorkContract = 'unknown'): Promise<void> {
	if (contract === 'unknown') return;
	await tx.update(pathway).set({ workContract: contract }).where(eq(pathway.id, pathwayId));
}

async function currentStageOf(tx: Tx, pathwayId: string) {
	const [row] = await tx
		.select({ id: stage.id, inWork: stage.inWork })
		.from(stage)
		.where(and(eq(stage.pathwayId, pathwayId), eq(stage.state, 'current')))
		.limit(1);
	return row;
}

/** The current stage is done, those to come are skipped. */
async function leaveStages(tx: Tx, pathwayId: string, now: Date): Promise<void> {
	const inState = (state: 'current' | 'upcoming') => and(eq(stage.pathwayId, pathwayId), eq(stage.state, state));
	await tx.update(stage).set({ state: 'done', leftAt: now }).where(inState('current'));
	await tx.update(stage).set({ state: 'skipped' }).where(inState('upcoming'));
}

/**
 * A return to work: the pathway goes on with « Premiers mois au travail », as many months as the territory says (3), and a
 * question at weeks 1, 4, 8 and 12, all counted from the first day at work: it may be written when the contract is signed, or later.
 * Taken on again after a job that was lost, it is the same stage, with questions of its own.
 * @throws DomainError `no_pathway`, `already_in_work` (conflict), `work_start_outside` (invalid) for a day further than these months
 */
export async function startInWork(tx: Tx, input: Decision & Pick<Ending, 'workStartsOn'>): Promise<AskedAgain> {
	const { personId, by, now } = input;
	const open = await openPathwayOf(tx, personId);
	const stages = await tx.select().from(stage).where(eq(stage.pathwayId, open.id)).orderBy(stage.position).limit(50);
	const known = stages.find(({ inWork }) => inWork);
	if (known?.state === 'current') throw new DomainError('already_in_work', 'conflict');
	const { zone, settings } = await getTerritory(tx, open.territoryId);
	const today = localDay(now, zone);
	const months = settings.inWorkMonths;
	const startsOn = input.workStartsOn ?? today;
	if (startsOn <= addMonths(today, -months) || startsOn > addMonths(today, months))
		throw new DomainError('work_start_outside', 'invalid');
	const targetOn = addMonths(startsOn, months);
	await leaveStages(tx, open.id, now);
	const entered = { state: 'current' as const, enteredAt: now, leftAt: null, targetOn, reasonSealed: null };
	if (known) await tx.update(stage).set(entered).where(eq(stage.id, known.id));
	else
		await tx.insert(stage).values({
			...entered,
			id: newId(),
			pathwayId: open.id,
			position: Math.max(0, ...stages.map(({ position }) => position)) + 1,
			name: Object.fromEntries(locales.map((locale) => [locale, m.pathway_in_work({}, { locale })])),
			targetDays: daysBetween(startsOn, targetOn),
			dayType: 'calendar',
			inWork: true,
		});
	const asked = await askCheckIns(tx, open, now, startsOn);
	await advanceRequest(tx, { personId, by, now });
	await recordAudit(tx, { action: 'pathway.in_work', actor: by, subjectId: open.id, personId, at: now });
	return asked;
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

/**
 * A professional took it in hand: it leaves their first page. @throws DomainError `not_found`, `check_in_changed` (conflict) when the
 * person said something since the page was shown, which knew what `seen` says (`saidUntil`)
 */
export async function handleCheckIn(tx: Tx, input: Decision & { checkInId: string; seen?: string }): Promise<void> {
	const { checkInId, personId, seen, by, now } = input;
	const [row] = await tx
		.update(checkIn)
		.set({ handledAt: now })
		.where(and(eq(checkIn.id, checkInId), eq(checkIn.personId, personId), isNull(checkIn.handledAt)))
		.returning({ answeredAt: checkIn.answeredAt });
	if (!row) throw notFound();
	if (seen && seen !== saidUntil(row)) throw new DomainError('check_in_changed', 'conflict');
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
	await advanceRequest(tx, { personId, by, now });
	const detail = { from: open.kind, to: kind };
	const about = { subjectId: open.id, personId, detail, reason };
	await recordAudit(tx, { action: 'pathway.reoriented', actor: by, ...about, at: now });
	return { changed: true, id: open.id };
}
