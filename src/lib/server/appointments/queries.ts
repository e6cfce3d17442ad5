import { and, desc, eq, getTableColumns, gt, gte, inArray, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { isPersonsTurn } from '../../shared/answers.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Queries } from '../db/client.ts';
import { given, is, prepared, preparedByShape } from '../db/prepared.ts';
import { account, appointment, followUpMember, person, structure, workshop } from '../db/schema/index.ts';
import { getPersonFor } from '../people/queries.ts';
import { follows } from '../people/rules.ts';
import { notFound } from '../platform/errors.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { readNote } from './answers.ts';
import { endOfAway, isAway, type DaysAway } from './availability-rules.ts';
import { DAY_MS, INVITATION_DAYS, LONGEST_MINUTES } from './rules.ts';
import { freeSlots } from './slots.ts';

/** How far back an outcome that was never said is asked for. */
const UNSETTLED_DAYS = 90;
/** A list on one page. */
const MOST = 100;

const second = alias(account, 'second');

const rows = (q: Queries) =>
	q
		.select({
			...getTableColumns(appointment),
			referentName: account.displayName,
			/** The other professional, of a meeting held by two. */
			secondName: second.displayName,
			/** What the workshop is called, when it is one. */
			title: workshop.title,
			structureName: structure.name,
			structurePhone: structure.phone,
			firstName: person.firstName,
			lastName: person.lastName,
		})
		.from(appointment)
		.innerJoin(account, eq(account.id, appointment.referentId))
		.innerJoin(structure, eq(structure.id, appointment.structureId))
		.innerJoin(person, eq(person.id, appointment.personId))
		.leftJoin(second, eq(second.id, appointment.secondReferentId))
		.leftJoin(workshop, eq(workshop.id, appointment.workshopId));
type Row = Awaited<ReturnType<typeof rows>>[number];

function opened(row: Row) {
	const { toBringSealed, convocationReasonSealed, answerNoteSealed: _sealed, ...plain } = row;
	return {
		...plain,
		/** The number that answers about it. */
		phone: row.phone ?? row.structurePhone,
		toBring: unsealNullable(`appointment.to_bring_sealed:${row.id}`, toBringSealed),
		answerNote: readNote(row),
		/** Why the first contact was imposed, when it was. */
		convocationReason: unsealNullable(`appointment.convocation_reason_sealed:${row.id}`, convocationReasonSealed),
	};
}
export type AppointmentView = ReturnType<typeof opened>;

/** What the person's own cards show of it. */
export const onCard = ({
	id,
	sequence,
	startsAt,
	zone,
	mode,
	placeName,
	address,
	answer,
	answerNote,
}: AppointmentView) => ({
	...{ id, sequence, startsAt, zone, mode, placeName, address, answer },
	callBack: answerNote?.callBack,
});
/** What the person's own cards show of an invitation to choose a time, or a seat. */
export const toChoose = ({ id, chooseBy, zone, workshopId, title }: AppointmentView) => ({
	...{ id, chooseBy, zone, workshopId, title },
});

/** An appointment begun before this may still be going on. */
const longestAgo = (now: Date) => new Date(now.getTime() - LONGEST_MINUTES * 60_000);

const ofPerson = eq(appointment.personId, sql.placeholder('personId'));

const nextRow = prepared((q) =>
	rows(q)
		.where(
			and(
				ofPerson,
				gt(appointment.startsAt, given(appointment.startsAt, 'after')),
				is(appointment.state, 'booked'),
				gt(appointment.endsAt, given(appointment.endsAt, 'now')),
			),
		)
		.orderBy(appointment.startsAt)
		.limit(1)
		.prepare(),
);

/** The person's next booked appointment, the one going on included. */
export async function nextAppointment(q: Queries, personId: string, now: Date): Promise<AppointmentView | undefined> {
	const [row] = await nextRow(q).execute({ personId, now, after: longestAgo(now) });
	return row && opened(row);
}

/** More choices than anybody was ever asked to make at once. */
const MOST_CHOICES = 10;
const invitationRows = prepared((q) =>
	rows(q)
		.where(
			and(
				ofPerson,
				gt(appointment.startsAt, given(appointment.startsAt, 'after')),
				is(appointment.state, 'invited'),
				eq(appointment.answer, 'none'),
				gt(appointment.chooseBy, given(appointment.chooseBy, 'now')),
			),
		)
		.orderBy(appointment.startsAt)
		.limit(MOST_CHOICES)
		.prepare(),
);

/** What the person has to choose a time for: the first of which times are left. */
export async function openInvitation(q: Queries, personId: string, now: Date): Promise<AppointmentView | undefined> {
	const after = new Date(now.getTime() - INVITATION_DAYS * DAY_MS);
	for (const row of await invitationRows(q).execute({ personId, now, after }))
		if ((await freeSlots(q, row.id, now, 1)).length > 0) return opened(row);
	return undefined;
}

const personRows = preparedByShape((q, { limit }: { limit: number }) =>
	rows(q).where(ofPerson).orderBy(desc(appointment.startsAt)).limit(limit).prepare(),
);

/** The person's appointments, latest first; no further than pages show, unless a `limit` says so. */
export async function listAppointments(q: Queries, personId: string, limit = MOST): Promise<AppointmentView[]> {
	const found = await personRows(q, { limit }).execute({ personId });
	return found.map(opened);
}

/** The last three times the person did not come: facts, and nothing drawn from them. */
export async function lastAbsences(q: Queries, personId: string) {
	return q
		.select({ startsAt: appointment.startsAt, zone: appointment.zone, reason: appointment.absenceReason })
		.from(appointment)
		.where(and(eq(appointment.personId, personId), is(appointment.state, 'noshow')))
		.orderBy(desc(appointment.startsAt))
		.limit(3);
}

/**
 * One appointment, for the person it is with or for a professional who follows them; a plain member of the follow-up sees
 * their own only.
 * @throws DomainError `not_found`
 */
export async function getAppointmentFor(
	q: Queries,
	viewer: Pick<SignedIn, 'accountId' | 'role' | 'territoryId' | 'personId'>,
	id: string,
): Promise<AppointmentView> {
	const [row] = await rows(q).where(eq(appointment.id, id)).limit(1);
	if (!row) throw notFound();
	if (viewer.role === 'beneficiary') {
		if (row.personId !== viewer.personId) throw notFound();
		return opened(row);
	}
	const { access } = await getPersonFor(q, viewer, row.personId);
	const { referentId, secondReferentId } = row;
	const mine = referentId === viewer.accountId || secondReferentId === viewer.accountId;
	if (!follows(access) || (access === 'member' && !mine)) throw notFound();
	return opened(row);
}

/**
 * One that began, to say how it ended: whoever held it may, though they no longer follow the person (they left the follow-up,
 * the person moved); else whoever may see it. Only what saying it needs.
 * @throws DomainError `not_found`
 */
export async function getAppointmentToSettle(
	q: Queries,
	viewer: Pick<SignedIn, 'accountId' | 'role' | 'territoryId' | 'personId'>,
	id: string,
	now: Date,
): Promise<Pick<AppointmentView, 'id' | 'personId' | 'startsAt' | 'sequence'>> {
	const [row] = await q
		.select({
			id: appointment.id,
			personId: appointment.personId,
			startsAt: appointment.startsAt,
			sequence: appointment.sequence,
		})
		.from(appointment)
		.where(
			and(
				eq(appointment.id, id),
				lt(appointment.startsAt, now),
				or(eq(appointment.referentId, viewer.accountId), eq(appointment.secondReferentId, viewer.accountId)),
			),
		)
		.limit(1);
	return row ?? getAppointmentFor(q, viewer, id);
}

/**
 * What the professional leads or seconds, earliest first; the participants of a workshop are behind it, not one by one. Two reads:
 * an index for each, and no sorting of what is not shown.
 */
async function heldBy(q: Queries, accountId: string, which: SQL[], most: number): Promise<AppointmentView[]> {
	const found: Row[] = [];
	for (const part of [appointment.referentId, appointment.secondReferentId])
		found.push(
			...(await rows(q)
				.where(and(eq(part, accountId), isNull(appointment.workshopId), ...which))
				.orderBy(appointment.startsAt)
				.limit(most)),
		);
	const inOrder = found.sort((one, other) => one.startsAt.getTime() - other.startsAt.getTime());
	return inOrder.slice(0, most).map(opened);
}

/** A professional's appointments that stand or stood between two instants, earliest first. */
export const agenda = (q: Queries, accountId: string, from: Date, to: Date): Promise<AppointmentView[]> =>
	heldBy(
		q,
		accountId,
		[gte(appointment.startsAt, from), lt(appointment.startsAt, to), ne(appointment.state, 'invited')],
		200,
	);

/** The professional's booked hours to come on days (`YYYY-MM-DD`, both included) they are away: somebody would come for nothing. */
export async function bookedWhileAway(q: Queries, accountId: string, away: DaysAway[], now: Date) {
	const end = endOfAway(away);
	if (!end) return [];
	const found = await agenda(q, accountId, now, end);
	return found.filter(({ state, localDay }) => state === 'booked' && isAway(localDay, away));
}

/**
 * Booked hours to come that somebody who works here no more holds or seconds, earliest first: for the coordinator, who gives the
 * person to somebody or has the hour moved. Who, when and with whom, nothing of what about.
 */
export async function heldByNobody(q: Queries, territoryId: string, now: Date) {
	const found: OrphanHour[] = [];
	for (const part of [appointment.referentId, appointment.secondReferentId])
		found.push(
			...(await q
				.select({
					id: appointment.id,
					personId: appointment.personId,
					firstName: person.firstName,
					lastName: person.lastName,
					startsAt: appointment.startsAt,
					zone: appointment.zone,
					withName: account.displayName,
				})
				.from(account)
				.innerJoin(appointment, eq(part, account.id))
				.innerJoin(person, eq(person.id, appointment.personId))
				.where(
					and(
						eq(account.territoryId, territoryId),
						inArray(account.role, ['referent', 'coordinator']),
						is(account.status, 'disabled'),
						gt(appointment.startsAt, now),
						is(appointment.state, 'booked'),
						// The plus: who is disabled leads, not everybody of the territory. Who moved away is seen there no more.
						sql`+${person.territoryId} = ${territoryId}`,
					),
				)
				.orderBy(appointment.startsAt)
				.limit(MOST)),
		);
	return found.sort((one, other) => one.startsAt.getTime() - other.startsAt.getTime()).slice(0, MOST);
}
interface OrphanHour {
	id: string;
	personId: string;
	firstName: string;
	lastName: string;
	startsAt: Date;
	zone: string;
	/** Who is no longer there. */
	withName: string;
}

/**
 * Booked hours to come of a person with somebody who follows them, earliest first: what is decided about when that ends. A seat at
 * a workshop is theirs, whoever follows them.
 */
export async function bookedInFollowUp(q: Queries, personId: string, now: Date) {
	const { id, sequence, startsAt, zone, referentId, secondReferentId } = appointment;
	return q
		.selectDistinct({ id, sequence, startsAt, zone, withName: account.displayName })
		.from(appointment)
		.innerJoin(account, eq(account.id, referentId))
		.innerJoin(
			followUpMember,
			and(
				eq(followUpMember.personId, appointment.personId),
				isNull(followUpMember.endedAt),
				or(eq(followUpMember.accountId, referentId), eq(followUpMember.accountId, secondReferentId)),
			),
		)
		.where(
			and(
				eq(appointment.personId, personId),
				is(appointment.state, 'booked'),
				gt(startsAt, now),
				isNull(appointment.workshopId),
			),
		)
		.orderBy(startsAt)
		.limit(MOST);
}

/** Begun, and nobody said yet how it ended: they come back each morning. */
export function listUnsettled(q: Queries, accountId: string, now: Date): Promise<AppointmentView[]> {
	const since = new Date(now.getTime() - UNSETTLED_DAYS * DAY_MS);
	const which = [gt(appointment.startsAt, since), lt(appointment.startsAt, now), is(appointment.state, 'booked')];
	return heldBy(q, accountId, which, 50);
}

/**
 * What a professional must act on: an hour to come that the person cannot keep or needs help for, and an invitation none of whose
 * times suit, until others are offered. While other times wait to be chosen it is the person's turn.
 */
export async function listToRearrange(q: Queries, accountId: string, now: Date): Promise<AppointmentView[]> {
	const booked = [
		gt(appointment.startsAt, now),
		is(appointment.state, 'booked'),
		inArray(appointment.answer, ['cannot', 'needs_help']),
	];
	// Its hour is only the first one that was offered: that it passed changes nothing.
	const invited = [is(appointment.state, 'invited'), eq(appointment.answer, 'cannot')];
	const found = [...(await heldBy(q, accountId, invited, 50)), ...(await heldBy(q, accountId, booked, 50))];
	return found.filter((row) => row.state === 'invited' || !isPersonsTurn(row, now));
}
