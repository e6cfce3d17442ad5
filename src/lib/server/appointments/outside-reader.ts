import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';

export interface BusySpan {
	startsAt: Date;
	endsAt: Date;
}
interface Window {
	from: Date;
	to: Date;
	/** Zone of hours written without one (floating, whole days). */
	zone: string;
}

/** Repetitions worked out for one file: a daily meeting over thirty years, and no rule of every second. */
const MOST_TURNS = 20_000;
const MOST_SPANS = 1000;
/** Our own feed, read back through another calendar: already known, and better. */
const OURS = /@sans-couture$/;

/**
 * When somebody is busy between two instants, from an iCalendar text: events that are neither cancelled nor marked free, their
 * repetitions and exceptions, and VFREEBUSY. Titles, places and people are not read at all.
 * @throws when it is no calendar, or would take too long to work out
 */
export function readBusy(text: string, window: Window): BusySpan[] {
	const parsed = ICAL.parse(text) as unknown[];
	// A file may hold several calendars: ical.js then gives a list of them.
	const all = (typeof parsed[0] === 'string' ? [parsed] : parsed) as ConstructorParameters<typeof ICAL.Component>[0][];
	if (all.length === 0) throw new Error('nothing');
	const turns = { left: MOST_TURNS };
	const spans = all.flatMap((one) => {
		const calendar = new ICAL.Component(one);
		if (calendar.name !== 'vcalendar') throw new Error('not a calendar');
		return [...eventsOf(calendar, window, turns), ...freeBusyOf(calendar, window)];
	});
	return merged(spans.filter(({ startsAt, endsAt }) => startsAt < window.to && endsAt > window.from));
}

function eventsOf(calendar: ICAL.Component, window: Window, turns: { left: number }): BusySpan[] {
	const events = calendar.getAllSubcomponents('vevent');
	const isException = (event: ICAL.Component) => event.hasProperty('recurrence-id');
	const uid = (event: ICAL.Component) => String(event.getFirstPropertyValue('uid') ?? '');
	return events
		.filter((event) => !isException(event) && !OURS.test(uid(event)))
		.flatMap((event) => {
			const own = new ICAL.Event(event, {
				exceptions: events.filter((other) => isException(other) && uid(other) === uid(event)),
			});
			if (!own.startDate) return [];
			return own.isRecurring() ? repeated(own, window, turns) : isBusy(event) ? [spanOf(own, window)] : [];
		});
}

function repeated(event: ICAL.Event, window: Window, turns: { left: number }): BusySpan[] {
	const spans: BusySpan[] = [];
	const lengthMs = event.duration.toSeconds() * 1000;
	const occurrences = event.iterator();
	for (let next = occurrences.next(); next; next = occurrences.next()) {
		if ((turns.left -= 1) < 0) throw new Error('too many repetitions');
		const startsAt = instantOf(next, window.zone);
		if (startsAt >= window.to) break;
		if (startsAt.getTime() + lengthMs <= window.from.getTime()) continue;
		const { item, startDate, endDate } = event.getOccurrenceDetails(next);
		if (isBusy(item.component)) spans.push(spanOf({ startDate, endDate }, window));
	}
	return spans;
}

const isBusy = (event: ICAL.Component): boolean =>
	event.getFirstPropertyValue('status') !== 'CANCELLED' &&
	event.getFirstPropertyValue('transp') !== 'TRANSPARENT' &&
	event.getFirstPropertyValue('x-microsoft-cdo-busystatus') !== 'FREE';

const spanOf = ({ startDate, endDate }: Pick<ICAL.Event, 'startDate' | 'endDate'>, { zone }: Window): BusySpan => ({
	startsAt: instantOf(startDate, zone),
	endsAt: instantOf(endDate, zone),
});

function freeBusyOf(calendar: ICAL.Component, { zone }: Window): BusySpan[] {
	return calendar
		.getAllSubcomponents('vfreebusy')
		.flatMap((part) => part.getAllProperties('freebusy'))
		.filter((property) => property.getFirstParameter('fbtype') !== 'FREE')
		.flatMap((property) => property.getValues() as ICAL.Period[])
		.map((period) => ({ startsAt: instantOf(period.start, zone), endsAt: instantOf(period.getEnd(), zone) }));
}

/** By the rules of the file's own VTIMEZONE; by those of the named zone when the file brings none; else on the wall of `zone`. */
function instantOf(time: ICAL.Time, zone: string): Date {
	const isPlaced = time.zone && time.zone !== ICAL.Timezone.localTimezone && !time.isDate;
	if (isPlaced) return new Date(time.toUnixTime() * 1000);
	// The name that was written (`TZID`), when no VTIMEZONE explains it: ical.js keeps it, its types do not say so.
	const { timezone: written } = time as { timezone?: string };
	const named = written && isZone(written) ? written : zone;
	const { year, month, day, hour, minute, second } = time;
	const wall = Temporal.PlainDateTime.from({ year, month, day, hour, minute, second });
	return new Date(wall.toZonedDateTime(time.isDate ? zone : named).epochMilliseconds);
}

function isZone(name: string): boolean {
	try {
		return Boolean(new Intl.DateTimeFormat('fr', { timeZone: name }));
	} catch {
		return false;
	}
}

/** Earliest first, what touches made one; nothing of no length. */
function merged(spans: BusySpan[]): BusySpan[] {
	const whole: BusySpan[] = [];
	const inOrder = spans.toSorted((one, other) => one.startsAt.getTime() - other.startsAt.getTime());
	for (const { startsAt, endsAt } of inOrder) {
		if (endsAt <= startsAt) continue;
		const last = whole.at(-1);
		if (!last || startsAt > last.endsAt) whole.push({ startsAt, endsAt });
		else if (endsAt > last.endsAt) last.endsAt = endsAt;
	}
	return whole.slice(0, MOST_SPANS);
}
