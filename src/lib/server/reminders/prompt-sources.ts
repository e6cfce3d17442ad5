import { and, asc, between, eq, gt, gte, inArray, isNull, lt, or, sql, type AnyColumn } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { PROPOSED, takeable } from '../appointments/earlier.ts';
import { DAY_MS, INVITATION_DAYS } from '../appointments/rules.ts';
import { WAITING, WARNED_DAYS } from '../childcare/rules.ts';
import { lastTrace } from '../people/last-trace.ts';
import { RETENTION_MS } from '../people/rules.ts';
import type { Queries } from '../db/client.ts';
import {
	appointment,
	childcareAid,
	earlierProposal,
	freedHour,
	pathway,
	person,
	ratingInvitation,
	reminder,
	step,
	supportingDocument,
	supportRequest,
	territory,
} from '../db/schema/index.ts';
import {
	DRAFT_WARNED_DAYS,
	closingPrompts,
	draftPrompts,
	DRAFT_NUDGES,
	earlierPrompt,
	invitationPrompt,
	paperPrompts,
	ratingPrompt,
	silencePrompts,
	stepPrompt,
	type Prompt,
} from './prompt-rules.ts';

/** Things to be told of around an instant, page by page, or these very things, as they are then. */
export type Scope = { at: Date; after?: Cursor; most?: number } | { at: Date; ids: string[] };

/** The last thing of a page: its day or instant, then its id. */
export interface Cursor {
	on: string | Date;
	id: string;
}
export interface Page {
	prompts: Prompt[];
	/** Where the next page begins; null after the last. */
	next: Cursor | null;
}

/** Days off move a reminder back by some days: it is looked for that much earlier. */
const AHEAD_DAYS = 8;
/** Read at once: a page, not a limit. */
const MOST = 5_000;
/** After so many days neither nudge of a draft is useful any more. */
const LAST_NUDGE_DAYS = Math.max(...DRAFT_NUDGES.map(({ onDay, usefulDays }) => onDay + usefulDays));

const daysFrom = (at: Date, days: number) => new Date(at.getTime() + days * DAY_MS);
/** A day either side covers every zone. */
const lastDays = (at: Date) =>
	[daysFrom(at, -1), daysFrom(at, AHEAD_DAYS)].map((end) => end.toISOString().slice(0, 10)) as [string, string];

const mostOf = (scope: Scope) => ('ids' in scope ? MOST : (scope.most ?? MOST));

/** What comes after the cursor, in the order of the column, then of the id. The column alone is what its index is asked for. */
function beyond(scope: Scope, on: AnyColumn, id: AnyColumn) {
	if ('ids' in scope || !scope.after) return undefined;
	const { after } = scope;
	return and(gte(on, after.on), or(gt(on, after.on), gt(id, after.id)));
}

function pageOf<Row>(
	rows: Row[],
	scope: Scope,
	cursorOf: (row: Row) => Cursor,
	promptsOf: (row: Row) => Prompt[],
): Page {
	const isFull = rows.length === mostOf(scope);
	return { prompts: rows.flatMap(promptsOf), next: isFull ? cursorOf(rows.at(-1)!) : null };
}

const cursorOn = ({ dueOn, id }: { dueOn: string | null; id: string }): Cursor => ({ on: dueOn!, id });

const place = { territoryId: territory.id, zone: territory.zone };
/** Of an aid: its days are those of where it is decided, the hours those of where the person lives by now. */
const placeOfAid = { territoryId: person.territoryId, zone: territory.zone };

async function steps(q: Queries, scope: Scope): Promise<Page> {
	const rows = await q
		.select({ id: step.id, personId: step.personId, dueOn: step.dueOn, ...place })
		.from(step)
		.innerJoin(pathway, eq(pathway.id, step.pathwayId))
		.innerJoin(territory, eq(territory.id, pathway.territoryId))
		.where(
			and(
				sql`${step.owner} = 'person' AND ${step.state} IN ('planned', 'in_progress')`,
				isNull(pathway.endedAt),
				'ids' in scope ? inArray(step.id, scope.ids) : between(step.dueOn, ...lastDays(scope.at)),
				beyond(scope, step.dueOn, step.id),
			),
		)
		.orderBy(asc(step.dueOn), asc(step.id))
		.limit(mostOf(scope));
	return pageOf(rows, scope, cursorOn, ({ dueOn, ...row }) => (dueOn ? [stepPrompt({ ...row, dueOn })] : []));
}

