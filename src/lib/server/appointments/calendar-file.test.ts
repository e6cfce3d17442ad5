import { expect, test } from 'vitest';
import { instantOf } from '../territories/calendar.ts';
import { calendarFile, timeZoneComponent } from './calendar-file.ts';

const entry = (zone: string, localDay: string, localTime: string) => ({
	id: 'a1',
	localDay,
	localTime,
	zone,
	startsAt: instantOf(localDay, localTime, zone),
	endsAt: new Date(instantOf(localDay, localTime, zone).getTime() + 45 * 60_000),
	sequence: 3,
	state: 'booked' as const,
});
const now = new Date('2026-03-02T09:00:00Z');

test('an appointment is written with the hour on the wall, its zone and nothing about why', () => {
	const file = calendarFile(entry('America/Cayenne', '2026-07-20', '09:30'), 'Rendez-vous', now);
	const lines = file.split('\r\n');
	expect(lines).toEqual(
		expect.arrayContaining([
			'DTSTART;TZID=America/Cayenne:20260720T093000',
			'DTEND;TZID=America/Cayenne:20260720T101500',
			'DTSTAMP:20260302T090000Z',
			'SEQUENCE:3',
			'SUMMARY:Rendez-vous',
			'STATUS:CONFIRMED',
			'TRIGGER:-PT2H',
		]),
	);
	expect(file).not.toMatch(/DESCRIPTION:(?!Rendez-vous)|LOCATION|ATTENDEE|ORGANIZER/);
	expect(lines.every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
});

test('a cancelled appointment says so to the calendar', () => {
	const file = calendarFile({ ...entry('Europe/Paris', '2026-03-10', '14:00'), state: 'revoked' }, 'Rendez-vous', now);
	expect(file).toContain('STATUS:CANCELLED');
});

test('the zone brings its clock changes of that year, and none where there are none', () => {
	expect(timeZoneComponent('Europe/Paris', 2026).split('\r\n').slice(2, -1)).toEqual([
		'BEGIN:STANDARD',
		'DTSTART:20260101T000000',
		'TZOFFSETFROM:+0100',
		'TZOFFSETTO:+0100',
		'END:STANDARD',
		'BEGIN:DAYLIGHT',
		'DTSTART:20260329T020000',
		'TZOFFSETFROM:+0100',
		'TZOFFSETTO:+0200',
		'END:DAYLIGHT',
		'BEGIN:STANDARD',
		'DTSTART:20261025T030000',
		'TZOFFSETFROM:+0200',
		'TZOFFSETTO:+0100',
		'END:STANDARD',
	]);
	expect(timeZoneComponent('America/Cayenne', 2026)).not.toContain('DAYLIGHT');
});
