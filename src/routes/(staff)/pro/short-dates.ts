import { dayParts, formatTime, type When } from '$lib/shared/dates';

const NBSP = '\u00a0';

/** « jeu. 26 nov. »: tables of professionals, where every line counts. */
export function shortDay(when: When, zone: string, locale: string): string {
	const { weekday, day, month } = dayParts(when, zone, locale);
	return [weekday, day, month].join(NBSP);
}

/** « jeu. 26 nov. 10 h ». */
export const shortWhen = (instant: Date, zone: string, locale: string): string =>
	`${shortDay(instant, zone, locale)} ${formatTime(instant, zone, locale)}`;
