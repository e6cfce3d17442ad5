import { and, eq } from 'drizzle-orm';
import type { StepOwner, StepState } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { pathway, step } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { idOf, newId } from '../platform/ids.ts';
import { seal, sealNullable, unsealNullable } from '../platform/sealing.ts';
import { beginNeedOf } from '../requests/lifting.ts';
import { advanceRequest } from '../requests/standing.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { noLongerWaiting, openPathwayOf, type Actor } from './commands.ts';
import { getGoal } from './goals.ts';
import { isOpenStep, mayChangeStep, mayUntick } from './rules.ts';

interface NewStep {
	personId: string;
	title: string;
	note?: string;
	theme?: Theme;
	owner: StepOwner;
	/** Last day to do it, in the territory's zone. */
	dueOn?: string;
	/** One of the same pathway. */
	goalId?: string;
	/** Hours a week it counts for in the weekly activity. */
	weeklyHours?: number;
	/** Themes of the territory's roadmap. */
	tags?: string[];
	/** The review or the meeting that decides it. */
	decidedInId?: string;
	/** The person asks a professional for it: nothing was decided, and what they wait for goes on. */
	asked?: boolean;
	/** Who does it when it is a professional; who adds it, by default. */
	ownedBy?: { accountId: string; structureId: string | null };
	by: Actor;
	now: Date;
	/** Drawn with the empty form: sent twice with the same words, it is one step. */
	formId?: string;
}

/** Adds a step to the person's open pathway. @throws DomainError `no_pathway`, `not_found` for a goal of another pathway */
export async function addStep(tx: Tx, input: NewStep): Promise<{ id: string }> {
	const { personId, owner, formId, asked = false, by, now, ownedBy = by } = input;
	const { id: pathwayId } = await openPathwayOf(tx, personId);
	const id = formId ? idOf('step', personId, formId, input.title) : newId();
	const [known] = await tx.select({ id: step.id }).from(step).where(eq(step.id, id));
	if (known) return known;
	const goalId = await ownGoal(tx, pathwayId, input.goalId);
	await tx.insert(step).values({
		id,
		pathwayId,
		personId,
		titleSealed: seal(`step.title_sealed:${id}`, input.title),
		noteSealed: sealNullable(`step.note_sealed:${id}`, input.note),
		theme: input.theme ?? null,
		owner,
		ownerAccountId: owner === 'referent' ? ownedBy.accountId : null,
		ownerStructureId: owner === 'structure' ? ownedBy.structureId : null,
		dueOn: input.dueOn ?? null,
		state: 'planned',
		goalId,
		weeklyHours: input.weeklyHours ?? null,
		tags: input.tags ?? null,
		decidedInId: input.decidedInId ?? null,
		createdById: by.accountId,
		createdAt: now,
		version: 1,
	});
	if (by.role !== 'beneficiary' && !asked) {
		await noLongerWaiting(tx, pathwayId);
		await advanceRequest(tx, { personId, by, now });
		if (input.theme) await beginNeedOf(tx, { personId, theme: input.theme, by, now });
	}
	const actor = asked ? null : by;
	await recordAudit(tx, { action: 'step.added', actor, subjectId: id, personId, detail: { owner }, at: now });
	return { id };
}

interface Proposal {
	/** Drawn with the empty form: sent twice with the same words, it is one step. */
	formId: string;
	personId: string;
	title: string;
	note?: string;
	by: Actor;
	now: Date;
}

/** A person proposes a step: it is theirs at once, and marked as their idea by who created it. @throws DomainError `no_pathway` */
export const proposeStep = (tx: Tx, input: Proposal): Promise<{ id: string }> =>
	addStep(tx, { ...input, owner: 'person' });

interface OwnStep {
	stepId: string;
	personId: string;
	by?: Actor;
	now: Date;
}

/** The person ticks a step of their own. Ticked twice, it is done once. @throws DomainError `not_found`, `step_refused` */
export async function tickStep(tx: Tx, input: OwnStep): Promise<{ changed: boolean }> {
	const found = await ownStep(tx, input);
	if (found.state === 'done') return { changed: false };
	await setState(tx, input, found, 'done', { doneAt: input.now, stuckAt: null });
	return { changed: true };
}

/** Takes a tick back, the same day only, while the pathway goes on. @throws DomainError `not_found`, `untick_too_late` */
export async function untickStep(tx: Tx, input: OwnStep): Promise<{ changed: boolean }> {
	const found = await ownStep(tx, input);
	if (found.state !== 'done') return { changed: false };
	const { zone, endedAt } = await wayOf(tx, found.pathwayId);
	const doneDay = found.doneAt && localDay(found.doneAt, zone);
	if (endedAt || !mayUntick(doneDay, localDay(input.now, zone))) throw new DomainError('untick_too_late', 'conflict');
	await setState(tx, input, found, 'planned', { doneAt: null });
	return { changed: true };
}

/**
 * « Je n’y arrive pas »: the step waits, and the referent sees since when and why. Said again without a word, it changes nothing.
 * @throws DomainError `not_found`, `step_refused`
 */
