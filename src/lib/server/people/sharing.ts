import { and, eq, isNull, lte } from 'drizzle-orm';
import type { Theme } from '../../shared/themes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { account, followUpMember } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { seal } from '../platform/sealing.ts';
import { addDays, localDay, startOfDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import type { Actor } from './commands.ts';
import { findMembership, personOf, reasonPlace } from './queries.ts';

export interface Invited {
	personId: string;
	accountId: string;
	/** What they will see; never empty. */
	themes: Theme[];
	/** Last day, in the territory's zone; none: until somebody ends it. */
	untilDay?: string;
	/** Why; the person reads it. */
	reason: string;
	by: Actor;
	now: Date;
}

/**
 * The lead referent lets a professional of the territory see some themes of a file, until a day. The person is told by the
 * action that composes this, and may object (CASF L121-6-2).
 * @throws DomainError `not_a_referent`, `already_assigned` (conflict), `day_past` (invalid), `not_found` when who invites does not lead
 */
export async function inviteMember(tx: Tx, input: Invited): Promise<{ id: string }> {
	const { personId, accountId, themes, untilDay, reason, by, now } = input;
	if ((await findMembership(tx, personId, by.accountId, now))?.part !== 'lead') throw notFound();
	const { territoryId } = await personOf(tx, personId);
	const [guest] = await tx.select().from(account).where(eq(account.id, accountId)).limit(1);
	const professional = guest?.role === 'referent' || guest?.role === 'coordinator';
	if (!professional || guest.status !== 'active' || guest.territoryId !== territoryId || !guest.structureId)
		throw new DomainError('not_a_referent', 'invalid');
	const { zone } = await getTerritory(tx, territoryId);
	if (untilDay && untilDay < localDay(now, zone)) throw new DomainError('day_past', 'invalid');
	await endPastMembers(tx, now, { personId, accountId });
	const id = newId();
	const [row] = await tx
		.insert(followUpMember)
		.values({
			id,
			personId,
			accountId,
			structureId: guest.structureId,
			part: 'member',
			themes,
			startedAt: now,
			endsAt: untilDay ? startOfDay(addDays(untilDay, 1), zone) : null,
			reasonSealed: seal(reasonPlace(id), reason),
		})
		.onConflictDoNothing()
		.returning({ id: followUpMember.id });
	if (!row) throw new DomainError('already_assigned', 'conflict');
	const detail = { part: 'member', accountId, themes };
	const about = { subjectId: id, personId, detail, reason };
	await recordAudit(tx, { action: 'person.member_invited', actor: by, ...about, at: now });
	return { id };
}

/**
 * Who takes one need sees its theme from now on: a line of their own, or one theme more on the one they have. Lead and second
 * see all of it already.
 */
export async function joinAsMember(
	tx: Tx,
	input: { personId: string; accountId: string; structureId: string; theme: Theme; by: Actor; now: Date },
): Promise<void> {
	const { personId, accountId, structureId, theme, by, now } = input;
	await endPastMembers(tx, now, { personId, accountId });
	const current = await findMembership(tx, personId, accountId, now);
	if (current && current.part !== 'member') return;
	const themes = [...new Set([...(current?.themes ?? []), theme])];
	const id = current?.id ?? newId();
	// Taken for good: a day after which the access was to end no longer holds.
	if (current) await tx.update(followUpMember).set({ themes, endsAt: null }).where(eq(followUpMember.id, id));
	else
		await tx
			.insert(followUpMember)
			.values({ id, personId, accountId, structureId, part: 'member', themes, startedAt: now });
	const detail = { part: 'member', accountId, themes };
	await recordAudit(tx, { action: 'person.member_joined', actor: by, subjectId: id, personId, detail, at: now });
}

interface Ending {
	personId: string;
	memberId: string;
	/** Why, when it was said; the person reads it. */
	reason?: string;
	by: Actor;
	now: Date;
}

/** The lead ends a member's part. @throws DomainError `not_found` */
export async function endMember(tx: Tx, input: Ending): Promise<void> {
	const { personId, by, now } = input;
	if ((await findMembership(tx, personId, by.accountId, now))?.part !== 'lead') throw notFound();
	await end(tx, input, 'person.member_ended');
}

/** The person objects to a member: they see nothing from now on. The lead and the second are not ended that way. @throws DomainError `not_found` */
export const objectToMember = (tx: Tx, input: Ending): Promise<void> => end(tx, input, 'person.member_refused');

/** Said twice, it is done once. */
async function end(tx: Tx, { personId, memberId, reason, by, now }: Ending, action: string): Promise<void> {
	const isTheirs = and(
		eq(followUpMember.id, memberId),
		eq(followUpMember.personId, personId),
		eq(followUpMember.part, 'member'),
	);
	const { accountId, endedAt } = followUpMember;
	const [row] = await tx.select({ accountId, endedAt }).from(followUpMember).where(isTheirs).limit(1);
	if (!row) throw notFound();
	if (row.endedAt) return;
	await tx.update(followUpMember).set({ endedAt: now }).where(isTheirs);
	const about = { subjectId: memberId, personId, detail: { accountId: row.accountId }, reason };
	await recordAudit(tx, { action, actor: by, ...about, at: now });
}

/**
 * Lines past their day become history, and an entry in the person's; access itself ends on the very instant (queries.ts
 * `findMembership`). `of`: those of one professional with one person, who is invited anew.
 * @returns whose files they were of: what was promised there is for whoever composes it (pathway's `returnSteps`)
 */
export async function endPastMembers(
	tx: Tx,
	now: Date,
	of?: { personId: string; accountId: string },
): Promise<string[]> {
	const whose = of && and(eq(followUpMember.personId, of.personId), eq(followUpMember.accountId, of.accountId));
	const ended = await tx
		.update(followUpMember)
		.set({ endedAt: now })
		.where(and(isNull(followUpMember.endedAt), lte(followUpMember.endsAt, now), whose))
		.returning({
			id: followUpMember.id,
			personId: followUpMember.personId,
			accountId: followUpMember.accountId,
			endsAt: followUpMember.endsAt,
		});
	for (const { id, personId, accountId, endsAt } of ended)
		await recordAudit(tx, {
			action: 'person.member_ended',
			subjectId: id,
			personId,
			detail: { accountId },
			at: endsAt ?? now,
		});
	return [...new Set(ended.map(({ personId }) => personId))];
}
