import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Queries } from '../db/client.ts';
import { aidScheme, auditEntry, childcareAid, followUpMember, person, structure } from '../db/schema/index.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import type { AidRow } from './moving.ts';
import { linesOf, type AidLine } from './queries.ts';
import { WAITING } from './rules.ts';

/** Whether this professional works where aids are decided: by what the structure is, or because rules named it and files came. */
export async function decides(q: Queries, viewer: Pick<SignedIn, 'role' | 'structureId'>): Promise<boolean> {
	if (viewer.role !== 'referent' || !viewer.structureId) return false;
	const [row] = await q.select().from(structure).where(eq(structure.id, viewer.structureId)).limit(1);
	if (row?.decidesAids) return true;
	const isOurs = eq(childcareAid.deciderStructureId, viewer.structureId);
	return (await q.select({ id: childcareAid.id }).from(childcareAid).where(isOurs).limit(1)).length > 0;
}

const QUEUE_PAGE = 50;
type Queued = AidLine & { firstName: string; lastName: string };

const queueRows = (q: Queries) =>
	q
		.select({ aid: childcareAid, decider: structure, firstName: person.firstName, lastName: person.lastName })
		.from(childcareAid)
		.innerJoin(person, eq(person.id, childcareAid.personId))
		.leftJoin(structure, eq(structure.id, childcareAid.deciderStructureId));

type QueueRow = { aid: AidRow; decider: typeof structure.$inferSelect | null; firstName: string; lastName: string };

async function queued(q: Queries, found: QueueRow[], now: Date): Promise<{ rows: Queued[]; more: boolean }> {
	const shown = found.slice(0, QUEUE_PAGE);
	const lines = await linesOf(q, shown, now);
	const rows = lines.map((line, index) => ({
		...line,
		firstName: shown[index]!.firstName,
		lastName: shown[index]!.lastName,
	}));
	return { rows, more: found.length > QUEUE_PAGE };
}

export type QueueFilter = 'waiting' | 'to_pay' | 'done';
const SHOWN = {
	waiting: WAITING,
	to_pay: ['granted', 'partially_granted'],
	done: ['refused', 'not_competent', 'withdrawn', 'paid'],
} as const;

/** Files of the structure, the nearest legal date first; decided ones, the last decision first. */
export async function aidsQueue(
	q: Queries,
	viewer: { structureId: string; territoryId: string },
	{ filter, page, now }: { filter: QueueFilter; page: number; now: Date },
) {
	const { zone } = await getTerritory(q, viewer.territoryId);
	const { urgentOn, status, replacedAt } = childcareAid;
	const isShown = inArray(status, [...SHOWN[filter]]);
	const found = await queueRows(q)
		.where(
			and(
				eq(childcareAid.deciderStructureId, viewer.structureId),
				// A draft that was given up never came.
				isNotNull(childcareAid.sentAt),
				// What silence refused and the person asked again is no longer to decide.
				filter === 'done' ? or(isShown, isNotNull(replacedAt)) : and(isShown, isNull(replacedAt)),
			),
		)
		.orderBy(
			// What is for tomorrow comes before what the law gives two months for; once its day is over, with the others.
			...(filter === 'waiting'
				? [
						asc(sql`case when ${urgentOn} >= ${localDay(now, zone)} then ${urgentOn} else '9999' end`),
						asc(childcareAid.silenceOn),
					]
				: [desc(childcareAid.statusSince)]),
			asc(childcareAid.id),
		)
		.limit(QUEUE_PAGE + 1)
		.offset((page - 1) * QUEUE_PAGE);
	return queued(q, found, now);
}

/** A member reads the aids of their own themes; what another body decides is for childcare. */
const seesAid = sql`(${followUpMember.part} <> 'member'
	OR ${followUpMember.themes} LIKE '%"' || coalesce(${aidScheme.theme}, 'childcare') || '"%')`;

/** Status of the files of the people one follows, what is not decided first, by its legal date; then the last to end. */
export async function aidsFollowed(q: Queries, accountId: string, { page, now }: { page: number; now: Date }) {
	const { status, statusSince, replacedAt, silenceOn } = childcareAid;
	const isOpen = and(inArray(status, ['draft', ...WAITING]), isNull(replacedAt))!;
	const found = await queueRows(q)
		.innerJoin(followUpMember, eq(followUpMember.personId, childcareAid.personId))
		.leftJoin(
			aidScheme,
			and(eq(aidScheme.territoryId, childcareAid.territoryId), eq(aidScheme.code, childcareAid.kind)),
		)
		.where(
			and(
				eq(followUpMember.accountId, accountId),
				isNull(followUpMember.endedAt),
				or(isNull(followUpMember.endsAt), gt(followUpMember.endsAt, now)),
				seesAid,
			),
		)
		.orderBy(
			desc(isOpen),
			asc(sql`case when ${isOpen} then coalesce(${silenceOn}, '9999') end`),
			desc(statusSince),
			asc(childcareAid.id),
		)
		.limit(QUEUE_PAGE + 1)
		.offset((page - 1) * QUEUE_PAGE);
	return queued(q, found, now);
}

const HOUR_MS = 3_600_000;

/** Whether this professional's opening of the file was written less than an hour ago. */
export async function aidOpenedRecently(q: Queries, accountId: string, aidId: string, now: Date): Promise<boolean> {
	const [row] = await q
		.select({ at: auditEntry.at })
		.from(auditEntry)
		.where(and(eq(auditEntry.subjectId, aidId), eq(auditEntry.action, 'aid.opened'), eq(auditEntry.actorId, accountId)))
		.orderBy(desc(auditEntry.at))
		.limit(1);
	return row !== undefined && now.getTime() - row.at.getTime() < HOUR_MS;
}
