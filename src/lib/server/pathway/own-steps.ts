import { and, asc, eq, inArray, isNotNull, isNull, ne, notExists, or, sql } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { account, caseGroupMember, followUpMember, pathway, person, step } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { followedBy, leadOf, stillRuns } from '../people/queries.ts';
import { notFound } from '../platform/errors.ts';
import { unseal } from '../platform/sealing.ts';

/** « Mes actions »: what a professional said they would do, for people they follow or after a meeting they were invited to. */

/** As the index of what a professional is to do is declared. */
const openAndTheirs = sql`${step.owner} = 'referent' AND ${step.state} IN ('planned', 'in_progress', 'waiting')`;

const theirs = (q: Queries, accountId: string, now: Date) =>
	q
		.select({
			id: step.id,
			titleSealed: step.titleSealed,
			dueOn: step.dueOn,
			state: step.state,
			version: step.version,
			personId: step.personId,
			followed: sql<boolean>`${followUpMember.id} IS NOT NULL`.mapWith(Boolean),
			firstName: person.firstName,
			lastName: person.lastName,
		})
		.from(step)
		.innerJoin(pathway, and(eq(pathway.id, step.pathwayId), isNull(pathway.endedAt)))
		.innerJoin(person, eq(person.id, step.personId))
		.leftJoin(followUpMember, and(eq(followUpMember.personId, step.personId), followedBy(accountId, now)))
		.leftJoin(
			caseGroupMember,
			and(eq(caseGroupMember.groupId, step.decidedInId), eq(caseGroupMember.accountId, accountId)),
		);

/** Theirs to do; a professional who neither follows the person nor was invited any more has nothing of it to read. */
const toDo = (accountId: string) =>
	and(
		eq(step.ownerAccountId, accountId),
		openAndTheirs,
		or(isNotNull(followUpMember.id), isNotNull(caseGroupMember.accountId)),
	);

/**
 * What this professional is to do, by last day (in the territory's zone), those without one last. Invited to a meeting without
 * following the person: the title and the day only, `person` is null.
 */
export async function stepsToDo(q: Queries, accountId: string, now: Date, limit = 50) {
	const rows = await theirs(q, accountId, now)
		.where(toDo(accountId))
		.orderBy(sql`${step.dueOn} IS NULL`, asc(step.dueOn), asc(step.id))
		.limit(limit);
	return rows.map(({ id, titleSealed, dueOn, personId, followed, firstName, lastName }) => ({
		id,
		title: unseal(`step.title_sealed:${id}`, titleSealed),
		dueOn,
		person: followed ? { id: personId, firstName, lastName } : null,
	}));
}
export type StepToDo = Awaited<ReturnType<typeof stepsToDo>>[number];

/** Its owner did it. Twice, it is done once. @throws DomainError `not_found` when it is not theirs to do */
export async function finishStep(
	tx: Tx,
	{ stepId, by, now }: { stepId: string; by: Pick<SignedIn, 'accountId' | 'role' | 'structureId'>; now: Date },
): Promise<{ changed: boolean }> {
	const [own] = await tx
		.select({ ownerAccountId: step.ownerAccountId, state: step.state })
		.from(step)
		.where(eq(step.id, stepId))
		.limit(1);
	if (own?.ownerAccountId === by.accountId && own.state === 'done') return { changed: false };
	const [found] = await theirs(tx, by.accountId, now)
		.where(and(eq(step.id, stepId), toDo(by.accountId)))
		.limit(1);
	if (!found) throw notFound();
	const { personId, state, version } = found;
	await tx
		.update(step)
		.set({ state: 'done', doneAt: now, version: version + 1 })
		.where(eq(step.id, stepId));
	const detail = { from: state, to: 'done' };
	await recordAudit(tx, { action: 'step.changed', actor: by, subjectId: stepId, personId, detail, at: now });
	return { changed: true };
}

interface HandOver {
	personId: string;
	/** Nobody: a day went by. */
	by: Pick<SignedIn, 'accountId' | 'role' | 'structureId'> | null;
	now: Date;
}

/**
 * Who follows a person changes: what `from`, or anybody who works here no more or follows the person no more, promised them and has
 * not done is `to`’s from now on, so that it stays on somebody’s list and the person reads who does it. What a meeting decided stays
 * with whom it was decided with.
 */
export async function handOverSteps(tx: Tx, input: HandOver & { from: string | null; to: string }): Promise<void> {
	const { personId, from, to, by, now } = input;
	const follows = tx
		.select({ id: followUpMember.id })
		.from(followUpMember)
		.where(
			and(
				eq(followUpMember.personId, personId),
				eq(followUpMember.accountId, account.id),
				isNull(followUpMember.endedAt),
				stillRuns(now),
			),
		);
	const decidedWith = tx
		.select({ id: caseGroupMember.accountId })
		.from(caseGroupMember)
		.where(and(eq(caseGroupMember.groupId, step.decidedInId), eq(caseGroupMember.accountId, account.id)));
	const gone = tx
		.select({ id: account.id })
		.from(account)
		.where(
			and(
				eq(account.id, step.ownerAccountId),
				ne(account.id, to),
				or(
					ne(account.status, 'active'),
					from ? eq(account.id, from) : undefined,
					and(notExists(follows), notExists(decidedWith)),
				),
			),
		);
	const moved = await tx
		.update(step)
		.set({ ownerAccountId: to, version: sql`${step.version} + 1` })
		.where(and(eq(step.personId, personId), openAndTheirs, inArray(step.ownerAccountId, gone)))
		.returning({ id: step.id, state: step.state });
	for (const { id: subjectId, state } of moved) {
		const detail = { from: state, to: state, ownerAccountId: to };
		await recordAudit(tx, { action: 'step.changed', actor: by, subjectId, personId, detail, at: now });
	}
}

/**
 * A guest’s part ended: what they had promised goes back to the lead. While nobody leads it waits for whoever will (`handOverSteps` looks
 * for it again).
 */
export async function returnSteps(tx: Tx, input: HandOver): Promise<void> {
	const lead = await leadOf(tx, input.personId);
	if (lead) await handOverSteps(tx, { ...input, from: null, to: lead.accountId });
}

/** Somebody works here no more: what they had promised, of each person, goes back to the lead as `returnSteps` says. */
export async function returnPromises(
	tx: Tx,
	{ accountId, ...about }: Omit<HandOver, 'personId'> & { accountId: string },
): Promise<void> {
	const people = await tx
		.selectDistinct({ personId: step.personId })
		.from(step)
		.where(and(eq(step.ownerAccountId, accountId), openAndTheirs))
		.limit(WHOLE);
	for (const { personId } of people) await returnSteps(tx, { personId, ...about });
}
