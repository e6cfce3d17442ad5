import { m } from '../paraglide/messages.js';
import { getLocale, type Locale } from '../paraglide/runtime.js';
import type { HalfDay } from './answers.ts';
import { regionOf } from './locales.ts';

/** Any Monday: only the names of the days are read from it. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const names = new Map<Locale, string[]>();

function weekdays(locale: Locale): string[] {
	let made = names.get(locale);
	if (!made) {
		const format = new Intl.DateTimeFormat(regionOf(locale), { weekday: 'long', timeZone: 'UTC' });
		made = [0, 1, 2, 3, 4].map((day) => format.format(new Date(MONDAY + day * DAY_MS)));
		names.set(locale, made);
	}
	return made;
}

/** « mardi matin »; « Le matin » where no day was said. */
export function halfDayLabel(halfDay: HalfDay, locale: Locale = getLocale()): string {
	const [part, weekday] = halfDay.split('_') as ['morning' | 'afternoon', string?];
	const words = { locale };
	if (!weekday) return (part === 'morning' ? m.appointment_half_morning : m.appointment_half_afternoon)({}, words);
	const day = weekdays(locale)[Number(weekday) - 1]!;
	return (part === 'morning' ? m.appointment_half_day_morning : m.appointment_half_day_afternoon)({ day }, words);
}
