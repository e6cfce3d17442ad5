import { and, asc, desc, eq, gt, gte, isNotNull, isNull, lt, ne, sql } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import type { Queries } from '../db/client.ts';
import { isOneOf, prepared } from '../db/prepared.ts';
import { municipality, need, supportRequest } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { notFound } from '../platform/errors.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { personOf } from '../people/queries.ts';
import { listStructures, structureFor, territoryForMunicipality } from '../territories/queries.ts';
import { ownedBy, type Owner, type RequestRow } from './drafts.ts';
import { NOTHING_KNOWN, type Known } from './pages.ts';
import { nineInTenDays } from './rules.ts';
import { NO_CONTACT, NO_HELPER, openAnswers, type KnownAnswers, type ThemeAnswers } from './answers.ts';

const openRequest = prepared((q) =>
	q
		.select()
		.from(supportRequest)
		.where(
			and(
				eq(supportRequest.personId, sql.placeholder('personId')),
				isOneOf(supportRequest.status, OPEN_REQUEST_STATUSES),
			),
		)
		.limit(1)
		.prepare(),
);

/** The person's open request: there is at most one (unique index). */
export async function findOpenRequest(
	q: Queries,
	personId: string,
): Promise<(RequestRow & { personId: string; reference: string }) | undefined> {
	const [row] = await openRequest(q).execute({ personId });
	return row as (RequestRow & { personId: string; reference: string }) | undefined;
}

/** What is not asked again: the account knows it, or a request sent before does. */
export async function knownOf(q: Queries, personId: string | null): Promise<Known> {
	if (!personId) return NOTHING_KNOWN;
	const adding = (await findOpenRequest(q, personId)) !== undefined;
	const { household, situation } = await knownAnswers(q, personId);
	return { adding, household: adding || Boolean(household?.household && situation), commune: true, contact: true };
}

/** What was said once: in the file, and in the request sent last. Who helped then is not who helps now. */
export async function knownAnswers(q: Queries, personId: string): Promise<KnownAnswers> {
	const own = await personOf(q, personId);
	const [last] = await listRequests(q, personId, 1);
	const before = openAnswers(last?.id ?? '', last?.answersSealed ?? null);
	const { firstName, lastName, email, phone, birthDate, locale, household, childrenCount } = own;
	const language = before.contact?.language ?? locale;
	const wishes = { ...NO_CONTACT, ...before.contact, ...NO_HELPER, language };
	return {
		household: household
			? { household, childrenCount, childAges: before.household?.childAges ?? [] }
			: before.household,
		situation: before.situation,
		contact: { ...wishes, firstName, lastName, email, phone, birthDate },
	};
}

/** A sent request of this owner. @throws DomainError `not_found` for somebody else's, a draft, or none */
export async function getOwnRequest(q: Queries, owner: Owner, reference: string): Promise<RequestRow & SentRequest> {
	const [row] = await q
		.select()
		.from(supportRequest)
		.where(and(eq(supportRequest.reference, reference), ne(supportRequest.status, 'draft'), ownedBy(owner)))
		.limit(1);
	if (!row) throw notFound();
	return row as RequestRow & SentRequest;
}

/** The reference of what they sent last, since then. */
export async function lastSent(q: Queries, owner: Owner, since: Date): Promise<string | undefined> {
	const [row] = await q
		.select({ reference: supportRequest.reference })
		.from(supportRequest)
		.where(and(ne(supportRequest.status, 'draft'), gte(supportRequest.submittedAt, since), ownedBy(owner)))
		.orderBy(desc(supportRequest.submittedAt))
		.limit(1);
	return row?.reference ?? undefined;
}

/** A request by its id, for messages about it; undefined for a draft, or one that was forgotten since. */
export async function findSent(q: Queries, requestId: string): Promise<(RequestRow & SentRequest) | undefined> {
	const [row] = await q
		.select()
		.from(supportRequest)
		.where(and(eq(supportRequest.id, requestId), isNotNull(supportRequest.reference)))
		.limit(1);
	return row as (RequestRow & SentRequest) | undefined;
}

/** What a request has once it is sent. */
export interface SentRequest {
	reference: string;
	personId: string;
	territoryId: string;
	submittedAt: Date;
	respondBy: string;
}

/** Sent requests of a person, newest first; those merged into another are not shown twice. */
export const listRequests = (q: Queries, personId: string, limit = 20) =>
	q
		.select()
		.from(supportRequest)
		.where(
			and(
				eq(supportRequest.personId, personId),
				ne(supportRequest.status, 'draft'),
				isNotNull(supportRequest.reference),
				isNull(supportRequest.mergedIntoId),
			),
		)
		.orderBy(desc(supportRequest.submittedAt))
		.limit(limit) as Promise<(RequestRow & SentRequest)[]>;

export type NeedRow = typeof need.$inferSelect;
export type NeedView = Omit<NeedRow, 'detailSealed'> & { answers: ThemeAnswers };

/** The needs of a request with what was answered about each, oldest first. Callers have checked who reads. */
export async function needsOf(q: Queries, requestId: string): Promise<NeedView[]> {
	const rows = await q
		.select()
		.from(need)
		.where(eq(need.requestId, requestId))
		.orderBy(asc(need.createdAt), asc(need.theme))
		.limit(20);
	return rows.map(({ detailSealed, ...row }) => ({ ...row, answers: detailOf(row.id, detailSealed) }));
}

