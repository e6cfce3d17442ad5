import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import type { PathwayKind } from '../../shared/codes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { pathway, stage } from '../db/schema/index.ts';
import { ownDelays } from '../people/own-delays.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable } from '../platform/sealing.ts';
import { advanceRequest } from '../requests/standing.ts';
import { addMonths, localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf, stageTemplates } from '../territories/queries.ts';
import { askCheckIns, withdrawCheckIns, type AskedAgain } from './check-in-commands.ts';
import { stageMove, targetDay } from './rules.ts';

export type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;
type Territory = Awaited<ReturnType<typeof getTerritory>>;

/** The open pathway of a person. @throws DomainError `no_pathway` */
export async function openPathwayOf(q: Queries, personId: string) {
	const [row] = await q
		.select()
		.from(pathway)
		.where(and(eq(pathway.personId, personId), isNull(pathway.endedAt)))
		.limit(1);
	if (!row) throw new DomainError('no_pathway', 'conflict');
	return row;
}

/** Something moved: what the person said of waiting is answered. */
export async function noLongerWaiting(tx: Tx, pathwayId: string): Promise<void> {
	await tx
		.update(pathway)
		.set({ stillWaitingAt: null })
		.where(and(eq(pathway.id, pathwayId), isNotNull(pathway.stillWaitingAt)));
}

/**
 * « J’attends toujours »: the person says so while a target of their own is passed, by the very list that referent and
 * coordinator see. Once a day in the territory's zone; more taps that day change nothing. @throws DomainError `no_pathway`, `not_late_yet` (conflict)
 */
export async function sayPathwayWaiting(tx: Tx, { personId, by, now }: { personId: string; by: Actor; now: Date }) {
	const open = await openPathwayOf(tx, personId);
	const { id: territoryId, zone, settings } = await getTerritory(tx, open.territoryId);
	const late = await ownDelays(tx, personId, { territoryId, zone, settings, now });
	if (late.length === 0) throw new DomainError('not_late_yet', 'conflict');
	if (open.stillWaitingAt && localDay(open.stillWaitingAt, zone) === localDay(now, zone)) return;
	await tx.update(pathway).set({ stillWaitingAt: now }).where(eq(pathway.id, open.id));
	await recordAudit(tx, { action: 'pathway.waited', actor: by, subjectId: open.id, personId, at: now });
}

/**
 * Opens a person's pathway: the stages are copied from the territory's template, the first one begins today.
 * @throws DomainError `pathway_already_open`
 */
export async function openPathway(
	tx: Tx,
	input: { personId: string; territoryId: string; kind: PathwayKind; by: Actor; now: Date },
): Promise<{ id: string }> {
	const { personId, territoryId, kind, by, now } = input;
	const [open] = await tx
		.select({ id: pathway.id })
		.from(pathway)
		.where(and(eq(pathway.personId, personId), isNull(pathway.endedAt)))
		.limit(1);
	if (open) throw new DomainError('pathway_already_open', 'conflict');
	const id = newId();
	await tx.insert(pathway).values({ id, personId, territoryId, kind, startedAt: now });
	const templates = await stageTemplates(tx, territoryId);
	const today = await calendarOf(tx, await getTerritory(tx, territoryId), now);
	for (const [index, template] of templates.entries()) {
		const first = index === 0;
		await tx.insert(stage).values({
			id: newId(),
			pathwayId: id,
			position: template.position,
			name: template.name,
			targetDays: template.targetDays,
			dayType: template.dayType,
			state: first ? 'current' : 'upcoming',
			enteredAt: first ? now : null,
			targetOn: first ? targetDay(template, today.day, today.holidays) : null,
		});
	}
	await recordAudit(tx, { action: 'pathway.opened', actor: by, subjectId: id, personId, detail: { kind }, at: now });
	return { id };
}

/**
 * Enters a stage: a dated decision. Skipping or going back needs a reason, kept on the stages it concerns and in the
 * history. Entering the current stage again changes nothing. The first months at work left (`leftWork`: whoever composes it drops
 * the notices of their questions), nothing more is asked; entered again (`inWork`), all is asked anew.
 * @throws DomainError `not_found`, `no_pathway`, `stage_reason_missing`, `stage_changed` (conflict) when somebody entered another
 * stage since the page was shown, whose current one is `from`
 */
export async function enterStage(
	tx: Tx,
	input: { personId: string; stageId: string; reason?: string; from?: string; by: Actor; now: Date },
): Promise<{ pathwayId: string; changed: boolean; leftWork: boolean; inWork?: AskedAgain }> {
	const { personId, stageId, by, now } = input;
	const reason = input.reason?.trim();
	const open = await openPathwayOf(tx, personId);
	const stages = await tx.select().from(stage).where(eq(stage.pathwayId, open.id)).orderBy(stage.position).limit(50);
	const target = stages.find(({ id }) => id === stageId);
	if (!target) throw notFound();
	const move = stageMove(stages, stageId);
	if (!move) return { pathwayId: open.id, changed: false, leftWork: false };
	const current = stages.find(({ state }) => state === 'current');
	if (input.from && current && current.id !== input.from) throw new DomainError('stage_changed', 'conflict');
	if (move.needsReason && !reason) throw new DomainError('stage_reason_missing', 'invalid');

	const place = (id: string) => sealNullable(`stage.reason_sealed:${id}`, reason);
	for (const { id, state } of move.changes) {
		const left = state === 'done' ? { leftAt: now } : { enteredAt: null, leftAt: null, targetOn: null };
		const why = state === 'skipped' ? { reasonSealed: place(id) } : {};
		await tx
			.update(stage)
			.set({ state, ...left, ...why })
			.where(eq(stage.id, id));
	}
	const territory = await getTerritory(tx, open.territoryId);
	const today = await calendarOf(tx, territory, now);
	const targetOn = target.inWork
		? addMonths(today.day, territory.settings.inWorkMonths)
		: targetDay(target, today.day, today.holidays);
	await tx
		.update(stage)
		.set({
			state: 'current',
			enteredAt: now,
			leftAt: null,
			targetOn,
			reasonSealed: place(stageId),
		})
		.where(eq(stage.id, stageId));
	if (current?.inWork) await withdrawCheckIns(tx, open, now);
	const inWork = target.inWork ? await askCheckIns(tx, open, now) : undefined;
	await noLongerWaiting(tx, open.id);
	await advanceRequest(tx, { personId, by, now });
	await recordAudit(tx, {
		action: 'stage.entered',
		actor: by,
		subjectId: stageId,
		personId,
		detail: { position: target.position, explained: move.needsReason },
		reason,
		at: now,
	});
	return { pathwayId: open.id, changed: true, leftWork: current?.inWork ?? false, inWork };
}

async function calendarOf(q: Queries, territory: Territory, now: Date) {
	return { day: localDay(now, territory.zone), holidays: await holidaysOf(q, territory.holidayZone) };
}
