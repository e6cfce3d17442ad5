import { and, desc, eq, gt, inArray, like, lt, notLike, or } from 'drizzle-orm';
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

/** What professionals and the person did of a pathway; the rest of the journal is about messages, sessions and accounts. */
const HISTORY = ['person', 'pathway', 'stage', 'step', 'goal', 'review', 'group', 'check_in', 'diagnosis', 'need'];
/** Of a request, what changes the needs: the rest of its life has its own page. */
const OF_REQUESTS = ['request.need_added', 'request.need_withdrawn'];

/** Every change of a person's follow-up, newest first: who, when, what. Openings are in `listOpenings`. */
export async function historyOf(q: Queries, personId: string, limit: number, since?: Date) {
	return q
		.select({
			at: auditEntry.at,
			action: auditEntry.action,
			subjectId: auditEntry.subjectId,
			actorId: auditEntry.actorId,
			actorName: account.displayName,
			actorRole: auditEntry.actorRole,
		})
		.from(auditEntry)
		.leftJoin(account, eq(account.id, auditEntry.actorId))
		.where(
			and(
				eq(auditEntry.personId, personId),
				notLike(auditEntry.action, '%.opened'),
				or(...HISTORY.map((domain) => like(auditEntry.action, `${domain}.%`)), inArray(auditEntry.action, OF_REQUESTS)),
				since ? gt(auditEntry.at, since) : undefined,
			),
		)
		.orderBy(desc(auditEntry.at), desc(auditEntry.id))
		.limit(limit);
}
export type HistoryEntry = Awaited<ReturnType<typeof historyOf>>[number];

/** When this professional opened the file before the visit that goes on, which began within the hour; undefined: never. */
export async function lastVisit(
	q: Queries,
	{ personId, accountId, now }: { personId: string; accountId: string; now: Date },
) {
	const [row] = await q
		.select({ at: auditEntry.at })
		.from(auditEntry)
		.where(
			and(
				eq(auditEntry.personId, personId),
				lt(auditEntry.at, new Date(now.getTime() - 3_600_000)),
				eq(auditEntry.action, 'person.opened'),
				eq(auditEntry.actorId, accountId),
			),
		)
		.orderBy(desc(auditEntry.at))
		.limit(1);
	return row?.at;
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
