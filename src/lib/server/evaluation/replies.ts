import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { catchment, delivery, person, ratingInvitation, reminder } from '../db/schema/index.ts';
import { ageOn } from '../people/rules.ts';
import { addMonths, localDay, startOfDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { count, OTHER_CODES, type PoolCells } from './release.ts';

/** By what those who stay silent are told apart: one at a time, never crossed. */
export const REPLY_GROUPS = ['channel', 'language', 'age', 'area'] as const;
export type ReplyGroup = (typeof REPLY_GROUPS)[number];
export const replyMeasure = (group: ReplyGroup, code: string) => `reply_${group}:${code}`;
export const REPLIED = ['silent', 'answered'] as const;

/** Past their last day (`OPEN_DAYS`): what they are will not change any more. */
const SETTLED_DAYS = 31;
const DAY_MS = 86_400_000;
const ROWS = 2_000;

export const AGE_GROUPS = ['under_26', '26_44', '45_54', '55_over', 'unknown'] as const;
export type AgeGroup = (typeof AGE_GROUPS)[number];
export function ageGroup(birthDate: string | null, day: string): AgeGroup {
	const age = ageOn(birthDate, day);
	if (age === null) return 'unknown';
	return age < 26 ? 'under_26' : age < 45 ? '26_44' : age < 55 ? '45_54' : '55_over';
}

/**
 * Counts who answered among those asked, from « was asked » and « has answered » alone, once their time to answer is over.
 * @returns the instant up to which invitations are counted, ISO: where the next month begins
 */
export async function countReplies(
	tx: Tx,
	{
		territoryId,
		closing,
		from,
		cells,
	}: { territoryId: string; closing: string; from: string | null; cells: PoolCells },
): Promise<string> {
	const { zone } = await getTerritory(tx, territoryId);
	const monthEnd = startOfDay(addMonths(`${closing}-01`, 1), zone);
	const until = new Date(monthEnd.getTime() - SETTLED_DAYS * DAY_MS);
	let after = '';
	for (;;) {
		const rows = await tx
			.select({
				id: ratingInvitation.id,
				outcome: ratingInvitation.outcome,
				askedAt: ratingInvitation.askedAt,
				birthDate: person.birthDate,
				language: person.locale,
				areaId: catchment.employmentAreaId,
				channel: sql<string | null>`(${tx
					.select({ channel: delivery.channel })
					.from(reminder)
					.innerJoin(delivery, eq(delivery.reminderId, reminder.id))
					.where(and(eq(reminder.onceKey, sql`'rating:' || ${ratingInvitation.id}`), eq(delivery.outcome, 'accepted')))
					.orderBy(delivery.at)
					.limit(1)})`,
			})
			.from(ratingInvitation)
			.innerJoin(person, eq(person.id, ratingInvitation.personId))
			.leftJoin(
				catchment,
				and(eq(catchment.inseeCode, person.inseeCode), eq(catchment.territoryId, person.territoryId)),
			)
			.where(
				and(
					eq(person.territoryId, territoryId),
					gte(ratingInvitation.askedAt, new Date(from ?? 0)),
					lt(ratingInvitation.askedAt, until),
					sql`${ratingInvitation.id} > ${after}`,
				),
			)
			.orderBy(asc(ratingInvitation.id))
			.limit(ROWS);
		for (const row of rows) {
			const level = row.outcome === 'answered' ? 'answered' : 'silent';
			const groups: Record<ReplyGroup, string> = {
				channel: row.channel ?? 'portal',
				language: row.language,
				age: ageGroup(row.birthDate, localDay(row.askedAt, zone)),
				// Each group counts everybody: a group that left some out would name them by subtraction.
				area: row.areaId ?? OTHER_CODES,
			};
			for (const group of REPLY_GROUPS)
				count(cells, { measure: replyMeasure(group, groups[group]), areaId: '', moment: '' }, level, closing);
		}
		if (rows.length < ROWS) return (from && new Date(from) > until ? new Date(from) : until).toISOString();
		after = rows.at(-1)!.id;
	}
}
