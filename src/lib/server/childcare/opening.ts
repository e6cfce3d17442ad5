import { and, eq, inArray } from 'drizzle-orm';
import type { AidStatus } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { childcareAid, structure } from '../db/schema/index.ts';
import { newId, newReference } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { nameChildren, type Child } from './children.ts';
import { silenceFrom, tell, type Actor, type AidRow } from './moving.ts';
import { nextOf, WAITING } from './rules.ts';
import { findScheme } from './schemes.ts';

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
 * structure that those rules name, else by the one of the territory that decides aids.
 * @returns null when the person has one of this kind that is not decided
 * @throws DomainError `aid_child_taken` (conflict) when another open file is for one of the children
 */
export async function openAid(tx: Tx, opening: Opening): Promise<{ id: string; reference: string } | null> {
	const { personId, territoryId, kind = 'childcare', requestId = null, sent = requestId !== null, by, now } = opening;
	if (await findOpenAid(tx, personId, kind)) return null;
	const territory = await getTerritory(tx, territoryId);
	const scheme = await findScheme(tx, { territoryId, code: kind, today: localDay(now, territory.zone) });
	const id = newId();
	const reference = newReference(`${territory.code}-${letterOf(kind)}`);
	const status: AidStatus = sent ? 'submitted' : 'draft';
	const silenceOn = sent ? silenceFrom(territory, now) : null;
	const made = await tx
		.insert(childcareAid)
		.values({
			...{ id, reference, personId, territoryId, requestId, kind, status, silenceOn },
			schemeVersionId: scheme?.versionId ?? null,
			deciderStructureId: scheme?.content.deciderStructureId ?? (await anyDecider(tx, territoryId)),
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
	await nameChildren(tx, { aidId: id, territoryId, kind, children: opening.children ?? [] });
	await tell(tx, { aidId: id, version: 1, status, by, detail: {}, now });
	await recordAudit(tx, { action: 'aid.created', actor: by, subjectId: id, personId, detail: { status }, at: now });
	return { id, reference };
}

async function anyDecider(q: Queries, territoryId: string): Promise<string | null> {
	const [decider] = await q
		.select({ id: structure.id })
		.from(structure)
		.where(and(eq(structure.territoryId, territoryId), eq(structure.decidesAids, true)))
		.orderBy(structure.id)
		.limit(1);
	return decider?.id ?? null;
}

/** The file of that kind that nobody decided yet. */
export async function findOpenAid(q: Queries, personId: string, kind = 'childcare'): Promise<AidRow | undefined> {
	const [row] = await q
		.select()
		.from(childcareAid)
		.where(
			and(
				eq(childcareAid.personId, personId),
				eq(childcareAid.kind, kind),
				inArray(childcareAid.status, ['draft', ...WAITING]),
			),
		)
		.limit(1);
	return row;
}
