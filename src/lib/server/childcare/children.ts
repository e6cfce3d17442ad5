import { and, eq, gte, inArray, isNull, ne, or } from 'drizzle-orm';
import { searchable } from '../../shared/search.ts';
import type { Queries, Tx } from '../db/client.ts';
import { aidChild, childcareAid } from '../db/schema/index.ts';
import { config } from '../platform/config.ts';
import { DomainError } from '../platform/errors.ts';
import { newId, pepperedHash } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { addMonths, localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { isImplicitlyRefused, WAITING } from './rules.ts';

/** Of the children of a file, in others. */
const MOST_MENTIONS = 50;

export interface Child {
	firstName: string;
	/** `YYYY-MM-DD`. */
	birthDate: string;
	/** Lives in turn with each parent. */
	sharedCustody: boolean;
}

/** The same child for the same aid, whoever asks: a keyed hash, so that the table tells no name. */
const claimOf = (scope: string, { firstName, birthDate }: Child) =>
	pepperedHash(config().codePepper, 'child', scope, searchable(firstName), birthDate);

/** The same first name, however it is written, and the same birth date. */
export const isSameChild = (one: Child, other: Child): boolean =>
	one.birthDate === other.birthDate && searchable(one.firstName) === searchable(other.firstName);

/** Names the children of a file. They are claimed when it is sent: a draft keeps nobody from asking. */
export async function nameChildren(tx: Tx, { aidId, children }: { aidId: string; children: Child[] }): Promise<void> {
	for (const child of children) {
		const id = newId();
		await tx.insert(aidChild).values({
			id,
			aidId,
			firstNameSealed: seal(`aid_child.first_name_sealed:${id}`, child.firstName),
			birthDateSealed: seal(`aid_child.birth_date_sealed:${id}`, child.birthDate),
			sharedCustody: child.sharedCustody,
			claim: null,
		});
	}
}

/**
 * The file is sent, or granted after its silence: a child is in one such file for an aid of the territory, unless each parent
 * keeps it in turn. A file that silence refused lets its children go to the next one that names them.
 * @throws DomainError `aid_child_taken` (conflict)
 */
export async function claimChildren(
	tx: Tx,
	{ aidId, territoryId, kind, now }: { aidId: string; territoryId: string; kind: string; now: Date },
): Promise<void> {
	for (const row of await rowsOf(tx, aidId)) {
		const claim = claimOf(`${territoryId}:${kind}`, childFrom(row));
		await tx.update(aidChild).set({ mention: claim }).where(eq(aidChild.id, row.id));
		if (row.sharedCustody) continue;
		const [held] = await tx
			.select({ id: aidChild.id, aid: childcareAid })
			.from(aidChild)
			.innerJoin(childcareAid, eq(childcareAid.id, aidChild.aidId))
			.where(eq(aidChild.claim, claim))
			.limit(1);
		if (held?.id === row.id) continue;
		if (held && !(await letsGo(tx, held.aid, aidId, now))) throw new DomainError('aid_child_taken', 'conflict');
		if (held) await tx.update(aidChild).set({ claim: null }).where(eq(aidChild.id, held.id));
		await tx.update(aidChild).set({ claim }).where(eq(aidChild.id, row.id));
	}
}

/** Never sent (drafts of before claimed too), or refused by silence on the day of its own territory. */
async function letsGo(q: Queries, holder: typeof childcareAid.$inferSelect, aidId: string, now: Date) {
	if (holder.id === aidId) return false;
	const { zone } = await getTerritory(q, holder.territoryId);
	return holder.status === 'draft' || isImplicitlyRefused(holder.status, holder.silenceOn, localDay(now, zone));
}

/**
 * Children of a file whom the file of somebody else names with another custody, one of the same aid and service: waiting, or
 * granted in the twelve months before `today` (`YYYY-MM-DD` of the territory). Whose it is, is not told.
 */
export async function namedOtherwise(
	q: Queries,
	{ id, personId, territoryId, kind, deciderStructureId }: typeof childcareAid.$inferSelect,
	today: string,
): Promise<Child[]> {
	const own = (await rowsOf(q, id)).map((row) => {
		const child = childFrom(row);
		return { child, mention: claimOf(`${territoryId}:${kind}`, child) };
	});
	if (own.length === 0 || !deciderStructureId) return [];
	const others = await q
		.select({ mention: aidChild.mention, sharedCustody: aidChild.sharedCustody })
		.from(aidChild)
		.innerJoin(childcareAid, eq(childcareAid.id, aidChild.aidId))
		.where(
			and(
				inArray(
					aidChild.mention,
					own.map(({ mention }) => mention),
				),
				ne(childcareAid.personId, personId),
				eq(childcareAid.deciderStructureId, deciderStructureId),
				isNull(childcareAid.replacedAt),
				or(
					inArray(childcareAid.status, [...WAITING]),
					and(
						inArray(childcareAid.status, ['granted', 'partially_granted', 'paid']),
						gte(childcareAid.decidedOn, addMonths(today, -12)),
					),
				),
			),
		)
		.limit(MOST_MENTIONS);
	return own.flatMap(({ child, mention }) =>
		others.some((other) => other.mention === mention && other.sharedCustody !== child.sharedCustody) ? child : [],
	);
}

/**
 * Two files turn out to be one person's: the children that only `from` names go to `to`, with what claims them. Who decides reads
 * it anew: a form or a proposal made before is of fewer children.
 */
export async function joinChildren(
	tx: Tx,
	{ from, to }: { from: { id: string }; to: { id: string; version: number } },
): Promise<void> {
	const named = await childrenOf(tx, to.id);
	const more = (await rowsOf(tx, from.id)).filter((row) => !named.some((child) => isSameChild(child, childFrom(row))));
	if (more.length === 0) return;
	const ids = more.map(({ id }) => id);
	await tx.update(aidChild).set({ aidId: to.id }).where(inArray(aidChild.id, ids));
	const since = { proposal: null, version: to.version + 1 };
	await tx.update(childcareAid).set(since).where(eq(childcareAid.id, to.id));
}

/** The file is decided or given up: another may be opened for its children. */
export const releaseChildren = (tx: Tx, aidId: string) =>
	tx.update(aidChild).set({ claim: null }).where(eq(aidChild.aidId, aidId));

const rowsOf = (q: Queries, aidId: string) => q.select().from(aidChild).where(eq(aidChild.aidId, aidId)).limit(20);

const childFrom = ({ id, firstNameSealed, birthDateSealed, sharedCustody }: typeof aidChild.$inferSelect): Child => ({
	firstName: unseal(`aid_child.first_name_sealed:${id}`, firstNameSealed),
	birthDate: unseal(`aid_child.birth_date_sealed:${id}`, birthDateSealed),
	sharedCustody,
});

/** Children of a file, the eldest first. */
export const childrenOf = async (q: Queries, aidId: string): Promise<Child[]> =>
	(await rowsOf(q, aidId)).map(childFrom).sort((one, other) => one.birthDate.localeCompare(other.birthDate));
