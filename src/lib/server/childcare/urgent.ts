import { eq } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { leadOf } from '../people/queries.ts';
import { DomainError } from '../platform/errors.ts';
import { daysBetween, localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { tell, type Actor, type AidRow } from './moving.ts';
import { writeNotice, writeToService } from './notices.ts';
import { findOpenAid, openAid } from './opening.ts';
import { submitAid } from './own.ts';

export const URGENT_KIND = 'urgent_childcare';
/** Further away, the ordinary request is in time. */
const MOST_DAYS = 14;

/**
 * « J’ai un entretien demain »: sent at once, on top of the queue of those who decide, and said by e-mail to them and to
 * the lead referent. With one under way, the new day is written in that file and said again; the same day is said once.
 * `on` is a day of the territory, today included.
 * @throws DomainError `urgent_outside` (invalid), `aid_closed` (conflict)
 */
export async function askUrgently(tx: Tx, asked: Asked): Promise<{ id: string; reference: string } | null> {
	const { personId, territoryId, on, by, now } = asked;
	const { zone } = await getTerritory(tx, territoryId);
	const days = daysBetween(localDay(now, zone), on);
	if (days < 0 || days > MOST_DAYS) throw new DomainError('urgent_outside', 'invalid');
	const standing = await findOpenAid(tx, { personId, kind: URGENT_KIND, now });
	const opened = standing
		? await sayNewDay(tx, standing, asked)
		: await openAid(tx, { personId, territoryId, kind: URGENT_KIND, sent: true, urgentOn: on, by, now });
	if (opened) await tellServices(tx, opened.id, asked);
	return opened;
}

interface Asked {
	personId: string;
	territoryId: string;
	on: string;
	by: Actor;
	now: Date;
}

async function sayNewDay(tx: Tx, { id, reference, status }: AidRow, { personId, on, by, now }: Asked) {
	if (status === 'draft') await submitAid(tx, { reference, personId, by, now });
	const found = await rowOf(tx, id);
	if (found.urgentOn === on) return { id, reference };
	const version = found.version + 1;
	await tx.update(childcareAid).set({ urgentOn: on, version, asOf: now }).where(eq(childcareAid.id, id));
	await tell(tx, { aidId: id, version, status: found.status, by, detail: { urgentOn: on }, now });
	await recordAudit(tx, { action: 'aid.day_changed', actor: by, subjectId: id, personId, detail: { on }, at: now });
	return { id, reference };
}

/** Once for a day. */
async function tellServices(tx: Tx, aidId: string, { personId, on, now }: Asked): Promise<void> {
	const { deciderStructureId: structureId } = await rowOf(tx, aidId);
	const notice = { aidId, kind: 'urgent', day: on } as const;
	const key = `urgent:${aidId}:${on}`;
	if (structureId) await writeToService(tx, { ...notice, onceKey: `${key}:service`, structureId }, now);
	const lead = await leadOf(tx, personId);
	if (lead) await writeNotice(tx, { ...notice, onceKey: `${key}:lead`, accountId: lead.accountId }, now);
}

const rowOf = async (tx: Tx, id: string): Promise<AidRow> =>
	(await tx.select().from(childcareAid).where(eq(childcareAid.id, id)).limit(1))[0]!;
