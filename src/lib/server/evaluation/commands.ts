import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Rating } from '../../shared/codes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { improvement, ratingInvitation } from '../db/schema/index.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { drop } from './box.ts';

const DAY_MS = 86_400_000;
/** At most one invitation in so many days. */
export const ASK_EVERY_DAYS = 14;
/** Later, the moment is forgotten. */
export const OPEN_DAYS = 30;

/**
 * Asks the person what the appointment was worth.
 * @returns null when they were asked less than a fortnight ago, about this appointment already, or do not want to be
 */
export async function askRating(
	tx: Tx,
	{ appointmentId, personId, now }: { appointmentId: string; personId: string; now: Date },
): Promise<{ id: string } | null> {
	const { mutedKinds } = await personOf(tx, personId);
	if (mutedKinds.includes('rating')) return null;
	const recent = new Date(now.getTime() - ASK_EVERY_DAYS * DAY_MS);
	const [asked] = await tx
		.select({ id: ratingInvitation.id })
		.from(ratingInvitation)
		.where(and(eq(ratingInvitation.personId, personId), gt(ratingInvitation.askedAt, recent)))
		.limit(1);
	if (asked) return null;
	const made = await tx
		.insert(ratingInvitation)
		.values({
			id: newId(),
			personId,
			appointmentId,
			askedAt: now,
			expiresAt: new Date(now.getTime() + OPEN_DAYS * DAY_MS),
		})
		.onConflictDoNothing({ target: ratingInvitation.appointmentId })
		.returning({ id: ratingInvitation.id });
	return made[0] ?? null;
}

interface Closing {
	invitationId: string;
	personId: string;
	now: Date;
}

/**
 * Keeps an anonymous answer. Nothing written here says who, nor when: no journal entry, no date, and « answered » on the
 * invitation (README.md). Given once.
 * @throws DomainError `not_found` for somebody else's, `rating_over` (gone), `rating_given` (conflict)
 */
export async function answerRating(tx: Tx, input: Closing & { face: Rating; comment: string | null }): Promise<void> {
	await close(tx, input, 'answered');
	const { territoryId } = await personOf(tx, input.personId);
	const { zone } = await getTerritory(tx, territoryId);
	const month = localDay(input.now, zone).slice(0, 7);
	await drop(tx, territoryId, { face: input.face, comment: input.comment }, month);
}

/** « Je ne veux pas répondre ». @throws as `answerRating` */
export const skipRating = (tx: Tx, input: Closing) => close(tx, input, 'skipped');

async function close(tx: Tx, input: Closing, outcome: 'answered' | 'skipped'): Promise<void> {
	const found = await ownInvitation(tx, input.personId, input.invitationId);
	if (found.outcome) throw new DomainError('rating_given', 'conflict');
	if (input.now >= found.expiresAt) throw new DomainError('rating_over', 'gone');
	const closed = await tx
		.update(ratingInvitation)
		.set({ outcome })
		.where(and(eq(ratingInvitation.id, found.id), isNull(ratingInvitation.outcome)))
		.returning({ id: ratingInvitation.id });
	if (closed.length === 0) throw new DomainError('rating_given', 'conflict');
}

/** @throws DomainError `not_found` for somebody else's */
export async function ownInvitation(q: Queries, personId: string, id: string) {
	const [row] = await q
		.select()
		.from(ratingInvitation)
		.where(and(eq(ratingInvitation.id, id), eq(ratingInvitation.personId, personId)))
		.limit(1);
	if (!row) throw notFound();
	return row;
}

type Coordinator = Pick<SignedIn, 'accountId' | 'role' | 'structureId'> & { territoryId: string };
export interface NewImprovement {
	finding: string;
	answer: string;
	ownerLabel: string;
	/** `YYYY-MM-DD`; null while it is not done. */
	doneOn: string | null;
	publish: boolean;
}

/** « Vous avez dit, nous avons fait »: kept, and shown to all when published. */
export async function addImprovement(
	tx: Tx,
	{ publish, ...words }: NewImprovement,
	{ by, now }: { by: Coordinator; now: Date },
): Promise<{ id: string }> {
	const id = newId();
	const { accountId: createdById, territoryId } = by;
	const publishedAt = publish ? now : null;
	await tx.insert(improvement).values({ id, territoryId, ...words, publishedAt, createdAt: now, createdById });
	await recordAudit(tx, { action: 'improvement.added', actor: by, subjectId: id, detail: { publish }, at: now });
	return { id };
}

/** Shows it to all, or takes it back. @throws DomainError `not_found` for another territory's */
export async function publishImprovement(
	tx: Tx,
	{ id, publish, by, now }: { id: string; publish: boolean; by: Coordinator; now: Date },
): Promise<void> {
	const changed = await tx
		.update(improvement)
		.set({ publishedAt: publish ? now : null })
		.where(and(eq(improvement.id, id), eq(improvement.territoryId, by.territoryId)))
		.returning({ id: improvement.id });
	if (changed.length === 0) throw notFound();
	const action = publish ? 'improvement.published' : 'improvement.withdrawn';
	await recordAudit(tx, { action, actor: by, subjectId: id, at: now });
}
