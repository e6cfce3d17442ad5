import { eq } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { leadOf } from '../people/queries.ts';
import { DomainError } from '../platform/errors.ts';
import { daysBetween, localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import type { Actor } from './moving.ts';
import { writeNotice } from './notices.ts';
import { openAid } from './opening.ts';

export const URGENT_KIND = 'urgent_childcare';
/** Further away, the ordinary request is in time. */
const MOST_DAYS = 14;

/**
 * « J’ai un entretien demain »: sent at once, on top of the queue of those who decide, and said by e-mail to them and to
 * the lead referent. `on` is a day of the territory, today included.
 * @returns null when an urgent request is already under way
 * @throws DomainError `urgent_outside` (invalid)
 */
export async function askUrgently(
	tx: Tx,
	{ personId, territoryId, on, by, now }: { personId: string; territoryId: string; on: string; by: Actor; now: Date },
): Promise<{ id: string; reference: string } | null> {
	const { zone } = await getTerritory(tx, territoryId);
	const days = daysBetween(localDay(now, zone), on);
	if (days < 0 || days > MOST_DAYS) throw new DomainError('urgent_outside', 'invalid');
	const opened = await openAid(tx, { personId, territoryId, kind: URGENT_KIND, sent: true, urgentOn: on, by, now });
	if (!opened) return null;
	const [file] = await tx.select().from(childcareAid).where(eq(childcareAid.id, opened.id)).limit(1);
	const notice = { aidId: opened.id, kind: 'urgent', day: on } as const;
	if (file!.deciderStructureId)
		await writeNotice(
			tx,
			{ ...notice, onceKey: `urgent:${opened.id}:service`, structureId: file!.deciderStructureId },
			now,
		);
	const lead = await leadOf(tx, personId);
	if (lead) await writeNotice(tx, { ...notice, onceKey: `urgent:${opened.id}:lead`, accountId: lead.accountId }, now);
	return opened;
}
