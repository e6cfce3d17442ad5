import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { timeZoneComponent } from './calendar-file.ts';

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
	// Some calendars begin their file with a mark of its encoding.
	const parsed = ICAL.parse(text.replace(/^\uFEFF/, '')) as unknown[];
	// A file may hold several calendars: ical.js then gives a list of them.
	const all = (typeof parsed[0] === 'string' ? [parsed] : parsed) as ConstructorParameters<typeof ICAL.Component>[0][];
	if (all.length === 0) throw new Error('nothing');
	const turns = { left: MOST_TURNS };
	const spans = all.flatMap((one) => {
		const calendar = new ICAL.Component(one);
		if (calendar.name !== 'vcalendar') throw new Error('not a calendar');
		explainZones(calendar, window);
		return [...eventsOf(calendar, window, turns), ...freeBusyOf(calendar, window)];
	});
	return merged(spans.filter(({ startsAt, endsAt }) => startsAt < window.to && endsAt > window.from));
}

/** Zones that are named only: their rules are ours, so that an end or an exception written in UTC is met. */
function explainZones(calendar: ICAL.Component, { from, to }: Window): void {
	const properties = calendar.getAllSubcomponents('vevent').flatMap((event) => event.getAllProperties());
	const named = new Set(properties.map((property) => property.getFirstParameter('tzid')));
	for (const name of named)
		if (name && !calendar.getTimeZoneByID(name) && isZone(name)) {
			const rules = timeZoneComponent(name, from.getUTCFullYear() - 1, to.getUTCFullYear() + 1);
			calendar.addSubcomponent(ICAL.Component.fromString(rules));
		}
}

function eventsOf(calendar: ICAL.Component, window: Window, turns: { left: number }): BusySpan[] {
	const events = calendar.getAllSubcomponents('vevent');
	// A moved occurrence counts where it is now, far from its former hour or sent without its series.
	const isException = (event: ICAL.Component) => event.hasProperty('recurrence-id');
	const uid = (event: ICAL.Component) => String(event.getFirstPropertyValue('uid') ?? '');
	return events
		.filter((event) => !OURS.test(uid(event)))
		.flatMap((event) => {
			const exceptions = isException(event)
				? []
				: events.filter((other) => isException(other) && uid(other) === uid(event));
			const own = new ICAL.Event(event, { exceptions });
			if (!own.startDate) return [];
			const isSeries = own.isRecurring() && !isException(event);
			return isSeries ? repeated(own, window, turns) : isBusy(event) ? [spanOf(own, window)] : [];
		});
}

function repeated(event: ICAL.Event, window: Window, turns: { left: number }): BusySpan[] {
	const periods = takePeriods(event.component, window);
	const spans: BusySpan[] = isBusy(event.component) ? periods : [];
	const lengthMs = event.duration.toSeconds() * 1000;
	const reaches = (startsAt: Date) => startsAt.getTime() + lengthMs > window.from.getTime();
	// « This one and those after » shifts hours: only then must each be worked out to know where it falls.
	const isShifted = event.rangeExceptions.length > 0;
	for (const next of turnsOf(event, isShifted ? null : new Date(window.from.getTime() - lengthMs))) {
		if ((turns.left -= 1) < 0) throw new Error('too many repetitions');
		const startsAt = instantOf(next, window.zone);
		if (startsAt >= window.to) break;
		if (!isShifted && !reaches(startsAt)) continue;
		const { item, startDate, endDate } = event.getOccurrenceDetails(next);
		// Read by itself.
		if (item !== event && instantOf(item.recurrenceId, window.zone).getTime() === startsAt.getTime()) continue;
		if (isBusy(item.component)) spans.push(spanOf({ startDate, endDate }, window));
	}
	return spans;
}

/** Dates added with a length of their own, which ical.js cannot place in a series: taken out of it. */
function takePeriods(event: ICAL.Component, { zone }: Window): BusySpan[] {
	const added = event.getAllProperties('rdate').filter((property) => property.type === 'period');
	for (const property of added) event.removeProperty(property);
	return added.flatMap((property) => property.getValues() as ICAL.Period[]).map((period) => spanOfPeriod(period, zone));
}

/** The beginnings of a series, in order; those before `since` may be left out. */
function* turnsOf(event: ICAL.Event, since: Date | null): Generator<ICAL.Time> {
	const [rule, ...others] = event.component.getAllProperties('rrule').map((one) => one.getFirstValue() as ICAL.Recur);
	const isSimple = rule && others.length === 0;
	// Without a rule the first date counts too (RFC 5545 §3.8.5.2), and ical.js leaves it out.
	if (!rule && !isLeftOut(event, event.startDate)) yield event.startDate;
	const occurrences = event.iterator(isSimple && since ? laterStart(event.startDate, rule, since) : undefined);
	for (let next = occurrences.next(); next; next = occurrences.next()) yield next;
}

const isLeftOut = (event: ICAL.Event, time: ICAL.Time): boolean =>
	event.component
		.getAllProperties('exdate')
		.flatMap((property) => property.getValues() as ICAL.Time[])
		.some((left) => (left.isDate ? left.compareDateOnlyTz(time, time.zone) : left.compare(time)) === 0);

const DAYS: Partial<Record<string, number>> = { DAILY: 1, WEEKLY: 7 };
const DAY_MS = 86_400_000;

/**
 * Where to begin a series that has gone on for years: whole turns later, at the same hour of the wall, so in step. Rules of
 * months and years have few turns, and those that count them must see them all.
 */
function laterStart(start: ICAL.Time, { freq, interval, count }: ICAL.Recur, since: Date): ICAL.Time {
	const days = (DAYS[freq] ?? 0) * interval;
	const later = start.clone();
	// Two days less: the hours of a zone are another day's in UTC.
	const ahead = since.getTime() - start.toJSDate().getTime() - 2 * DAY_MS;
	if (days > 0 && count === null && ahead > 0) later.adjust(Math.floor(ahead / (days * DAY_MS)) * days, 0, 0, 0);
	return later;
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
		.map((period) => spanOfPeriod(period, zone));
}

const spanOfPeriod = (period: ICAL.Period, zone: string): BusySpan => ({
	startsAt: instantOf(period.start, zone),
	endsAt: instantOf(period.getEnd(), zone),
});

/** By the rules of the file's own VTIMEZONE, or of the zone it names (`explainZones`); else on the wall of `zone`. */
function instantOf(time: ICAL.Time, zone: string): Date {
	const isPlaced = time.zone && time.zone !== ICAL.Timezone.localTimezone && !time.isDate;
	if (isPlaced) return new Date(time.toUnixTime() * 1000);
	const { year, month, day, hour, minute, second } = time;
	const wall = Temporal.PlainDateTime.from({ year, month, day, hour, minute, second });
	return new Date(wall.toZonedDateTime(zone).epochMilliseconds);
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
