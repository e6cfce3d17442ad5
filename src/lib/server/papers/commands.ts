import { and, count, desc, eq, inArray, lt, ne, notInArray } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { PaperReason, PaperType } from '../../shared/papers.ts';
import type { Theme } from '../../shared/themes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { paper, paperPage, supportRequest } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { seal, sealNullable } from '../platform/sealing.ts';
import { joinedTo, type Joined, type PaperOf } from './queries.ts';

export type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;

/** A file that is on the disk already (files.ts), and not yet joined to anything. */
export interface KeptPage {
	id: string;
	type: PaperType;
	size: number;
	name: string;
}

export interface Joining {
	of: PaperOf;
	/** Whose request or aid it is; callers have checked. */
	personId: string;
	kind?: string | null;
	theme?: Theme | null;
	label?: string;
	pages: KeptPage[];
	/** Drawn with the form: the same form heard twice is one paper. */
	formKey: string;
	/** Further pages of this one, instead of a paper of their own. */
	addTo?: string | null;
	/** Files joined to one request or aid at most: the territory's `filesPerFile`. */
	most: number;
	by: Actor;
	now: Date;
}
export interface JoinedPaper {
	id: string;
	/** The form had been heard already: its files of this time are nobody's. */
	isReplay: boolean;
}

const onceKey = (accountId: string, formKey: string, position: number) => `${accountId}:${formKey}:${position}`;

/**
 * Joins a paper. One of the same kind that was not examined yet is replaced, one that was stays as it is.
 * @throws DomainError `papers_too_many` (invalid), `paper_examined` (conflict), `not_found` for `addTo` of something else
 */
export async function joinPaper(tx: Tx, joining: Joining): Promise<JoinedPaper> {
	const { of, personId, kind = null, by, now, pages, formKey, addTo } = joining;
	const heard = await paperOfForm(tx, by.accountId, formKey);
	if (heard) return { id: heard, isReplay: true };
	if (pages.length === 0) throw new DomainError('paper_missing', 'invalid');
	const replaced = addTo ? [] : await replaceable(tx, of, kind);
	const others = await countPages(tx, of, replaced);
	if (others + pages.length > joining.most) throw new DomainError('papers_too_many', 'invalid');
	if (replaced.length > 0)
		await tx.update(paper).set({ state: 'replaced', stateAt: now }).where(inArray(paper.id, replaced));
	const id = addTo ? await waiting(tx, of, addTo) : await newPaper(tx, joining);
	await addPages(tx, id, joining);
	if (by.role !== 'coparent') await touchContact(tx, personId, now);
	const detail = { kind, pages: pages.length, ...(replaced.length > 0 && { replaced: replaced.length }) };
	await recordAudit(tx, { action: 'paper.joined', actor: by, subjectId: id, personId, detail, at: now });
	return { id, isReplay: false };
}

/** What this form made, if it was heard already. */
export async function paperOfForm(q: Queries, accountId: string, formKey: string): Promise<string | undefined> {
	const first = eq(paperPage.onceKey, onceKey(accountId, formKey, 0));
	const [row] = await q.select({ id: paperPage.paperId }).from(paperPage).where(first).limit(1);
	return row?.id;
}

/** Papers of that kind that a new one stands in for; those joined to a request stand beside each other. */
async function replaceable(tx: Tx, of: PaperOf, kind: string | null): Promise<string[]> {
	if (!kind) return [];
	const rows = await tx
		.select({ id: paper.id, state: paper.state })
		.from(paper)
		.where(and(joinedTo(of), eq(paper.kind, kind), ne(paper.state, 'replaced')));
	if (rows.some(({ state }) => state === 'examined')) throw new DomainError('paper_examined', 'conflict');
	return rows.map(({ id }) => id);
}

async function countPages(tx: Tx, of: PaperOf, without: string[]): Promise<number> {
	const rows = await tx
		.select({ id: paper.id, pages: count() })
		.from(paper)
		.innerJoin(paperPage, eq(paperPage.paperId, paper.id))
		.where(and(joinedTo(of), ne(paper.state, 'replaced')))
		.groupBy(paper.id);
	return rows.filter(({ id }) => !without.includes(id)).reduce((sum, { pages }) => sum + pages, 0);
}

async function waiting(tx: Tx, of: PaperOf, paperId: string): Promise<string> {
	const [row] = await tx
		.select({ state: paper.state })
		.from(paper)
		.where(and(eq(paper.id, paperId), joinedTo(of)))
		.limit(1);
	if (!row) throw notFound();
	if (row.state !== 'sent') throw new DomainError('paper_examined', 'conflict');
	return paperId;
}

async function newPaper(tx: Tx, { of, kind = null, theme = null, label, by, now }: Joining): Promise<string> {
	const id = newId();
	await tx.insert(paper).values({
		id,
		requestId: 'requestId' in of ? of.requestId : null,
		aidId: 'aidId' in of ? of.aidId : null,
		kind,
		theme,
		labelSealed: sealNullable(`paper.label_sealed:${id}`, label),
		state: 'sent',
		joinedById: by.accountId,
		joinedAt: now,
		stateAt: now,
	});
	return id;
}

