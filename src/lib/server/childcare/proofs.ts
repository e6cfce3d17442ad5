import { and, desc, eq, gt, isNull } from 'drizzle-orm';
import type { AidStatus } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import type { Words } from '../db/schema/childcare.ts';
import { aidProof, childcareAid } from '../db/schema/index.ts';
import { notFound } from '../platform/errors.ts';
import { hashToken, newId, newToken } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { addMonths, instantOf, localDay } from '../territories/calendar.ts';
import type { Actor, AidRow } from './moving.ts';
import { isImplicitlyRefused } from './rules.ts';

/** A sheet older than this proves nothing any more: the person prints another. */
const VALID_MONTHS = 3;

/** All that the paper says. What the address shows is this and nothing else. */
export interface ProofFacts {
	reference: string;
	name: Words | null;
	person: string;
	children: string[];
	status: AidStatus;
	/** Silence had refused it on the day of the print; absent of sheets of before. */
	implicitlyRefused?: boolean;
	amountCents: number | null;
	periodFrom: string | null;
	periodTo: string | null;
	hoursPerWeek: number | null;
	decider: string;
	/** Day of the print, in the zone of the territory. */
	on: string;
	zone: string;
}

interface Own {
	personId: string;
	aidId: string;
	by: Actor;
	now: Date;
}

/** Only the person prints their own file. @throws DomainError `not_found` */
async function ownFile(q: Queries, { personId, aidId }: Pick<Own, 'personId' | 'aidId'>) {
	const [row] = await q
		.select()
		.from(childcareAid)
		.where(and(eq(childcareAid.id, aidId), eq(childcareAid.personId, personId)))
		.limit(1);
	if (!row) throw notFound();
	return row;
}

/** A new sheet; those printed before prove nothing any more. */
export async function makeProof(tx: Tx, { facts, ...own }: Own & { facts: ProofFacts }): Promise<{ token: string }> {
	const { version } = await ownFile(tx, own);
	await revokeProofs(tx, own);
	const { aidId, personId, by, now } = own;
	const id = newId();
	const token = newToken();
	await tx.insert(aidProof).values({
		id,
		aidId,
		tokenHash: hashToken(token),
		tokenSealed: seal(`aid_proof.token_sealed:${id}`, token),
		factsSealed: seal(`aid_proof.facts_sealed:${id}`, JSON.stringify(facts)),
		aidVersion: version,
		createdAt: now,
		expiresAt: instantOf(addMonths(localDay(now, facts.zone), VALID_MONTHS), '23:59', facts.zone),
	});
	await recordAudit(tx, { action: 'aid.printed', actor: by, subjectId: aidId, personId, at: now });
	return { token };
}

/** Sheets that were handed over no longer prove anything. @throws DomainError `not_found` */
export async function revokeProofs(tx: Tx, own: Own): Promise<void> {
	const { id } = await ownFile(tx, own);
	await tx
		.update(aidProof)
		.set({ revokedAt: own.now })
		.where(and(eq(aidProof.aidId, id), isNull(aidProof.revokedAt)));
}

const standing = (now: Date) => and(isNull(aidProof.revokedAt), gt(aidProof.expiresAt, now));
const factsOf = ({ id, factsSealed }: typeof aidProof.$inferSelect) =>
	JSON.parse(unseal(`aid_proof.facts_sealed:${id}`, factsSealed)) as ProofFacts;

/** What the paper says is still so: neither changed since, nor refused by silence since. */
const stillSays = (facts: ProofFacts, aidVersion: number, { version, status, silenceOn }: AidRow, now: Date): boolean =>
	version === aidVersion &&
	isImplicitlyRefused(status, silenceOn, localDay(now, facts.zone)) === (facts.implicitlyRefused ?? false);

/** The sheet that stands, to print it again; null when none does or when what it says is no longer so. */
export async function sheetOf(q: Queries, own: Pick<Own, 'personId' | 'aidId' | 'now'>) {
	const file = await ownFile(q, own);
	const [row] = await q
		.select()
		.from(aidProof)
		.where(and(eq(aidProof.aidId, file.id), eq(aidProof.aidVersion, file.version), standing(own.now)))
		.orderBy(desc(aidProof.createdAt))
		.limit(1);
	const facts = row && factsOf(row);
	if (!row || !facts || !stillSays(facts, row.aidVersion, file, own.now)) return null;
	return { facts, token: unseal(`aid_proof.token_sealed:${row.id}`, row.tokenSealed) };
}

/**
 * What a printed sheet says, for who reads its code. Null alike when it was never made, is revoked, is past its time, when
 * the file has changed since or when silence refused it since: nobody learns which.
 */
export async function proofOf(q: Queries, token: string, now: Date): Promise<ProofFacts | null> {
	const [row] = await q
		.select({ proof: aidProof, aid: childcareAid })
		.from(aidProof)
		.innerJoin(childcareAid, eq(childcareAid.id, aidProof.aidId))
		.where(and(eq(aidProof.tokenHash, hashToken(token)), standing(now)))
		.limit(1);
	const facts = row && factsOf(row.proof);
	return facts && stillSays(facts, row.proof.aidVersion, row.aid, now) ? facts : null;
}
