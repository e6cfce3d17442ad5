import { and, desc, eq, like } from 'drizzle-orm';
import type { Queries } from '../db/index.ts';
import { account, auditEntry, structure } from '../db/schema/index.ts';

/** One opening of a person's file, as the person reads it. */
export interface Opening {
	at: Date;
	/** `person.opened`, `aid.opened`… */
	action: string;
	actorName: string | null;
	actorRole: string | null;
	/** The structure they worked for at that moment. */
	structureName: string | null;
}

/** Who opened this person's file, newest first. */
export async function listOpenings(q: Queries, personId: string, limit = 50): Promise<Opening[]> {
	return q
		.select({
			at: auditEntry.at,
			action: auditEntry.action,
			actorName: account.displayName,
			actorRole: auditEntry.actorRole,
			structureName: structure.name,
		})
		.from(auditEntry)
		.leftJoin(account, eq(account.id, auditEntry.actorId))
		.leftJoin(structure, eq(structure.id, auditEntry.structureId))
		.where(and(eq(auditEntry.personId, personId), like(auditEntry.action, '%.opened')))
		.orderBy(desc(auditEntry.at), desc(auditEntry.id))
		.limit(limit);
}
