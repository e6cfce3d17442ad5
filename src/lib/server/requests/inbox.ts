/** Requests as professionals see them. */
import { and, asc, count, desc, eq, exists, inArray, isNotNull, like, lt, or, sql, type SQL } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES, type RequestStatus } from '../../shared/codes.ts';
import { searchable } from '../../shared/search.ts';
import type { Theme } from '../../shared/themes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Queries } from '../db/client.ts';
import { account, municipality, need, person, supportRequest } from '../db/schema/index.ts';
import { getPersonFor, personOf } from '../people/queries.ts';
import { seesTheme } from '../people/rules.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { openAnswers } from './answers.ts';
import { needsOf, type SentRequest } from './queries.ts';
import type { RequestRow } from './drafts.ts';

export interface InboxFilters {
	/** `waiting`: nobody took it yet (default); `late`: waiting past its day; `still_waiting`: the person said so. */
	show?: 'waiting' | 'late' | 'still_waiting' | 'taken' | 'ended' | 'all';
	theme?: Theme;
	/** Part of the name, or the whole reference; accents and case ignored. */
	text?: string;
	/** A referent: what nobody took yet, and what was given to them; a colleague's is not theirs to list. */
	onlyOf?: string;
	/** The territory's day of today: what is late. */
	today: string;
	limit?: number;
	offset?: number;
}

const ENDED: RequestStatus[] = ['closed', 'withdrawn', 'transferred'];
const TAKEN = OPEN_REQUEST_STATUSES.filter((status) => status !== 'submitted');
const waiting = eq(supportRequest.status, 'submitted');

function shown({ show = 'waiting', today }: InboxFilters): SQL | undefined {
	if (show === 'waiting') return waiting;
	if (show === 'late') return and(waiting, lt(supportRequest.respondBy, today));
	if (show === 'still_waiting') return and(waiting, isNotNull(supportRequest.stillWaitingAt));
	if (show === 'taken') return inArray(supportRequest.status, TAKEN);
	if (show === 'ended') return inArray(supportRequest.status, ENDED);
	return isNotNull(supportRequest.reference);
}

function asked(q: Queries, { theme, text }: InboxFilters): (SQL | undefined)[] {
	const words = text ? searchable(text) : '';
	const reference = text?.trim().toUpperCase() ?? '';
	return [
		theme &&
			exists(
				q
					.select({ one: sql`1` })
					.from(need)
					.where(and(eq(need.requestId, supportRequest.id), eq(need.theme, theme))),
			),
		reference &&
			(/-/.test(reference) && /\d/.test(reference)
				? eq(supportRequest.reference, reference)
				: and(...words.split(' ').map((word) => like(person.searchName, `%${word}%`)))),
	].map((condition) => condition || undefined);
}

/**
 * Requests of a territory: urgent first, then the oldest. Names and themes only: what was written is on the request's own
 * page. Merged ones are left out.
 */
