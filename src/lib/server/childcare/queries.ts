import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { bodyOf, type AidFacts } from '../../shared/aids.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Queries } from '../db/client.ts';
import type { SchemeContent, Words } from '../db/schema/childcare.ts';
import { preparedByShape } from '../db/prepared.ts';
import { childcareAid, childcareAidEvent, person, structure, supportingDocument } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { notFound } from '../platform/errors.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { addMonths, localDay, type Holidays } from '../territories/calendar.ts';
import { getTerritory, holidaysOf, type Territory } from '../territories/queries.ts';
import { childrenOf, isSameChild, namedOtherwise, type Child } from './children.ts';
import { proposedNote, type AidRow } from './moving.ts';
import { appealUntil, childFacts, isImplicitlyRefused, movesFrom } from './rules.ts';
import { currentScale } from './scale.ts';
import { contentsOf, schemeOfFile } from './schemes.ts';

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
function factsOf(
	aid: AidRow,
	papers: PaperRow[],
	{ deciderName, zone, holidays, today }: { deciderName: string; zone: string; holidays: Holidays; today: string },
): AidFacts {
	const implicitlyRefused = isImplicitlyRefused(aid.status, aid.silenceOn, today);
	// What was granted in part may be contested once it is paid too; another body's own day is when it was noted.
	const refusedSomething = aid.status === 'refused' || isPartly(aid);
	const refusedOn = implicitlyRefused
		? aid.silenceOn
		: refusedSomething
			? (aid.decidedOn ?? localDay(aid.statusSince, zone))
			: null;
	const contestUntil = refusedOn && appealUntil(refusedOn, holidays);
	const elsewhere = bodyOf(aid.kind);
	// Whom to contest another body's refusal with, and until when, is theirs to say.
	const isOver = aid.status === 'refused' && (elsewhere !== null || today > contestUntil!);
	return {
		status: aid.status,
		nextActor: isOver || aid.replacedAt ? 'nobody' : aid.nextActor,
		nextBy: aid.status === 'refused' ? contestUntil : (urgentDay(aid, today) ?? aid.nextBy),
		missing: waited(papers)
			.filter(({ declaredAt }) => declaredAt === null)
			.map(({ kind }) => kind),
		implicitlyRefused,
		contestUntil,
		deciderName,
		amountCents: aid.amountCents,
		elsewhere,
		transmittedTo: aid.outcome?.transmittedTo ?? null,
	};
}

const isPartly = ({ status, outcome }: AidRow) =>
	status === 'partially_granted' || (status === 'paid' && outcome?.reason !== undefined);

/** The interview is tomorrow: the day that the law gives two months for is not the one to tell. */
const urgentDay = ({ urgentOn, status }: AidRow, today: string): string | null =>
	urgentOn && urgentOn >= today && (status === 'submitted' || status === 'under_review') ? urgentOn : null;

const papersOf = (q: Queries, aidIds: string[]): Promise<PaperRow[]> =>
	aidIds.length === 0
		? Promise.resolve([])
		: (q
				.select()
				.from(supportingDocument)
				.where(inArray(supportingDocument.aidId, aidIds))
				.orderBy(asc(supportingDocument.askedAt), asc(supportingDocument.kind))
				.limit(WHOLE) as unknown as Promise<PaperRow[]>);

/** A line of a list: what to say about it, and how long is left. */
export interface AidLine {
	id: string;
	reference: string;
	personId: string;
	kind: string;
	/** As the territory calls it. */
	name: Words | null;
	/** Who said so, and when: the portal cannot know the file of another body. */
	source: AidRow['source'];
	asOf: Date;
	/** Day of an interview or job that cannot wait. */
	urgentOn: string | null;
	facts: AidFacts;
	silenceOn: string | null;
	pausedUntil: string | null;
	createdAt: Date;
	/** Of the territory that it was sent in, and its day: who asked may live elsewhere by now. */
	zone: string;
	today: string;
	/** Where it opens to those who decide; null before it is sent. */
	deciderStructureId: string | null;
}

/** Lines of these files, with what each sentence needs. */
export async function linesOf(
	q: Queries,
	rows: { aid: AidRow; decider: typeof structure.$inferSelect | null }[],
	now: Date,
): Promise<AidLine[]> {
	const papers = await papersOf(
		q,
		rows.map(({ aid }) => aid.id),
	);
	const rules = await contentsOf(
		q,
		rows.flatMap(({ aid }) => aid.schemeVersionId ?? []),
	);
	const lines: AidLine[] = [];
	for (const { aid, decider } of rows) {
		const territory = await getTerritory(q, aid.territoryId);
		const own = papers.filter(({ aidId }) => aidId === aid.id);
		const { name: deciderName } = deciderOf(decider, territory);
		const { id, reference, personId, kind, source, asOf, urgentOn, silenceOn, pausedUntil, createdAt } = aid;
		const name = rules.get(aid.schemeVersionId ?? '')?.name ?? null;
		const holidays = await holidaysOf(q, territory.holidayZone);
		const { zone } = territory;
		const today = localDay(now, zone);
		const facts = factsOf(aid, own, { deciderName, zone, holidays, today });
		lines.push({
			...{ id, reference, personId, kind, name, source, asOf, zone, today },
			...{ urgentOn, facts, silenceOn, pausedUntil, createdAt },
			deciderStructureId: aid.sentAt && aid.deciderStructureId,
		});
	}
	return lines;
}

