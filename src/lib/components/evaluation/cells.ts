/** `2026-03` → « mars 2026 ». */
export const monthName = (month: string, locale: string, length: 'long' | 'short' = 'long'): string =>
	new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
		month: length,
		year: length === 'long' ? 'numeric' : undefined,
		timeZone: 'UTC',
	}).format(new Date(`${month}-01T00:00:00Z`));
