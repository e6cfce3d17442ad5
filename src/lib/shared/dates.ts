import { m } from '../paraglide/messages.js';
import type { Locale } from '../paraglide/runtime.js';
import { localDay } from './days.ts';
import { regionOf } from './locales.ts';
import { remembered } from './remembered.ts';

/**
 * Days and hours as people read them. Intl only, so that pages and messages say the same; counting days is the
 * business of server/territories/calendar.ts. A `When` is an instant, shown in the zone, or a calendar day
 * `YYYY-MM-DD`, which has no zone. Hours keep their parts together with no-break spaces.
 */
export type When = Date | string;

const NBSP = '\u00a0';
const DAY_MS = 86_400_000;
/** Further away, a number of days says nothing to anybody. */
const RELATIVE_UP_TO_DAYS = 60;

const SHAPES = {
	day: { weekday: 'long', day: 'numeric', month: 'long' },
	dayWithYear: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
	date: { day: 'numeric', month: 'long', year: 'numeric' },
	weekday: { weekday: 'short' },
	dayNumber: { day: 'numeric' },
	month: { month: 'short' },
	time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
	englishTime: { hour: 'numeric', minute: '2-digit', hour12: true },
	englishHour: { hour: 'numeric', hour12: true },
} satisfies Record<string, Intl.DateTimeFormatOptions>;
type Shape = keyof typeof SHAPES;

/** Made once each: building one costs a thousand times what using it does. */
const formatters = remembered<Intl.DateTimeFormat>(1_000);
const relatives = remembered<Intl.RelativeTimeFormat>(100);
const units = remembered<Intl.NumberFormat>(100);

const formatter = (shape: Shape, zone: string, locale: string): Intl.DateTimeFormat =>
	formatters(
		`${shape} ${zone} ${locale}`,
		() => new Intl.DateTimeFormat(regionOf(locale), { ...SHAPES[shape], timeZone: zone }),
	);

const relative = (locale: string): Intl.RelativeTimeFormat =>
	relatives(locale, () => new Intl.RelativeTimeFormat(regionOf(locale), { numeric: 'auto' }));

/** « 1 jour », « 3 jours »; « 2 дні », « 5 днів »: the plural is each language's own, and Intl knows it. */
export const formatDuration = (
	count: number,
	unit: 'minute' | 'hour' | 'day' | 'month' | 'year',
	locale: string,
): string =>
	units(
		`${unit} ${locale}`,
		() => new Intl.NumberFormat(regionOf(locale), { style: 'unit', unit, unitDisplay: 'long' }),
	).format(count);

const instantOf = (day: string) => new Date(`${day}T00:00:00Z`);

const MINUTE_MS = 60_000;
/** Pages of a day show the same few days and hours. */
const shown = remembered<string>(5_000);

const show = (shape: Shape, when: When, zone: string, locale: string): string =>
	shown(
		`${shape} ${zone} ${locale} ${typeof when === 'string' ? when : Math.floor(when.getTime() / MINUTE_MS)}`,
		() => {
			const text =
				typeof when === 'string'
					? formatter(shape, 'UTC', locale).format(instantOf(when))
					: formatter(shape, zone, locale).format(when);
			// « 22 листопада 2026 року »: « р. » would meet the full stop of a sentence.
			if (locale === 'uk') return text.replace(/\sр\.$/u, ' року');
			// « 1er mars »: Intl leaves the ordinal out.
			return locale === 'fr' ? text.replace(/(^|\s)1(?=\s\p{L})/u, '$11er') : text;
		},
	);

const dayOf = (when: When, zone: string) => (typeof when === 'string' ? when : localDay(when, zone));

/** « mardi 3 mars »; with the year, « mardi 3 mars 2027 », when it is not the year of `now`. */
export function formatDay(when: When, zone: string, locale: string, now?: Date): string {
	const otherYear = now !== undefined && dayOf(when, zone).slice(0, 4) !== dayOf(now, zone).slice(0, 4);
	return show(otherYear ? 'dayWithYear' : 'day', when, zone, locale);
}

/** « 3 mars 2026 »: for delays and legal mentions, where the weekday does not matter. */
export const formatDate = (when: When, zone: string, locale: string): string => show('date', when, zone, locale);

/** The parts of a calendar leaf: « mar. », « 3 », « mars ». */
export const dayParts = (when: When, zone: string, locale: string) => ({
	weekday: show('weekday', when, zone, locale),
	day: show('dayNumber', when, zone, locale),
	month: show('month', when, zone, locale),
});

/** « 14 h », « 14 h 30 », « 8 h 05 » in French; “2 pm”, “2:30 pm” in English; 14:30 elsewhere. */
export function formatTime(instant: Date, zone: string, locale: string): string {
	if (locale === 'en') {
		const whole = show('time', instant, zone, 'fr').endsWith(':00');
		return show(whole ? 'englishHour' : 'englishTime', instant, zone, locale).replace(/\s/g, NBSP);
	}
	const time = show('time', instant, zone, locale);
	if (locale !== 'fr') return time;
	const [hour, minute] = time.split(':');
	return `${Number(hour)}${NBSP}h` + (minute === '00' ? '' : `${NBSP}${minute}`);
}

/** Midnights between now and then in the zone: 0 today, 1 tomorrow, -1 yesterday. */
export const daysUntil = (when: When, zone: string, now: Date): number =>
	Math.round((instantOf(dayOf(when, zone)).getTime() - instantOf(dayOf(now, zone)).getTime()) / DAY_MS);

/** « aujourd’hui », « demain », « dans 3 jours », « hier », « il y a 3 jours ». */
export function formatRelativeDays(when: When, zone: string, locale: string, now: Date): string {
	const days = daysUntil(when, zone, now);
	return shown(`in ${days} ${locale}`, () => relative(locale).format(days, 'day'));
}

const withRelative = (date: string, when: When, zone: string, locale: string, now: Date): string =>
	Math.abs(daysUntil(when, zone, now)) > RELATIVE_UP_TO_DAYS
		? date
		: m.dates_with_relative(
				{ date, relative: formatRelativeDays(when, zone, locale, now) },
				{ locale: locale as Locale },
			);

/** « mardi 3 mars à 14 h »; with the year when it is not that of `now`. */
export const formatDayTime = (instant: Date, zone: string, locale: string, now?: Date): string =>
	m.dates_day_time(
		{ day: formatDay(instant, zone, locale, now), time: formatTime(instant, zone, locale) },
		{ locale: locale as Locale },
	);

/** « mardi 3 mars à 14 h (dans 3 jours) », « … (demain) », « … (aujourd’hui) »; no brackets beyond 60 days. */
export const formatWhen = (instant: Date, zone: string, locale: string, now: Date): string =>
	withRelative(formatDayTime(instant, zone, locale, now), instant, zone, locale, now);

/** « mardi 3 mars (dans 3 jours) »: a last day to do something. */
export const formatDayWhen = (when: When, zone: string, locale: string, now: Date): string =>
	withRelative(formatDay(when, zone, locale, now), when, zone, locale, now);