async function addPages(tx: Tx, paperId: string, { pages, formKey, by }: Joining): Promise<void> {
	const [last] = await tx
		.select({ position: paperPage.position })
		.from(paperPage)
		.where(eq(paperPage.paperId, paperId))
		.orderBy(desc(paperPage.position))
		.limit(1);
	const from = (last?.position ?? 0) + 1;
	await tx.insert(paperPage).values(
		pages.map(({ id, type, size, name }, index) => ({
			id,
			paperId,
			position: from + index,
			type,
			size,
			nameSealed: seal(`paper_page.name_sealed:${id}`, name),
			onceKey: onceKey(by.accountId, formKey, index),
		})),
	);
}

/** The person takes back a paper nobody examined. @returns its files, to remove once this is written */
export async function withdrawPaper(
	tx: Tx,
	{ paper: found, personId, by, now }: Pick<Joined, 'paper' | 'personId'> & { by: Actor; now: Date },
): Promise<string[]> {
	const gone = await tx
		.delete(paper)
		.where(and(eq(paper.id, found.id), inArray(paper.state, ['sent', 'refused'])))
		.returning({ id: paper.id });
	if (gone.length === 0) throw new DomainError('paper_examined', 'conflict');
	await recordAudit(tx, { action: 'paper.withdrawn', actor: by, subjectId: found.id, personId, at: now });
	return found.pages.map(({ id }) => id);
}

/** Two requests of one person became one: their papers are read with the one that goes on. */
export const movePapers = (tx: Tx, { from, to }: { from: string; to: string }) =>
	tx.update(paper).set({ requestId: to }).where(eq(paper.requestId, from));

/** Two files of one aid became one: what was sent for the other is read with it, unless it has its own. @returns kinds that will do, as far as is known */
export async function moveAidPapers(tx: Tx, { from, to }: { from: string; to: string }): Promise<string[]> {
	const stands = ne(paper.state, 'replaced');
	const own = tx
		.select({ kind: paper.kind })
		.from(paper)
		.where(and(eq(paper.aidId, to), stands));
	const moved = await tx
		.update(paper)
		.set({ aidId: to })
		.where(and(eq(paper.aidId, from), stands, notInArray(paper.kind, own)))
		.returning({ kind: paper.kind, state: paper.state });
	return moved.filter(({ state }) => state !== 'refused').map(({ kind }) => kind!);
}

/** A service asks anew for what it had found to do (it changed, it is too old): another one may be sent, this one is kept until then. */
export const askAnew = (tx: Tx, { aidId, kinds, now }: { aidId: string; kinds: string[]; now: Date }) =>
	tx
		.update(paper)
		.set({ state: 'refused', stateAt: now })
		.where(and(eq(paper.aidId, aidId), inArray(paper.kind, kinds), eq(paper.state, 'examined')));

interface Examination extends Pick<Joined, 'paper' | 'personId'> {
	by: Actor;
	now: Date;
}

/** A professional who may read it looked at it, and it will do. Said twice, it is written once. @throws DomainError `paper_replaced` */
export const examinePaper = (tx: Tx, examination: Examination): Promise<void> => conclude(tx, examination, 'examined');

/**
 * It will not do: the reason says what to send instead.
 * @throws DomainError `paper_replaced` (conflict); `paper_over` (conflict) for a request that is over, to which nothing can be sent
 */
export async function refusePaper(
	tx: Tx,
	{ reason, note, ...examination }: Examination & { reason: PaperReason; note?: string },
): Promise<void> {
	const { id, requestId } = examination.paper;
	if (requestId && !(await isRequestOpen(tx, requestId))) throw new DomainError('paper_over', 'conflict');
	await conclude(tx, examination, 'refused', { reason, noteSealed: sealNullable(`paper.note_sealed:${id}`, note) });
}

async function isRequestOpen(tx: Tx, requestId: string): Promise<boolean> {
	const isOpen = and(eq(supportRequest.id, requestId), inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES]));
	return (await tx.select({ id: supportRequest.id }).from(supportRequest).where(isOpen).limit(1)).length > 0;
}

async function conclude(
	tx: Tx,
	{ paper: { id }, personId, by, now }: Examination,
	state: 'examined' | 'refused',
	said: { reason: PaperReason | null; noteSealed: string | null } = { reason: null, noteSealed: null },
): Promise<void> {
	const concluded = await tx
		.update(paper)
		.set({ state, ...said, stateAt: now, examinedById: by.accountId })
		.where(and(eq(paper.id, id), ne(paper.state, 'replaced')))
		.returning({ id: paper.id });
	// The person sent another one while this one was being read.
	if (concluded.length === 0) throw new DomainError('paper_replaced', 'conflict');
	const detail = said.reason ? { reason: said.reason } : undefined;
	await recordAudit(tx, { action: `paper.${state}`, actor: by, subjectId: id, personId, detail, at: now });
}

/** Each opening by a professional is written, and the person can read it. */
export const recordPaperOpening = (tx: Tx, { paper: { id }, personId, by, now }: Examination) =>
	recordAudit(tx, { action: 'paper.opened', actor: by, subjectId: id, personId, at: now });

/** What was replaced serves nobody after that. */
const REPLACED_MS = 30 * 24 * 3_600_000;

/** Forgets old versions; their files go at the next sweep (files.ts). */
export async function forgetReplacedPapers(tx: Tx, now: Date): Promise<void> {
	const old = and(eq(paper.state, 'replaced'), lt(paper.stateAt, new Date(now.getTime() - REPLACED_MS)));
	await tx.delete(paper).where(old);
}
