import { and, asc, desc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Queries } from '../db/client.ts';
import { given, is, preparedByShape } from '../db/prepared.ts';
import { account, caseGroup, caseGroupMember, followUpMember, pathway, person, structure } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { findMembership } from '../people/queries.ts';
import { notFound } from '../platform/errors.ts';
import { unseal, unsealNullable } from '../platform/sealing.ts';

type GroupRow = typeof caseGroup.$inferSelect;
type Viewer = Pick<SignedIn, 'accountId' | 'territoryId'>;

const texts = (row: GroupRow) => ({
	why: unseal(`case_group.why_sealed:${row.id}`, row.whySealed),
	agenda: unsealNullable(`case_group.agenda_sealed:${row.id}`, row.agendaSealed),
	word: unsealNullable(`case_group.word_sealed:${row.id}`, row.wordSealed),
	looked: unsealNullable(`case_group.looked_sealed:${row.id}`, row.lookedSealed),
	answer: unsealNullable(`case_group.answer_sealed:${row.id}`, row.answerSealed),
});

const hour = ({ id, personId, state, startsAt, endsAt, zone, closedAt }: GroupRow) => ({
	id,
	personId,
	state,
	startsAt,
	endsAt,
	zone,
	closedAt,
});

/** People invited to a meeting, by name. */
export const membersOf = (q: Queries, groupId: string) =>
	q
		.select({ id: account.id, name: account.displayName, structureName: structure.name })
		.from(caseGroupMember)
		.innerJoin(account, eq(account.id, caseGroupMember.accountId))
		.leftJoin(structure, eq(structure.id, account.structureId))
		.where(eq(caseGroupMember.groupId, groupId))
		.orderBy(asc(account.displayName))
		.limit(50);

/**
 * One meeting for a professional: lead and second read all of it, always; those invited read the file for the time of the
 * meeting, from its first to its last minute, and only day and hour otherwise. `themes`: what the meeting is about, the only
 * goals and steps it reads (strictly necessary, CASF L121-6-2); null: all. A meeting reads the pathway it was proposed in, never one
 * the person began since or elsewhere. @throws DomainError `not_found` for everybody else
 */
export async function groupFor(q: Queries, viewer: Viewer, groupId: string, now: Date) {
	const [row] = await q.select().from(caseGroup).where(eq(caseGroup.id, groupId)).limit(1);
	if (!row || row.territoryId !== viewer.territoryId) throw notFound();
	const part = (await findMembership(q, row.personId, viewer.accountId, now))?.part;
	const decides = part === 'lead' || part === 'second';
	const members = await membersOf(q, groupId);
	if (!decides && !members.some(({ id }) => id === viewer.accountId)) throw notFound();
	const hours = row.state === 'planned' && now >= row.startsAt && now < row.endsAt;
	const during = hours && (await isAbout(q, row));
	return {
		...hour(row),
		territoryId: row.territoryId,
		decides,
		unwritten: decides && isUnwritten(row, now),
		/** Null outside the meeting, for those who do not follow the person. */
		file: decides || during ? { ...texts(row), themes: row.themes, members } : null,
	};
}

/** Whether the pathway a meeting was proposed in still goes on, in its own territory. */
async function isAbout(q: Queries, { personId, territoryId, createdAt }: GroupRow): Promise<boolean> {
	const [way] = await q
		.select({ territoryId: pathway.territoryId, startedAt: pathway.startedAt })
		.from(pathway)
		.where(and(eq(pathway.personId, personId), isNull(pathway.endedAt)))
		.limit(1);
	return way?.territoryId === territoryId && way.startedAt <= createdAt;
}
export type GroupFile = Awaited<ReturnType<typeof groupFor>>;

/** It is over, and nobody wrote what it decided: the person waits for an answer, and lead and second have it to write. */
const isUnwritten = ({ state, endsAt }: Pick<GroupRow, 'state' | 'endsAt'>, now: Date): boolean =>
	state === 'planned' && endsAt <= now;

/**
 * Meetings to come or just held that a professional is invited to, or that concern people they lead or second; of these, those whose
 * decisions were never written however long ago they were (`unwritten`).
 */
export async function groupsOf(q: Queries, accountId: string, since: Date, now: Date) {
	const { id, state, startsAt, endsAt, zone } = caseGroup;
	const columns = { id, state, startsAt, endsAt, zone };
	const invited = await q
		.select(columns)
		.from(caseGroupMember)
		.innerJoin(caseGroup, eq(caseGroup.id, caseGroupMember.groupId))
		.where(and(eq(caseGroupMember.accountId, accountId), gt(caseGroup.startsAt, since)))
		.orderBy(asc(caseGroup.startsAt))
		.limit(100);
	const own = await q
		.select({ ...columns, firstName: person.firstName, lastName: person.lastName })
		.from(followUpMember)
		.innerJoin(caseGroup, eq(caseGroup.personId, followUpMember.personId))
		.innerJoin(person, eq(person.id, caseGroup.personId))
		.where(
			and(
				eq(followUpMember.accountId, accountId),
				isNull(followUpMember.endedAt),
				inArray(followUpMember.part, ['lead', 'second']),
				or(gt(caseGroup.startsAt, since), is(caseGroup.state, 'planned')),
			),
		)
		.orderBy(asc(caseGroup.startsAt))
		.limit(100);
	const named = new Set(own.map(({ id }) => id));
	const others = invited.filter(({ id }) => !named.has(id)).map((row) => ({ ...row, firstName: null, lastName: null }));
	const all = [
		...own.map((row) => ({ ...row, unwritten: isUnwritten(row, now) })),
		...others.map((row) => ({ ...row, unwritten: false })),
	];
	return all.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}

/** A person's own meetings, latest first: why, who, what was answered; one called off until its hour is past. */
export async function ownGroups(q: Queries, personId: string, now: Date, limit = 20) {
	const rows = await ownRows(q, { limit }).execute({ personId, now });
	return Promise.all(
		rows.map(async (row) => {
			const { why, word, answer } = texts(row);
			return { ...hour(row), themes: row.themes, why, word, answer, members: await membersOf(q, row.id) };
		}),
	);
}
const ownRows = preparedByShape((q, { limit }: { limit: number }) =>
	q
		.select()
		.from(caseGroup)
		.where(
			and(
				eq(caseGroup.personId, sql.placeholder('personId')),
				or(
					isNull(caseGroup.closedAt),
					is(caseGroup.state, 'held'),
					and(is(caseGroup.state, 'cancelled'), gt(caseGroup.startsAt, given(caseGroup.startsAt, 'now'))),
				),
			),
		)
		.orderBy(desc(caseGroup.startsAt))
		.limit(limit)
		.prepare(),
);
export type OwnGroup = Awaited<ReturnType<typeof ownGroups>>[number];

/** All the person's meetings, refused ones too, with their texts: for their own copy of their data. */
export async function groupsKept(q: Queries, personId: string) {
	const rows = await q
		.select()
		.from(caseGroup)
		.where(eq(caseGroup.personId, personId))
		.orderBy(desc(caseGroup.startsAt))
		.limit(WHOLE);
	return Promise.all(
		rows.map(async (row) => ({ ...hour(row), themes: row.themes, ...texts(row), members: await membersOf(q, row.id) })),
	);
}
