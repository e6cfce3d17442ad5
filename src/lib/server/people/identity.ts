/** « Même personne ? »: two files side by side, and what was decided about them. */
import { and, desc, eq, inArray, isNull, or } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { account, followUpMember, identityDecision, municipality } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { leadOf, personOf, type PersonRow } from './queries.ts';
import { sameNames, wholeNameKey } from './rules.ts';

/** What may be compared of somebody whose file one does not follow: who they are, not what they need. */
export interface Compared {
	id: string;
	firstName: string;
	lastName: string;
	birthDate: string | null;
	commune: string | null;
	email: string | null;
	phone: string | null;
	locale: string;
	createdAt: Date;
	lastContactAt: Date;
	leadName: string | null;
	hasAccount: boolean;
}

export async function comparedOf(q: Queries, personId: string): Promise<Compared> {
	const row = await personOf(q, personId);
	const [commune] = row.inseeCode
		? await q
				.select({ name: municipality.name })
				.from(municipality)
				.where(eq(municipality.inseeCode, row.inseeCode))
				.limit(1)
		: [];
	const [signsIn] = await q.select({ id: account.id }).from(account).where(eq(account.personId, personId)).limit(1);
	const { id, firstName, lastName, birthDate, email, phone, locale, createdAt, lastContactAt } = row;
	return {
		id,
		firstName,
		lastName,
		birthDate,
		commune: commune?.name ?? null,
		email,
		phone,
		locale,
		createdAt,
		lastContactAt,
		leadName: (await leadOf(q, personId))?.name ?? null,
		hasAccount: signsIn !== undefined,
	};
}

/** What speaks for one person: names in any order, birth date, contact. A contact alone never does: couples share them. */
export const inCommon = (a: Compared, b: Compared) => ({
	names:
		sameNames(`${a.firstName} ${a.lastName}`, `${b.firstName} ${b.lastName}`) || wholeNameKey(a) === wholeNameKey(b),
	birthDate: a.birthDate !== null && a.birthDate === b.birthDate,
	contact: (a.phone !== null && a.phone === b.phone) || (a.email !== null && a.email === b.email),
});

/** The file that goes on: the one somebody leads, else the one that signs in, else the older. */
export const whichIsKept = (a: Compared, b: Compared): Compared => {
	if (Boolean(a.leadName) !== Boolean(b.leadName)) return a.leadName ? a : b;
	if (a.hasAccount !== b.hasAccount) return a.hasAccount ? a : b;
	return a.createdAt <= b.createdAt ? a : b;
};

/**
 * Two people of the territory of who compares. The coordinator may; so may who follows one of them.
 * @throws DomainError `not_found`
 */
export async function getPairFor(
	q: Queries,
	viewer: Pick<SignedIn, 'accountId' | 'role' | 'territoryId'>,
	[one, other]: [string, string],
): Promise<[PersonRow, PersonRow]> {
	if (one === other) throw notFound();
	const rows = [await personOf(q, one), await personOf(q, other)] as [PersonRow, PersonRow];
	const staff = viewer.role === 'referent' || viewer.role === 'coordinator';
	if (!staff || rows.some(({ territoryId }) => territoryId !== viewer.territoryId)) throw notFound();
	return rows;
}

/** Whether somebody of the professional's own follow-up is one of them. */
export async function followsOneOf(q: Queries, accountId: string, personIds: string[]): Promise<boolean> {
	const [row] = await q
		.select({ id: followUpMember.id })
		.from(followUpMember)
		.where(
			and(
				eq(followUpMember.accountId, accountId),
				inArray(followUpMember.personId, personIds),
				inArray(followUpMember.part, ['lead', 'second']),
				isNull(followUpMember.endedAt),
			),
		)
		.limit(1);
	return row !== undefined;
}

const ofPair = (one: string, other: string) =>
	or(
		and(eq(identityDecision.keptId, one), eq(identityDecision.otherId, other)),
		and(eq(identityDecision.keptId, other), eq(identityDecision.otherId, one)),
	);

/** Two people: the pair is not proposed again. Said twice, it is written once. */
export async function sayDifferent(
	tx: Tx,
	{
		one,
		other,
		by,
		now,
	}: { one: string; other: string; by: Pick<SignedIn, 'accountId' | 'role' | 'structureId'>; now: Date },
): Promise<void> {
	const [known] = await tx
		.select({ id: identityDecision.id })
		.from(identityDecision)
		.where(ofPair(one, other))
		.limit(1);
	if (known) return;
	await tx
		.insert(identityDecision)
		.values({ id: newId(), keptId: one, otherId: other, answer: 'different', byId: by.accountId, at: now });
	for (const personId of [one, other])
		await recordAudit(tx, {
			action: 'person.compared',
			actor: by,
			subjectId: one,
			personId,
			detail: { same: false },
			at: now,
		});
}

/** Ids of those this person was said not to be. */
export async function differentFrom(q: Queries, personId: string): Promise<Set<string>> {
	const rows = await q
		.select({ keptId: identityDecision.keptId, otherId: identityDecision.otherId })
		.from(identityDecision)
		.where(
			and(
				or(eq(identityDecision.keptId, personId), eq(identityDecision.otherId, personId)),
				eq(identityDecision.answer, 'different'),
			),
		)
		.limit(100);
	return new Set(rows.map(({ keptId, otherId }) => (keptId === personId ? otherId : keptId)));
}

/** Files that were merged into this one, the latest first: who decided, when. */
export const mergesOf = (q: Queries, personId: string) =>
	q
		.select({ id: identityDecision.id, at: identityDecision.at, byName: account.displayName })
		.from(identityDecision)
		.leftJoin(account, eq(account.id, identityDecision.byId))
		.where(and(eq(identityDecision.keptId, personId), eq(identityDecision.answer, 'same')))
		.orderBy(desc(identityDecision.at))
		.limit(20);

/** What other files of the same person said of who they are, once joined to this one: for their own copy of their data. */
export async function joinedFiles(q: Queries, personId: string) {
	const rows = await q
		.select()
		.from(identityDecision)
		.where(and(eq(identityDecision.keptId, personId), eq(identityDecision.answer, 'same')))
		.orderBy(desc(identityDecision.at))
		.limit(WHOLE);
	return rows.map(({ id, at, mergedSealed }) => {
		const text = unsealNullable(`identity_decision.merged_sealed:${id}`, mergedSealed);
		return { at, identity: text ? (JSON.parse(text) as Record<string, unknown>) : null };
	});
}
