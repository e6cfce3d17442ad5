/**
 * A professional typed the request; the person takes it over with a printed sheet. Its link is for one use and 7 days, tells
 * nothing by itself, and opens only to who also holds the contact (a code) or knows the birth date.
 */
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Db, Queries, Tx } from '../db/client.ts';
import { handover, supportRequest } from '../db/schema/index.ts';
import type { Actor } from '../people/commands.ts';
import { personOf, type PersonRow } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { hashToken, newToken } from '../platform/ids.ts';
import { codeContact, isWholeDate } from './rules.ts';

const LIFETIME_MS = 7 * 24 * 3_600_000;
/** Wrong birth dates before the link is dead. */
export const HANDOVER_TRIES = 5;

/** How the person proves it is them: a code to their mobile or e-mail, else their whole birth date; null: neither is known. */
export function proofOf(person: Pick<PersonRow, 'email' | 'phone' | 'birthDate'>): 'code' | 'birth_date' | null {
	if (codeContact(person)) return 'code';
	return isWholeDate(person.birthDate) ? 'birth_date' : null;
}

/**
 * A new link; earlier ones of the request no longer work.
 * @throws DomainError `no_proof` (conflict) when nothing is known by which the person could prove it is them
 */
export async function makeHandover(
	tx: Tx,
	{ requestId, by, now }: { requestId: string; by: Actor; now: Date },
): Promise<{ token: string; expiresAt: Date }> {
	const [row] = await tx
		.select({ personId: supportRequest.personId })
		.from(supportRequest)
		.where(eq(supportRequest.id, requestId))
		.limit(1);
	if (!row?.personId) throw notFound();
	const { personId } = row;
	if (proofOf(await personOf(tx, personId)) === null) throw new DomainError('no_proof', 'conflict');
	await tx
		.update(handover)
		.set({ expiresAt: now })
		.where(and(eq(handover.requestId, requestId), isNull(handover.usedAt), gt(handover.expiresAt, now)));
	const token = newToken();
	const expiresAt = new Date(now.getTime() + LIFETIME_MS);
	await tx.insert(handover).values({
		tokenHash: hashToken(token),
		requestId,
		createdById: by.accountId,
		createdAt: now,
		expiresAt,
		tries: 0,
	});
	await recordAudit(tx, { action: 'request.sheet_made', actor: by, subjectId: requestId, personId, at: now });
	return { token, expiresAt };
}

const alive = (token: string, now: Date) =>
	and(
		eq(handover.tokenHash, hashToken(token)),
		isNull(handover.usedAt),
		gt(handover.expiresAt, now),
		lt(handover.tries, HANDOVER_TRIES),
	);

/** The request and person behind a link that still works; undefined for any other. Reading it does not use it. */
export async function findHandover(q: Queries, token: string, now: Date) {
	const [row] = await q
		.select({ requestId: handover.requestId, reference: supportRequest.reference, personId: supportRequest.personId })
		.from(handover)
		.innerJoin(supportRequest, eq(supportRequest.id, handover.requestId))
		.where(alive(token, now))
		.limit(1);
	if (!row?.personId || !row.reference) return undefined;
	const person = await personOf(q, row.personId);
	return { requestId: row.requestId, reference: row.reference, person };
}

/**
 * A wrong date counts in a write of its own, then is refused: the caller's write must not roll the count back.
 * @throws DomainError `handover_over` (gone), `birth_date_wrong` (invalid)
 */
export async function checkBirthDate(
	db: Db,
	{ token, birthDate, now }: { token: string; birthDate: string; now: Date },
): Promise<void> {
	const found = await findHandover(db.read, token, now);
	if (!found) throw new DomainError('handover_over', 'gone');
	if (proofOf(found.person) === 'birth_date' && found.person.birthDate === birthDate) return;
	await db.write((tx) =>
		tx
			.update(handover)
			.set({ tries: sql`${handover.tries} + 1` })
			.where(eq(handover.tokenHash, hashToken(token))),
	);
	throw new DomainError('birth_date_wrong', 'invalid');
}

/**
 * Uses the link up: of two at once, one wins. The request is the person's own from now on, no browser's.
 * @throws DomainError `handover_over` (gone)
 */
export async function useHandover(
	tx: Tx,
	{ token, now }: { token: string; now: Date },
): Promise<{ requestId: string; reference: string; personId: string }> {
	const found = await findHandover(tx, token, now);
	const used = found
		? await tx
				.update(handover)
				.set({ usedAt: now })
				.where(alive(token, now))
				.returning({ requestId: handover.requestId })
		: [];
	if (!found || used.length === 0) throw new DomainError('handover_over', 'gone');
	const { requestId, reference, person } = found;
	await tx.update(supportRequest).set({ browserHash: null }).where(eq(supportRequest.id, requestId));
	await recordAudit(tx, { action: 'request.taken_over', subjectId: requestId, personId: person.id, at: now });
	return { requestId, reference, personId: person.id };
}
