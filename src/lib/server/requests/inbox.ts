/** Requests as professionals list them. */
import { and, asc, count, desc, eq, exists, inArray, isNotNull, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import type { Queries } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import {
	account,
	catchment,
	municipality,
	need,
	orientation,
	person,
	structure,
	supportRequest,
} from '../db/schema/index.ts';
import { peopleFound } from '../people/finding.ts';

/**
 * `waiting`: nobody took it yet; `late`: waiting past its day; `still_waiting`: the person said so; `sent`: waits at a
 * structure; `returned`: a structure did not take it; `taken`, `ended`, `all`.
 */
export const INBOX_VIEWS = ['waiting', 'late', 'still_waiting', 'sent', 'returned', 'taken', 'ended', 'all'] as const;
export type InboxView = (typeof INBOX_VIEWS)[number];

export interface InboxFilters {
	show?: InboxView;
	theme?: Theme;
	/** Basin of the person's commune. */
	areaId?: string;
	urgentOnly?: boolean;
	/** Part of the name, or the whole reference; accents and case ignored. */
	text?: string;
	/** A referent: what nobody took yet, what their structure was sent, and what was given to them. */
	onlyOf?: { accountId: string; structureId: string | null };
	/** The territory's day of today: what is late. */
	today: string;
	limit?: number;
	offset?: number;
}

// A partial index is only used when its condition is written as it was declared.
const waiting = sql`${supportRequest.status} = 'submitted'`;
const taken = sql`${supportRequest.status} IN ('assigned', 'in_diagnosis', 'in_pathway')`;
const ended = sql`${supportRequest.status} IN ('closed', 'withdrawn', 'transferred')`;
/** As `support_request_waiting_idx` holds them. */
const WAITING_ORDER = [
	desc(supportRequest.urgent),
	desc(supportRequest.priority),
	asc(supportRequest.respondBy),
	asc(supportRequest.submittedAt),
];
/** The decision that counts for the whole request. */
const present = and(
	eq(orientation.requestId, supportRequest.id),
	sql`${orientation.present} = 1 AND ${orientation.needId} IS NULL`,
);

const WAITING_VIEWS: InboxView[] = ['waiting', 'late', 'still_waiting', 'sent', 'returned'];
export const isWaitingView = (show: InboxView): boolean => WAITING_VIEWS.includes(show);

function shown({ show = 'waiting', today }: InboxFilters): SQL | undefined {
	if (show === 'waiting') return waiting;
	if (show === 'late') return and(waiting, lt(supportRequest.respondBy, today));
	if (show === 'still_waiting') return and(waiting, isNotNull(supportRequest.stillWaitingAt));
	if (show === 'sent') return and(waiting, eq(orientation.state, 'sent'));
	if (show === 'returned') return and(waiting, eq(orientation.state, 'declined'));
	if (show === 'taken') return taken;
	if (show === 'ended') return ended;
	return isNotNull(supportRequest.submittedAt);
}

/** What was sent to another structure is theirs to take. */
function theirs({ onlyOf }: InboxFilters): SQL | undefined {
	if (!onlyOf) return undefined;
	const free = or(
		isNull(orientation.id),
		ne(orientation.state, 'sent'),
		eq(orientation.structureId, onlyOf.structureId ?? ''),
	);
	return or(and(waiting, free), eq(supportRequest.assignedToId, onlyOf.accountId));
}

const asksFor = (q: Queries, theme: Theme) =>
	exists(
		q
			.select({ one: sql`1` })
			.from(need)
			.where(and(eq(need.requestId, supportRequest.id), eq(need.theme, theme))),
	);

const inArea = (q: Queries, territoryId: string, areaId: string) =>
	exists(
		q
			.select({ one: sql`1` })
			.from(catchment)
			.where(
				and(
					eq(catchment.inseeCode, person.inseeCode),
					eq(catchment.territoryId, territoryId),
					eq(catchment.employmentAreaId, areaId),
				),
			),
	);

const isReference = (typed: string) => /-/.test(typed) && /\d/.test(typed);

/** By reference or by name; undefined: nothing is looked for; null: nobody is found. */
async function searched(q: Queries, territoryId: string, typed: string): Promise<SQL | undefined | null> {
	const reference = typed.trim().toUpperCase();
	if (!reference) return undefined;
	if (isReference(reference)) return eq(supportRequest.reference, reference);
	const found = await peopleFound(q, territoryId, typed);
	if (found === null) return undefined;
	return found.length > 0 ? inArray(supportRequest.personId, found) : null;
}

/**
 * Requests of a territory. Those that wait: urgent first, then priority audiences, then the nearest day to answer by; the
 * others: the latest first. Names and themes
 * only: what was written is on the request's own page. Merged ones are left out.
 */
export async function inbox(q: Queries, territoryId: string, filters: InboxFilters) {
	const search = await searched(q, territoryId, filters.text ?? '');
	if (search === null) return [];
	const waits = isWaitingView(filters.show ?? 'waiting');
	const rows = await q
		.select({
			id: supportRequest.id,
			reference: supportRequest.reference,
			status: supportRequest.status,
			urgent: supportRequest.urgent,
			priority: supportRequest.priority,
			wantsCall: supportRequest.wantsCall,
			channel: supportRequest.channel,
			submittedAt: supportRequest.submittedAt,
			respondBy: supportRequest.respondBy,
			stillWaitingAt: supportRequest.stillWaitingAt,
			personId: person.id,
			firstName: person.firstName,
			lastName: person.lastName,
			commune: municipality.name,
			assignedTo: account.displayName,
			assignedToId: supportRequest.assignedToId,
			sentTo: structure.name,
			orientationState: orientation.state,
		})
		.from(supportRequest)
		.innerJoin(person, eq(person.id, supportRequest.personId))
		.leftJoin(orientation, present)
		.leftJoin(structure, eq(structure.id, orientation.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.leftJoin(account, eq(account.id, supportRequest.assignedToId))
		.where(
			and(
				eq(supportRequest.territoryId, territoryId),
				isNull(supportRequest.mergedIntoId),
				shown(filters),
				theirs(filters),
				filters.theme && asksFor(q, filters.theme),
				filters.areaId ? inArea(q, territoryId, filters.areaId) : undefined,
				filters.urgentOnly ? eq(supportRequest.urgent, true) : undefined,
				search,
			),
		)
		.orderBy(...(waits ? WAITING_ORDER : [desc(supportRequest.submittedAt)]))
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

/** How many requests nobody took yet. */
export async function waitingCount(q: Queries, territoryId: string): Promise<number> {
	const [row] = await waitingRow(q).execute({ territoryId });
	return row!.waiting;
}

const waitingRow = prepared((q) =>
	q
		.select({ waiting: count() })
		.from(supportRequest)
		.where(and(eq(supportRequest.territoryId, sql.placeholder('territoryId')), waiting))
		.prepare(),
);

/** How many of those that wait are late, said they still wait, wait at a structure, came back from one. */
export async function inboxCounts(q: Queries, territoryId: string, today: string) {
	const ofTerritory = eq(supportRequest.territoryId, territoryId);
	const counted = async (...which: (SQL | undefined)[]) => {
		const [row] = await q
			.select({ requests: count() })
			.from(supportRequest)
			.where(and(ofTerritory, waiting, ...which));
		return row!.requests;
	};
	// The plus: from the decisions, of which few wait; requests that do may be thousands.
	const oneOfThese = sql`+${supportRequest.territoryId} = ${territoryId} AND +${supportRequest.status} = 'submitted'`;
	const decided = async (state: SQL) => {
		const [row] = await q
			.select({ requests: count() })
			.from(orientation)
			.innerJoin(supportRequest, eq(supportRequest.id, orientation.requestId))
			.where(and(eq(orientation.territoryId, territoryId), state, isNull(orientation.needId), oneOfThese));
		return row!.requests;
	};
	return {
		waiting: await waitingCount(q, territoryId),
		late: await counted(lt(supportRequest.respondBy, today)),
		stillWaiting: await counted(sql`${supportRequest.stillWaitingAt} IS NOT NULL`),
		sent: await decided(sql`${orientation.present} = 1 AND ${orientation.state} = 'sent'`),
		returned: await decided(sql`${orientation.present} = 1 AND ${orientation.state} = 'declined'`),
	};
}

/** More wait than a page holds: the next ones come up as these are settled. */
const MAX_NEEDS = 50;

const needColumns = {
	id: need.id,
	theme: need.theme,
	expectedOn: need.expectedOn,
	reference: supportRequest.reference,
	firstName: person.firstName,
	lastName: person.lastName,
	commune: municipality.name,
	sentAt: orientation.at,
	structureName: structure.name,
	declineReason: orientation.declineReason,
};

const needList = (q: Queries, where: SQL | undefined) =>
	q
		.select(needColumns)
		.from(orientation)
		.innerJoin(need, eq(need.id, orientation.needId))
		.innerJoin(supportRequest, eq(supportRequest.id, need.requestId))
		.innerJoin(person, eq(person.id, need.personId))
		.innerJoin(structure, eq(structure.id, orientation.structureId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				where,
				inArray(need.status, ['open', 'in_progress']),
				inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES]),
			),
		)
		.orderBy(asc(orientation.at))
		.limit(MAX_NEEDS);

/** Single needs that wait for somebody of a structure, the oldest first. */
export const needsSentTo = (q: Queries, structureId: string) =>
	needList(
		q,
		and(eq(orientation.structureId, structureId), sql`${orientation.present} = 1 AND ${orientation.state} = 'sent'`),
	);

/** Single needs that a structure did not take: the coordinator's again. */
export const needsReturned = (q: Queries, territoryId: string) =>
	needList(
		q,
		and(
			eq(orientation.territoryId, territoryId),
			sql`${orientation.present} = 1 AND ${orientation.state} = 'declined'`,
		),
	);
export type NeedRowListed = Awaited<ReturnType<typeof needsSentTo>>[number];
