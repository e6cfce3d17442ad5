/** Requests as professionals list them. */
import { and, asc, count, desc, eq, exists, inArray, isNotNull, isNull, lt, not, or, sql, type SQL } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES, TAKEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import type { Queries } from '../db/client.ts';
import { among, is, isOneOf, prepared, preparedByShape } from '../db/prepared.ts';
import { account, municipality, need, orientation, person, structure, supportRequest } from '../db/schema/index.ts';
import { whileUnchanged } from '../db/unchanged.ts';
import { inBasin } from '../people/delay-scope.ts';
import { keysMatch, peopleFound } from '../people/finding.ts';
import { possibleReferences } from '../platform/ids.ts';
import { getTerritory } from '../territories/queries.ts';
import { freeFor, presentDecision, waiting, WAITING_ORDER } from '../people/waiting-requests.ts';
import { handsOf } from './queries.ts';

/**
 * `waiting`: nobody took it yet; `late`: waiting past its day; `still_waiting`: the person said so; `sent`: waits at a
 * structure; `returned`: a structure did not take it; `taken`, `ended`, `all`.
 */
export const INBOX_VIEWS = ['waiting', 'late', 'still_waiting', 'sent', 'returned', 'taken', 'ended', 'all'] as const;
export type InboxView = (typeof INBOX_VIEWS)[number];

/** Whose list it is, when not the whole territory's. */
interface Referent {
	accountId: string;
	structureId: string | null;
}

export interface InboxFilters {
	show?: InboxView;
	theme?: Theme;
	/** Basin of the person's commune. */
	areaId?: string;
	urgentOnly?: boolean;
	/** Part of the name or of the number, or the whole reference; accents, case and hyphens ignored. */
	text?: string;
	/** A referent: what nobody took yet, what their structure was sent, and what was given to them. */
	onlyOf?: Referent;
	/** The territory's day of today: what is late. */
	today: string;
	limit?: number;
	offset?: number;
}

const countWhere = (which: SQL) => sql<number>`count(CASE WHEN ${which} THEN 1 END)`.mapWith(Number);

const taken = isOneOf(supportRequest.status, TAKEN_REQUEST_STATUSES);
const ended = sql`${supportRequest.status} IN ('closed', 'withdrawn', 'transferred')`;

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
	return or(and(waiting, freeFor(onlyOf.structureId)), eq(supportRequest.assignedToId, onlyOf.accountId));
}

/** What its person withdrew while the request went on is no part of it any more; a request that ended had what ended with it. */
const standsIn = or(not(is(need.status, 'dropped')), eq(need.closedAt, supportRequest.closedAt));

const asksFor = (q: Queries, theme: Theme) =>
	exists(
		q
			.select({ one: sql`1` })
			.from(need)
			.where(and(eq(need.requestId, supportRequest.id), eq(need.theme, theme), standsIn)),
	);

