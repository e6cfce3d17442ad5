import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { AidFacts } from '../../shared/aids.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Queries } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import {
	auditEntry,
	childcareAid,
	childcareAidEvent,
	followUpMember,
	person,
	structure,
	supportingDocument,
} from '../db/schema/index.ts';
import { notFound } from '../platform/errors.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, type Territory } from '../territories/queries.ts';
import type { AidRow } from './commands.ts';
import { appealUntil, isImplicitlyRefused, movesFrom, WAITING } from './rules.ts';

type PaperRow = typeof supportingDocument.$inferSelect;
type Decider = { name: string; phone: string; email: string | null; address: string };
type Viewer = Pick<SignedIn, 'accountId' | 'role' | 'structureId' | 'territoryId'>;

const withDecider = (q: Queries) =>
	q
		.select({ aid: childcareAid, decider: structure })
		.from(childcareAid)
		.leftJoin(structure, eq(structure.id, childcareAid.deciderStructureId));

/** Without a structure that decides, the territory answers. */
const deciderOf = (found: typeof structure.$inferSelect | null, territory: Territory): Decider => {
	const { name, phone, email } = found ?? territory;
	return { name, phone, email, address: found?.address ?? territory.postalAddress };
};

const waited = (papers: PaperRow[]) => papers.filter(({ receivedAt }) => receivedAt === null);

/** What the sentence is made of, on the day of the territory. */
function factsOf(aid: AidRow, papers: PaperRow[], deciderName: string, zone: string, today: string): AidFacts {
	const implicitlyRefused = isImplicitlyRefused(aid.status, aid.silenceOn, today);
	const refusedOn = implicitlyRefused
		? aid.silenceOn
		: aid.status === 'refused' || aid.status === 'partially_granted'
			? localDay(aid.statusSince, zone)
			: null;
	const contestUntil = refusedOn && appealUntil(refusedOn);
	const isOver = aid.status === 'refused' && contestUntil !== null && today > contestUntil;
	return {
		status: aid.status,
		nextActor: isOver ? 'nobody' : aid.nextActor,
		nextBy: aid.nextBy,
		missing: waited(papers)
			.filter(({ declaredAt }) => declaredAt === null)
			.map(({ kind }) => kind),
		implicitlyRefused,
		contestUntil,
		deciderName,
		amountCents: aid.amountCents,
	};
}

const papersOf = (q: Queries, aidIds: string[]): Promise<PaperRow[]> =>
	aidIds.length === 0
		? Promise.resolve([])
		: (q
				.select()
				.from(supportingDocument)
				.where(inArray(supportingDocument.aidId, aidIds))
				.orderBy(asc(supportingDocument.askedAt), asc(supportingDocument.kind))
				.limit(2000) as unknown as Promise<PaperRow[]>);

/** A line of a list: what to say about it, and how long is left. */
export interface AidLine {
	id: string;
	reference: string;
	personId: string;
	facts: AidFacts;
	silenceOn: string | null;
	pausedUntil: string | null;
	createdAt: Date;
}

async function linesOf(
	q: Queries,
	rows: { aid: AidRow; decider: typeof structure.$inferSelect | null }[],
	now: Date,
): Promise<AidLine[]> {
	const papers = await papersOf(
		q,
		rows.map(({ aid }) => aid.id),
	);
	const lines: AidLine[] = [];
	for (const { aid, decider } of rows) {
		const territory = await getTerritory(q, aid.territoryId);
		const own = papers.filter(({ aidId }) => aidId === aid.id);
		const { name } = deciderOf(decider, territory);
		const { id, reference, personId, silenceOn, pausedUntil, createdAt } = aid;
		const facts = factsOf(aid, own, name, territory.zone, localDay(now, territory.zone));
		lines.push({ id, reference, personId, facts, silenceOn, pausedUntil, createdAt });
	}
	return lines;
}

const aidsOfPerson = prepared((q) =>
	withDecider(q)
		.where(eq(childcareAid.personId, sql.placeholder('personId')))
		.orderBy(desc(childcareAid.createdAt))
		.limit(20)
		.prepare(),
);

/** Aids of a person, the last one first. */
export const aidsOf = async (q: Queries, personId: string, now: Date): Promise<AidLine[]> =>
	linesOf(q, await aidsOfPerson(q).execute({ personId }), now);

