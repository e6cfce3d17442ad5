import { m } from '$lib/paraglide/messages.js';

/** A count as it may be shown (server/evaluation/disclosure.ts). */
export type ShownCell = number | 'few' | 'hidden';

export const cellText = (cell: ShownCell): string =>
	cell === 'few' ? m.evaluation_few() : cell === 'hidden' ? m.evaluation_hidden() : String(cell);

/** `2026-03` → « mars 2026 ». */
export const monthName = (month: string, locale: string, length: 'long' | 'short' = 'long'): string =>
	new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
		month: length,
		year: length === 'long' ? 'numeric' : undefined,
		timeZone: 'UTC',
	}).format(new Date(`${month}-01T00:00:00Z`));
