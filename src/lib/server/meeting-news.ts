/** An hour or a meeting was moved or called off by somebody else: what who was to be there is told, from what the journal keeps of it. */
import { and, desc, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Locale } from '../paraglide/runtime.js';
import type { AppointmentState } from '../shared/codes.ts';
import { holders } from './appointments/availability.ts';
import { mondayOf } from './appointments/rules.ts';
import type { Queries } from './db/client.ts';
import { account, appointment, auditEntry, caseGroup, caseGroupMember, followUpMember } from './db/schema/index.ts';
import { membersOf } from './pathway/group-queries.ts';
import { followUpOf } from './people/queries.ts';

/** A week is enough to have read it; once the hour is past, there is nothing to miss. */
const SAID_MS = 7 * 86_400_000;
const MOST = 50;
const GROUP_ACTIONS = ['group.moved', 'group.cancelled', 'group.refused'];
const HOUR_ACTIONS = ['appointment.moved', 'appointment.outcome'];

/** Day and hour alone: neither whom nor what it is about. */
export interface MeetingNews {
	id: string;
	/** Where it stands in their own lists; a path without language. */
	path: string;
	zone: string;
	/** When it was to begin. */
	before: Date;
	/** When it begins now; the same as before: it is shorter, longer or elsewhere. Null: it is off, or goes on without them. */
	after: Date | null;
}

/** What the journal keeps of a move, or of an end (what it was until then), beside who and when. */
type Detail = { startsAt?: string; held?: string[]; from?: AppointmentState };
interface Change {
	id: string;
	zone: string;
	startsAt: Date;
	localDay?: string;
	action: string;
	detail: Record<string, unknown>;
}

function newsOf({ id, zone, startsAt, localDay, action, detail }: Change, isOff = false): MeetingNews {
	const { startsAt: before } = detail as Detail;
	const week = localDay && mondayOf(localDay);
	const hasMoved = !isOff && action.endsWith('.moved');
	return {
		id,
		path: week ? `/pro/agenda?semaine=${week}` : `/pro/groupes/${id}`,
		zone,
		before: before ? new Date(before) : startsAt,
		after: hasMoved ? startsAt : null,
	};
}

const change = { action: auditEntry.action, detail: auditEntry.detail };
const aboutGroup = { ...change, id: caseGroup.id, zone: caseGroup.zone, startsAt: caseGroup.startsAt };
const aboutHour = {
	...change,
	id: appointment.id,
	zone: appointment.zone,
	startsAt: appointment.startsAt,
	localDay: appointment.localDay,
};
/** Times to choose that were called off: nobody had agreed to an hour. */
const wasNoHour = ({ detail }: Pick<Change, 'detail'>): boolean => (detail as Detail).from === 'invited';
/** A seat is one of many: its workshop goes on, and who holds it reads the sheet. */
const isNoSeat = isNull(appointment.workshopId);
/** A move that still holds, or an hour that was called off. */
const groupStands = sql`(${auditEntry.action} = 'group.moved') = (${caseGroup.state} = 'planned')`;
const hourStands = sql`(${auditEntry.action} = 'appointment.moved') = (${appointment.state} = 'booked')`;

/**
 * For the first page: hours and meetings to come that somebody else moved or called off in the last week, the person too, the latest change of
 * each. A refusal is told to those invited alone, its words being on the first page of lead and second; an hour that the person chose is in the diary.
 */