export async function askHelpOnStep(tx: Tx, input: OwnStep & { note?: string }): Promise<{ changed: boolean }> {
	const found = await ownStep(tx, input);
	const place = `step.person_note_sealed:${found.id}`;
	if (found.stuckAt && !input.note) return { changed: false };
	// Sent again by a phone that heard no answer.
	if (found.stuckAt && unsealNullable(place, found.personNoteSealed) === input.note) return { changed: false };
	const personNoteSealed = sealNullable(place, input.note);
	await setState(tx, input, found, 'waiting', { personNoteSealed, stuckAt: found.stuckAt ?? input.now }, input.note);
	return { changed: true };
}

interface StepChange {
	stepId: string;
	personId: string;
	/** The version the form was made from. */
	version: number;
	title: string;
	note?: string;
	theme?: Theme;
	owner: StepOwner;
	dueOn?: string;
	goalId?: string;
	weeklyHours?: number;
	tags?: string[];
	state: StepState;
	by: Actor;
	now: Date;
}

/**
 * A professional changes a step. Refused when somebody changed it since the form was shown: the page then shows both.
 * @throws DomainError `not_found`, `step_refused`, `step_changed`
 */
export async function changeStep(tx: Tx, input: StepChange): Promise<void> {
	const { stepId, personId, version, by, now } = input;
	const found = await stepOf(tx, stepId, personId);
	if (found.version !== version) throw new DomainError('step_changed', 'conflict', { version: found.version });
	if (!mayChangeStep('professional', found.state, input.state)) throw new DomainError('step_refused', 'conflict');
	// Nothing is to do in a pathway that ended.
	const reopens = input.state !== found.state && isOpenStep(input.state);
	if (reopens && (await wayOf(tx, found.pathwayId)).endedAt) throw new DomainError('step_refused', 'conflict');
	const keepsOwner = found.owner === input.owner;
	const [changed] = await tx
		.update(step)
		.set({
			titleSealed: seal(`step.title_sealed:${stepId}`, input.title),
			noteSealed: sealNullable(`step.note_sealed:${stepId}`, input.note),
			theme: input.theme ?? null,
			owner: input.owner,
			ownerAccountId: keepsOwner ? found.ownerAccountId : input.owner === 'referent' ? by.accountId : null,
			ownerStructureId: keepsOwner ? found.ownerStructureId : input.owner === 'structure' ? by.structureId : null,
			dueOn: input.dueOn ?? null,
			goalId: await ownGoal(tx, found.pathwayId, input.goalId),
			weeklyHours: input.weeklyHours ?? null,
			tags: input.tags ?? null,
			state: input.state,
			// Moved on by a professional: what the person had said is answered.
			...(input.state === found.state ? {} : { stuckAt: null, personNoteSealed: null }),
			doneAt: input.state === 'done' ? (found.doneAt ?? now) : null,
			version: version + 1,
		})
		.where(and(eq(step.id, stepId), eq(step.version, version)))
		.returning({ id: step.id });
	if (!changed) throw new DomainError('step_changed', 'conflict');
	await recordAudit(tx, {
		action: 'step.changed',
		actor: by,
		subjectId: stepId,
		personId,
		detail: { from: found.state, to: input.state },
		at: now,
	});
}

/** A goal of this pathway, or none. @throws DomainError `not_found` */
async function ownGoal(tx: Tx, pathwayId: string, goalId: string | undefined): Promise<string | null> {
	if (!goalId) return null;
	await getGoal(tx, pathwayId, goalId);
	return goalId;
}

async function stepOf(tx: Tx, stepId: string, personId: string) {
	const [row] = await tx
		.select()
		.from(step)
		.where(and(eq(step.id, stepId), eq(step.personId, personId)))
		.limit(1);
	if (!row) throw notFound();
	return row;
}

/** A step the person may act on: theirs to do. Somebody else's looks missing. */
async function ownStep(tx: Tx, { stepId, personId }: OwnStep) {
	const found = await stepOf(tx, stepId, personId);
	if (found.owner !== 'person') throw notFound();
	return found;
}

async function setState(
	tx: Tx,
	{ personId, by, now }: OwnStep,
	found: typeof step.$inferSelect,
	to: StepState,
	also: Partial<typeof step.$inferInsert>,
	/** Kept in the history: what is said later does not erase it. */
	reason?: string,
) {
	if (!mayChangeStep('person', found.state, to)) throw new DomainError('step_refused', 'conflict');
	await tx
		.update(step)
		.set({ state: to, version: found.version + 1, ...also })
		.where(and(eq(step.id, found.id), eq(step.personId, personId)));
	const detail = { from: found.state, to };
	await recordAudit(tx, { action: 'step.changed', actor: by, subjectId: found.id, personId, detail, reason, at: now });
}

async function wayOf(tx: Tx, pathwayId: string) {
	const [row] = await tx
		.select({ territoryId: pathway.territoryId, endedAt: pathway.endedAt })
		.from(pathway)
		.where(eq(pathway.id, pathwayId))
		.limit(1);
	const { zone } = await getTerritory(tx, row!.territoryId);
	return { zone, endedAt: row!.endedAt };
}
