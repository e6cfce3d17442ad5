import { and, asc, desc, eq, gte, inArray, ne, or, sql } from 'drizzle-orm';
import type { PaperReason, PaperState, PaperType } from '../../shared/papers.ts';
import type { Theme } from '../../shared/themes.ts';
import type { Queries } from '../db/client.ts';
import { childcareAid, paper, paperPage, supportRequest } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { notFound } from '../platform/errors.ts';
import { unseal, unsealNullable } from '../platform/sealing.ts';

/** What a paper is joined to. */
export type PaperOf = { requestId: string } | { aidId: string };

export interface PageView {
	id: string;
	type: PaperType;
	/** Bytes. */
	size: number;
	name: string;
}
export interface PaperView {
	id: string;
	requestId: string | null;
	aidId: string | null;
	kind: string | null;
	theme: Theme | null;
	label: string | null;
	state: PaperState;
	reason: PaperReason | null;
	note: string | null;
	joinedById: string;
	joinedAt: Date;
	stateAt: Date;
	pages: PageView[];
}
type PaperRow = typeof paper.$inferSelect;

export const joinedTo = (of: PaperOf) =>
	'aidId' in of ? eq(paper.aidId, of.aidId) : eq(paper.requestId, of.requestId);

/** More than a territory lets join to one thing. */
const MOST = 200;

async function withPages(q: Queries, rows: PaperRow[]): Promise<PaperView[]> {
	if (rows.length === 0) return [];
	const pages = await q
		.select()
		.from(paperPage)
		.where(
			inArray(
				paperPage.paperId,
				rows.map(({ id }) => id),
			),
		)
		.orderBy(asc(paperPage.paperId), asc(paperPage.position));
	return rows.map(({ id, requestId, aidId, kind, theme, state, reason, joinedById, joinedAt, stateAt, ...row }) => ({
		...{ id, requestId, aidId, kind, theme, state, reason, joinedById, joinedAt, stateAt },
		label: unsealNullable(`paper.label_sealed:${id}`, row.labelSealed),
		note: unsealNullable(`paper.note_sealed:${id}`, row.noteSealed),
		pages: pages.filter(({ paperId }) => paperId === id).map(pageView),
	}));
}

const pageView = ({ id, type, size, nameSealed }: typeof paperPage.$inferSelect): PageView => ({
	id,
	type,
	size,
	name: unseal(`paper_page.name_sealed:${id}`, nameSealed),
});

/** Papers joined to a request or an aid, in the order they came; replaced ones left out. Callers have checked who reads. */
export async function papersOf(q: Queries, of: PaperOf): Promise<PaperView[]> {
	const rows = await q
		.select()
		.from(paper)
		.where(and(joinedTo(of), ne(paper.state, 'replaced')))
		.orderBy(asc(paper.joinedAt), asc(paper.id))
		.limit(MOST);
	return withPages(q, rows);
}

/** A paper that a service has already, and where. */
export interface HeldPaper {
	id: string;
	/** Of the aid it was sent for. */
	aidId: string;
	kind: string;
	reference: string;
	/** Found to do. */
	stateAt: Date;
}

/**
 * Papers of these kinds that the service which decides an aid found to do, in that aid or another of the person, since an
 * instant, the last one first. What another service holds is not told: it would say what the person asks for there.
 */
export async function heldPapers(
	q: Queries,
	{ aidId, kinds, since }: { aidId: string; kinds: readonly string[]; since: Date },
): Promise<HeldPaper[]> {
	const [own] = await q.select().from(childcareAid).where(eq(childcareAid.id, aidId)).limit(1);
	if (!own?.deciderStructureId) return [];
	const rows = await q
		.select({
			...{ id: paper.id, aidId: childcareAid.id, kind: paper.kind },
			...{ reference: childcareAid.reference, stateAt: paper.stateAt },
		})
		.from(childcareAid)
		.innerJoin(paper, eq(paper.aidId, childcareAid.id))
		.where(
			and(
				eq(childcareAid.personId, own.personId),
				eq(childcareAid.deciderStructureId, own.deciderStructureId),
				eq(paper.state, 'examined'),
				inArray(paper.kind, [...kinds]),
				gte(paper.stateAt, since),
			),
		)
		.orderBy(desc(paper.stateAt), asc(paper.id))
		.limit(MOST);
	return rows.map(({ kind, ...held }) => ({ ...held, kind: kind! }));
}

/** A paper, and what must be known to tell who may read it. */
export interface Joined {
	paper: PaperView;
	personId: string;
	/** Of the request or the aid. */
	reference: string;
	/** Where aids are decided; null for a request. */
	deciderStructureId: string | null;
}

/** One paper, replaced or not. Callers check who reads. @throws DomainError `not_found` */
export async function getPaper(q: Queries, paperId: string): Promise<Joined> {
	const [row] = await q
		.select({
			paper,
			personId: sql<string | null>`coalesce(${supportRequest.personId}, ${childcareAid.personId})`,
			reference: sql<string | null>`coalesce(${supportRequest.reference}, ${childcareAid.reference})`,
			deciderStructureId: childcareAid.deciderStructureId,
		})
		.from(paper)
		.leftJoin(supportRequest, eq(supportRequest.id, paper.requestId))
		.leftJoin(childcareAid, eq(childcareAid.id, paper.aidId))
		.where(eq(paper.id, paperId))
		.limit(1);
	if (!row?.personId || !row.reference) throw notFound();
	const [view] = await withPages(q, [row.paper]);
	return { paper: view!, personId: row.personId, reference: row.reference, deciderStructureId: row.deciderStructureId };
}

/** The paper a page belongs to, with that page. @throws DomainError `not_found` */
export async function getPage(q: Queries, pageId: string): Promise<Joined & { page: PageView }> {
	const [row] = await q.select({ paperId: paperPage.paperId }).from(paperPage).where(eq(paperPage.id, pageId)).limit(1);
	if (!row) throw notFound();
	const joined = await getPaper(q, row.paperId);
	return { ...joined, page: joined.paper.pages.find(({ id }) => id === pageId)! };
}

const requestsOf = (q: Queries, personId: string) =>
	q.select({ id: supportRequest.id }).from(supportRequest).where(eq(supportRequest.personId, personId));
const aidsOf = (q: Queries, personId: string) =>
	q.select({ id: childcareAid.id }).from(childcareAid).where(eq(childcareAid.personId, personId));

/** All papers of a person, newest first, for their own copy of their data. */
export async function papersOfPerson(q: Queries, personId: string): Promise<(PaperView & { reference: string })[]> {
	const rows = await q
		.select({ paper, reference: sql<string>`coalesce(${supportRequest.reference}, ${childcareAid.reference})` })
		.from(paper)
		.leftJoin(supportRequest, eq(supportRequest.id, paper.requestId))
		.leftJoin(childcareAid, eq(childcareAid.id, paper.aidId))
		.where(or(inArray(paper.requestId, requestsOf(q, personId)), inArray(paper.aidId, aidsOf(q, personId))))
		.orderBy(desc(paper.joinedAt), desc(paper.id))
		.limit(WHOLE);
	const views = await withPages(
		q,
		rows.map((row) => row.paper),
	);
	return views.map((view, index) => ({ ...view, reference: rows[index]!.reference }));
}

/** Ids of all files that rows know: the others on the disk are nobody's. */
export async function knownFiles(q: Queries): Promise<Set<string>> {
	const rows = await q.select({ id: paperPage.id }).from(paperPage);
	return new Set(rows.map(({ id }) => id));
}
