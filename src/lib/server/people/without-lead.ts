import { and, asc, desc, eq, exists, inArray, isNotNull, isNull, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { TAKEN_REQUEST_STATUSES } from '../../shared/codes.ts';
import type { Queries } from '../db/client.ts';
import { isOneOf } from '../db/prepared.ts';
import {
	account,
	checkIn,
	followUpMember,
	municipality,
	need,
	pathway,
	person,
	step,
	supportRequest,
} from '../db/schema/index.ts';
import { whileUnchanged } from '../db/unchanged.ts';
import { openMember } from './caseload.ts';
import { isStuck } from './unheard.ts';
import { needSent } from './waiting-requests.ts';

const lead = alias(followUpMember, 'lead');
/** Shown to be worked through; the next ones come up as these are settled. */
const MAX_ORPHANS = 50;

/**
 * People whose help goes on and whom nobody leads: the professional was disabled, or ended the follow-up. Names only, and whether they
 * ask for something that nobody reads now, these first: the coordinator gives each to somebody. Each of the two is looked for from
 * its own end, so that nobody else's file is read.
 */
export const peopleWithoutLead = async (q: Queries, territoryId: string): Promise<Orphans> =>
	whileUnchanged(q, JSON.stringify(['orphans', territoryId]), () => findOrphans(q, territoryId));

async function findOrphans(q: Queries, territoryId: string): Promise<Orphans> {
	const asks = sql<boolean>`(${asksForHelp(q)})`.mapWith(Boolean);
	const columns = {
		id: person.id,
		firstName: person.firstName,
		lastName: person.lastName,
		commune: municipality.name,
		lastContactAt: person.lastContactAt,
		asks,
		/** Before the limit. */
		total: sql<number>`count(*) OVER ()`,
	};
	// Not the person's index: it would lead, and read everybody. A lead is of the same territory (commands.ts); who moved is not.
	const livesHere = sql`+${person.territoryId} = ${territoryId}`;
	const disabled = await q
		.select(columns)
		.from(account)
		.innerJoin(followUpMember, eq(followUpMember.accountId, account.id))
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				eq(account.territoryId, territoryId),
				inArray(account.role, ['referent', 'coordinator']),
				eq(account.status, 'disabled'),
				openMember,
				eq(followUpMember.part, 'lead'),
				livesHere,
				helpGoesOn(q),
			),
		)
		.orderBy(desc(asks), asc(person.lastContactAt))
		.limit(MAX_ORPHANS);
	const ended = await q
		.select(columns)
		.from(account)
		.innerJoin(followUpMember, eq(followUpMember.accountId, account.id))
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(
			and(
				sql`${followUpMember.endedAt} IS NOT NULL AND ${followUpMember.part} = 'lead'`,
				eq(account.territoryId, territoryId),
				livesHere,
				// Without it, the accounts of all the people of the territory are gone through.
				inArray(account.role, ['referent', 'coordinator']),
				notExists(
					q
						.select({ one: sql`1` })
						.from(lead)
						.where(and(eq(lead.personId, followUpMember.personId), isNull(lead.endedAt), eq(lead.part, 'lead'))),
				),
				helpGoesOn(q),
			),
		)
		// Led more than once.
		.groupBy(person.id)
		.orderBy(desc(asks), asc(person.lastContactAt))
		.limit(MAX_ORPHANS);
	const first = [...disabled, ...ended].sort((a, b) => Number(b.asks) - Number(a.asks)).slice(0, MAX_ORPHANS);
	return {
		people: first.map(({ total: _, ...row }) => row),
		total: (disabled[0]?.total ?? 0) + (ended[0]?.total ?? 0),
	};
}

export interface Orphans {
	/** Those to work through first. */
	people: Orphan[];
	/** Of all of them. */
	total: number;
}

export interface Orphan {
	id: string;
	firstName: string;
	lastName: string;
	commune: string | null;
	lastContactAt: Date;
	/** A need nobody has begun, « je n’y arrive pas », « j’attends toujours », a call asked for, a promise of who left: not what about. */
	asks: boolean;
}

const wasTaken = isOneOf(supportRequest.status, TAKEN_REQUEST_STATUSES);

/** A request that was taken, or a pathway: one may go on without the other. */
const helpGoesOn = (q: Queries) =>
	or(
		exists(
			q
				.select({ one: sql`1` })
				.from(supportRequest)
				.where(and(eq(supportRequest.personId, person.id), wasTaken)),
		),
		exists(
			q
				.select({ one: sql`1` })
				.from(pathway)
				.where(and(eq(pathway.personId, person.id), isNull(pathway.endedAt))),
		),
	);

const owner = alias(account, 'owner');
const ownerLine = alias(followUpMember, 'owner_line');
/** Who said they would do this step works here and follows the person. */
const stillThere = (q: Queries) =>
	q
		.select({ one: sql`1` })
		.from(ownerLine)
		.innerJoin(owner, eq(owner.id, ownerLine.accountId))
		.where(
			and(
				eq(ownerLine.personId, step.personId),
				eq(ownerLine.accountId, step.ownerAccountId),
				isNull(ownerLine.endedAt),
				eq(owner.status, 'active'),
			),
		);

const asksForHelp = (q: Queries) => {
	const open = and(eq(pathway.personId, person.id), isNull(pathway.endedAt));
	return or(
		exists(
			q
				.select({ one: sql`1` })
				.from(need)
				.innerJoin(supportRequest, and(eq(supportRequest.id, need.requestId), wasTaken))
				.where(and(eq(need.personId, person.id), eq(need.status, 'open'), notExists(needSent(q)))),
		),
		exists(
			q
				.select({ one: sql`1` })
				.from(pathway)
				.where(and(open, isNotNull(pathway.stillWaitingAt))),
		),
		exists(
			q
				.select({ one: sql`1` })
				.from(step)
				.where(and(eq(step.personId, person.id), isStuck)),
		),
		exists(
			q
				.select({ one: sql`1` })
				.from(checkIn)
				.innerJoin(pathway, and(eq(pathway.id, checkIn.pathwayId), open))
				.where(
					and(eq(checkIn.personId, person.id), isNull(checkIn.handledAt), inArray(checkIn.answer, ['call', 'hard'])),
				),
		),
		// Among what who left had promised are the calls they were to make (evaluation's `requestCall`).
		exists(
			q
				.select({ one: sql`1` })
				.from(step)
				.innerJoin(pathway, and(eq(pathway.id, step.pathwayId), open))
				.where(
					and(
						eq(step.personId, person.id),
						eq(step.owner, 'referent'),
						inArray(step.state, ['planned', 'in_progress', 'waiting']),
						notExists(stillThere(q)),
					),
				),
		),
	)!;
};
