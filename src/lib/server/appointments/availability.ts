import { and, asc, count, eq, gt, gte, inArray, lt } from 'drizzle-orm';
import type { AppointmentMode } from '../../shared/codes.ts';
import type { Queries, Tx } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import { account, availability, availabilityException } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import {
	freeHours,
	isAway,
	isFreeHour,
	type DaysAway,
	type Diary,
	type FreeHour,
	type Where,
} from './availability-rules.ts';
import { groupsBetween, heldBetween, isBusyOutside } from './held.ts';
import { DAY_MS } from './rules.ts';

const MOST_ROWS = 60;
/** Further than any hour that is offered. */
const HELD_DAYS = 40;

/** A professional's weekly hours, as the week goes, and their days away from today on. */
export async function availabilityOf(q: Queries, accountId: string, today: string) {
	const weekly = await weeklyOf(q, accountId);
	const exceptions = await q
		.select()
		.from(availabilityException)
		.where(and(eq(availabilityException.accountId, accountId), gte(availabilityException.toDay, today)))
		.orderBy(asc(availabilityException.fromDay))
		.limit(MOST_ROWS);
	return { weekly, exceptions };
}

const weeklyOf = (q: Queries, accountId: string) =>
	q
		.select()
		.from(availability)
		.where(eq(availability.accountId, accountId))
		.orderBy(asc(availability.weekday), asc(availability.fromTime))
		.limit(MOST_ROWS);

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const FIRST = '07:00';
const LAST = '21:00';

/** @throws DomainError `hours_malformed` (invalid), `hours_overlap`, `too_many_rows` (conflict) */
export async function addWeeklyHours(
	tx: Tx,
	input: {
		accountId: string;
		weekday: number;
		fromTime: string;
		toTime: string;
		mode: AppointmentMode;
		placeName?: string | null;
		address?: string | null;
		now: Date;
	},
): Promise<{ id: string }> {
	const { accountId, weekday, fromTime, toTime, now } = input;
	const isWritten = TIME.test(fromTime) && TIME.test(toTime) && Number.isInteger(weekday);
	if (!isWritten || weekday < 1 || weekday > 7 || fromTime < FIRST || toTime > LAST || fromTime >= toTime)
		throw new DomainError('hours_malformed', 'invalid');
	const own = eq(availability.accountId, accountId);
	const [over] = await tx
		.select({ id: availability.id })
		.from(availability)
		.where(
			and(own, eq(availability.weekday, weekday), lt(availability.fromTime, toTime), gt(availability.toTime, fromTime)),
		)
		.limit(1);
	if (over) throw new DomainError('hours_overlap', 'conflict');
	const [total] = await tx.select({ rows: count() }).from(availability).where(own);
	if (total!.rows >= MOST_ROWS) throw new DomainError('too_many_rows', 'conflict');
	const id = newId();
	await tx.insert(availability).values({
		id,
		accountId,
		weekday,
		fromTime,
		toTime,
		mode: input.mode,
		placeName: input.placeName || null,
		address: input.address || null,
		createdAt: now,
	});
	return { id };
}

/** Hours already chosen in it stay booked. */
export const removeWeeklyHours = (tx: Tx, { accountId, id }: { accountId: string; id: string }) =>
	tx.delete(availability).where(and(eq(availability.id, id), eq(availability.accountId, accountId)));

const DAY = /^\d{4}-\d\d-\d\d$/;

/** Days away, both included. @throws DomainError `days_malformed` (invalid), `too_many_rows` (conflict) */
export async function addDaysAway(
	tx: Tx,
	{ accountId, fromDay, toDay, now }: { accountId: string; fromDay: string; toDay: string; now: Date },
): Promise<void> {
	if (!DAY.test(fromDay) || !DAY.test(toDay) || toDay < fromDay) throw new DomainError('days_malformed', 'invalid');
	const own = eq(availabilityException.accountId, accountId);
	const [total] = await tx.select({ rows: count() }).from(availabilityException).where(own);
	if (total!.rows >= MOST_ROWS) throw new DomainError('too_many_rows', 'conflict');
	await tx.insert(availabilityException).values({ id: newId(), accountId, fromDay, toDay, createdAt: now });
}

