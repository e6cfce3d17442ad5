import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { AidStatus } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { newId, newReference } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, listStructures, type Structure } from '../territories/queries.ts';
import { claimChildren, nameChildren, releaseChildren, type Child } from './children.ts';
import { silenceFrom, tell, type Actor, type AidRow } from './moving.ts';
import { isImplicitlyRefused, nextOf, WAITING } from './rules.ts';
import { findScheme, type Scheme } from './schemes.ts';

interface Opening {
	personId: string;
	territoryId: string;
	/** Which aid of the territory; childcare by default. */
	kind?: string;
	/** The single request that asks for it: the file is sent with it. */
	requestId?: string | null;
	/** Sent at once; by default when a request asks for it, else it waits as a draft. */
	sent?: boolean;
	children?: Child[];
	/** First day of the work or training, `YYYY-MM-DD`. */
	startsOn?: string;
	/** Day of an interview or job that cannot wait. */
	urgentOn?: string;
	by?: Actor | null;
	now: Date;
}

/** Letter of the reference: what is read out on the phone says which aid it is about. */
const letterOf = (kind: string) => (kind === 'childcare' ? 'G' : 'A');

/**
 * Opens a file under the rules of that aid in force today; silence starts to count when it is sent. Decided by the
 * structure that those rules name, else by the one of the territory that decides aids. A file that silence refused gives its
 * place: it is read and contested, and no longer decided.
 * @returns null when the person has one of this kind under way; for a request, also when the aid takes no file or when it
 * would only put a draft in the place of a file that may still be decided
 * @throws DomainError `aid_closed`, `aid_child_taken` (conflict) when another open file is for one of the children
 */
export async function openAid(tx: Tx, opening: Opening): Promise<{ id: string; reference: string } | null> {
	const { personId, territoryId, kind = 'childcare', requestId = null, sent = requestId !== null, by, now } = opening;
	const standing = await aidInPlace(tx, personId, kind);
	if (standing && !(await isSilent(tx, standing, now))) return null;
	if (standing && requestId !== null && !sent) return null;
	const territory = await getTerritory(tx, territoryId);
	const scheme = await findScheme(tx, { territoryId, code: kind, today: localDay(now, territory.zone) });
	if (scheme && !scheme.content.open) {
		if (requestId !== null) return null;
		throw new DomainError('aid_closed', 'conflict');
	}
	const id = newId();
	const reference = newReference(`${territory.code}-${letterOf(kind)}`);
	if (standing) await replaceAid(tx, standing, { replacedBy: reference, by, now });
	const status: AidStatus = sent ? 'submitted' : 'draft';
	const silenceOn = sent ? silenceFrom(territory, now) : null;
	const made = await tx
		.insert(childcareAid)
		.values({
			...{ id, reference, personId, territoryId, requestId, kind, status, silenceOn },
			schemeVersionId: scheme?.versionId ?? null,
			deciderStructureId: (await deciderFor(tx, territoryId, scheme))?.id ?? null,
			...nextOf(status, { silenceOn }),
			statusSince: now,
			source: 'portal',
			asOf: now,
			sentAt: sent ? now : null,
			startsOn: opening.startsOn ?? null,
			urgentOn: opening.urgentOn ?? null,
			version: 1,
			createdAt: now,
		})
		.onConflictDoNothing()
		.returning({ id: childcareAid.id });
	if (made.length === 0) return null;
	await nameChildren(tx, { aidId: id, children: opening.children ?? [] });
	if (sent) await claimChildren(tx, { aidId: id, territoryId, kind, now });
	await tell(tx, { aidId: id, version: 1, status, by, detail: {}, now });
	await recordAudit(tx, { action: 'aid.created', actor: by, subjectId: id, personId, detail: { status }, at: now });
	return { id, reference };
}

/** Who answers for an aid under these rules: the structure they name, else the first of the territory that decides aids. */
export async function deciderFor(
	q: Queries,
	territoryId: string,
	scheme: Pick<Scheme, 'content'> | null | undefined,
): Promise<Structure | undefined> {
	const structures = await listStructures(q, territoryId);
	const named = scheme?.content.deciderStructureId;
	return structures.find(({ id }) => id === named) ?? structures.find(({ decidesAids }) => decidesAids);
}

/** The file of that kind that nobody decided yet, and that silence did not refuse. */
export async function findOpenAid(
	q: Queries,
	{ personId, kind = 'childcare', now }: { personId: string; kind?: string; now: Date },
): Promise<AidRow | undefined> {
	const row = await aidInPlace(q, personId, kind);
	return row && !(await isSilent(q, row, now)) ? row : undefined;
}

/** Whether silence refused it, on the day of its own territory. */
export async function isSilent(q: Queries, { territoryId, status, silenceOn }: AidRow, now: Date): Promise<boolean> {
	const { zone } = await getTerritory(q, territoryId);
	return isImplicitlyRefused(status, silenceOn, localDay(now, zone));
}

/** The one file of a person and a kind that no other may join: a draft, or sent and neither decided nor replaced. */
export async function aidInPlace(q: Queries, personId: string, kind: string): Promise<AidRow | undefined> {
	const [row] = await q
		.select()
		.from(childcareAid)
		.where(
			and(
				eq(childcareAid.personId, personId),
				eq(childcareAid.kind, kind),
				inArray(childcareAid.status, ['draft', ...WAITING]),
				isNull(childcareAid.replacedAt),
			),
		)
		.limit(1);
	return row;
}

/**
 * Silence refused this file and another takes its place: it lets its children go and nothing moves it any more; its last day
 * to contest stays.
 */
export async function replaceAid(
	tx: Tx,
	found: AidRow,
	{ replacedBy, by, now }: { replacedBy: string; by?: Actor | null; now: Date },
): Promise<void> {
	const version = found.version + 1;
	await tx.update(childcareAid).set({ replacedAt: now, proposal: null, version }).where(eq(childcareAid.id, found.id));
	await releaseChildren(tx, found.id);
	await tell(tx, { aidId: found.id, version, status: found.status, by, detail: { replacedBy }, now });
	await recordAudit(tx, {
		action: 'aid.replaced',
		actor: by,
		subjectId: found.id,
		personId: found.personId,
		detail: { by: replacedBy },
		at: now,
	});
}
