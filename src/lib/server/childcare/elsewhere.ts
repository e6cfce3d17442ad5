import { and, eq } from 'drizzle-orm';
import type { ElsewhereBody } from '../../shared/aids.ts';
import type { AidStatus } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId, newReference } from '../platform/ids.ts';
import { addMonths, instantOf, localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { contestedUntil, tell, type Actor } from './moving.ts';
import { aidInPlace, findOpenAid } from './opening.ts';
import { isWaiting, nextOf, NOTABLE } from './rules.ts';

interface Noted {
	personId: string;
	by: Actor;
	now: Date;
}

/** An answer older than this is not about an aid that is still followed: a slip of the keyboard. */
const OLDEST_MONTHS = 24;
/** What the body gives; refused or asked about again, no amount is left. */
const GRANTING: readonly AidStatus[] = ['granted', 'partially_granted', 'paid'];

const sourceOf = (by: Actor) => (by.role === 'beneficiary' ? ('person' as const) : ('referent' as const));

/**
 * A file that another body decides: followed here, never decided here. No clock of ours runs.
 * @returns null when one is followed already for that body
 */
export async function openElsewhere(
	tx: Tx,
	{ personId, territoryId, body, by, now }: Noted & { territoryId: string; body: ElsewhereBody },
): Promise<{ id: string; reference: string } | null> {
	const kind = `elsewhere:${body}`;
	if (await findOpenAid(tx, { personId, kind, now })) return null;
	const { code } = await getTerritory(tx, territoryId);
	const id = newId();
	const reference = newReference(`${code}-S`);
	const made = await tx
		.insert(childcareAid)
		.values({
			...{ id, reference, personId, territoryId, kind },
			status: 'submitted',
			...nextOf('submitted', { silenceOn: null }),
			statusSince: now,
			source: sourceOf(by),
			asOf: now,
			version: 1,
			createdAt: now,
		})
		.onConflictDoNothing()
		.returning({ id: childcareAid.id });
	if (made.length === 0) return null;
	await tell(tx, { aidId: id, version: 1, status: 'submitted', by, detail: {}, now });
	await recordAudit(tx, { action: 'aid.created', actor: by, subjectId: id, personId, detail: { kind }, at: now });
	return { id, reference };
}

/**
 * The person or who follows them notes what the other body said, and of which day it is. It repeats somebody else's
 * decision: the table of moves does not bind it.
 * @throws DomainError `not_found` for a file that is decided here; `aid_as_of_outside` for a day to come, or of years ago;
 * `aid_open` (conflict) for one that would be under way again beside another of that body
 */
export async function noteElsewhere(
	tx: Tx,
	{
		reference,
		personId,
		to,
		on,
		amountCents,
		by,
		now,
	}: Noted & { reference: string; to: AidStatus; on: string; amountCents?: number },
): Promise<{ id: string }> {
	const [found] = await tx
		.select()
		.from(childcareAid)
		.where(and(eq(childcareAid.reference, reference), eq(childcareAid.personId, personId)))
		.limit(1);
	if (!found || !found.kind.startsWith('elsewhere:') || !NOTABLE.includes(to)) throw notFound();
	const { zone } = await getTerritory(tx, found.territoryId);
	const today = localDay(now, zone);
	if (on > today || on < addMonths(today, -OLDEST_MONTHS)) throw new DomainError('aid_as_of_outside', 'invalid');
	if (isWaiting(to)) {
		const underWay = await aidInPlace(tx, personId, found.kind);
		if (underWay && underWay.id !== found.id) throw new DomainError('aid_open', 'conflict');
	}
	const asOf = instantOf(on, '12:00', zone);
	const version = found.version + 1;
	await tx
		.update(childcareAid)
		.set({
			status: to,
			...nextOf(to, { silenceOn: null, contestUntil: await contestedUntil(tx, found.territoryId, on) }),
			amountCents: GRANTING.includes(to) ? (amountCents ?? found.amountCents) : null,
			statusSince: asOf,
			source: sourceOf(by),
			asOf,
			version,
		})
		.where(eq(childcareAid.id, found.id));
	await tell(tx, { aidId: found.id, version, status: to, by, detail: { amountCents }, now: asOf });
	await recordAudit(tx, { action: 'aid.noted', actor: by, subjectId: found.id, personId, detail: { to }, at: now });
	return { id: found.id };
}
