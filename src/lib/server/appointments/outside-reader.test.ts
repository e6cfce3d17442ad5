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

	test('hold where an occurrence was moved to, however far from its former hour, and once', () => {
		const series = event('DTSTART:20260216T090000Z', 'DTEND:20260216T100000Z', 'RRULE:FREQ=WEEKLY;COUNT=3');
		const moved = (former: string, day: string, ...lines: string[]) =>
			event(`RECURRENCE-ID:${former}T090000Z`, `DTSTART:${day}T140000Z`, `DTEND:${day}T150000Z`, ...lines);
		// From before the window into it, from after it, and called off.
		expect(busy(calendar(series, moved('20260216', '20260310')))).toEqual([
			'2026-03-02T09:00 10:00',
			'2026-03-10T14:00 15:00',
		]);
		const far = event('DTSTART:20260430T090000Z', 'DTEND:20260430T100000Z', 'RRULE:FREQ=WEEKLY;COUNT=2');
		expect(busy(calendar(far, moved('20260507', '20260429')))).toEqual([
			'2026-04-29T14:00 15:00',
			'2026-04-30T09:00 10:00',
		]);
		expect(busy(calendar(series, moved('20260302', '20260303', 'STATUS:CANCELLED')))).toEqual([]);
	});

	test('hold an occurrence that is sent without its series: the invitation to one meeting of it', () => {
		const alone = event('RECURRENCE-ID:20260302T090000Z', 'DTSTART:20260303T140000Z', 'DTEND:20260303T150000Z');
		expect(busy(calendar(alone))).toEqual(['2026-03-03T14:00 15:00']);
		expect(busy(calendar(alone.replace('un@exemple.invalid', 'abc@sans-couture')))).toEqual([]);
	});

	test('follow « this one and those after » to its new hours', () => {
		const series = event('DTSTART:20260223T090000Z', 'DTEND:20260223T100000Z', 'RRULE:FREQ=WEEKLY;COUNT=4');
		const onwards = event(
			'RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z',
			'DTSTART:20260303T140000Z',
			'DTEND:20260303T150000Z',
		);
		expect(busy(calendar(series, onwards))).toEqual([
			'2026-03-03T14:00 15:00',
			'2026-03-10T14:00 15:00',
			'2026-03-17T14:00 15:00',
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

	test('of series that have gone on for years are worked out near the window only, in step with their first date', () => {
		const since = (day: string, rule: string) =>
			event(`DTSTART;TZID=Europe/Paris:${day}T090000`, `DTEND;TZID=Europe/Paris:${day}T093000`, `RRULE:${rule}`);
		const paris = timeZoneComponent('Europe/Paris', 2016, 2026);
		for (const rule of [
			'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH',
			'FREQ=WEEKLY;INTERVAL=3;WKST=SU;BYDAY=SU,FR',
			'FREQ=DAILY;INTERVAL=5',
			'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;BYMONTH=3,5',
			'FREQ=MONTHLY;BYDAY=1MO',
		]) {
			const near = busy(calendar(paris, since('20160105', rule)));
			// Counted, each turn is seen.
			expect(near).toEqual(busy(calendar(paris, since('20160105', `${rule};COUNT=9999`))));
			expect(near.length).toBeGreaterThan(1);
		}
		const weekdays = 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR';
		const many = (count: number, day: string, rule: string) => Array.from({ length: count }, () => since(day, rule));
		expect(busy(calendar(paris, ...many(40, '20160104', weekdays))).length).toBe(44);
		expect(busy(calendar(paris, ...many(40, '20160104', `${weekdays};UNTIL=20241231T000000Z`)))).toEqual([]);
		const ends = since('20160104', 'FREQ=WEEKLY;UNTIL=20260309T080000Z');
		expect(busy(calendar(paris, ends))).toEqual(['2026-03-02T08:00 08:30', '2026-03-09T08:00 08:30']);
	});

	test('are read of dates added one by one, the first among them, and of those with a length of their own', () => {
		const first = ['DTSTART:20260401T090000Z', 'DTEND:20260401T100000Z'];
		expect(busy(calendar(event(...first, 'RDATE:20260403T090000Z')))).toEqual([
			'2026-04-01T09:00 10:00',
			'2026-04-03T09:00 10:00',
		]);
		const left = event(...first, 'RDATE:20260403T090000Z', 'EXDATE:20260401T090000Z');
		expect(busy(calendar(left))).toEqual(['2026-04-03T09:00 10:00']);
		const period = event(...first, 'RDATE;VALUE=PERIOD:20260403T090000Z/20260403T120000Z,20260405T090000Z/PT30M');
		expect(busy(calendar(period))).toEqual([
			'2026-04-01T09:00 10:00',
			'2026-04-03T09:00 12:00',
			'2026-04-05T09:00 09:30',
		]);
	});

	test('of a zone that is only named meet an end and an exception written in UTC', () => {
		const named = (...lines: string[]) =>
			calendar(
				event('DTSTART;TZID=America/Cayenne:20260401T090000', 'DTEND;TZID=America/Cayenne:20260401T100000', ...lines),
			);
		expect(busy(named('RRULE:FREQ=DAILY;UNTIL=20260403T120000Z'))).toEqual([
			'2026-04-01T12:00 13:00',
			'2026-04-02T12:00 13:00',
			'2026-04-03T12:00 13:00',
		]);
		expect(busy(named('RRULE:FREQ=DAILY;COUNT=2', 'EXDATE:20260402T120000Z'))).toEqual(['2026-04-01T12:00 13:00']);
	});

	test('are read behind a mark of encoding', () => {
		const text = calendar(event('DTSTART:20260401T090000Z', 'DTEND:20260401T100000Z'));
		expect(busy(`\uFEFF${text}`)).toEqual(['2026-04-01T09:00 10:00']);
	});
});
