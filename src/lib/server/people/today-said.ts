import { and, asc, eq, gt, inArray, isNull, lte, notExists, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Queries } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import {
	account,
	auditEntry,
	caseGroup,
	diagnosis,
	followUpMember,
	municipality,
	pathway,
	person,
	step,
} from '../db/schema/index.ts';
import { unseal, unsealNullable } from '../platform/sealing.ts';
import { openPathway } from './caseload.ts';
import type { Alert } from './today-rules.ts';
import { concerned, LIMIT, mine } from './today-scope.ts';

/** What people answered to what was decided about them: reasons of the first page (today.ts), for lead and second. */

/** A week is enough to know that somebody or something was refused. */
export const OBJECTION_MS = 7 * 86_400_000;

/** The latest of the answers to a diagnosis, as `diagnosis/commands.ts` keeps them. */
function lastAnswer(id: string, answersSealed: string | null): { at: string; why?: string } | undefined {
	const text = unsealNullable(`diagnosis.answers_sealed:${id}`, answersSealed);
	return text ? (JSON.parse(text) as { at: string; why?: string }[]).at(-1) : undefined;
}

/** Contests the diagnosis that was shared: until it is corrected, or kept, and shared again. */
export async function contested(q: Queries, accountId: string): Promise<Alert[]> {
	const rows = await q
		.select({
			...concerned,
			id: diagnosis.id,
			answersSealed: diagnosis.answersSealed,
			sharedAt: diagnosis.sharedAt,
			createdAt: diagnosis.createdAt,
		})
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(diagnosis, and(eq(diagnosis.personId, person.id), isNull(diagnosis.replacedAt)))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), is(diagnosis.state, 'contested')))
		.orderBy(asc(diagnosis.sharedAt))
		.limit(LIMIT);
	return rows.map(({ id, answersSealed, sharedAt, createdAt, ...row }) => {
		const answer = lastAnswer(id, answersSealed);
		const since = answer ? new Date(answer.at) : (sharedAt ?? createdAt);
		return { ...row, reason: 'contested', since, note: answer?.why ?? null, detail: {}, reference: null };
	});
}

const looker = alias(followUpMember, 'looker');

/** Proposed a step that neither lead nor second changed, nor opened the pathway since. */
export async function proposed(q: Queries, accountId: string): Promise<Alert[]> {
	const lookedAt = q
		.select({ one: sql`1` })
		.from(auditEntry)
		.innerJoin(
			looker,
			and(
				eq(looker.personId, auditEntry.personId),
				eq(looker.accountId, auditEntry.actorId),
				isNull(looker.endedAt),
				inArray(looker.part, ['lead', 'second']),
			),
		)
		.where(
			and(
				eq(auditEntry.personId, person.id),
				gt(auditEntry.at, step.createdAt),
				eq(auditEntry.action, 'person.opened'),
				sql`json_extract(${auditEntry.detail}, '$.part') IN ('overview', 'pathway')`,
			),
		);
	const rows = await q
		.select({ ...concerned, id: step.id, titleSealed: step.titleSealed, since: step.createdAt })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(step, eq(step.personId, person.id))
		.innerJoin(pathway, and(eq(pathway.id, step.pathwayId), openPathway))
		.innerJoin(account, eq(account.id, step.createdById))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				mine(accountId),
				is(step.state, 'planned'),
				is(step.owner, 'person'),
				eq(step.version, 1),
				is(account.role, 'beneficiary'),
				notExists(lookedAt),
			),
		)
		.orderBy(asc(step.createdAt))
		.limit(LIMIT);
	return rows.map(({ id, titleSealed, ...row }) => ({
		...row,
		reason: 'proposed',
		note: unseal(`step.title_sealed:${id}`, titleSealed),
		detail: {},
		reference: null,
	}));
}

/** Refused a meeting about them: who proposed it hears it before they go. */
export async function groupRefused(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const rows = await q
		.select({
			...concerned,
			id: caseGroup.id,
			wordSealed: caseGroup.wordSealed,
			since: sql<Date>`${caseGroup.closedAt}`.mapWith(caseGroup.closedAt),
		})
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(caseGroup, eq(caseGroup.personId, person.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				mine(accountId),
				is(caseGroup.state, 'refused'),
				gt(caseGroup.closedAt, new Date(now.getTime() - OBJECTION_MS)),
			),
		)
		.orderBy(asc(caseGroup.closedAt))
		.limit(LIMIT);
	return rows.map(({ id, wordSealed, ...row }) => ({
		...row,
		reason: 'group_refused',
		note: unsealNullable(`case_group.word_sealed:${id}`, wordSealed),
		detail: {},
		reference: null,
	}));
}

/** A meeting is over and what it decided was never written: the person waits for an answer (pathway's `groupsOf` says the same). */
export async function groupUnwritten(q: Queries, accountId: string, now: Date): Promise<Alert[]> {
	const rows = await q
		.select({ ...concerned, since: caseGroup.endsAt })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.innerJoin(caseGroup, eq(caseGroup.personId, person.id))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(and(mine(accountId), is(caseGroup.state, 'planned'), lte(caseGroup.endsAt, now)))
		.orderBy(asc(caseGroup.endsAt))
		.limit(LIMIT);
	return rows.map((row) => ({ ...row, reason: 'group_unwritten', note: null, detail: {}, reference: null }));
}
