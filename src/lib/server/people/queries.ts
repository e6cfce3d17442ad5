import { and, asc, count, desc, eq, gt, isNull, or, sql, type Placeholder } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Queries } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import {
	account,
	auditEntry,
	exceptionalOpening,
	followUpMember,
	municipality,
	person,
	structure,
} from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { notFound } from '../platform/errors.ts';
import { unseal, unsealNullable } from '../platform/sealing.ts';
import { accessTo, follows, type Access } from './rules.ts';

export type PersonRow = typeof person.$inferSelect;

const personRow = prepared((q) =>
	q
		.select()
		.from(person)
		.where(eq(person.id, sql.placeholder('personId')))
		.limit(1)
		.prepare(),
);

/** The record itself. @throws DomainError `not_found` */
export async function personOf(q: Queries, personId: string): Promise<PersonRow> {
	const [row] = await personRow(q).execute({ personId });
	if (!row) throw notFound();
	return row;
}

const openLine = (personId: string | Placeholder) =>
	and(eq(followUpMember.personId, personId), isNull(followUpMember.endedAt));

/** Not past its day at `now`. */
export const stillRuns = (now: Date) => or(isNull(followUpMember.endsAt), gt(followUpMember.endsAt, now));

/** Lines by which a professional follows people at `now`: neither ended nor past their day, whether a tick noticed it or not. */
export const followedBy = (accountId: string, now: Date) =>
	and(eq(followUpMember.accountId, accountId), isNull(followUpMember.endedAt), stillRuns(now));

/** The open line of a professional in a person's follow-up, if there is one that still runs. */
export async function findMembership(q: Queries, personId: string, accountId: string, now = new Date()) {
	const [row] = await q
		.select({ id: followUpMember.id, part: followUpMember.part, themes: followUpMember.themes })
		.from(followUpMember)
		.where(and(openLine(personId), eq(followUpMember.accountId, accountId), stillRuns(now)))
		.limit(1);
	return row;
}

/** Until when this professional sees a file they do not follow, because they gave a reason; undefined: not at all. */
export async function findExceptional(q: Queries, personId: string, accountId: string, now: Date) {
	const [row] = await q
		.select({ endsAt: exceptionalOpening.endsAt })
		.from(exceptionalOpening)
		.where(
			and(
				eq(exceptionalOpening.accountId, accountId),
				gt(exceptionalOpening.endsAt, now),
				eq(exceptionalOpening.personId, personId),
			),
		)
		.orderBy(desc(exceptionalOpening.endsAt))
		.limit(1);
	return row;
}

/** What a professional may see of a person; `themes` null means all of them. */
export interface PersonFile {
	access: Access;
	/** Themes of the needs and steps shown; null: all. Empty for the coordinator. */
	themes: string[] | null;
	/** Until when, for who opened the file without following the person. */
	until: Date | null;
	person: {
		id: string;
		territoryId: string;
		firstName: string;
		lastName: string;
		commune: string | null;
		inseeCode: string | null;
		locale: string;
		lastContactAt: Date;
		createdAt: Date;
		/** The rest is null for the coordinator. */
		birthDate: string | null;
		email: string | null;
		phone: string | null;
		contactConfirmedAt: Date | null;
		household: PersonRow['household'];
		childrenCount: number | null;
		channelOrder: PersonRow['channelOrder'];
	};
}

/**
 * THE access rule for professionals (domain.md §7.2): lead, second or member of an open follow-up; for an hour, who gave a
 * reason (exceptional.ts); the coordinator of the territory gets who it is and the delays, without contact, household or needs.
 * @throws DomainError `not_found` for everybody else, as when the person does not exist
 */
export async function getPersonFor(
	q: Queries,
	viewer: Pick<SignedIn, 'accountId' | 'role' | 'territoryId'>,
	personId: string,
	now = new Date(),
): Promise<PersonFile> {
	const [row] = await q
		.select({ person, commune: municipality.name })
		.from(person)
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.where(eq(person.id, personId))
		.limit(1);
	if (!row) throw notFound();
	const { accountId } = viewer;
	const membership = await findMembership(q, personId, accountId, now);
	const opening = membership ? undefined : await findExceptional(q, personId, accountId, now);
	const given = accessTo(row.person, viewer, membership, opening);
	if (!given) throw notFound();
	const { id, territoryId, firstName, lastName, inseeCode, locale, lastContactAt, createdAt } = row.person;
	const identity = { id, territoryId, firstName, lastName, inseeCode, locale, lastContactAt, createdAt };
	const shown = SHOWN[given.access](row.person);
	return { ...given, person: { ...identity, commune: row.commune, ...shown } };
}

const NOTHING_MORE = {
	birthDate: null,
	email: null,
	phone: null,
	contactConfirmedAt: null,
	household: null,
	childrenCount: null,
	channelOrder: [],
};

/** Who it is and how to reach them. */
const contactOf = (row: PersonRow) => ({
	...NOTHING_MORE,
	birthDate: row.birthDate,
	email: row.email,
	phone: row.phone,
	contactConfirmedAt: row.contactConfirmedAt,
	channelOrder: row.channelOrder,
});

const wholeOf = (row: PersonRow) => ({
	...contactOf(row),
	household: row.household,
	childrenCount: row.childrenCount,
});

/** The family is no matter of a member of one theme, nor of who opens a file in haste. */
const SHOWN: Record<Access, (row: PersonRow) => typeof NOTHING_MORE | ReturnType<typeof wholeOf>> = {
	lead: wholeOf,
	second: wholeOf,
	member: contactOf,
	exceptional: contactOf,
	coordinator: () => NOTHING_MORE,
};

