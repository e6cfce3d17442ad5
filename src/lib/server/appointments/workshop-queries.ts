import { and, asc, eq, gt, gte, inArray, isNull, lt, notInArray, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { account, appointment, followUpMember, person, workshop } from '../db/schema/index.ts';
import { followedBy } from '../people/queries.ts';
import { notFound } from '../platform/errors.ts';
import { readNote } from './answers.ts';
import { endOfAway, isAway, type DaysAway } from './availability-rules.ts';
import { DAY_MS } from './rules.ts';
import { workshopRow } from './workshops.ts';

const MOST = 100;
const MOST_PEOPLE = 500;
/** How far back an attendance sheet that is not filled is asked for. */
const UNSETTLED_DAYS = 90;

const seats = sql`SELECT count(*) FROM appointment a WHERE a.workshop_id = ${workshop.id}`;
/** Who came and who did not had a seat too. */
const taken = sql<number>`(${seats} AND a.state IN ('booked', 'seen', 'noshow'))`;
/** Of whom nobody said yet whether they came, once it began. */
const unsaid = sql<number>`(${seats} AND a.state = 'booked')`;
const rows = (q: Queries) =>
	q
		.select({ workshop, hostName: account.displayName, taken, unsaid })
		.from(workshop)
		.innerJoin(account, eq(account.id, workshop.referentId));
type Row = Awaited<ReturnType<typeof rows>>[number];
const opened = ({ workshop: row, hostName, taken: count, unsaid: left }: Row) => ({
	...row,
	hostName,
	taken: count,
	unsaid: left,
	seatsLeft: Math.max(0, row.seats - count),
});
export type WorkshopView = ReturnType<typeof opened>;

/** Workshops of the territory that are still to begin, soonest first. */
export async function comingWorkshops(q: Queries, territoryId: string, now: Date): Promise<WorkshopView[]> {
	const found = await rows(q)
		.where(and(eq(workshop.territoryId, territoryId), gt(workshop.startsAt, now), isNull(workshop.cancelledAt)))
		.orderBy(asc(workshop.startsAt))
		.limit(MOST);
	return found.map(opened);
}

/** A professional's own between two instants, cancelled ones left out. */
export async function workshopsOf(q: Queries, accountId: string, from: Date, to: Date): Promise<WorkshopView[]> {
	const found = await rows(q)
		.where(
			and(
				eq(workshop.referentId, accountId),
				gte(workshop.startsAt, from),
				lt(workshop.startsAt, to),
				isNull(workshop.cancelledAt),
			),
		)
		.orderBy(asc(workshop.startsAt))
		.limit(MOST);
	return found.map(opened);
}

/** Begun, and somebody's attendance is not said yet: they come back each morning. */
export async function unsettledWorkshops(q: Queries, accountId: string, now: Date): Promise<WorkshopView[]> {
	const found = await workshopsOf(q, accountId, new Date(now.getTime() - UNSETTLED_DAYS * DAY_MS), now);
	return found.filter(({ unsaid: left }) => left > 0);
}

/** A professional's own to come on days (`YYYY-MM-DD`, both included) they are away. */
export async function workshopsWhileAway(
	q: Queries,
	accountId: string,
	away: DaysAway[],
	now: Date,
): Promise<WorkshopView[]> {
	const end = endOfAway(away);
	const found = end ? await workshopsOf(q, accountId, now, end) : [];
	return found.filter(({ localDay }) => isAway(localDay, away));
}

/**
 * One workshop, for professionals of its territory. Who holds it sees everybody who takes part; the others, the people they follow.
 * @throws DomainError `not_found`
 */
export async function workshopFor(
	q: Queries,
	viewer: { accountId: string; territoryId: string },
	id: string,
	now: Date,
): Promise<{ workshop: WorkshopView; isHost: boolean; participants: Participant[] }> {
	const [row] = await rows(q)
		.where(and(eq(workshop.id, id), eq(workshop.territoryId, viewer.territoryId)))
		.limit(1);
	if (!row) throw notFound();
	const isHost = row.workshop.referentId === viewer.accountId;
	const all = await participantsOf(q, id);
	if (isHost) return { workshop: opened(row), isHost, participants: all };
	const followed = await followedAmong(q, viewer.accountId, all, now);
	return { workshop: opened(row), isHost, participants: all.filter(({ personId }) => followed.has(personId)) };
}

export type Participant = Awaited<ReturnType<typeof participantsOf>>[number];

async function participantsOf(q: Queries, workshopId: string) {
	const found = await q
		.select({ appointment, firstName: person.firstName, lastName: person.lastName })
		.from(appointment)
		.innerJoin(person, eq(person.id, appointment.personId))
		.where(eq(appointment.workshopId, workshopId))
		.orderBy(asc(person.lastName), asc(person.firstName), asc(appointment.id))
		.limit(MOST_PEOPLE);
	return found.map(({ appointment: row, ...names }) => {
		const { id, personId, state, answer, startsAt, endsAt } = row;
		return { id, personId, state, answer, startsAt, endsAt, note: readNote(row), ...names };
	});
}

async function followedAmong(
	q: Queries,
	accountId: string,
	people: { personId: string }[],
	now: Date,
): Promise<Set<string>> {
	if (people.length === 0) return new Set();
	const ids = people.map(({ personId }) => personId);
	const members = await q
		.select({ personId: followUpMember.personId })
		.from(followUpMember)
		.where(and(followedBy(accountId, now), inArray(followUpMember.personId, ids)))
		.limit(MOST_PEOPLE);
	return new Set(members.map(({ personId }) => personId));
}

/** Of these participants, whose presence may be said by this professional: all of who holds the workshop. @throws DomainError `not_found` */
export async function participantsToSettle(q: Queries, accountId: string, workshopId: string): Promise<Participant[]> {
	const { referentId } = await workshopRow(q, workshopId);
	if (referentId !== accountId) throw notFound();
	return participantsOf(q, workshopId);
}

/** People this professional follows who have neither a seat nor an invitation, by name. */
export async function peopleToSeat(q: Queries, accountId: string, workshopId: string, now: Date) {
	const inIt = q
		.select({ personId: appointment.personId })
		.from(appointment)
		.where(and(eq(appointment.workshopId, workshopId), inArray(appointment.state, ['invited', 'booked'])));
	return q
		.selectDistinct({ id: person.id, firstName: person.firstName, lastName: person.lastName })
		.from(followUpMember)
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.where(and(followedBy(accountId, now), notInArray(person.id, inIt)))
		.orderBy(asc(person.lastName), asc(person.firstName), asc(person.id))
		.limit(MOST_PEOPLE);
}
