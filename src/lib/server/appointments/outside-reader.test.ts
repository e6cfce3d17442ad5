import { describe, expect, test } from 'vitest';
import { readBusy } from './outside-reader.ts';
import { timeZoneComponent } from './calendar-file.ts';

const WINDOW = {
	from: new Date('2026-03-01T00:00:00Z'),
	to: new Date('2026-05-01T00:00:00Z'),
	zone: 'Europe/Paris',
};
const calendar = (...parts: string[]) =>
	['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Essai//FR', ...parts, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) =>
	['BEGIN:VEVENT', 'UID:un@exemple.invalid', 'DTSTAMP:20260301T000000Z', ...lines, 'END:VEVENT'].join('\r\n');
const busy = (text: string, window = WINDOW) =>
	readBusy(text, window).map(
		({ startsAt, endsAt }) => `${startsAt.toISOString().slice(0, 16)} ${endsAt.toISOString().slice(11, 16)}`,
	);

describe('busy times of another calendar', () => {
	test('are read in UTC, by the file’s own zone, by the name of a zone, and on the wall when none is said', () => {
		const paris = timeZoneComponent('Europe/Paris', 2026);
		const text = (zone: string, ...before: string[]) =>
			calendar(...before, event(`DTSTART${zone}:20260401T090000`, `DTEND${zone}:20260401T100000`));
		expect(busy(calendar(event('DTSTART:20260401T090000Z', 'DTEND:20260401T100000Z')))).toEqual([
			'2026-04-01T09:00 10:00',
		]);
		expect(busy(text(';TZID=Europe/Paris', paris))).toEqual(['2026-04-01T07:00 08:00']);
		expect(busy(text(';TZID=America/Cayenne'))).toEqual(['2026-04-01T12:00 13:00']);
		expect(busy(text(''))).toEqual(['2026-04-01T07:00 08:00']);
		expect(busy(text(';TZID=Nulle/Part'), { ...WINDOW, zone: 'America/Cayenne' })).toEqual(['2026-04-01T12:00 13:00']);
	});

	test('each week at nine stays at nine across the clock change; an exception and a moved one are followed', () => {
		const zone = timeZoneComponent('Europe/Paris', 2026);
		const series = event(
			'DTSTART;TZID=Europe/Paris:20260316T090000',
			'DTEND;TZID=Europe/Paris:20260316T100000',
			'RRULE:FREQ=WEEKLY;COUNT=5',
			'EXDATE;TZID=Europe/Paris:20260323T090000',
		);
		const moved = event(
			'RECURRENCE-ID;TZID=Europe/Paris:20260406T090000',
			'DTSTART;TZID=Europe/Paris:20260407T140000',
			'DTEND;TZID=Europe/Paris:20260407T150000',
		);
		expect(busy(calendar(zone, series, moved))).toEqual([
			'2026-03-16T08:00 09:00',
			'2026-03-30T07:00 08:00',
			'2026-04-07T12:00 13:00',
			'2026-04-13T07:00 08:00',
		]);
	});

	test('leave out what is cancelled, free, past, far ahead, without length, or our own feed read back', () => {
		const hour = ['DTSTART:20260401T090000Z', 'DTEND:20260401T100000Z'];
		expect(busy(calendar(event(...hour, 'STATUS:CANCELLED')))).toEqual([]);
		expect(busy(calendar(event(...hour, 'TRANSP:TRANSPARENT')))).toEqual([]);
		expect(busy(calendar(event(...hour, 'X-MICROSOFT-CDO-BUSYSTATUS:FREE')))).toEqual([]);
		expect(busy(calendar(event('DTSTART:20260201T090000Z', 'DTEND:20260201T100000Z')))).toEqual([]);
		expect(busy(calendar(event('DTSTART:20270201T090000Z', 'DTEND:20270201T100000Z')))).toEqual([]);
		expect(busy(calendar(event('DTSTART:20260401T090000Z')))).toEqual([]);
		const ours = event(...hour).replace('un@exemple.invalid', 'abc@sans-couture');
		expect(busy(calendar(ours))).toEqual([]);
	});

	test('of whole days last from midnight to midnight of the place; what touches is one', () => {
		expect(busy(calendar(event('DTSTART;VALUE=DATE:20260401', 'DTEND;VALUE=DATE:20260402')))).toEqual([
			'2026-03-31T22:00 22:00',
		]);
		const two = [
			event('DTSTART:20260401T090000Z', 'DTEND:20260401T100000Z'),
			event('DTSTART:20260401T094500Z', 'DTEND:20260401T110000Z'),
		];
		expect(busy(calendar(...two))).toEqual(['2026-04-01T09:00 11:00']);
	});

	test('come from VFREEBUSY as well', () => {
		const part = [
			'BEGIN:VFREEBUSY',
			'FREEBUSY:20260401T090000Z/PT1H,20260402T090000Z/20260402T100000Z',
			'FREEBUSY;FBTYPE=FREE:20260403T090000Z/PT1H',
			'END:VFREEBUSY',
		].join('\r\n');
		expect(busy(calendar(part))).toEqual(['2026-04-01T09:00 10:00', '2026-04-02T09:00 10:00']);
	});

	test('of a meeting of every day since long ago are found', () => {
		const old = event('DTSTART:19900101T090000Z', 'DTEND:19900101T093000Z', 'RRULE:FREQ=DAILY');
		expect(busy(calendar(old))).toHaveLength(61);
	});

	test.each([
		['no calendar', 'bonjour'],
		['nothing', ''],
		['a page', '<!doctype html><html><body>…</body></html>'],
		['another component', 'BEGIN:VCARD\r\nEND:VCARD\r\n'],
		['cut in the middle', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:2026'],
		[
			'a rule of every second',
			calendar(event('DTSTART:20200101T000000Z', 'DTEND:20200101T000001Z', 'RRULE:FREQ=SECONDLY')),
		],
	])('are refused of %s', (_what, text) => {
		expect(() => readBusy(text, WINDOW)).toThrow();
	});
});