/**
 * As `getPersonFor`, for pages and acts of those who follow the person: neither the coordinator, nor who opened the file
 * without following it. @throws DomainError `not_found`
 */
export async function getFollowedPerson(
	q: Queries,
	viewer: Pick<SignedIn, 'accountId' | 'role' | 'territoryId'>,
	personId: string,
	now = new Date(),
): Promise<PersonFile> {
	const file = await getPersonFor(q, viewer, personId, now);
	if (!follows(file.access)) throw notFound();
	return file;
}

const followUpRows = prepared((q) =>
	q
		.select({
			id: followUpMember.id,
			accountId: followUpMember.accountId,
			part: followUpMember.part,
			themes: followUpMember.themes,
			startedAt: followUpMember.startedAt,
			endsAt: followUpMember.endsAt,
			name: account.displayName,
			phone: account.phone,
			email: account.email,
			side: account.side,
			active: sql<boolean>`${account.status} = 'active'`.mapWith(Boolean),
			structureId: structure.id,
			structureName: structure.name,
			structurePhone: structure.phone,
		})
		.from(followUpMember)
		.innerJoin(account, eq(account.id, followUpMember.accountId))
		.innerJoin(structure, eq(structure.id, followUpMember.structureId))
		.where(openLine(sql.placeholder('personId')))
		.orderBy(asc(account.displayName))
		.limit(50)
		.prepare(),
);

/** Who follows the person now: lead first, then the second, then members by name. */
export async function followUpOf(q: Queries, personId: string) {
	const rows = await followUpRows(q).execute({ personId });
	const order = ['lead', 'second', 'member'];
	return rows.sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
}
/**
 * The same for a page: without a guest whose last day is over, whom `endPastMembers` takes off within the hour and whom the
 * file is closed to already.
 */
export const followersNow = async (q: Queries, personId: string, now: Date) =>
	(await followUpOf(q, personId)).filter(({ endsAt }) => endsAt === null || endsAt > now);
export type FollowUpMember = Awaited<ReturnType<typeof followUpOf>>[number];

export const reasonPlace = (memberId: string) => `follow_up_member.reason_sealed:${memberId}`;

/** Everybody who follows or followed the person, the latest first: for their own copy of their data. */
export async function followUpHistory(q: Queries, personId: string) {
	const rows = await q
		.select({
			id: followUpMember.id,
			accountId: followUpMember.accountId,
			name: account.displayName,
			structureName: structure.name,
			part: followUpMember.part,
			themes: followUpMember.themes,
			startedAt: followUpMember.startedAt,
			endsAt: followUpMember.endsAt,
			endedAt: followUpMember.endedAt,
			reasonSealed: followUpMember.reasonSealed,
		})
		.from(followUpMember)
		.innerJoin(account, eq(account.id, followUpMember.accountId))
		.innerJoin(structure, eq(structure.id, followUpMember.structureId))
		.where(eq(followUpMember.personId, personId))
		.orderBy(desc(followUpMember.startedAt))
		.limit(WHOLE);
	return rows.map(({ id, reasonSealed, ...row }) => ({
		...row,
		reason: unsealNullable(reasonPlace(id), reasonSealed),
	}));
}

export const addressOf = ({ id, addressSealed }: PersonRow) =>
	unsealNullable(`person.address_sealed:${id}`, addressSealed);

/** Why each guest follows the person, by the id of their line; those before it was asked said nothing. For the person, lead and second. */
export async function reasonsToFollow(q: Queries, personId: string): Promise<Map<string, string>> {
	const rows = await q
		.select({ id: followUpMember.id, reasonSealed: followUpMember.reasonSealed })
		.from(followUpMember)
		.where(and(openLine(personId), eq(followUpMember.part, 'member')))
		.limit(50);
	return new Map(
		rows.flatMap(({ id, reasonSealed }) => (reasonSealed ? [[id, unseal(reasonPlace(id), reasonSealed)]] : [])),
	);
}

/** The lead referent (référent unique), or undefined while nobody leads: nobody was named, or who was works here no more. */
export async function leadOf(q: Queries, personId: string): Promise<FollowUpMember | undefined> {
	const members = await followUpOf(q, personId);
	return members.find(({ part, active }) => part === 'lead' && active);
}

/** People a professional leads now: what the territory's limit counts. */
export async function caseloadCount(q: Queries, accountId: string): Promise<number> {
	const [row] = await q
		.select({ people: count() })
		.from(followUpMember)
		.where(
			and(eq(followUpMember.accountId, accountId), isNull(followUpMember.endedAt), eq(followUpMember.part, 'lead')),
		);
	return row!.people;
}

const HOUR_MS = 3_600_000;

/** Whether this professional's opening of this part of the file was written less than an hour ago. */
export async function openedRecently(
	q: Queries,
	{ accountId, personId, part, now }: { accountId: string; personId: string; part: string; now: Date },
): Promise<boolean> {
	const rows = await q
		.select({ detail: auditEntry.detail })
		.from(auditEntry)
		.where(
			and(
				eq(auditEntry.personId, personId),
				gt(auditEntry.at, new Date(now.getTime() - HOUR_MS)),
				eq(auditEntry.action, 'person.opened'),
				eq(auditEntry.actorId, accountId),
			),
		)
		// Each part is there once.
		.limit(20);
	return rows.some(({ detail }) => detail.part === part);
}
