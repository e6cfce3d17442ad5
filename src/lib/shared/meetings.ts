import { m } from '../paraglide/messages.js';
import type { Locale } from '../paraglide/runtime.js';
import { formatDayTime } from './dates.ts';

/** What became of an hour or a meeting of a professional, in the same words on their first page and in the e-mail. `after` null: it is off. */
export function meetingSentence(
	{ before, after, zone }: { before: Date; after: Date | null; zone: string },
	locale: Locale,
	now: Date,
): string {
	const show = (instant: Date) => formatDayTime(instant, zone, locale, now);
	const words = { before: show(before) };
	if (!after) return m.pro_meeting_off(words, { locale });
	if (after.getTime() === before.getTime()) return m.pro_meeting_changed(words, { locale });
	return m.pro_meeting_moved({ ...words, after: show(after) }, { locale });
}