/** One message for all the papers of an aid that share a last day. */
async function papers(q: Queries, scope: Scope): Promise<Page> {
	const { id, reference, personId } = childcareAid;
	const rows = await q
		.selectDistinct({ id, reference, personId, dueOn: supportingDocument.dueOn, ...placeOfAid })
		.from(supportingDocument)
		.innerJoin(childcareAid, eq(childcareAid.id, supportingDocument.aidId))
		.innerJoin(person, eq(person.id, childcareAid.personId))
		.innerJoin(territory, eq(territory.id, childcareAid.territoryId))
		.where(
			and(
				isNull(supportingDocument.declaredAt),
				isNull(supportingDocument.receivedAt),
				eq(childcareAid.status, 'incomplete'),
				// Asked again: its page takes no paper any more.
				isNull(childcareAid.replacedAt),
				'ids' in scope ? inArray(id, scope.ids) : between(supportingDocument.dueOn, ...lastDays(scope.at)),
				beyond(scope, supportingDocument.dueOn, id),
			),
		)
		.orderBy(asc(supportingDocument.dueOn), asc(id))
		.limit(mostOf(scope));
	return pageOf(rows, scope, cursorOn, ({ dueOn, ...row }) => (dueOn ? paperPrompts({ ...row, dueOn }) : []));
}

/** Files that silence will refuse. */
async function silences(q: Queries, scope: Scope): Promise<Page> {
	const { id, reference, personId, silenceOn, pausedUntil, status } = childcareAid;
	const rows = await q
		.select({ id, reference, personId, silenceOn, pausedUntil, ...placeOfAid })
		.from(childcareAid)
		.innerJoin(person, eq(person.id, childcareAid.personId))
		.innerJoin(territory, eq(territory.id, childcareAid.territoryId))
		.where(
			and(
				inArray(status, [...WAITING]),
				'ids' in scope
					? inArray(id, scope.ids)
					: between(
							silenceOn,
							lastDays(scope.at)[0],
							daysFrom(scope.at, WARNED_DAYS[0] + AHEAD_DAYS)
								.toISOString()
								.slice(0, 10),
						),
				beyond(scope, silenceOn, id),
			),
		)
		.orderBy(asc(silenceOn), asc(id))
		.limit(mostOf(scope));
	return pageOf(
		rows,
		scope,
		(row) => ({ on: row.silenceOn!, id: row.id }),
		(row) => {
			const prompts = silencePrompts(row);
			// Looked for late, the nearest warning is enough.
			return 'ids' in scope
				? prompts
				: prompts.filter((_, index) => !(prompts[index + 1] && prompts[index + 1]!.dueAt <= scope.at));
		},
	);
}

/** Times that wait to be chosen. The appointment then begins, for now, at the first of them: never before the invitation. */
async function invitations(q: Queries, scope: Scope): Promise<Page> {
	const { id, personId, territoryId, zone, startsAt, chooseBy } = appointment;
	const { answeredAt, createdAt, sequence, workshopId } = appointment;
	const offer = { startsAt, chooseBy, answeredAt, createdAt, sequence, workshopId };
	const rows = await q
		.select({ id, personId, territoryId, zone, ...offer })
		.from(appointment)
		.where(
			and(
				gt(chooseBy, scope.at),
				'ids' in scope
					? and(inArray(appointment.state, ['invited', 'booked']), inArray(id, scope.ids))
					: and(
							// As its index is declared.
							sql`${appointment.state} = 'invited'`,
							gt(startsAt, daysFrom(scope.at, -INVITATION_DAYS)),
							beyond(scope, startsAt, id),
						),
			),
		)
		.orderBy(asc(startsAt), asc(id))
		.limit(mostOf(scope));
	return pageOf(
		rows,
		scope,
		(row) => ({ on: row.startsAt, id: row.id }),
		({ chooseBy, answeredAt, ...row }) => {
			if (!chooseBy) return [];
			// « Aucune ne me va », said of these times: the referent's turn.
			const isAnswered = answeredAt && answeredAt >= daysFrom(chooseBy, -INVITATION_DAYS);
			return isAnswered ? [] : [invitationPrompt({ ...row, chooseBy, offeredAt: offeredAt({ ...row, chooseBy }) })];
		},
	);
}

type Offer = Pick<typeof appointment.$inferSelect, 'startsAt' | 'createdAt' | 'sequence' | 'workshopId'>;

/**
 * When times were offered: ten days before they can no longer be chosen. A seat cannot be taken once its workshop begins: it was
 * offered when it was written; moved since, nobody knows, and it is not said again.
 */
function offeredAt({ startsAt, createdAt, sequence, workshopId, chooseBy }: Offer & { chooseBy: Date }): Date {
	const isCutShort = workshopId !== null && chooseBy.getTime() === startsAt.getTime();
	if (!isCutShort) return daysFrom(chooseBy, -INVITATION_DAYS);
	return sequence === 0 ? createdAt : chooseBy;
}

