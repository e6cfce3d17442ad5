import { Temporal } from 'temporal-polyfill';
import { localDay } from '../../shared/days.ts';
import { remembered } from '../../shared/remembered.ts';

export { localDay };

/** How a delay is counted: every day, Monday–Saturday but holidays (*ouvrable*), Monday–Friday but holidays (*ouvré*). */
export type DayType = 'calendar' | 'ouvrable' | 'ouvre';
/** Days off of one zone, `YYYY-MM-DD` (queries.ts `holidaysOf`). */
export type Holidays = ReadonlySet<string>;

const SATURDAY = 6;
const SUNDAY = 7;
/** Messages leave between these hours of the zone, both included: `HH:MM`. */
export interface SendingHours {
	from: string;
	until: string;
}
/** Those of a territory that says nothing else (product.md §5). */
export const USUAL_HOURS: SendingHours = { from: '08:00', until: '20:00' };

/**
 * What must leave by the last hour is planned a quarter of an hour before it: at 20:00 sharp, the first look of a worker is already too
 * late. It leaves time for a worker that was busy, for a first retry and for the messages of a whole territory.
 */
export function lastPlanned({ until }: SendingHours): string {
	const minutes = Number(until.slice(0, 2)) * 60 + Number(until.slice(3)) - 15;
	return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

const zoned = (instant: Date, zone: string) =>
	Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
const plain = (day: string) => Temporal.PlainDate.from(day);

/** Calendar days have no zone: counted in UTC they are all as long, and this is fifty times cheaper. @throws RangeError */
function utc(day: string): Date {
	const date = new Date(`${day}T00:00:00Z`);
	if (Number.isNaN(date.getTime()) || dayOf(date) !== day) throw new RangeError(`no such day: ${day}`);
	return date;
}
/** All that stands before the hour: the year has six digits and a sign from 10000 on. */
const dayOf = (date: Date) => date.toISOString().slice(0, -'T00:00:00.000Z'.length);

const DAY_MS = 86_400_000;

/**
 * Calendar days from one instant to another in a zone, for thousands of pairs: between two changes of its clock a zone keeps
 * to one offset, so each stretch is asked for once.
 */
export function daysIn(zone: string): (from: Date, to: Date) => number {
	const stretches: { from: number; until: number; offset: number }[] = [];
	const stretchOf = (at: number) => {
		const local = zoned(new Date(at), zone);
		const stretch = {
			// « previous » is strictly before: a change at this very instant begins its stretch.
			from: local.add({ milliseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity,
			until: local.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity,
			offset: local.offsetNanoseconds / 1e6,
		};
		stretches.push(stretch);
		return stretch;
	};
	const numberOf = (instant: Date) => {
		const at = instant.getTime();
		const { offset } = stretches.find(({ from, until }) => from <= at && at < until) ?? stretchOf(at);
		return Math.floor((at + offset) / DAY_MS);
	};
	return (from, to) => numberOf(to) - numberOf(from);
}

/** What a clock on the wall shows at an instant: day and `HH:MM`. */
export function wallClock(instant: Date, zone: string): { day: string; time: string } {
	const local = zoned(instant, zone);
	return {
		day: local.toPlainDate().toString(),
		time: local.toPlainTime().toString({ smallestUnit: 'minute' }),
	};
}

/** Reminders of a whole territory fall on the same few hours of the same few days. */
const instants = remembered<number>(10_000);

/**
 * The instant of a wall-clock day and `HH:MM`. An hour that does not exist (spring) moves forward by the gap; one that
 * comes twice (autumn) is the first of the two. Overseas zones never change their clock.
 * @throws RangeError when the day, the time or the zone is malformed
 */
export function instantOf(day: string, time: string, zone: string): Date {
	const instant = instants(`${day} ${time} ${zone}`, () => {
		const plainTime = Temporal.PlainTime.from(time);
		return plain(day).toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
	});
	return new Date(instant);
}

/** The same few days are asked for by every page of a day. */
const starts = remembered<number>(1_000);

/** First instant of a day; not always midnight where the clock changes at midnight. */
export const startOfDay = (day: string, zone: string): Date =>
	new Date(starts(`${day} ${zone}`, () => plain(day).toZonedDateTime(zone).epochMilliseconds));

export const isHoliday = (day: string, holidays: Holidays): boolean => holidays.has(day);
/** 1 Monday … 7 Sunday. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || SUNDAY;
export const isSunday = (day: string): boolean => weekdayOf(day) === SUNDAY;

/** Whether a delay of this type counts the day. */
export function isCounted(day: string, type: DayType, holidays: Holidays): boolean {
	if (type === 'calendar') return true;
	if (holidays.has(day)) return false;
	return weekdayOf(day) < (type === 'ouvre' ? SATURDAY : SUNDAY);
}

/**
 * The day `count` days after (before, when negative) the given one, which itself is not counted. With 0 it is returned
 * as it is, even when its type would not count it.
 * @throws RangeError when the day is malformed
 */
export function addDays(
	day: string,
	count: number,
	type: DayType = 'calendar',
	holidays: Holidays = new Set(),
): string {
	const moving = utc(day);
	if (type === 'calendar') {
		moving.setUTCDate(moving.getUTCDate() + count);
		return dayOf(moving);
	}
	const direction = Math.sign(count);
	let result = day;
	for (let left = Math.abs(count); left > 0;) {
		moving.setUTCDate(moving.getUTCDate() + direction);
		result = dayOf(moving);
		if (isCounted(result, type, holidays)) left -= 1;
	}
	return result;
}

/** Same day of the month, or the month's last day when it has no such day: 31 January + 1 month is 28 February. */
export function addMonths(day: string, count: number): string {
	const moving = utc(day);
	const dayOfMonth = moving.getUTCDate();
	moving.setUTCMonth(moving.getUTCMonth() + count);
	// 31 February has run over into March: back to the last day before it.
	if (moving.getUTCDate() !== dayOfMonth) moving.setUTCDate(0);
	return dayOf(moving);
}

/** Calendar days from one day to another; negative when `to` is earlier. */
export const daysBetween = (from: string, to: string): number => (utc(to).getTime() - utc(from).getTime()) / DAY_MS;

/** A day on which nothing is sent: a Sunday or a public holiday of the zone. */
const isDayOff = (day: string, holidays: Holidays): boolean => holidays.has(day) || isSunday(day);

/** Where an instant falls: before the hours of sending of its day, within, or after. */
function hoursAt(
	instant: Date,
	zone: string,
	{ from, until }: SendingHours,
): { day: string; hours: 'before' | 'within' | 'after' } {
	const local = zoned(instant, zone);
	const time = local.toPlainTime().toString();
	// Texts of the same shape compare as times do: « 20:00:00 » is within, « 20:00:00.001 » after.
	const hours = time < `${from}:00` ? 'before' : time > `${until}:00` ? 'after' : 'within';
	return { day: local.toPlainDate().toString(), hours };
}

/** Whether nothing may be sent: before 8:00, after 20:00, on Sunday or on a public holiday of the zone (product.md §5). */
export function isQuiet(instant: Date, zone: string, holidays: Holidays, sending = USUAL_HOURS): boolean {
	const { day, hours } = hoursAt(instant, zone, sending);
	return hours !== 'within' || isDayOff(day, holidays);
}

/**
 * For when to plan: the instant itself when sending is allowed then, with time left for it; else the last such one before,
 * 19:45 of the last allowed day.
 */
export function lastAllowedBefore(instant: Date, zone: string, holidays: Holidays, sending = USUAL_HOURS): Date {
	const { day: today, hours } = hoursAt(instant, zone, sending);
	let day = hours === 'before' ? addDays(today, -1) : today;
	while (isDayOff(day, holidays)) day = addDays(day, -1);
	const last = instantOf(day, lastPlanned(sending), zone);
	return hours === 'within' && day === today && instant < last ? instant : last;
}

/** The instant itself when sending is allowed then, else the first allowed one after: 8:00 of the next allowed day. */
export function nextAllowed(instant: Date, zone: string, holidays: Holidays, sending = USUAL_HOURS): Date {
	const { day: today, hours } = hoursAt(instant, zone, sending);
	if (hours === 'within' && !isDayOff(today, holidays)) return instant;
	let day = hours === 'after' ? addDays(today, 1) : today;
	while (isDayOff(day, holidays)) day = addDays(day, 1);
	return instantOf(day, sending.from, zone);
}
