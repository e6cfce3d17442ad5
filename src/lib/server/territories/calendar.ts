import { Temporal } from 'temporal-polyfill';

/** How a delay is counted: every day, Monday–Saturday but holidays (*ouvrable*), Monday–Friday but holidays (*ouvré*). */
export type DayType = 'calendar' | 'ouvrable' | 'ouvre';
/** Days off of one zone, `YYYY-MM-DD` (queries.ts `holidaysOf`). */
export type Holidays = ReadonlySet<string>;

const SATURDAY = 6;
const SUNDAY = 7;
/** Messages leave between these hours of the zone, both included (product.md §5). */
const FIRST_HOUR = '08:00';
const LAST_HOUR = '20:00';

const zoned = (instant: Date, zone: string) =>
	Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
const plain = (day: string) => Temporal.PlainDate.from(day);

/** The calendar day of an instant in a zone, `YYYY-MM-DD`. */
export const localDay = (instant: Date, zone: string): string => zoned(instant, zone).toPlainDate().toString();

/** What a clock on the wall shows at an instant: day and `HH:MM`. */
export function wallClock(instant: Date, zone: string): { day: string; time: string } {
	const local = zoned(instant, zone);
	return {
		day: local.toPlainDate().toString(),
		time: local.toPlainTime().toString({ smallestUnit: 'minute' }),
	};
}

/**
 * The instant of a wall-clock day and `HH:MM`. An hour that does not exist (spring) moves forward by the gap; one that
 * comes twice (autumn) is the first of the two. Overseas zones never change their clock.
 * @throws RangeError when the day, the time or the zone is malformed
 */
export function instantOf(day: string, time: string, zone: string): Date {
	const local = plain(day).toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) });
	return new Date(local.epochMilliseconds);
}

/** First instant of a day; not always midnight where the clock changes at midnight. */
export const startOfDay = (day: string, zone: string): Date =>
	new Date(plain(day).toZonedDateTime(zone).epochMilliseconds);

export const isHoliday = (day: string, holidays: Holidays): boolean => holidays.has(day);
export const isSunday = (day: string): boolean => plain(day).dayOfWeek === SUNDAY;

/** Whether a delay of this type counts the day. */
export function isCounted(day: string, type: DayType, holidays: Holidays): boolean {
	if (type === 'calendar') return true;
	if (holidays.has(day)) return false;
	return plain(day).dayOfWeek < (type === 'ouvre' ? SATURDAY : SUNDAY);
}

/**
 * The day `count` days after (before, when negative) the given one, which itself is not counted. With 0 it is returned
 * as it is, even when its type would not count it.
 */
export function addDays(
	day: string,
	count: number,
	type: DayType = 'calendar',
	holidays: Holidays = new Set(),
): string {
	if (type === 'calendar') return plain(day).add({ days: count }).toString();
	const direction = Math.sign(count);
	let result = plain(day);
	for (let left = Math.abs(count); left > 0;) {
		result = result.add({ days: direction });
		if (isCounted(result.toString(), type, holidays)) left -= 1;
	}
	return result.toString();
}

/** Same day of the month, or the month's last day when it has no such day: 31 January + 1 month is 28 February. */
export const addMonths = (day: string, count: number): string => plain(day).add({ months: count }).toString();

/** Calendar days from one day to another; negative when `to` is earlier. */
export const daysBetween = (from: string, to: string): number =>
	plain(from).until(plain(to), { largestUnit: 'day' }).days;

/** A day on which nothing is sent: a Sunday or a public holiday of the zone. */
const isDayOff = (day: string, holidays: Holidays): boolean => holidays.has(day) || isSunday(day);

/** Whether nothing may be sent: before 8:00, after 20:00, on Sunday or on a public holiday of the zone (product.md §5). */
export function isQuiet(instant: Date, zone: string, holidays: Holidays): boolean {
	const { day } = wallClock(instant, zone);
	if (isDayOff(day, holidays)) return true;
	return instant < instantOf(day, FIRST_HOUR, zone) || instant > instantOf(day, LAST_HOUR, zone);
}

/** The instant itself when sending is allowed then, else the last allowed one before: 20:00 of the last allowed day. */
export function lastAllowedBefore(instant: Date, zone: string, holidays: Holidays): Date {
	if (!isQuiet(instant, zone, holidays)) return instant;
	let day = localDay(instant, zone);
	if (instant < instantOf(day, FIRST_HOUR, zone)) day = addDays(day, -1);
	while (isDayOff(day, holidays)) day = addDays(day, -1);
	return instantOf(day, LAST_HOUR, zone);
}

/** The instant itself when sending is allowed then, else the first allowed one after: 8:00 of the next allowed day. */
export function nextAllowed(instant: Date, zone: string, holidays: Holidays): Date {
	if (!isQuiet(instant, zone, holidays)) return instant;
	let day = localDay(instant, zone);
	if (instant > instantOf(day, LAST_HOUR, zone)) day = addDays(day, 1);
	while (isDayOff(day, holidays)) day = addDays(day, 1);
	return instantOf(day, FIRST_HOUR, zone);
}