/** Earlier hours that wait for a word and can be taken: declined, passed on, given to somebody else or closed, they are not. */
async function earlierHours(q: Queries, scope: Scope): Promise<Page> {
	const { id, endsAt } = earlierProposal;
	const rows = await q
		.select(PROPOSED)
		.from(earlierProposal)
		.innerJoin(freedHour, eq(freedHour.id, earlierProposal.freedHourId))
		.innerJoin(appointment, eq(appointment.id, earlierProposal.appointmentId))
		.where(
			and(
				eq(earlierProposal.state, 'open'),
				'ids' in scope ? inArray(id, scope.ids) : gt(endsAt, scope.at),
				eq(appointment.state, 'booked'),
				beyond(scope, endsAt, id),
			),
		)
		.orderBy(asc(endsAt), asc(id))
		.limit(mostOf(scope));
	const free = new Set<string>();
	for (const row of rows) if (await takeable(q, row)) free.add(row.proposal.id);
	return pageOf(
		rows,
		scope,
		({ proposal }) => ({ on: proposal.endsAt, id: proposal.id }),
		({ proposal, own: { personId, territoryId, zone } }) =>
			free.has(proposal.id) ? [earlierPrompt({ ...proposal, personId, territoryId, zone })] : [],
	);
}

async function drafts(q: Queries, scope: Scope): Promise<Page> {
	const { id, updatedAt } = supportRequest;
	const rows = await q
		.select({ id, updatedAt, personId: person.id, ...place })
		.from(supportRequest)
		.innerJoin(person, eq(person.id, supportRequest.personId))
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.where(
			and(
				sql`${supportRequest.status} = 'draft'`,
				'ids' in scope ? inArray(id, scope.ids) : lt(updatedAt, scope.at),
				beyond(scope, updatedAt, id),
			),
		)
		.orderBy(asc(updatedAt), asc(id))
		.limit(mostOf(scope));
	const isSpokenOf = ({ updatedAt }: { updatedAt: Date }) =>
		'ids' in scope ||
		updatedAt >= daysFrom(scope.at, -LAST_NUDGE_DAYS) ||
		updatedAt < daysFrom(scope.at, AHEAD_DAYS - DRAFT_WARNED_DAYS);
	return pageOf(
		rows,
		scope,
		(row) => ({ on: row.updatedAt, id: row.id }),
		(row) => (isSpokenOf(row) ? draftPrompts(row) : []),
	);
}

/** Files without contact for nearly two years, with what the first notice said of them. */
async function closings(q: Queries, scope: Scope): Promise<Page> {
	const { id, lastContactAt } = person;
	const told = alias(reminder, 'told');
	const rows = await q
		.select({ id, personId: id, lastContactAt, closesAt: told.usefulUntil, ...place })
		.from(person)
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.leftJoin(told, eq(told.onceKey, sql`'file_closing:' || ${id} || ':' || ${lastContactAt} || ':30'`))
		.where(
			and(
				'ids' in scope
					? inArray(id, scope.ids)
					: and(lt(lastContactAt, leavingBefore(scope.at)), lt(lastTrace, leavingBefore(scope.at).getTime())),
				beyond(scope, lastContactAt, id),
			),
		)
		.orderBy(asc(lastContactAt), asc(id))
		.limit(mostOf(scope));
	return pageOf(
		rows,
		scope,
		(row) => ({ on: row.lastContactAt, id: row.id }),
		(row) =>
			'ids' in scope
				? closingPrompts({ ...row, at: row.lastContactAt, closesAt: row.closesAt })
				: closingPrompts({ ...row, at: scope.at, closesAt: soonEnough(row.closesAt, scope.at) }),
	);
}

/** Not heard of since: the first notice comes near. */
const leavingBefore = (at: Date) => new Date(daysFrom(at, 30 + AHEAD_DAYS).getTime() - RETENTION_MS);

/** The second notice is looked for when its day comes near. */
const soonEnough = (closesAt: Date | null, at: Date) =>
	closesAt && closesAt <= daysFrom(at, 7 + AHEAD_DAYS) ? closesAt : null;

async function ratings(q: Queries, scope: Scope): Promise<Page> {
	const { id, askedAt, expiresAt } = ratingInvitation;
	const rows = await q
		.select({ id, askedAt, expiresAt, personId: person.id, ...place })
		.from(ratingInvitation)
		.innerJoin(person, eq(person.id, ratingInvitation.personId))
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.where(
			and(
				isNull(ratingInvitation.outcome),
				gt(expiresAt, scope.at),
				'ids' in scope ? inArray(id, scope.ids) : between(askedAt, daysFrom(scope.at, -30), scope.at),
				beyond(scope, askedAt, id),
			),
		)
		.orderBy(asc(askedAt), asc(id))
		.limit(mostOf(scope));
	return pageOf(
		rows,
		scope,
		(row) => ({ on: row.askedAt, id: row.id }),
		(row) => [ratingPrompt(row)],
	);
}

/** Where each kind of prompt is looked for. */
export const PROMPT_SOURCES: Record<Prompt['kind'], (q: Queries, scope: Scope) => Promise<Page>> = {
	step_due: steps,
	paper_due: papers,
	aid_silence: silences,
	invitation: invitations,
	earlier_hour: earlierHours,
	draft_closing: drafts,
	file_closing: closings,
	rating: ratings,
};
