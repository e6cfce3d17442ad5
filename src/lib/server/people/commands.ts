import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Household } from '../../shared/codes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { account, followUpMember, person, personSearchKey } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable } from '../platform/sealing.ts';
import { getTerritory } from '../territories/queries.ts';
import { caseloadCount, findMembership, openedRecently, personOf, reasonPlace } from './queries.ts';
import { searchKeys, searchNameOf } from './rules.ts';

/** Who decides: enough of a signed-in account for the rules and the audit. */
export type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;

export interface NewPerson {
	territoryId: string;
	inseeCode?: string | null;
	firstName: string;
	lastName: string;
	/** `YYYY-MM-DD`, or `YYYY-00-00` when only the year is known. */
	birthDate?: string | null;
	email?: string | null;
	/** E.164. */
	phone?: string | null;
	household?: Household | null;
	childrenCount?: number | null;
	locale: string;
	now: Date;
}

/** Opens a file: channels push, e-mail, SMS in that order, discreet wording, nothing muted. */
export async function createPerson(tx: Tx, input: NewPerson): Promise<{ id: string }> {
	const id = newId();
	const { now, ...given } = input;
	await tx.insert(person).values({
		id,
		inseeCode: null,
		birthDate: null,
		email: null,
		phone: null,
		household: null,
		childrenCount: null,
		...given,
		searchName: searchNameOf(input),
		contactConfirmedAt: null,
		addressSealed: null,
		channelOrder: ['push', 'email', 'sms'],
		wording: 'discreet',
		mutedKinds: [],
		createdAt: now,
		lastContactAt: now,
	});
	await writeSearchKeys(tx, { id, phone: null, ...given });
	await recordAudit(tx, { action: 'person.created', subjectId: id, personId: id, at: now });
	return { id };
}

type Searched = { id: string; territoryId: string; firstName: string; lastName: string; phone: string | null };

/** Names made of signs alone, without a number, have none. */
async function writeSearchKeys(tx: Tx, { id, territoryId, ...row }: Searched): Promise<void> {
	const keys = searchKeys(row).map((key) => ({ personId: id, territoryId, key }));
	if (keys.length > 0) await tx.insert(personSearchKey).values(keys);
}

/** To call after a change of name, phone number or territory: what a search finds follows the record. */
export async function refreshSearch(tx: Tx, personId: string): Promise<void> {
	const row = await personOf(tx, personId);
	await tx.delete(personSearchKey).where(eq(personSearchKey.personId, personId));
	await writeSearchKeys(tx, row);
	await tx
		.update(person)
		.set({ searchName: searchNameOf(row) })
		.where(eq(person.id, personId));
}

/**
 * The person lives elsewhere: in another territory, their account and what a search finds of them follow. Who follows them
 * and what they asked is for the caller (moving.ts).
 */
export async function relocatePerson(
	tx: Tx,
	input: { personId: string; territoryId: string; inseeCode: string; by: Actor; now: Date },
): Promise<void> {
	const { personId, territoryId, inseeCode, by, now } = input;
	await tx.update(person).set({ territoryId, inseeCode }).where(eq(person.id, personId));
	await tx.update(account).set({ territoryId }).where(eq(account.personId, personId));
	await refreshSearch(tx, personId);
	await recordAudit(tx, { action: 'person.relocated', actor: by, subjectId: personId, personId, at: now });
}

/** A message, an answer or a visit: retention and « silence » count from the latest. */
export async function touchContact(tx: Tx, personId: string, now: Date): Promise<void> {
	await tx
		.update(person)
		.set({ lastContactAt: now })
		.where(and(eq(person.id, personId), lt(person.lastContactAt, now)));
}

/** A professional reached the person themselves: what no message had brought is settled, until another one fails. */
export async function noteSpokenWith(
	tx: Tx,
	{ personId, by, now }: { personId: string; by: Actor; now: Date },
): Promise<void> {
	await touchContact(tx, personId, now);
	await recordAudit(tx, { action: 'person.spoken_with', actor: by, subjectId: personId, personId, at: now });
}