/** The whole file: sentence, clock, papers, history in order. */
export interface AidFile {
	id: string;
	reference: string;
	personId: string;
	version: number;
	zone: string;
	today: string;
	facts: AidFacts;
	reason: string | null;
	silenceOn: string | null;
	pausedUntil: string | null;
	/** When it was sent; null for a draft. */
	sentAt: Date | null;
	asOf: Date;
	decider: Decider;
	papers: { kind: string; dueOn: string | null; declaredAt: Date | null; receivedAt: Date | null }[];
	history: {
		status: AidRow['status'];
		at: Date;
		detail: (typeof childcareAidEvent.$inferSelect)['detail'];
		note: string | null;
	}[];
}

async function fileOf(
	q: Queries,
	{ aid, decider }: { aid: AidRow; decider: typeof structure.$inferSelect | null },
	now: Date,
): Promise<AidFile> {
	const territory = await getTerritory(q, aid.territoryId);
	const { zone } = territory;
	const today = localDay(now, zone);
	const papers = await papersOf(q, [aid.id]);
	const events = await q
		.select()
		.from(childcareAidEvent)
		.where(eq(childcareAidEvent.aidId, aid.id))
		.orderBy(asc(childcareAidEvent.version))
		.limit(200);
	const answering = deciderOf(decider, territory);
	const { id, reference, personId, version, reason, silenceOn, pausedUntil, asOf } = aid;
	return {
		...{ id, reference, personId, version, reason, silenceOn, pausedUntil, asOf, zone, today },
		facts: factsOf(aid, papers, answering.name, zone, today),
		sentAt: events.find(({ status }) => status === 'submitted')?.at ?? null,
		decider: answering,
		papers: papers.map(({ kind, dueOn, declaredAt, receivedAt }) => ({ kind, dueOn, declaredAt, receivedAt })),
		history: events.map((event) => ({
			status: event.status,
			at: event.at,
			detail: event.detail,
			note: unsealNullable(`childcare_aid_event.note_sealed:${event.id}`, event.noteSealed),
		})),
	};
}

/** The person's own file. @throws DomainError `not_found` for somebody else's */
export async function getOwnAid(q: Queries, personId: string, reference: string, now: Date): Promise<AidFile> {
	const [row] = await withDecider(q)
		.where(and(eq(childcareAid.reference, reference), eq(childcareAid.personId, personId)))
		.limit(1);
	if (!row) throw notFound();
	return fileOf(q, row, now);
}

/** Whether this professional works where aids are decided. */
export async function decides(q: Queries, viewer: Viewer): Promise<boolean> {
	if (viewer.role !== 'referent' || !viewer.structureId) return false;
	const [row] = await q.select().from(structure).where(eq(structure.id, viewer.structureId)).limit(1);
	return row?.decidesAids ?? false;
}

/** As those who decide it see it, with what they may do now. @throws DomainError `not_found` for everybody else */
export async function getAidToDecide(q: Queries, viewer: Viewer, reference: string, now: Date) {
	if (viewer.role !== 'referent' || !viewer.structureId) throw notFound();
	const [row] = await withDecider(q)
		.where(and(eq(childcareAid.reference, reference), eq(childcareAid.deciderStructureId, viewer.structureId)))
		.limit(1);
	if (!row) throw notFound();
	const [who] = await q.select().from(person).where(eq(person.id, row.aid.personId)).limit(1);
	const { firstName, lastName, birthDate, household, childrenCount, phone, email } = who!;
	return {
		file: await fileOf(q, row, now),
		person: { firstName, lastName, birthDate, household, childrenCount, phone, email },
		moves: movesFrom('decider', row.aid.status),
	};
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
	viewer: { structureId: string },
	{ filter, page, now }: { filter: QueueFilter; page: number; now: Date },
) {
	const found = await queueRows(q)
		.where(
			and(eq(childcareAid.deciderStructureId, viewer.structureId), inArray(childcareAid.status, [...SHOWN[filter]])),
		)
		.orderBy(filter === 'waiting' ? asc(childcareAid.silenceOn) : desc(childcareAid.statusSince), asc(childcareAid.id))
		.limit(QUEUE_PAGE + 1)
		.offset((page - 1) * QUEUE_PAGE);
	return queued(q, found, now);
}

/** Status of the files of the people one follows, as lead or second, or as a member for childcare. */
export async function aidsFollowed(q: Queries, accountId: string, { page, now }: { page: number; now: Date }) {
	const found = await queueRows(q)
		.innerJoin(followUpMember, eq(followUpMember.personId, childcareAid.personId))
		.where(
			and(
				eq(followUpMember.accountId, accountId),
				isNull(followUpMember.endedAt),
				inArray(followUpMember.part, ['lead', 'second']),
			),
		)
		.orderBy(asc(sql`coalesce(${childcareAid.silenceOn}, '9999')`), asc(childcareAid.id))
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
