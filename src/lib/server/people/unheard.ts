import { and, asc, eq, exists, gte, inArray, isNotNull, isNull, lte, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { CHECK_IN_SILENT_AT } from '../../shared/closing.ts';
import type { Queries } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import {
	account,
	availabilityException,
	checkIn,
	followUpMember,
	pathway,
	person,
	stage,
	step,
} from '../db/schema/index.ts';
import { addDays, wallClock } from '../territories/calendar.ts';
import { currentStage, openMember, openPathway } from './caseload.ts';

const second = alias(followUpMember, 'second');
const secondAccount = alias(account, 'second_account');
const secondAway = alias(availabilityException, 'second_away');
const MOST = 50;

/** Questions a lead must answer themselves: a call asked for, « c’est difficile », and silence about a job that goes on. */
export const unheard = (silentSince: string) =>
	and(
		isNull(checkIn.handledAt),
		or(
			inArray(checkIn.answer, ['call', 'hard']),
			and(isNull(checkIn.answer), lte(checkIn.dueOn, silentSince), isNotNull(stage.id)),
		),
	);

/** The last day whose silence is known: today from 18:00 on, else the day before. */
export function silentSince(now: Date, zone: string): string {
	const { day, time } = wallClock(now, zone);
	return time >= CHECK_IN_SILENT_AT ? day : addDays(day, -1);
}

/** « Je n’y arrive pas », said of a step of their own that no professional moved on since. */
export const isStuck = and(is(step.state, 'waiting'), is(step.owner, 'person'), isNotNull(step.stuckAt));

/**
 * Who waits to be heard while their lead is away today, and no second referent is there to read it on their own first page: « je n’y
 * arrive pas », a call in their first months at work. For the coordinator, who has somebody ring, or gives the person a second. Who
 * and until when; nothing of what was said.
 */
export async function unheardWhileAway(
	q: Queries,
	{ territoryId, zone, now }: { territoryId: string; zone: string; now: Date },
) {
	const today = wallClock(now, zone).day;
	const isPresentSecond = q
		.select({ one: sql`1` })
		.from(second)
		.innerJoin(secondAccount, and(eq(secondAccount.id, second.accountId), eq(secondAccount.status, 'active')))
		.where(
			and(
				eq(second.personId, followUpMember.personId),
				eq(second.part, 'second'),
				isNull(second.endedAt),
				notExists(
					q
						.select({ one: sql`1` })
						.from(secondAway)
						.where(
							and(
								eq(secondAway.accountId, second.accountId),
								gte(secondAway.toDay, today),
								lte(secondAway.fromDay, today),
							),
						),
				),
			),
		);
	const waitsForACall = q
		.select({ one: sql`1` })
		.from(checkIn)
		.innerJoin(pathway, and(eq(pathway.id, checkIn.pathwayId), openPathway))
		.leftJoin(stage, and(eq(stage.pathwayId, pathway.id), currentStage, eq(stage.inWork, true)))
		.where(and(eq(checkIn.personId, person.id), unheard(silentSince(now, zone))));
	const waitsForAStep = q
		.select({ one: sql`1` })
		.from(step)
		.where(and(eq(step.personId, person.id), isStuck));
	const rows = await q
		.select({
			id: person.id,
			firstName: person.firstName,
			lastName: person.lastName,
			leadName: account.displayName,
			until: availabilityException.toDay,
		})
		.from(account)
		.innerJoin(
			availabilityException,
			and(
				eq(availabilityException.accountId, account.id),
				gte(availabilityException.toDay, today),
				lte(availabilityException.fromDay, today),
			),
		)
		.innerJoin(followUpMember, and(eq(followUpMember.accountId, account.id), openMember))
		.innerJoin(person, eq(person.id, followUpMember.personId))
		.where(
			and(
				eq(account.territoryId, territoryId),
				inArray(account.role, ['referent', 'coordinator']),
				eq(account.status, 'active'),
				eq(followUpMember.part, 'lead'),
				// The plus: who is away leads, not everybody of the territory.
				sql`+${person.territoryId} = ${territoryId}`,
				or(exists(waitsForACall), exists(waitsForAStep)),
				notExists(isPresentSecond),
			),
		)
		.orderBy(asc(availabilityException.toDay))
		.limit(MOST);
	// Two absences that overlap are one, the longer.
	return [...new Map(rows.map((row) => [row.id, row])).values()];
}
