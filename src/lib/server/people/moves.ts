/** A professional who hears of a move, or a form the person sent, proposes to take note of it; nothing moves without their agreement. */
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { account, moveProposal, municipality } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Actor } from './commands.ts';

/** Takes the place of an earlier proposal that was not answered. @throws DomainError `not_found` for an unknown commune */
export async function proposeMove(
	tx: Tx,
	{ personId, inseeCode, by, now }: { personId: string; inseeCode: string; by: Actor; now: Date },
): Promise<{ id: string }> {
	const [commune] = await tx
		.select({ name: municipality.name })
		.from(municipality)
		.where(eq(municipality.inseeCode, inseeCode))
		.limit(1);
	if (!commune) throw notFound();
	await answerMove(tx, { personId, inseeCode: null, now });
	const id = newId();
	await tx.insert(moveProposal).values({ id, personId, inseeCode, proposedById: by.accountId, at: now });
	await recordAudit(tx, { action: 'person.move_proposed', actor: by, subjectId: id, personId, at: now });
	return { id };
}

/** What waits for the person's answer. */
export async function openMove(q: Queries, personId: string) {
	const [row] = await q
		.select({
			id: moveProposal.id,
			inseeCode: moveProposal.inseeCode,
			commune: municipality.name,
			/** Null: the person wrote it themselves. */
			byName: sql<string | null>`CASE WHEN ${account.personId} = ${personId} THEN NULL ELSE ${account.displayName} END`,
		})
		.from(moveProposal)
		.innerJoin(municipality, eq(municipality.inseeCode, moveProposal.inseeCode))
		.innerJoin(account, eq(account.id, moveProposal.proposedById))
		.where(and(eq(moveProposal.personId, personId), isNull(moveProposal.answeredAt)))
		.limit(1);
	return row;
}

/** Whatever was proposed is answered: agreed when the person moves to that very commune. None open changes nothing. */
export async function answerMove(
	tx: Tx,
	{ personId, inseeCode, now }: { personId: string; inseeCode: string | null; now: Date },
): Promise<void> {
	const open = await openMove(tx, personId);
	if (!open) return;
	await tx
		.update(moveProposal)
		.set({ answeredAt: now, agreed: open.inseeCode === inseeCode })
		.where(eq(moveProposal.id, open.id));
}

/** Every move that was proposed, and what the person answered: for their own copy of their data. */
export const movesOf = (q: Queries, personId: string) =>
	q
		.select({
			commune: municipality.name,
			byName: account.displayName,
			at: moveProposal.at,
			answeredAt: moveProposal.answeredAt,
			agreed: moveProposal.agreed,
		})
		.from(moveProposal)
		.innerJoin(municipality, eq(municipality.inseeCode, moveProposal.inseeCode))
		.innerJoin(account, eq(account.id, moveProposal.proposedById))
		.where(eq(moveProposal.personId, personId))
		.orderBy(desc(moveProposal.at))
		.limit(WHOLE);