export async function meetingsChanged(q: Queries, accountId: string, now: Date): Promise<MeetingNews[]> {
	const lately = gt(auditEntry.at, new Date(now.getTime() - SAID_MS));
	const columns = { at: auditEntry.at, actorId: auditEntry.actorId };
	const ofGroup = and(eq(auditEntry.subjectId, caseGroup.id), inArray(auditEntry.action, GROUP_ACTIONS), lately);
	const found = [
		...(await q
			.select({ ...aboutGroup, ...columns })
			.from(caseGroupMember)
			.innerJoin(caseGroup, eq(caseGroup.id, caseGroupMember.groupId))
			.innerJoin(auditEntry, ofGroup)
			.where(and(eq(caseGroupMember.accountId, accountId), gt(caseGroup.startsAt, now), groupStands))
			.orderBy(desc(auditEntry.at))
			.limit(MOST)),
		...(await q
			.select({ ...aboutGroup, ...columns })
			.from(followUpMember)
			.innerJoin(caseGroup, eq(caseGroup.personId, followUpMember.personId))
			.innerJoin(auditEntry, and(ofGroup, ne(auditEntry.action, 'group.refused')))
			.where(
				and(
					eq(followUpMember.accountId, accountId),
					isNull(followUpMember.endedAt),
					inArray(followUpMember.part, ['lead', 'second']),
					gt(caseGroup.startsAt, now),
					groupStands,
				),
			)
			.orderBy(desc(auditEntry.at))
			.limit(MOST)),
	];
	for (const part of [appointment.referentId, appointment.secondReferentId])
		found.push(
			...(await q
				.select({ ...aboutHour, ...columns })
				.from(appointment)
				.innerJoin(
					auditEntry,
					and(eq(auditEntry.subjectId, appointment.id), inArray(auditEntry.action, HOUR_ACTIONS), lately),
				)
				.where(and(eq(part, accountId), isNoSeat, gt(appointment.startsAt, now), hourStands))
				.orderBy(desc(auditEntry.at))
				.limit(MOST)),
		);
	const latest = new Map(found.sort((a, b) => a.at.getTime() - b.at.getTime()).map((row) => [row.id, row]));
	return [...latest.values()]
		.filter((row) => row.actorId !== accountId && !wasNoHour(row))
		.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
		.map((row) => newsOf(row));
}

interface Told {
	to: { email: string; locale: Locale };
	news: MeetingNews;
}

/** What one write of this person or professional changed, for each of the others who were to be there and have an address. */
export async function meetingsChangedBy(
	q: Queries,
	{ personId, by, now }: { personId: string; by: { accountId: string }; now: Date },
): Promise<Told[]> {
	const justNow = and(eq(auditEntry.personId, personId), eq(auditEntry.at, now), eq(auditEntry.actorId, by.accountId));
	const groups = await q
		.select(aboutGroup)
		.from(auditEntry)
		.innerJoin(caseGroup, eq(caseGroup.id, auditEntry.subjectId))
		.where(and(justNow, inArray(auditEntry.action, GROUP_ACTIONS)))
		.limit(MOST);
	const hours = await q
		.select({ ...aboutHour, referentId: appointment.referentId, secondReferentId: appointment.secondReferentId })
		.from(auditEntry)
		.innerJoin(appointment, eq(appointment.id, auditEntry.subjectId))
		.where(and(justNow, inArray(auditEntry.action, HOUR_ACTIONS), isNoSeat, gt(appointment.startsAt, now)))
		.limit(MOST);
	const told: Told[] = [];
	const tell = async (accountIds: string[], news: MeetingNews) => {
		const others = accountIds.filter((id) => id !== by.accountId);
		for (const to of await writable(q, others)) told.push({ to, news });
	};
	for (const group of groups) await tell(await expectedAt(q, group.id, personId, group.action), newsOf(group));
	for (const hour of hours.filter((one) => !wasNoHour(one))) {
		const present = holders(hour);
		const { held = present } = hour.detail as Detail;
		// Who it was given to may know nothing of it; who is no longer there would come for nothing.
		await tell(present, newsOf(hour));
		await tell(
			held.filter((id) => !present.includes(id)),
			newsOf(hour, true),
		);
	}
	return told;
}

/** Those invited, and lead and second but for a refusal, which they read themselves. */
async function expectedAt(q: Queries, groupId: string, personId: string, action: string): Promise<string[]> {
	const invited = await membersOf(q, groupId);
	const pair =
		action === 'group.refused' ? [] : (await followUpOf(q, personId)).filter(({ part }) => part !== 'member');
	return [...new Set([...invited.map(({ id }) => id), ...pair.map(({ accountId }) => accountId)])];
}

/** Professionals who work here and have an address, in their language. */
async function writable(q: Queries, ids: string[]): Promise<Told['to'][]> {
	if (ids.length === 0) return [];
	const rows = await q
		.select({ email: account.email, locale: account.locale })
		.from(account)
		.where(and(inArray(account.id, ids), eq(account.status, 'active')))
		.orderBy(account.id)
		.limit(MOST);
	return rows.flatMap(({ email, locale }) => (email ? [{ email, locale: locale as Locale }] : []));
}
