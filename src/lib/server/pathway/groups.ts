import { and, eq, inArray } from 'drizzle-orm';
import type { Theme } from '../../shared/themes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { account, caseGroup, caseGroupMember } from '../db/schema/index.ts';
import { findMembership, personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { idOf, newId } from '../platform/ids.ts';
import { seal, sealNullable } from '../platform/sealing.ts';
import { instantOf } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { noLongerWaiting, openPathwayOf, type Actor } from './commands.ts';
import type { Decided } from './reviews.ts';
import { earliestGroup } from './rules.ts';
import { addStep } from './steps.ts';

const MINUTE_MS = 60_000;

interface Decision {
	by: Actor;
	now: Date;
}

/** Lead and second alone put somebody forward and write what was decided. @throws DomainError `not_found` */
async function requirePair(tx: Tx, personId: string, { by, now }: Decision): Promise<void> {
	const part = (await findMembership(tx, personId, by.accountId, now))?.part;
	if (part !== 'lead' && part !== 'second') throw notFound();
}

/** When a meeting is: wall clock of the territory. */
interface Hour {
	day: string;
	time: string;
	minutes: number;
}

/** @throws DomainError `group_past`, `group_too_soon` (invalid) when the person would have no time to add a word or refuse */
async function instantsOf(tx: Tx, territoryId: string, { day, time, minutes }: Hour, now: Date) {
	const { zone, holidayZone } = await getTerritory(tx, territoryId);
	const startsAt = instantOf(day, time, zone);
	if (startsAt <= now) throw new DomainError('group_past', 'invalid');
	if (startsAt < earliestGroup(now, zone, await holidaysOf(tx, holidayZone)))
		throw new DomainError('group_too_soon', 'invalid');
	return { startsAt, endsAt: new Date(startsAt.getTime() + minutes * MINUTE_MS), zone };
}

interface Proposed extends Decision, Hour {
	personId: string;
	/** The person reads it. */
	why: string;
	agenda?: string;
	/** What it is about: all that those invited will read of goals and steps. */
	themes: Theme[];
	/** Professionals of the territory. */
	memberIds: string[];
	/** Drawn with the empty form: sent twice for the same hour, it is one meeting. */
	formId?: string;
}

/**
 * Puts a person forward to a *groupe de professionnels*: the action that composes this tells them why, and they may add a
 * word or refuse until it begins. @throws DomainError `not_found`, `no_pathway`, `group_past`, `group_too_soon`, `not_a_referent` (invalid)
 */
export async function proposeGroup(tx: Tx, input: Proposed): Promise<{ id: string }> {
	const { personId, why, agenda, themes, formId, by, now } = input;
	await requirePair(tx, personId, input);
	const id = formId ? idOf('group', personId, formId, input.day, input.time, why) : newId();
	const [known] = await tx.select({ id: caseGroup.id }).from(caseGroup).where(eq(caseGroup.id, id));
	if (known) return known;
	await openPathwayOf(tx, personId);
	const { territoryId } = await personOf(tx, personId);
	const instants = await instantsOf(tx, territoryId, input, now);
	const memberIds = await professionalsAmong(tx, territoryId, input.memberIds);
	await tx.insert(caseGroup).values({
		id,
		personId,
		territoryId,
		proposedById: by.accountId,
		state: 'planned',
		whySealed: seal(`case_group.why_sealed:${id}`, why),
		agendaSealed: sealNullable(`case_group.agenda_sealed:${id}`, agenda),
		themes,
		...instants,
		createdAt: now,
	});
	await tx.insert(caseGroupMember).values(memberIds.map((accountId) => ({ groupId: id, accountId })));
	const detail = { members: memberIds.length };
	await recordAudit(tx, { action: 'group.proposed', actor: by, subjectId: id, personId, detail, at: now });
	return { id };
}

async function professionalsAmong(tx: Tx, territoryId: string, ids: string[]): Promise<string[]> {
	const asked = [...new Set(ids)];
	if (asked.length === 0) throw new DomainError('not_a_referent', 'invalid');
	const rows = await tx
		.select({ id: account.id })
		.from(account)
		.where(
			and(
				inArray(account.id, asked),
				eq(account.territoryId, territoryId),
				inArray(account.role, ['referent', 'coordinator']),
				eq(account.status, 'active'),
			),
		)
		.limit(asked.length);
	if (rows.length < asked.length) throw new DomainError('not_a_referent', 'invalid');
	return asked;
}

/**
 * The person adds a word, or refuses: then nobody meets. Until it begins; refused twice, it is refused once. @throws DomainError
 * `not_found` when it is not theirs, `group_over` (conflict) once it began, was refused or held
 */
export async function answerGroup(
	tx: Tx,
	input: Decision & { groupId: string; personId: string; word?: string; refuse: boolean },
): Promise<void> {
	const { groupId, personId, word, refuse, by, now } = input;
	const found = await groupOf(tx, groupId);
	if (found.personId !== personId) throw notFound();
	// Sent again by a phone that heard no answer.
	if (refuse && found.state === 'refused') return;
	if (found.state !== 'planned' || found.startsAt <= now) throw new DomainError('group_over', 'conflict');
	await tx
		.update(caseGroup)
		.set({
			wordSealed: sealNullable(`case_group.word_sealed:${groupId}`, word),
			...(refuse ? { state: 'refused' as const, closedAt: now } : {}),
		})
		.where(eq(caseGroup.id, groupId));
	const action = refuse ? 'group.refused' : 'group.worded';
	await recordAudit(tx, { action, actor: by, subjectId: groupId, personId, at: now });
}

/** Lead and second, of a meeting that has not begun. @throws DomainError `not_found`, `group_over` (conflict) */
async function comingGroup(tx: Tx, groupId: string, decision: Decision) {
	const found = await groupOf(tx, groupId);
	await requirePair(tx, found.personId, decision);
	if (found.state !== 'planned' || found.startsAt <= decision.now) throw new DomainError('group_over', 'conflict');
	return found;
}

/**
 * Puts a meeting off, or brings it forward: the action that composes this tells the person, who may refuse until it begins; their word
 * stays. `changed` false: it was to begin and end then already, and there is nothing to tell. @throws DomainError `not_found`, `group_over` (conflict), `group_past`, `group_too_soon` (invalid)
 */
export async function moveGroup(
	tx: Tx,
	input: Decision & Hour & { groupId: string },
): Promise<{ personId: string; changed: boolean }> {
	const { groupId, by, now } = input;
	const { personId, territoryId, startsAt, endsAt } = await comingGroup(tx, groupId, input);
	const instants = await instantsOf(tx, territoryId, input, now);
	const isSame = +instants.startsAt === +startsAt && +instants.endsAt === +endsAt;
	if (isSame) return { personId, changed: false };
	await tx.update(caseGroup).set(instants).where(eq(caseGroup.id, groupId));
	const detail = { startsAt: startsAt.toISOString() };
	await recordAudit(tx, { action: 'group.moved', actor: by, subjectId: groupId, personId, detail, at: now });
	return { personId, changed: true };
}

/** Calls a meeting off before it begins. @throws DomainError `not_found`, `group_over` (conflict) */
export async function cancelGroup(tx: Tx, input: Decision & { groupId: string }): Promise<{ personId: string }> {
	const { groupId, by, now } = input;
	const { personId } = await comingGroup(tx, groupId, input);
	await tx.update(caseGroup).set({ state: 'cancelled', closedAt: now }).where(eq(caseGroup.id, groupId));
	await recordAudit(tx, { action: 'group.cancelled', actor: by, subjectId: groupId, personId, at: now });
	return { personId };
}

interface Held extends Decision {
	groupId: string;
	looked: string;
	/** In plain words, to the person. */
	answer: string;
	/** `ownerId`: a member or one of the pair; null: the person. */
	decisions: { title: string; ownerId: string | null; dueOn: string }[];
}

/**
 * Writes what a meeting decided: each decision becomes a step with its owner and date. @throws DomainError `not_found`,
 * `group_not_begun`, `group_over` (conflict), `no_pathway`, `not_a_referent` (invalid) for an owner who was not there
 */
export async function holdGroup(tx: Tx, input: Held): Promise<{ personId: string }> {
	const { groupId, looked, answer, decisions, by, now } = input;
	const { personId, state, startsAt, territoryId } = await groupOf(tx, groupId);
	await requirePair(tx, personId, input);
	if (state !== 'planned') throw new DomainError('group_over', 'conflict');
	if (now < startsAt) throw new DomainError('group_not_begun', 'conflict');
	const { id: pathwayId } = await openPathwayOf(tx, personId);
	await tx
		.update(caseGroup)
		.set({
			state: 'held',
			lookedSealed: seal(`case_group.looked_sealed:${groupId}`, looked),
			answerSealed: seal(`case_group.answer_sealed:${groupId}`, answer),
			closedAt: now,
		})
		.where(and(eq(caseGroup.id, groupId), eq(caseGroup.state, 'planned')));
	for (const { title, ownerId, dueOn } of decisions) {
		const decided: Decided = { title, dueOn, ...(await ownerOf(tx, { groupId, personId, territoryId, ownerId, now })) };
		await addStep(tx, { ...decided, personId, decidedInId: groupId, by, now });
	}
	await noLongerWaiting(tx, pathwayId);
	const detail = { decisions: decisions.length };
	await recordAudit(tx, { action: 'group.held', actor: by, subjectId: groupId, personId, detail, at: now });
	return { personId };
}

interface Owner {
	groupId: string;
	personId: string;
	territoryId: string;
	ownerId: string | null;
	now: Date;
}

async function ownerOf(tx: Tx, { groupId, personId, territoryId, ownerId, now }: Owner) {
	if (!ownerId) return { owner: 'person' as const };
	const invited = await isMember(tx, groupId, ownerId);
	if (!invited && !(await findMembership(tx, personId, ownerId, now)))
		throw new DomainError('not_a_referent', 'invalid');
	const [row] = await tx
		.select({ structureId: account.structureId })
		.from(account)
		.where(and(eq(account.id, ownerId), eq(account.territoryId, territoryId), eq(account.status, 'active')))
		.limit(1);
	if (!row) throw new DomainError('not_a_referent', 'invalid');
	return { owner: 'referent' as const, ownedBy: { accountId: ownerId, structureId: row.structureId } };
}

async function isMember(tx: Tx, groupId: string, accountId: string): Promise<boolean> {
	const [row] = await tx
		.select({ accountId: caseGroupMember.accountId })
		.from(caseGroupMember)
		.where(and(eq(caseGroupMember.groupId, groupId), eq(caseGroupMember.accountId, accountId)))
		.limit(1);
	return row !== undefined;
}

async function groupOf(tx: Tx, groupId: string) {
	const [row] = await tx.select().from(caseGroup).where(eq(caseGroup.id, groupId)).limit(1);
	if (!row) throw notFound();
	return row;
}
