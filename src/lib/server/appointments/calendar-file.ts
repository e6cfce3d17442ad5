import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import type { AppointmentState } from '../../shared/codes.ts';

interface Entry {
	id: string;
	localDay: string;
	localTime: string;
	zone: string;
	startsAt: Date;
	endsAt: Date;
	sequence: number;
	state: AppointmentState;
}
export interface TitledEntry extends Entry {
	title: string;
	/** Only for who asked for detail. */
	place?: string | null;
}

/** Two hours before, on the phone's own calendar. */
const ALARM_SECONDS = 2 * 3600;
const CANCELLED: readonly AppointmentState[] = ['excused', 'revoked'];
/** How often a calendar that subscribed is asked to come back. */
const REFRESH_SECONDS = 3600;

/**
 * One appointment as an iCalendar file: wall-clock hours with their zone (RFC 5545 §3.6.5), so that a calendar that travels keeps
 * the right hour. The title says nothing but « Rendez-vous »: calendars are shared and show on locked screens.
 */
export const calendarFile = (entry: Entry, title: string, now: Date): string =>
	written(calendarOf([{ ...entry, title }], now));

/**
 * All of somebody's appointments, for a calendar that subscribes. One that moved keeps its UID under a higher SEQUENCE; a cancelled
 * one stays, CANCELLED, or the phone would show it for ever. `zone` is said when there is nothing else: an empty calendar is not one.
 */
export function calendarFeedFile(entries: TitledEntry[], name: string, zone: string, now: Date): string {
	const calendar = calendarOf(entries, now, entries.length === 0 ? zone : null);
	return written(calendar.name(name).method(ICalCalendarMethod.PUBLISH).ttl(REFRESH_SECONDS));
}

/** ical-generator writes properties after components, which the grammar of RFC 5545 (§3.4, §3.6.1) does not know: read and put in order. */
const written = (calendar: { toString(): string }): string =>
	ICAL.stringify(ICAL.parse(calendar.toString()) as Parameters<typeof ICAL.stringify>[0]);

function calendarOf(entries: TitledEntry[], now: Date, emptyIn: string | null = null) {
	const years = entries.map(({ localDay }) => Number(localDay.slice(0, 4)));
	const thisYear = now.getUTCFullYear();
	const first = Math.min(thisYear, ...years);
	const last = Math.max(thisYear, ...years);
	// No zone on the calendar itself: it would write DTSTAMP as a local hour, which must be UTC.
	const calendar = ical({
		prodId: { company: 'Sans Couture', product: 'Portail', language: 'FR' },
		timezone: { name: emptyIn, generator: (name) => timeZoneComponent(name, first, last) },
	});
	for (const entry of entries) {
		const { zone, place } = entry;
		const isCancelled = CANCELLED.includes(entry.state);
		calendar.createEvent({
			id: `${entry.id}@sans-couture`,
			sequence: entry.sequence,
			stamp: now,
			// Text, not a Date: a Date would be written in the hour of the server.
			start: `${entry.localDay}T${entry.localTime}:00`,
			end: localText(entry.endsAt, zone),
			timezone: zone,
			summary: entry.title,
			status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
			alarms: isCancelled ? [] : [{ type: ICalAlarmType.display, trigger: ALARM_SECONDS }],
			...(place ? { location: place } : {}),
		});
	}
	return calendar;
}

const zoned = (instant: Date, zone: string) =>
	Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
const localText = (instant: Date, zone: string) =>
	zoned(instant, zone).toPlainDateTime().toString({ smallestUnit: 'second' });

const compact = (text: string) => text.replace(/[-:]/g, '');
const offsetText = (offset: string) => offset.replace(':', '').slice(0, 5);

/** The zone's rules from one year to another, both included: what they begin with, and each change of the clock. */
export function timeZoneComponent(zone: string, first: number, last = first): string {
	const start = Temporal.PlainDateTime.from(`${first}-01-01T00:00`).toZonedDateTime(zone);
	const parts = [observance('STANDARD', `${first}0101T000000`, start.offset, start.offset)];
	let change = start.getTimeZoneTransition('next');
	while (change && change.year <= last) {
		const before = change.subtract({ nanoseconds: 1 });
		const kind = change.offsetNanoseconds > before.offsetNanoseconds ? 'DAYLIGHT' : 'STANDARD';
		// The onset is written in the hour that was shown until then (RFC 5545 §3.6.5).
		const onset = before.add({ nanoseconds: 1 }).toInstant().toZonedDateTimeISO(before.offset).toPlainDateTime();
		parts.push(observance(kind, compact(onset.toString({ smallestUnit: 'second' })), before.offset, change.offset));
		change = change.getTimeZoneTransition('next');
	}
	return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...parts.flat(), 'END:VTIMEZONE'].join('\r\n');
}

const observance = (kind: 'STANDARD' | 'DAYLIGHT', onset: string, from: string, to: string) => [
	`BEGIN:${kind}`,
	`DTSTART:${onset}`,
	`TZOFFSETFROM:${offsetText(from)}`,
	`TZOFFSETTO:${offsetText(to)}`,
	`END:${kind}`,
];