export const removeDaysAway = (tx: Tx, { accountId, id }: { accountId: string; id: string }) =>
	tx
		.delete(availabilityException)
		.where(and(eq(availabilityException.id, id), eq(availabilityException.accountId, accountId)));

interface Sought extends Partial<Where> {
	referentId: string;
	/** Both must be free. */
	secondReferentId?: string | null;
	/** Their own hours are left out as well. */
	personId?: string;
	territoryId: string;
	/** Of the appointment: free hours are shown in it. */
	zone: string;
	mode: AppointmentMode;
	durationMinutes: number;
	/** The appointment that would move: it does not stand in its own way. */
	id?: string;
}
const whereOf = ({ mode, placeName }: Sought): Where => ({ mode, placeName: placeName || null });

/** Computed when asked, never stored: an hour that is cancelled is free the next time somebody looks. */
export async function availableHours(q: Queries, sought: Sought, now: Date, most: number): Promise<FreeHour[]> {
	return freeHours(whereOf(sought), sought.durationMinutes, await diaryOf(q, sought, now), now, most);
}

export async function isAvailableHour(
	q: Queries,
	sought: Sought,
	{ localDay: day, localTime: time }: { localDay: string; localTime: string },
	now: Date,
): Promise<boolean> {
	return isFreeHour({ day, time }, whereOf(sought), sought.durationMinutes, await diaryOf(q, sought, now), now);
}

const ALL_DAYS: DaysAway = { fromDay: '0000-01-01', toDay: '9999-12-31' };

/** Days away of any of these professionals, from `today` on. Who works here no more is away every day. */
export async function daysAway(q: Queries, accountIds: string[], today: string): Promise<DaysAway[]> {
	if (await worksNoMore(q, accountIds)) return [ALL_DAYS];
	return q
		.select({ fromDay: availabilityException.fromDay, toDay: availabilityException.toDay })
		.from(availabilityException)
		.where(and(inArray(availabilityException.accountId, accountIds), gte(availabilityException.toDay, today)))
		.limit(accountIds.length * MOST_ROWS);
}

/** Whether the account of one of them is disabled: nobody would be there. */
export async function worksNoMore(q: Queries, accountIds: string[]): Promise<boolean> {
	const rows = await q
		.select({ id: account.id })
		.from(account)
		.where(and(inArray(account.id, accountIds), is(account.status, 'disabled')))
		.limit(1);
	return rows.length > 0;
}

/** Who holds the meeting: the one professional, or both. */
export const holders = ({ referentId, secondReferentId }: Pick<Sought, 'referentId' | 'secondReferentId'>): string[] =>
	secondReferentId ? [referentId, secondReferentId] : [referentId];

/**
 * Whether one of them is away that day, or busy in another calendar or a meeting of professionals over these hours: such an hour is not proposed, nor taken when it
 * was proposed before. What a professional books by hand is not closed by it.
 */
export async function isClosed(
	q: Queries,
	accountIds: string[],
	hour: { localDay: string; startsAt: Date; endsAt: Date },
): Promise<boolean> {
	if (isAway(hour.localDay, await daysAway(q, accountIds, hour.localDay))) return true;
	for (const accountId of accountIds) {
		if (await isBusyOutside(q, accountId, hour)) return true;
		if ((await groupsBetween(q, accountId, hour.startsAt, hour.endsAt)).length > 0) return true;
	}
	return false;
}

async function diaryOf(q: Queries, sought: Sought, now: Date): Promise<Diary> {
	const { referentId, personId, id } = sought;
	const accountIds = holders(sought);
	const { settings, holidayZone, zone } = await getTerritory(q, sought.territoryId);
	const busy = await heldBetween(q, {
		accountIds,
		personId,
		except: id,
		from: now,
		to: new Date(now.getTime() + HELD_DAYS * DAY_MS),
	});
	const today = localDay(now, zone);
	const weekly = await weeklyOf(q, referentId);
	const secondWeekly = sought.secondReferentId ? await weeklyOf(q, sought.secondReferentId) : [];
	const exceptions = await daysAway(q, accountIds, today);
	const holidays = await holidaysOf(q, holidayZone);
	const { travelMinutes } = settings;
	return { weekly, secondWeekly, exceptions, holidays, busy, zone, shownIn: sought.zone, travelMinutes };
}
