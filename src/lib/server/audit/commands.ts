import { lt } from 'drizzle-orm';
import type { Tx } from '../db/index.ts';
import { auditEntry } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import type { Role } from '../../shared/codes.ts';

/** Who acted; absent for what the portal does by itself. */
export interface AuditActor {
	accountId: string;
	role: Role;
	structureId?: string | null;
}

export interface AuditRecord {
	/** `<domain>.<past participle>`. Those that end in `.opened` are shown to the person as « qui a vu mon dossier ». */
	action: string;
	actor?: AuditActor | null;
	/** The thing acted upon. */
	subjectId?: string;
	/** Whose file it is part of. */
	personId?: string;
	/** Ids, codes and counts only: never a name, a need or a text. */
	detail?: Record<string, unknown>;
	at: Date;
}

/** Writes who did what, in the same `db.write` as the thing itself: one is never there without the other. */
export async function recordAudit(tx: Tx, { action, actor, subjectId, personId, detail, at }: AuditRecord) {
	await tx.insert(auditEntry).values({
		id: newId(),
		at,
		actorId: actor?.accountId ?? null,
		actorRole: actor?.role ?? null,
		structureId: actor?.structureId ?? null,
		action,
		subjectId: subjectId ?? null,
		personId: personId ?? null,
		detail: detail ?? {},
	});
}

/** Forgets what is older: the journal keeps 12 months (CNIL, recommendation on logging). */
export async function forgetAuditBefore(tx: Tx, before: Date): Promise<void> {
	await tx.delete(auditEntry).where(lt(auditEntry.at, before));
}
