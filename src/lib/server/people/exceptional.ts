import { and, count, desc, eq, gt, inArray } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { account, auditEntry, exceptionalOpening, person, structure } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { findMembership } from './queries.ts';
import { calledAlike } from './finding.ts';

/** How long a file stays open to somebody who does not follow the person. */
export const OPEN_MINUTES = 60;
const MINUTE_MS = 60_000;
/** Names tried in vain within an hour: more would be guessing. */
const MOST_MISSES = 5;

interface Asked {
	by: SignedIn;
	firstName: string;
	lastName: string;
	/** `YYYY-MM-DD`. */
	birthDate: string;
	reason: string;
	now: Date;
}

export type Opened = { outcome: 'opened'; id: string; personId: string } | { outcome: 'followed'; personId: string };

/**
 * Opens the file of somebody one does not follow (« bris de glace »): exact name and birth date, a person of the
 * professional's own territory, a stated reason, for an hour. The person is told by the action that composes this; the
 * coordinator has the list. A miss is written too, so that nobody guesses names: call it in a write of its own.
 * @returns null when nobody of the territory is called that and born then
 * @throws DomainError `too_many_misses` (too_many), `not_found` for whoever is not a professional of a structure
 */
export async function openExceptionally(tx: Tx, input: Asked): Promise<Opened | null> {
	const { by, reason, now } = input;
	const { territoryId, structureId, accountId } = by;
	if (!territoryId || !structureId || (by.role !== 'referent' && by.role !== 'coordinator')) throw notFound();
	if ((await missesOf(tx, accountId, now)) >= MOST_MISSES) throw new DomainError('too_many_misses', 'too_many');
	const personId = await findByNameAndBirth(tx, territoryId, input);
	if (!personId) {
		await recordAudit(tx, { action: 'exception.missed', actor: by, subjectId: accountId, at: now });
		return null;
	}
	if (await findMembership(tx, personId, accountId, now)) return { outcome: 'followed', personId };
	const id = newId();
	const endsAt = new Date(now.getTime() + OPEN_MINUTES * MINUTE_MS);
	await tx.insert(exceptionalOpening).values({
		id,
		personId,
		territoryId,
		accountId,
		structureId,
		reasonSealed: seal(`exceptional_opening.reason_sealed:${id}`, reason),
		openedAt: now,
		endsAt,
	});
	await recordAudit(tx, { action: 'exception.opened', actor: by, subjectId: id, personId, at: now });
	return { outcome: 'opened', id, personId };
}

/** The very name, however it is cut into words. Born in a year of which the day is unknown: the year is compared. Noted twice, the latest in touch is meant. */
async function findByNameAndBirth(q: Queries, territoryId: string, { firstName, lastName, birthDate }: Asked) {
	const [row] = await q
		.select({ id: person.id })
		.from(person)
		.where(
			and(
				calledAlike(q, territoryId, { firstName, lastName }),
				inArray(person.birthDate, [birthDate, `${birthDate.slice(0, 4)}-00-00`]),
			),
		)
		.orderBy(desc(person.lastContactAt))
		.limit(1);
	return row?.id;
}

async function missesOf(q: Queries, accountId: string, now: Date): Promise<number> {
	const [row] = await q
		.select({ misses: count() })
		.from(auditEntry)
		.where(
			and(
				eq(auditEntry.subjectId, accountId),
				eq(auditEntry.action, 'exception.missed'),
				gt(auditEntry.at, new Date(now.getTime() - 60 * MINUTE_MS)),
			),
		);
	return row!.misses;
}

const openings = (q: Queries) =>
	q
		.select({
			id: exceptionalOpening.id,
			personId: exceptionalOpening.personId,
			firstName: person.firstName,
			lastName: person.lastName,
			byName: account.displayName,
			structureName: structure.name,
			reasonSealed: exceptionalOpening.reasonSealed,
			openedAt: exceptionalOpening.openedAt,
			endsAt: exceptionalOpening.endsAt,
		})
		.from(exceptionalOpening)
		.innerJoin(person, eq(person.id, exceptionalOpening.personId))
		.innerJoin(account, eq(account.id, exceptionalOpening.accountId))
		.innerJoin(structure, eq(structure.id, exceptionalOpening.structureId));

/** Openings without a follow-up, with their reasons, newest first: one person's, or all of a territory for its coordinator. */
export async function listExceptional(
	q: Queries,
	of: { personId: string } | { territoryId: string },
	limit: number,
	offset = 0,
) {
	const rows = await openings(q)
		.where(
			'personId' in of
				? eq(exceptionalOpening.personId, of.personId)
				: eq(exceptionalOpening.territoryId, of.territoryId),
		)
		.orderBy(desc(exceptionalOpening.openedAt))
		.limit(limit)
		.offset(offset);
	return rows.map(({ reasonSealed, ...row }) => ({
		...row,
		reason: unseal(`exceptional_opening.reason_sealed:${row.id}`, reasonSealed),
	}));
}
export type ExceptionalOpening = Awaited<ReturnType<typeof listExceptional>>[number];
