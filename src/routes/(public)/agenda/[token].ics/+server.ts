import { m } from '$lib/paraglide/messages.js';
import type { Locale } from '$lib/paraglide/runtime.js';
import { calendarFeedFile } from '$lib/server/appointments/calendar-file';
import { feedOf } from '$lib/server/appointments/calendar-feed';
import { db } from '$lib/server/db';
import { errorFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { appointmentTypeLabel } from '$lib/shared/labels';
import type { RequestHandler } from './$types';

type Feed = Awaited<ReturnType<typeof feedOf>>;

/** Read by calendars, without a session: whoever holds the address reads it, so it says as little as it can. */
export const GET: RequestHandler = async (event) => {
	openToAll();
	const { now } = event.locals;
	await limitByAddress(event, 'calendar_feed').catch(errorFrom);
	const feed = await feedOf(db.read, event.params.token, now).catch(errorFrom);
	const locale = feed.locale as Locale;
	const entries = feed.entries.map((entry) => ({
		...entry,
		title: titleOf(feed, entry, locale),
		place: feed.detailed ? entry.place : null,
	}));
	const name = m.appointment_list_title({}, { locale });
	return new Response(calendarFeedFile(entries, name, feed.zone, now), {
		headers: {
			'content-type': 'text/calendar; charset=utf-8',
			'cache-control': 'private, no-store',
			'x-robots-tag': 'noindex',
		},
	});
};

function titleOf(feed: Feed, entry: Feed['entries'][number], locale: Locale): string {
	if (entry.title) return m.appointment_feed_workshop({ title: entry.title }, { locale });
	if (feed.kind === 'professional') return m.appointment_feed_entry_pro({ initials: entry.initials }, { locale });
	if (!feed.detailed) return m.appointment_calendar_title({}, { locale });
	return m.appointment_feed_entry({ type: appointmentTypeLabel(entry.type, locale) }, { locale });
}
