import { addDays, isCounted, localDay } from '../../src/lib/server/territories/calendar.ts';
import { PROFILES } from '../../src/lib/server/territories/profiles.ts';
import { readHolidays } from '../../src/lib/server/territories/reference.ts';

/**
 * Days that tests may count on, whatever the day they run: asked of the product's own calendar, for all territories of the demo at once.
 */
const off = new Set(
	readHolidays('.')
		.filter(({ zone }) => PROFILES.some(({ holidayZone }) => holidayZone === zone))
		.map(({ day }) => day),
);

/** Monday to Saturday, and no holiday in any of the territories: on that day messages leave, here and in Cayenne. */
export const isWorkingDay = (day: string): boolean => isCounted(day, 'ouvrable', off);

/** The day so many days from now on the calendar of a zone: 24 hours later may be two days later, when the clock changes. */
export const dayFromNow = (days: number, zone: string): string => addDays(localDay(new Date(), zone), days);

const morningOf = (day: string): Date => new Date(`${day}T09:00:00Z`);

/** The first day from tomorrow on that will do, at 9:00 UTC: far from quiet hours and the turn of the day, here and in Cayenne. */
function nextMorning(willDo: (day: string) => boolean): Date {
	let day = addDays(localDay(new Date(), 'UTC'), 1);
	while (!willDo(day)) day = addDays(day, 1);
	return morningOf(day);
}

/** The next Tuesday that is a working day, and from which so many days later are working days too. */
export const nextTuesday = (...later: number[]): Date =>
	nextMorning(
		(day) => morningOf(day).getUTCDay() === 2 && [0, ...later].every((days) => isWorkingDay(addDays(day, days))),
	);

/** A working morning that follows a working day: nothing is put off for the hour, and nothing was the day before. */
export const nextWorkingMorning = (): Date => nextMorning((day) => isWorkingDay(day) && isWorkingDay(addDays(day, -1)));
