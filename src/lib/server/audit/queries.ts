import { and, desc, eq, gt, inArray, like, lt, ne, notInArray, or } from 'drizzle-orm';
import type { Queries } from '../db/index.ts';
import { account, auditEntry, structure } from '../db/schema/index.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { FILE_OPENINGS } from './commands.ts';

/** One opening of a person's file, as the person reads it. */
export interface Opening {
	at: Date;
	/** One of `FILE_OPENINGS`, or that they spoke with the person. */
	action: string;
	/** Of a `person.opened`: which part of the file; null in entries that did not say. */
	part: string | null;
	actorName: string | null;
	actorRole: string | null;
	/** The structure they worked for at that moment. */
	structureName: string | null;
}

/** What professionals and the person did of a pathway; the rest of the journal is about messages, sessions and accounts. */
const HISTORY = ['person', 'pathway', 'stage', 'step', 'goal', 'review', 'group', 'check_in', 'diagnosis', 'need'];
/** Of a request, what changes the needs: the rest of its life has its own page. */
const OF_REQUESTS = ['request.need_added', 'request.need_withdrawn'];

/** Every change of a person's follow-up, newest first: who, when, what, and why when it was said. Openings are in `listOpenings`. */
export async function historyOf(q: Queries, personId: string, limit: number, since?: Date) {
	const rows = await q
		.select({
			id: auditEntry.id,
			at: auditEntry.at,
			action: auditEntry.action,
			subjectId: auditEntry.subjectId,
			actorId: auditEntry.actorId,
			actorName: account.displayName,
			actorRole: auditEntry.actorRole,
			reasonSealed: auditEntry.reasonSealed,
		})
		.from(auditEntry)
		.leftJoin(account, eq(account.id, auditEntry.actorId))
		.where(
			and(
				eq(auditEntry.personId, personId),
				ne(auditEntry.action, 'person.opened'),
				or(...HISTORY.map((domain) => like(auditEntry.action, `${domain}.%`)), inArray(auditEntry.action, OF_REQUESTS)),
				since ? gt(auditEntry.at, since) : undefined,
			),
		)
		.orderBy(desc(auditEntry.at), desc(auditEntry.id))
		.limit(limit);
	return rows.map(({ id, reasonSealed, ...row }) => ({
		...row,
		reason: unsealNullable(`audit_entry.reason_sealed:${id}`, reasonSealed),
	}));
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

/** Told beside the openings: who had no need of a page to reach the person. */
const SPOKEN = 'person.spoken_with';

/** Who opened this person's file, and what part of it, or spoke with them; newest first. */
export async function listOpenings(q: Queries, personId: string, limit = 50, since?: Date): Promise<Opening[]> {
	const rows = await q
		.select({
			at: auditEntry.at,
			action: auditEntry.action,
			detail: auditEntry.detail,
			actorName: account.displayName,
			actorRole: auditEntry.actorRole,
			structureName: structure.name,
		})
		.from(auditEntry)
		.leftJoin(account, eq(account.id, auditEntry.actorId))
		.leftJoin(structure, eq(structure.id, auditEntry.structureId))
		.where(
			and(
				eq(auditEntry.personId, personId),
				inArray(auditEntry.action, [...FILE_OPENINGS, SPOKEN]),
				since ? gt(auditEntry.at, since) : undefined,
			),
		)
		.orderBy(desc(auditEntry.at), desc(auditEntry.id))
		.limit(limit);
	return rows.map(({ detail, ...row }) => ({ ...row, part: typeof detail.part === 'string' ? detail.part : null }));
}

/** Of a file, what only those who decide may know until they have decided. */
const NOT_TOLD = ['aid.proposed'];

/** All that was written of who did what in a person's file, newest first: for their own copy of their data. */
export async function journalOf(q: Queries, personId: string, limit: number) {
	const rows = await q
		.select({ entry: auditEntry, byName: account.displayName, structureName: structure.name })
		.from(auditEntry)
		.leftJoin(account, eq(account.id, auditEntry.actorId))
		.leftJoin(structure, eq(structure.id, auditEntry.structureId))
		.where(and(eq(auditEntry.personId, personId), notInArray(auditEntry.action, NOT_TOLD)))
		.orderBy(desc(auditEntry.at), desc(auditEntry.id))
		.limit(limit);
	return rows.map(({ entry: { id, at, action, actorRole, reasonSealed }, ...names }) => ({
		at,
		action,
		...names,
		byRole: actorRole,
		reason: unsealNullable(`audit_entry.reason_sealed:${id}`, reasonSealed),
	}));
}