const aidsOfPerson = preparedByShape((q, { limit }: { limit: number }) =>
	withDecider(q)
		.where(eq(childcareAid.personId, sql.placeholder('personId')))
		.orderBy(desc(childcareAid.createdAt))
		.limit(limit)
		.prepare(),
);

/** Aids of a person, the last one first; no further than pages show, unless a `limit` says so. */
export const aidsOf = async (q: Queries, personId: string, now: Date, limit = 20): Promise<AidLine[]> =>
	linesOf(q, await aidsOfPerson(q, { limit }).execute({ personId }), now);

/** Lines of the files that name another adult of the household, the last one first: no money, as in `forGuest`. */
export async function linesFor(q: Queries, aidIds: string[], now: Date): Promise<AidLine[]> {
	if (aidIds.length === 0) return [];
	const lines = await linesOf(
		q,
		await withDecider(q).where(inArray(childcareAid.id, aidIds)).orderBy(desc(childcareAid.createdAt)),
		now,
	);
	return lines.map((line) => ({ ...line, facts: { ...line.facts, amountCents: null } }));
}

/** The whole file: sentence, clock, papers, history in order. */
export interface AidFile {
	id: string;
	reference: string;
	personId: string;
	version: number;
	kind: string;
	territoryId: string;
	/** Silence refused it, and the person asked again: it is read and contested, and nothing moves it. */
	isReplaced: boolean;
	/** The rules it was sent under; null for a file decided elsewhere. */
	rules: SchemeContent | null;
	urgentOn: string | null;
	startsOn: string | null;
	source: AidRow['source'];
	/** What was granted, to whom it was handed, when it was paid. */
	outcome: AidRow['outcome'];
	proposal: AidRow['proposal'];
	children: Child[];
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
		.limit(WHOLE);
	const answering = deciderOf(decider, territory);
	const { id, reference, personId, territoryId, kind, version, reason, silenceOn, pausedUntil, asOf } = aid;
	const { urgentOn, startsOn, source, outcome, proposal, sentAt } = aid;
	return {
		...{ id, reference, personId, territoryId, kind, version, reason, silenceOn, pausedUntil, asOf, zone, today },
		...{ urgentOn, startsOn, source, outcome, proposal, sentAt },
		isReplaced: aid.replacedAt !== null,
		rules: await schemeOfFile(q, aid),
		children: await childrenOf(q, id),
		facts: factsOf(aid, papers, {
			...{ deciderName: answering.name, zone, today },
			holidays: await holidaysOf(q, territory.holidayZone),
		}),
		decider: answering,
		papers: papers.map(({ kind, dueOn, declaredAt, receivedAt }) => ({ kind, dueOn, declaredAt, receivedAt })),
		// A proposal is not a decision: it is no line of the history.
		history: events
			.filter(({ detail }) => !detail.proposed)
			.map((event) => ({
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
	// A proposal is for those who decide: not even an export tells of it.
	return { ...(await fileOf(q, row, now)), proposal: null };
}

/** As another adult of the household reads it: nothing that the service wrote to the person, no money. */
export const forGuest = (file: AidFile): AidFile => ({
	...file,
	facts: { ...file.facts, amountCents: null },
	outcome: file.outcome && { ...file.outcome, amountCents: undefined },
	proposal: null,
	history: file.history.map(({ detail, ...line }) => ({
		...line,
		detail: { ...detail, amountCents: undefined },
		note: null,
	})),
});

/** Each child against the age limit: on the first day, and during the year that follows when no end was granted. */
function childrenFacts({ children, startsOn, outcome, sentAt, zone, today }: AidFile, otherwise: Child[]) {
	const from = outcome?.periodFrom ?? startsOn ?? (sentAt ? localDay(sentAt, zone) : today);
	const to = outcome?.periodTo ?? addMonths(from, 12);
	const { ageLimit } = currentScale();
	return children.map((child) => ({
		...child,
		...childFacts(child.birthDate, { from, to, ageLimit }),
		/** Somebody else's file says another custody. */
		otherCustody: otherwise.some((other) => isSameChild(other, child)),
	}));
}

/** As those who decide it see it, with what they may do now. @throws DomainError `not_found` for everybody else, and before it is sent */
export async function getAidToDecide(q: Queries, viewer: Viewer, reference: string, now: Date) {
	if (viewer.role !== 'referent' || !viewer.structureId) throw notFound();
	const [row] = await withDecider(q)
		.where(and(eq(childcareAid.reference, reference), eq(childcareAid.deciderStructureId, viewer.structureId)))
		.limit(1);
	if (!row?.aid.sentAt) throw notFound();
	const [who] = await q.select().from(person).where(eq(person.id, row.aid.personId)).limit(1);
	const { firstName, lastName, birthDate, household, childrenCount, phone, email } = who!;
	const file = await fileOf(q, row, now);
	return {
		file: { ...file, childFacts: childrenFacts(file, await namedOtherwise(q, row.aid, file.today)) },
		person: { firstName, lastName, birthDate, household, childrenCount, phone, email },
		moves: row.aid.replacedAt ? [] : movesFrom('decider', row.aid.status),
		/** Words for the person that wait with the proposal. */
		proposalNote: row.aid.proposal && (await proposedNote(q, row.aid.id)),
		/** Another professional proposed it: this one may confirm. */
		mayConfirm: row.aid.proposal !== null && row.aid.proposal.byAccountId !== viewer.accountId,
	};
}
