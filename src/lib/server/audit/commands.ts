import { and, lt } from 'drizzle-orm';
import type { Tx } from '../db/index.ts';
import { KEPT_A_YEAR } from '../db/schema/audit.ts';
import { auditEntry } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable } from '../platform/sealing.ts';
import type { Role } from '../../shared/codes.ts';

/** Who acted; absent for what the portal does by itself. */
export interface AuditActor {
	accountId: string;
	role: Role;
	structureId?: string | null;
}

/** A professional read something of a person's: shown to the person as « qui a vu mon dossier ». A pathway that opens is none. */
export const FILE_OPENINGS = ['person.opened', 'exception.opened', 'aid.opened', 'paper.opened'] as const;

export interface AuditRecord {
	/** `<domain>.<past participle>`. */
	action: string;
	actor?: AuditActor | null;
	/** The thing acted upon. */
	subjectId?: string;
	/** Whose file it is part of. */
	personId?: string;
	/** Ids, codes and counts only: never a name, a need or a text. */
	detail?: Record<string, unknown>;
	/** Why, in words the person reads; kept sealed. */
	reason?: string | null;
	at: Date;
}

/** Writes who did what, in the same `db.write` as the thing itself: one is never there without the other. */
export async function recordAudit(tx: Tx, { action, actor, subjectId, personId, detail, reason, at }: AuditRecord) {
	const id = newId();
	await tx.insert(auditEntry).values({
		id,
		at,
		actorId: actor?.accountId ?? null,
		actorRole: actor?.role ?? null,
		structureId: actor?.structureId ?? null,
		action,
		subjectId: subjectId ?? null,
		personId: personId ?? null,
		detail: detail ?? {},
		reasonSealed: sealNullable(`audit_entry.reason_sealed:${id}`, reason),
	});
}

export const forgottenBefore = (before: Date) => and(lt(auditEntry.at, before), KEPT_A_YEAR);

/**
 * Forgets who read what, sessions and sendings that are older (CNIL, recommendation on logging). Decisions are the history of a
 * file, and stay as long as it.
 */
export async function forgetAccessBefore(tx: Tx, before: Date): Promise<void> {
	await tx.delete(auditEntry).where(forgottenBefore(before));
}
