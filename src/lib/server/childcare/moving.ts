import { and, desc, eq } from 'drizzle-orm';
import type { AidStatus } from '../../shared/codes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import type { AidEventDetail } from '../db/schema/childcare.ts';
import { childcareAid, childcareAidEvent } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable, unsealNullable } from '../platform/sealing.ts';
import { addMonths, localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { releaseChildren } from './children.ts';
import { appealUntil, DECIDED, mayMove, nextOf, WAITING, type AidActor, type Clock } from './rules.ts';

export type AidRow = typeof childcareAid.$inferSelect;
export type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;

/** First day of a refusal by silence for a file sent now, in the territory's zone. */
export const silenceFrom = (
	{ zone, settings }: { zone: string; settings: { silenceRefusalMonths: number } },
	now: Date,
) => addMonths(localDay(now, zone), settings.silenceRefusalMonths);

export interface Move {
	to: AidStatus;
	actor: AidActor;
	by?: Actor | null;
	note?: string;
	detail: AidEventDetail;
	clock: Clock;
	/** Day of the territory. */
	today: string;
	now: Date;
}

/**
 * Writes the new status under the version that was read, its event and its audit.
 * @throws DomainError `aid_refused_move`, `aid_changed` (conflict)
 */
export async function move(tx: Tx, found: AidRow, change: Move): Promise<void> {
	const { to, actor, by, note, detail, clock, today, now } = change;
	if (found.replacedAt || !mayMove(actor, found.status, to)) throw new DomainError('aid_refused_move', 'conflict');
	const version = found.version + 1;
	const contestUntil = to === 'refused' ? await contestedUntil(tx, found.territoryId, today) : undefined;
	const isDecision = (DECIDED as readonly AidStatus[]).includes(to);
	const written = await tx
		.update(childcareAid)
		.set({
			status: to,
			...nextOf(to, { silenceOn: clock.silenceOn, dueOn: detail.dueOn, contestUntil }),
			silenceOn: clock.silenceOn,
			pausedUntil: clock.pausedUntil,
			amountCents: detail.amountCents ?? found.amountCents,
			reason: detail.reason ?? (to === 'paid' ? found.reason : null),
			sentAt: to === 'submitted' ? now : found.sentAt,
			decidedOn: isDecision ? today : found.decidedOn,
			outcome: isDecision || to === 'paid' ? { ...found.outcome, ...detail } : found.outcome,
			proposal: null,
			statusSince: now,
			asOf: now,
			version,
		})
		.where(and(eq(childcareAid.id, found.id), eq(childcareAid.version, found.version)))
		.returning({ id: childcareAid.id });
	if (written.length === 0) throw new DomainError('aid_changed', 'conflict');
	if (!(WAITING as readonly AidStatus[]).includes(to)) await releaseChildren(tx, found.id);
	await tell(tx, { aidId: found.id, version, status: to, by, detail, note, now });
	await recordAudit(tx, {
		action: 'aid.status_changed',
		actor: by,
		subjectId: found.id,
		personId: found.personId,
		detail: { from: found.status, to },
		at: now,
	});
}

/** Last day to contest a decision of this day, in the calendar of its territory. */
export async function contestedUntil(q: Queries, territoryId: string, decidedOn: string): Promise<string> {
	const { holidayZone } = await getTerritory(q, territoryId);
	return appealUntil(decidedOn, await holidaysOf(q, holidayZone));
}

interface Told {
	aidId: string;
	version: number;
	status: AidStatus;
	by?: Actor | null;
	detail: AidEventDetail;
	note?: string;
	now: Date;
}

/** Words for the person that came with the last proposal of a file; null when there were none. */
export async function proposedNote(q: Queries, aidId: string): Promise<string | null> {
	const rows = await q
		.select()
		.from(childcareAidEvent)
		.where(eq(childcareAidEvent.aidId, aidId))
		.orderBy(desc(childcareAidEvent.version))
		.limit(200);
	const proposal = rows.find(({ detail }) => detail.proposed);
	return proposal ? unsealNullable(`childcare_aid_event.note_sealed:${proposal.id}`, proposal.noteSealed) : null;
}

/** One line of the dated history. */
export async function tell(tx: Tx, { aidId, version, status, by, detail, note, now }: Told): Promise<void> {
	const id = newId();
	await tx.insert(childcareAidEvent).values({
		id,
		aidId,
		version,
		status,
		byAccountId: by?.accountId ?? null,
		detail,
		noteSealed: sealNullable(`childcare_aid_event.note_sealed:${id}`, note),
		at: now,
	});
}