export async function inbox(q: Queries, territoryId: string, filters: InboxFilters) {
	const where = and(
		eq(supportRequest.territoryId, territoryId),
		sql`${supportRequest.mergedIntoId} IS NULL`,
		shown(filters),
		filters.onlyOf ? or(waiting, eq(supportRequest.assignedToId, filters.onlyOf)) : undefined,
		...asked(q, filters),
	);
	const rows = await q
		.select({
			id: supportRequest.id,
			reference: supportRequest.reference,
			status: supportRequest.status,
			urgent: supportRequest.urgent,
			wantsCall: supportRequest.wantsCall,
			channel: supportRequest.channel,
			submittedAt: supportRequest.submittedAt,
			respondBy: supportRequest.respondBy,
			stillWaitingAt: supportRequest.stillWaitingAt,
			personId: person.id,
			firstName: person.firstName,
			lastName: person.lastName,
			birthDate: person.birthDate,
			commune: municipality.name,
			assignedTo: account.displayName,
			assignedToId: supportRequest.assignedToId,
		})
		.from(supportRequest)
		.innerJoin(person, eq(person.id, supportRequest.personId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.leftJoin(account, eq(account.id, supportRequest.assignedToId))
		.where(where)
		.orderBy(desc(supportRequest.urgent), asc(supportRequest.submittedAt))
		.limit(filters.limit ?? 50)
		.offset(filters.offset ?? 0);
	const themes = await themesOf(
		q,
		rows.map(({ id }) => id),
	);
	return rows.map((row) => ({
		...row,
		reference: row.reference!,
		submittedAt: row.submittedAt!,
		respondBy: row.respondBy!,
		themes: themes.get(row.id) ?? [],
		isLate: row.status === 'submitted' && row.respondBy! < filters.today,
	}));
}
export type InboxRow = Awaited<ReturnType<typeof inbox>>[number];

async function themesOf(q: Queries, requestIds: string[]): Promise<Map<string, Theme[]>> {
	const found = new Map<string, Theme[]>();
	if (requestIds.length === 0) return found;
	const rows = await q
		.select({ requestId: need.requestId, theme: need.theme })
		.from(need)
		.where(inArray(need.requestId, requestIds))
		.orderBy(asc(need.createdAt), asc(need.theme));
	for (const { requestId, theme } of rows) found.set(requestId, [...(found.get(requestId) ?? []), theme]);
	return found;
}

/** How many wait, are late, said they still wait. */
export async function inboxCounts(q: Queries, territoryId: string, today: string) {
	const of = async (show: 'waiting' | 'late' | 'still_waiting') => {
		const [row] = await q
			.select({ requests: count() })
			.from(supportRequest)
			.where(and(eq(supportRequest.territoryId, territoryId), shown({ show, today })));
		return row!.requests;
	};
	return { waiting: await of('waiting'), late: await of('late'), stillWaiting: await of('still_waiting') };
}

type Viewer = Pick<SignedIn, 'accountId' | 'role' | 'territoryId'>;

/**
 * One request for a professional. While nobody took it, those of the territory read all of it to decide; afterwards people's
 * rule decides (follow-up: all, or own themes; coordinator: who and when, no needs). The page records the opening.
 * @throws DomainError `not_found`
 */
export async function getRequestFor(q: Queries, viewer: Viewer, reference: string) {
	const [row] = (await q
		.select()
		.from(supportRequest)
		.where(and(eq(supportRequest.reference, reference), isNotNull(supportRequest.personId)))
		.limit(1)) as (RequestRow & SentRequest)[];
	if (!row) throw notFound();
	const { access, themes } = await accessTo(q, viewer, row);
	const person = await personOf(q, row.personId);
	const needs = access === 'limited' ? [] : (await needsOf(q, row.id)).filter(({ theme }) => seesTheme(themes, theme));
	const answers = access === 'limited' || themes ? null : openAnswers(row.id, row.answersSealed);
	const { id, firstName, lastName } = person;
	return {
		request: row,
		access,
		person: access === 'limited' ? { id, firstName, lastName } : person,
		needs,
		/** Household, contact and how to reach; null for those who see their own theme only. */
		answers,
	};
}
export type RequestFile = Awaited<ReturnType<typeof getRequestFor>>;

async function accessTo(
	q: Queries,
	viewer: Viewer,
	row: SentRequest & { status: RequestStatus },
): Promise<{ access: 'whole' | 'limited'; themes: string[] | null }> {
	const staff = viewer.role === 'referent' || viewer.role === 'coordinator';
	if (staff && row.status === 'submitted' && viewer.territoryId === row.territoryId)
		return { access: 'whole', themes: null };
	try {
		const file = await getPersonFor(q, viewer, row.personId);
		return file.access === 'coordinator' ? { access: 'limited', themes: [] } : { access: 'whole', themes: file.themes };
	} catch (problem) {
		if (problem instanceof DomainError) throw notFound();
		throw problem;
	}
}