function detailOf(needId: string, sealed: string | null): ThemeAnswers {
	const text = unsealNullable(`need.detail_sealed:${needId}`, sealed);
	return text ? (JSON.parse(text) as ThemeAnswers) : { ticks: {}, note: '' };
}

/**
 * Names of structures: of the one that answers for a theme where the person lives, until a professional decides; and of the one
 * that was decided.
 */
export async function usualStructures(
	q: Queries,
	request: Pick<RequestRow, 'inseeCode'> & { personId: string; territoryId: string },
	now: Date,
): Promise<{ for: (theme: Theme) => string | null; named: (structureId: string | null) => string | null }> {
	// Somebody known was not asked again where they live.
	const inseeCode = (await personOf(q, request.personId)).inseeCode ?? request.inseeCode;
	const coverage = inseeCode ? await territoryForMunicipality(q, inseeCode, now) : null;
	const areaId = coverage?.kind === 'inside' ? coverage.employmentAreaId : null;
	const structures = await listStructures(q, request.territoryId);
	return {
		for: (theme) => structureFor(structures, theme, areaId)?.name ?? null,
		named: (structureId) => structures.find(({ id }) => id === structureId)?.name ?? null,
	};
}

/** Name of a commune, for pages that show an answer again. */
export async function communeName(q: Queries, inseeCode: string | null): Promise<string | null> {
	if (!inseeCode) return null;
	const [row] = await q
		.select({ name: municipality.name })
		.from(municipality)
		.where(eq(municipality.inseeCode, inseeCode))
		.limit(1);
	return row?.name ?? null;
}

/** Requests sent from one browser between two instants: a limit beside the one per address. */
export async function countSentFrom(q: Queries, browserHash: string, from: Date, to: Date): Promise<number> {
	const rows = await q
		.select({ id: supportRequest.id })
		.from(supportRequest)
		.where(
			and(
				eq(supportRequest.browserHash, browserHash),
				gte(supportRequest.submittedAt, from),
				lt(supportRequest.submittedAt, to),
			),
		)
		.limit(100);
	return rows.length;
}

/** @throws DomainError `not_found` */
export async function getReference(q: Queries, requestId: string): Promise<string> {
	const [row] = await q
		.select({ reference: supportRequest.reference })
		.from(supportRequest)
		.where(eq(supportRequest.id, requestId))
		.limit(1);
	if (!row?.reference) throw notFound();
	return row.reference;
}

/** How many hands one request passes through at most: merged, then moved, then merged again… */
export const MOST_HANDS = 10;

/** The request, then each in which it goes on: merged into another, or handed to another territory. */
export async function handsOf(q: Queries, requestId: string): Promise<string[]> {
	const ids = [requestId];
	while (ids.length <= MOST_HANDS) {
		const id = ids.at(-1)!;
		const [row] = await q
			.select({ mergedIntoId: supportRequest.mergedIntoId })
			.from(supportRequest)
			.where(eq(supportRequest.id, id))
			.limit(1);
		const [next] = await q
			.select({ id: supportRequest.id })
			.from(supportRequest)
			.where(eq(supportRequest.continuesId, id))
			.limit(1);
		const further = row?.mergedIntoId ?? next?.id;
		if (!further) break;
		ids.push(further);
	}
	return ids;
}

/** The request in which this one goes on; itself when it does not. */
export const goesOnAs = async (q: Queries, requestId: string): Promise<string> => (await handsOf(q, requestId)).at(-1)!;

const RECENT_MS = 90 * 24 * 3_600_000;
/** Enough for nine in ten, the last closed first; a territory with more in 90 days says the same with these. */
const MOST_COUNTED = 500;

/**
 * In how many days nine people in ten got an answer, among requests closed in the last 90 days: what is over says what it
 * took, what goes on does not yet. Null under 11 of them (masking rule): the territory's target is then what there is to say.
 */
export async function recentAnswerDays(q: Queries, territoryId: string, now: Date): Promise<number | null> {
	const rows = await q
		.select({ submittedAt: supportRequest.submittedAt, assignedAt: supportRequest.assignedAt })
		.from(supportRequest)
		.where(
			and(
				eq(supportRequest.territoryId, territoryId),
				// Written as its partial index was declared.
				sql`${supportRequest.status} = 'closed'`,
				gte(supportRequest.closedAt, new Date(now.getTime() - RECENT_MS)),
				// What was its lead's from the start (`giveToLead`) was answered by nobody.
				gt(supportRequest.assignedAt, supportRequest.submittedAt),
			),
		)
		.orderBy(desc(supportRequest.closedAt))
		.limit(MOST_COUNTED);
	return nineInTenDays(rows.map(({ submittedAt, assignedAt }) => assignedAt!.getTime() - submittedAt!.getTime()));
}

/** Every request of a person, drafts and those added to another too, newest first: for their own copy of their data. */
export const requestsKept = (q: Queries, personId: string) =>
	q
		.select()
		.from(supportRequest)
		.where(eq(supportRequest.personId, personId))
		.orderBy(desc(supportRequest.createdAt))
		.limit(WHOLE);
