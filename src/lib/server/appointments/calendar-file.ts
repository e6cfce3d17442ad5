import ical, { ICalAlarmType, ICalEventStatus } from 'ical-generator';
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

/** Two hours before, on the phone's own calendar. */
const ALARM_SECONDS = 2 * 3600;
const CANCELLED: readonly AppointmentState[] = ['excused', 'revoked'];

/**
 * One appointment as an iCalendar file: wall-clock hours with their zone (RFC 5545 §3.6.5), so that a calendar that travels keeps
 * the right hour. The title says nothing but « Rendez-vous »: calendars are shared and show on locked screens.
 */
export function calendarFile(entry: Entry, title: string, now: Date): string {
	const { zone } = entry;
	// No zone on the calendar itself: it would write DTSTAMP as a local hour, which must be UTC.
	const calendar = ical({
		prodId: { company: 'Sans Couture', product: 'Portail', language: 'FR' },
		timezone: { name: null, generator: (name) => timeZoneComponent(name, entry.localDay.slice(0, 4)) },
	});
	calendar.createEvent({
		id: `${entry.id}@sans-couture`,
		sequence: entry.sequence,
		stamp: now,
		// Text, not a Date: a Date would be written in the hour of the server.
		start: `${entry.localDay}T${entry.localTime}:00`,
		end: localText(entry.endsAt, zone),
		timezone: zone,
		summary: title,
		status: CANCELLED.includes(entry.state) ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
		alarms: [{ type: ICalAlarmType.display, trigger: ALARM_SECONDS }],
	});
	return calendar.toString();
}

const zoned = (instant: Date, zone: string) =>
	Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
const localText = (instant: Date, zone: string) =>
	zoned(instant, zone).toPlainDateTime().toString({ smallestUnit: 'second' });

const compact = (text: string) => text.replace(/[-:]/g, '');
const offsetText = (offset: string) => offset.replace(':', '').slice(0, 5);

/** The zone's rules as they are in one year: what it begins with, and each change of its clock. */
export function timeZoneComponent(zone: string, year: string): string {
	const start = Temporal.PlainDateTime.from(`${year}-01-01T00:00`).toZonedDateTime(zone);
	const parts = [observance('STANDARD', `${year}0101T000000`, start.offset, start.offset)];
	let change = start.getTimeZoneTransition('next');
	while (change && change.year === Number(year)) {
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