/** By reference or by name; undefined: nothing is looked for; null: nobody is found. */
async function searched(q: Queries, territoryId: string, typed: string): Promise<SQL | undefined | null> {
	if (!typed.trim()) return undefined;
	const { code } = await getTerritory(q, territoryId);
	const references = possibleReferences(typed, code);
	// Ten digits may be a number of a phone: a reference is one that is there.
	const [named] =
		references.length > 0
			? await q
					.select({ id: supportRequest.id })
					.from(supportRequest)
					.where(inArray(supportRequest.reference, references))
					.limit(1)
			: [];
	// The receipt of one that was joined or moved names what it goes on as; each is listed where it is read, or not at all.
	if (named) return inArray(supportRequest.id, await handsOf(q, named.id));
	const found = await peopleFound(q, territoryId, typed);
	if (found === null) return undefined;
	// Too many to be named: whatever list it is, its own rows are soon enough of a page.
	if ('terms' in found) return and(...keysMatch(q, found.terms));
	return found.ids.length > 0 ? inArray(supportRequest.personId, found.ids) : null;
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
		.leftJoin(orientation, presentDecision)
		.leftJoin(structure, eq(structure.id, orientation.structureId))
		// Where somebody lives who moved to another territory is not for the one they left.
		.leftJoin(
			municipality,
			and(eq(municipality.inseeCode, person.inseeCode), eq(person.territoryId, supportRequest.territoryId)),
		)
		.leftJoin(account, eq(account.id, supportRequest.assignedToId))
		.where(
			and(
				eq(supportRequest.territoryId, territoryId),
				isNull(supportRequest.mergedIntoId),
				shown(filters),
				theirs(filters),
				filters.theme && asksFor(q, filters.theme),
				filters.areaId ? inBasin(q, filters.areaId, territoryId) : undefined,
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
	const rows = await themeRows(q).execute({ requestIds: JSON.stringify(requestIds) });
	for (const { requestId, theme } of rows) found.set(requestId, [...(found.get(requestId) ?? []), theme]);
	return found;
}

const themeRows = prepared((q) =>
	q
		.select({ requestId: need.requestId, theme: need.theme })
		.from(need)
		.innerJoin(supportRequest, eq(supportRequest.id, need.requestId))
		.where(and(among(need.requestId, 'requestIds'), standsIn))
		.orderBy(asc(need.createdAt), asc(need.theme))
		.prepare(),
);

/** How many requests nobody took yet; for a referent, without those that another structure was sent. */
export async function waitingCount(q: Queries, territoryId: string, today: string, onlyOf?: Referent): Promise<number> {
	const { waiting } = await waitingOf(q, territoryId, today);
	return onlyOf ? waiting - (await sentCount(q, territoryId, today, onlyOf)).elsewhere : waiting;
}

/** Thousands in a large territory, and the menu says their number beside the page that does. */
const waitingOf = (q: Queries, territoryId: string, today: string) =>
	whileUnchanged(q, JSON.stringify(['waiting', territoryId, today]), async () => {
		const [row] = await waitingRow(q).execute({ territoryId, today });
		return row!;
	});

const ofTerritory = eq(supportRequest.territoryId, sql.placeholder('territoryId'));

/** Counted in the index alone. */
const waitingRow = prepared((q) =>
	q
		.select({
			waiting: count(),
			late: countWhere(lt(supportRequest.respondBy, sql.placeholder('today'))),
		})
		.from(supportRequest)
		.where(and(ofTerritory, waiting))
		.prepare(),
);

const stillWaitingRow = prepared((q) =>
	q
		.select({ requests: count() })
		.from(supportRequest)
		.where(and(ofTerritory, waiting, sql`${supportRequest.stillWaitingAt} IS NOT NULL`))
		.prepare(),
);

// The plus: from the decisions, of which few wait; requests that do may be thousands.
const decidedAs = (state: SQL) =>
	and(
		eq(orientation.territoryId, sql.placeholder('territoryId')),
		state,
		isNull(orientation.needId),
		sql`+${supportRequest.territoryId} = ${sql.placeholder('territoryId')} AND +${supportRequest.status} = 'submitted'`,
	);
const isSent = sql`${orientation.present} = 1 AND ${orientation.state} = 'sent'`;
const isReturned = sql`${orientation.present} = 1 AND ${orientation.state} = 'declined'`;

/** Of the requests that wait at a structure: all, and those that wait at another one than this referent's. */
async function sentCount(q: Queries, territoryId: string, today: string, onlyOf: Referent | undefined) {
	const [row] = await sentRow(q).execute({ territoryId, today, structureId: onlyOf?.structureId ?? '' });
	return row!;
}

const elsewhere = sql`${orientation.structureId} <> ${sql.placeholder('structureId')}`;
const sentRow = prepared((q) =>
	q
		.select({
			all: count(),
			elsewhere: countWhere(elsewhere),
			lateElsewhere: countWhere(sql`${elsewhere} AND ${supportRequest.respondBy} < ${sql.placeholder('today')}`),
			stillWaitingElsewhere: countWhere(sql`${elsewhere} AND ${supportRequest.stillWaitingAt} IS NOT NULL`),
		})
		.from(orientation)
		.innerJoin(supportRequest, eq(supportRequest.id, orientation.requestId))
		.where(decidedAs(isSent))
		.prepare(),
);

const returnedRow = prepared((q) =>
	q
		.select({ requests: count() })
		.from(orientation)
		.innerJoin(supportRequest, eq(supportRequest.id, orientation.requestId))
		.where(decidedAs(isReturned))
		.prepare(),
);

/**
 * How many of those that wait are late, said they still wait, wait at a structure, came back from one; for a referent, of those
 * their list shows: all but what another structure was sent, which is little.
 */
export async function inboxCounts(q: Queries, territoryId: string, today: string, onlyOf?: Referent) {
	const all = await waitingOf(q, territoryId, today);
	const [still] = await stillWaitingRow(q).execute({ territoryId });
	const sent = await sentCount(q, territoryId, today, onlyOf);
	const [returned] = await returnedRow(q).execute({ territoryId });
	const hidden = onlyOf ? sent : { elsewhere: 0, lateElsewhere: 0, stillWaitingElsewhere: 0 };
	return {
		waiting: all.waiting - hidden.elsewhere,
		late: all.late - hidden.lateElsewhere,
		stillWaiting: still!.requests - hidden.stillWaitingElsewhere,
		sent: sent.all - hidden.elsewhere,
		returned: returned!.requests,
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

const needList = preparedByShape((q, { at }: { at: 'structure' | 'territory' }) =>
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
				at === 'structure'
					? and(eq(orientation.structureId, sql.placeholder('id')), isSent)
					: and(eq(orientation.territoryId, sql.placeholder('id')), isReturned),
				isOneOf(need.status, ['open', 'in_progress']),
				isOneOf(supportRequest.status, OPEN_REQUEST_STATUSES),
			),
		)
		.orderBy(asc(orientation.at))
		.limit(MAX_NEEDS)
		.prepare(),
);

/** Single needs that wait for somebody of a structure, the oldest first. */
export const needsSentTo = async (q: Queries, structureId: string) =>
	needList(q, { at: 'structure' }).execute({ id: structureId });

/** Single needs that a structure did not take: the coordinator's again. */
export const needsReturned = async (q: Queries, territoryId: string) =>
	needList(q, { at: 'territory' }).execute({ id: territoryId });
export type NeedRowListed = Awaited<ReturnType<typeof needsSentTo>>[number];
