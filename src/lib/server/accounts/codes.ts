import { and, count, desc, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { Db, Tx } from '../db/client.ts';
import { signInCode } from '../db/schema/index.ts';
import { config } from '../platform/config.ts';
import { DomainError } from '../platform/errors.ts';
import { hashToken, newCode, newId, pepperedHash, sameSecret } from '../platform/ids.ts';
import { CODE_LIFETIME_MS, CODE_TRIES, CODE_WINDOW_MS, CODES_PER_HOUR } from './rules.ts';

/** A code that was typed right and not used yet: hand it to `useCode` in the write that it allows. */
export interface ProvenCode {
	readonly challengeId: string;
}

/** The table says nothing about who tried to sign in, not even to who knows a number. */
const contactHashOf = (contact: string) => pepperedHash(config().codePepper, 'contact', contact);
const codeHashOf = (challengeId: string, code: string, purpose: CodePurpose) =>
	pepperedHash(config().codePepper, purpose === 'sign_in' ? 'code' : `code ${purpose}`, challengeId, code);

/** What a code allows: one that was sent to sign in with proves no new contact, nor the other way round. All count in one limit. */
export type CodePurpose = 'sign_in' | 'contact';

/**
 * Draws a code for a contact (as `parseContact` gives it) and a browser; the one it had before is over. The same work
 * whether or not anybody has this contact; sending it is the caller's, after the write. Codes that were used do not count
 * in the hour: they prove that who asks is who receives.
 * @throws DomainError `codes_too_many` at the sixth unused one within an hour, whatever the browser
 */
export async function askCode(
	tx: Tx,
	{
		contact,
		browser,
		purpose = 'sign_in',
		now,
	}: { contact: string; browser: string; purpose?: CodePurpose; now: Date },
): Promise<{ code: string; challengeId: string }> {
	const contactHash = contactHashOf(contact);
	const browserHash = hashToken(browser);
	const since = new Date(now.getTime() - CODE_WINDOW_MS);
	const [recent] = await tx
		.select({ asked: count() })
		.from(signInCode)
		.where(and(eq(signInCode.contactHash, contactHash), gt(signInCode.createdAt, since), isNull(signInCode.usedAt)));
	if (recent!.asked >= CODES_PER_HOUR) throw new DomainError('codes_too_many', 'too_many');
	await tx
		.update(signInCode)
		.set({ expiresAt: now })
		.where(
			and(
				eq(signInCode.contactHash, contactHash),
				eq(signInCode.browserHash, browserHash),
				gt(signInCode.expiresAt, now),
			),
		);
	const challengeId = newId();
	const code = newCode();
	const expiresAt = new Date(now.getTime() + CODE_LIFETIME_MS);
	const codeHash = codeHashOf(challengeId, code, purpose);
	await tx
		.insert(signInCode)
		.values({ id: challengeId, contactHash, browserHash, codeHash, tries: 0, createdAt: now, expiresAt });
	return { code, challengeId };
}

/**
 * Whether the code is the one sent to this contact and asked for by this browser. Takes the database, not a
 * transaction: a wrong try is counted in a write of its own, which the refusal thrown afterwards cannot undo.
 * A right code stays usable until `useCode`.
 * @throws DomainError `code_wrong`; `code_expired` (10 minutes, used, or asked elsewhere); `code_locked` (5 wrong tries)
 */
export async function checkCode(
	db: Db,
	input: { contact: string; browser: string; code: string; purpose?: CodePurpose; now: Date },
): Promise<ProvenCode> {
	const verdict = await db.write((tx) => tryCode(tx, input));
	if (verdict.outcome === 'right') return { challengeId: verdict.challengeId };
	throw new DomainError(verdict.outcome, REFUSALS[verdict.outcome]);
}

const REFUSALS = { code_wrong: 'invalid', code_expired: 'gone', code_locked: 'too_many' } as const;

type Verdict = { outcome: 'right'; challengeId: string } | { outcome: keyof typeof REFUSALS };

async function tryCode(
	tx: Tx,
	{
		contact,
		browser,
		code,
		purpose = 'sign_in',
		now,
	}: { contact: string; browser: string; code: string; purpose?: CodePurpose; now: Date },
): Promise<Verdict> {
	const [challenge] = await tx
		.select()
		.from(signInCode)
		.where(and(eq(signInCode.contactHash, contactHashOf(contact)), eq(signInCode.browserHash, hashToken(browser))))
		.orderBy(desc(signInCode.createdAt), desc(signInCode.expiresAt))
		.limit(1);
	if (!challenge || challenge.usedAt || challenge.expiresAt <= now) return { outcome: 'code_expired' };
	// Conditional, so that fifty tries at once are still five, on an engine with several writers too.
	const counted = await tx
		.update(signInCode)
		.set({ tries: sql`${signInCode.tries} + 1` })
		.where(and(eq(signInCode.id, challenge.id), lt(signInCode.tries, CODE_TRIES), isNull(signInCode.usedAt)))
		.returning({ tries: signInCode.tries });
	if (counted.length === 0) return { outcome: 'code_locked' };
	if (sameSecret(challenge.codeHash, codeHashOf(challenge.id, code, purpose))) {
		// Only wrong tries count: choosing among several accounts checks the same code a second time.
		await tx
			.update(signInCode)
			.set({ tries: sql`${signInCode.tries} - 1` })
			.where(eq(signInCode.id, challenge.id));
		return { outcome: 'right', challengeId: challenge.id };
	}
	return { outcome: counted[0]!.tries < CODE_TRIES ? 'code_wrong' : 'code_locked' };
}

/**
 * Uses the code up, in the write of what it allows: two requests with one code, and only the first goes through.
 * @throws DomainError `code_expired` when it was used or ran out meanwhile
 */
export async function useCode(tx: Tx, { challengeId }: ProvenCode, now: Date): Promise<void> {
	const used = await tx
		.update(signInCode)
		.set({ usedAt: now })
		.where(and(eq(signInCode.id, challengeId), isNull(signInCode.usedAt), gt(signInCode.expiresAt, now)))
		.returning({ id: signInCode.id });
	if (used.length === 0) throw new DomainError('code_expired', 'gone');
}

/** Codes are counted for an hour; older rows serve nothing. */
export async function deleteOldCodes(tx: Tx, now: Date): Promise<void> {
	await tx.delete(signInCode).where(lt(signInCode.createdAt, new Date(now.getTime() - CODE_WINDOW_MS)));
}