export interface Assignment {
	personId: string;
	/** The professional who follows from now on. */
	accountId: string;
	/** Theirs; anything else is ignored. */
	structureId?: string;
	/** Coordinators only: why the limit of people per referent is passed. Of a transfer: why, and the person reads it. */
	reason?: string;
	by: Actor;
	now: Date;
}

/**
 * Names the lead referent (référent unique). Doing it twice for the same professional changes nothing.
 * @throws DomainError `already_assigned` (conflict) when somebody else leads, `caseload_full` (conflict) past the territory's
 * limit unless a coordinator gives a reason, `not_a_referent` (invalid) when the account cannot follow this person
 */
export const assignLead = (tx: Tx, input: Assignment): Promise<{ id: string }> => assign(tx, 'lead', input);

/**
 * Names the other half of the pair; one whose account is disabled gives way. @throws as `assignLead`; the limit counts people led, so it
 * does not apply here
 */
export const assignSecond = (tx: Tx, input: Assignment): Promise<{ id: string }> => assign(tx, 'second', input);

/** `said`: why, in words the person reads. */
async function assign(tx: Tx, part: 'lead' | 'second', input: Assignment, said?: string): Promise<{ id: string }> {
	const { personId, accountId, by, now } = input;
	const own = await personOf(tx, personId);
	const referent = await referentOf(tx, accountId, own.territoryId);
	const current = await findMembership(tx, personId, accountId);
	if (current?.part === part) return { id: current.id };
	// Nobody is both halves of a pair, and a lead is given up by a transfer only.
	if (current?.part === 'lead') throw new DomainError('already_assigned', 'conflict');
	const full = part === 'lead' && (await isFull(tx, accountId, own.territoryId));
	if (full && !mayOverride(input)) throw new DomainError('caseload_full', 'conflict', { accountId });
	const present = part === 'second' ? await lineOf(tx, personId, 'second') : undefined;
	if (present && !present.active) await endFollowUp(tx, { ...input, accountId: present.accountId, reason: said });
	// A member or a second who takes the lead has one open line, not two.
	if (current) await closeLine(tx, current.id, now);
	const id = newId();
	const [row] = await tx
		.insert(followUpMember)
		.values({
			id,
			personId,
			accountId,
			structureId: referent.structureId,
			part,
			themes: null,
			startedAt: now,
			endedAt: null,
			reasonSealed: said || full ? sealNullable(reasonPlace(id), said ?? input.reason) : null,
		})
		.onConflictDoNothing()
		.returning({ id: followUpMember.id });
	if (!row) throw new DomainError('already_assigned', 'conflict');
	const about = { subjectId: id, personId, detail: { part, accountId, overLimit: full }, reason: said };
	await recordAudit(tx, { action: 'person.assigned', actor: by, ...about, at: now });
	return { id };
}

const mayOverride = ({ by, reason }: Assignment) => by.role === 'coordinator' && Boolean(reason?.trim());

async function isFull(tx: Tx, accountId: string, territoryId: string): Promise<boolean> {
	const { settings } = await getTerritory(tx, territoryId);
	if (settings.caseloadLimit === null) return false;
	return (await caseloadCount(tx, accountId)) >= settings.caseloadLimit;
}

async function referentOf(tx: Tx, accountId: string, territoryId: string): Promise<{ structureId: string }> {
	const [row] = await tx.select().from(account).where(eq(account.id, accountId)).limit(1);
	const professional = row?.role === 'referent' || row?.role === 'coordinator';
	if (!professional || row.status !== 'active' || row.territoryId !== territoryId || !row.structureId)
		throw new DomainError('not_a_referent', 'invalid');
	return { structureId: row.structureId };
}

/** The open line of the lead, or of the second. */
async function lineOf(tx: Tx, personId: string, part: 'lead' | 'second') {
	const [row] = await tx
		.select({
			id: followUpMember.id,
			accountId: followUpMember.accountId,
			active: sql<boolean>`${account.status} = 'active'`.mapWith(Boolean),
		})
		.from(followUpMember)
		.innerJoin(account, eq(account.id, followUpMember.accountId))
		.where(and(eq(followUpMember.personId, personId), isNull(followUpMember.endedAt), eq(followUpMember.part, part)))
		.limit(1);
	return row;
}

const closeLine = (tx: Tx, id: string, now: Date) =>
	tx.update(followUpMember).set({ endedAt: now }).where(eq(followUpMember.id, id));

/** Ends a professional's follow-up, with why when it was said; the line stays as history. Ending one that is not open changes nothing. */
export async function endFollowUp(tx: Tx, { personId, accountId, reason, by, now }: Assignment): Promise<void> {
	const ended = await tx
		.update(followUpMember)
		.set({ endedAt: now })
		.where(
			and(
				eq(followUpMember.personId, personId),
				eq(followUpMember.accountId, accountId),
				isNull(followUpMember.endedAt),
			),
		)
		.returning({ id: followUpMember.id, part: followUpMember.part });
	for (const { id, part } of ended) {
		const about = { subjectId: id, personId, detail: { part, accountId }, reason };
		await recordAudit(tx, { action: 'person.follow_up_ended', actor: by, ...about, at: now });
	}
}

/**
 * Gives the lead to somebody else in one go, history kept: for a professional who leaves. Why is asked for, and read by the person.
 * @returns `from`: who led until now; what they promised is for whoever composes it (pathway's `handOverSteps`)
 * @throws as `assignLead`; nothing is ended then, because the write rolls back
 */
export async function transferLead(tx: Tx, input: Assignment): Promise<{ id: string; from: string | null }> {
	const lead = await lineOf(tx, input.personId, 'lead');
	if (lead && lead.accountId !== input.accountId) await endFollowUp(tx, { ...input, accountId: lead.accountId });
	const { id } = await assign(tx, 'lead', input, input.reason?.trim() || undefined);
	return { id, from: lead?.accountId ?? null };
}

/**
 * Gives somebody whom nobody leads to a professional. Two coordinators at once: one wins; sent twice, the second changes nothing.
 * @returns as `transferLead`
 * @throws as `assignLead`, `already_assigned` (conflict) when another one leads since the page was shown too
 */
export async function giveLead(tx: Tx, input: Assignment): Promise<{ id: string; from: string | null }> {
	const lead = await lineOf(tx, input.personId, 'lead');
	if (lead?.active && lead.accountId !== input.accountId) throw new DomainError('already_assigned', 'conflict');
	return transferLead(tx, input);
}

/**
 * Names, replaces or, for `accountId` null, takes off the other half of the pair, with why, which the person reads. `shown` is the
 * line of the one the form was made with, empty for none.
 * @returns the line that goes on, and who was second until now
 * @throws as `assignSecond`, and `second_changed` (conflict) when somebody named another since the page was shown
 */
export async function changeSecond(
	tx: Tx,
	input: Omit<Assignment, 'accountId' | 'reason'> & { accountId: string | null; shown: string; reason: string },
): Promise<{ id: string | null; from: string | null }> {
	const { accountId, shown, reason, ...about } = input;
	const present = await lineOf(tx, input.personId, 'second');
	if ((present?.id ?? '') !== shown) throw new DomainError('second_changed', 'conflict');
	if (present && present.accountId !== accountId)
		await endFollowUp(tx, { ...about, accountId: present.accountId, reason });
	const from = present?.accountId ?? null;
	if (!accountId) return { id: null, from };
	return { ...(await assign(tx, 'second', { ...about, accountId }, reason)), from };
}

/** The parts of a file a professional opens, as `/compte/acces` names them. */
export type FilePart = 'overview' | 'diagnosis' | 'pathway' | 'appointments' | 'aids' | 'request';

/** Writes that a professional opened a part of a file: once an hour is enough for the person to know. */
export async function recordOpening(
	tx: Tx,
	{ viewer, personId, part, now }: { viewer: Actor; personId: string; part: FilePart; now: Date },
): Promise<void> {
	if (await openedRecently(tx, { accountId: viewer.accountId, personId, part, now })) return;
	await recordAudit(tx, {
		action: 'person.opened',
		actor: viewer,
		subjectId: personId,
		personId,
		detail: { part },
		at: now,
	});
}
