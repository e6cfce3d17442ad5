import { describe, expect, test } from 'vitest';
import {
	addDays,
	addMonths,
	daysBetween,
	daysIn,
	instantOf,
	isCounted,
	isHoliday,
	isQuiet,
	lastAllowedBefore,
	localDay,
	nextAllowed,
	startOfDay,
	wallClock,
} from './calendar.ts';

const PARIS = 'Europe/Paris';
const CAYENNE = 'America/Cayenne';
const REUNION = 'Indian/Reunion';
const MAYOTTE = 'Indian/Mayotte';
const NONE: ReadonlySet<string> = new Set();

const iso = (instant: Date) => instant.toISOString().slice(0, 16) + 'Z';
const shown = (instant: Date, zone: string) => {
	const { day, time } = wallClock(instant, zone);
	return `${day} ${time}`;
};

describe('days and hours on the wall of a zone', () => {
	const evening = new Date('2026-03-10T22:30:00Z');

	test('one instant is four different hours, on two days', () => {
		expect(shown(evening, PARIS)).toBe('2026-03-10 23:30');
		expect(shown(evening, CAYENNE)).toBe('2026-03-10 19:30');
		expect(shown(evening, REUNION)).toBe('2026-03-11 02:30');
		expect(shown(evening, MAYOTTE)).toBe('2026-03-11 01:30');
	});

	test('a day changes at local midnight, not before', () => {
		expect(localDay(new Date('2026-03-10T22:59:59.999Z'), PARIS)).toBe('2026-03-10');
		expect(localDay(new Date('2026-03-10T23:00:00Z'), PARIS)).toBe('2026-03-11');
		expect(localDay(new Date('2026-03-11T02:59:59Z'), CAYENNE)).toBe('2026-03-10');
		expect(localDay(new Date('2026-03-11T03:00:00Z'), CAYENNE)).toBe('2026-03-11');
	});

	test('the same agreed hour in Cayenne is 4 hours behind Paris in winter and 5 in summer', () => {
		expect(iso(instantOf('2026-01-15', '09:00', CAYENNE))).toBe('2026-01-15T12:00Z');
		expect(iso(instantOf('2026-07-15', '09:00', CAYENNE))).toBe('2026-07-15T12:00Z');
		expect(shown(instantOf('2026-01-15', '09:00', CAYENNE), PARIS)).toBe('2026-01-15 13:00');
		expect(shown(instantOf('2026-07-15', '09:00', CAYENNE), PARIS)).toBe('2026-07-15 14:00');
	});

	test('La Réunion and Mayotte keep their hour all year', () => {
		expect(iso(instantOf('2026-01-15', '09:00', REUNION))).toBe('2026-01-15T05:00Z');
		expect(iso(instantOf('2026-07-15', '09:00', REUNION))).toBe('2026-07-15T05:00Z');
		expect(iso(instantOf('2026-01-15', '09:00', MAYOTTE))).toBe('2026-01-15T06:00Z');
		expect(iso(instantOf('2026-07-15', '09:00', MAYOTTE))).toBe('2026-07-15T06:00Z');
	});

	test('an hour that does not exist in spring moves forward', () => {
		expect(iso(instantOf('2026-03-29', '01:59', PARIS))).toBe('2026-03-29T00:59Z');
		expect(iso(instantOf('2026-03-29', '02:30', PARIS))).toBe('2026-03-29T01:30Z');
		expect(shown(instantOf('2026-03-29', '02:30', PARIS), PARIS)).toBe('2026-03-29 03:30');
		expect(iso(instantOf('2026-03-29', '03:00', PARIS))).toBe('2026-03-29T01:00Z');
	});

	test('an hour that comes twice in autumn is the first', () => {
		expect(iso(instantOf('2026-10-25', '02:30', PARIS))).toBe('2026-10-25T00:30Z');
		expect(iso(instantOf('2026-10-25', '03:00', PARIS))).toBe('2026-10-25T02:00Z');
	});

	test('the days of the clock changes last 23 and 25 hours', () => {
		const hours = (day: string) =>
			(startOfDay(addDays(day, 1), PARIS).getTime() - startOfDay(day, PARIS).getTime()) / 3_600_000;
		expect([hours('2026-03-28'), hours('2026-03-29'), hours('2026-10-25')]).toEqual([24, 23, 25]);
	});

	test('two days before 10:00 is 10:00, across a clock change too', () => {
		expect(iso(instantOf(addDays('2026-03-30', -2), '10:00', PARIS))).toBe('2026-03-28T09:00Z');
		expect(iso(instantOf('2026-03-30', '10:00', PARIS))).toBe('2026-03-30T08:00Z');
	});

	test('what is no day, no hour or no zone is refused', () => {
		expect(() => instantOf('2026-02-30', '10:00', PARIS)).toThrow(RangeError);
		expect(() => instantOf('2026-02-10', '25:00', PARIS)).toThrow(RangeError);
		expect(() => instantOf('2026-02-10', '10:00', 'Europe/Charleville')).toThrow(RangeError);
	});
});

describe('counting days', () => {
	// 2026: Easter Monday 6 April; 1 May a Friday; Ascension Thursday 14 May.
	const metropole = new Set(['2026-04-06', '2026-05-01', '2026-05-08', '2026-05-14', '2026-12-25', '2027-01-01']);
	const alsace = new Set([...metropole, '2026-04-03', '2026-12-26']);
	const guyane = new Set([...metropole, '2026-06-10']);

	test('calendar days cross months and years', () => {
		expect(addDays('2026-12-30', 7)).toBe('2027-01-06');
		expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
		expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
	});

	test('what is no day is refused by each; the year 10000, typed into an address, is one', () => {
		for (const day of ['2026-02-30', '2026-13-01', '0000-00-00', '2026-2-3', 'hier', '']) {
			expect(() => addDays(day, 1)).toThrow(RangeError);
			expect(() => addDays(day, 1, 'ouvre')).toThrow(RangeError);
			expect(() => addMonths(day, 1)).toThrow(RangeError);
			expect(() => daysBetween(day, '2026-01-01')).toThrow(RangeError);
		}
		expect(addDays('9999-12-31', 1)).toBe('+010000-01-01');
		expect(addDays('+010000-01-01', -1)).toBe('9999-12-31');
		expect(addMonths('9999-12-31', 2)).toBe('+010000-02-29');
		expect(daysBetween('9999-12-31', '+010000-01-02')).toBe(2);
	});

	test('no days later is the same day, whatever it is', () => {
		expect(addDays('2026-05-01', 0, 'ouvre', metropole)).toBe('2026-05-01');
	});

	test('jours ouvrables leave out Sundays and holidays, jours ouvrés Saturdays too', () => {
		expect(addDays('2026-04-30', 1, 'ouvrable', metropole)).toBe('2026-05-02');
		expect(addDays('2026-04-30', 1, 'ouvre', metropole)).toBe('2026-05-04');
		expect(addDays('2026-04-30', 3, 'ouvrable', metropole)).toBe('2026-05-05');
		expect(addDays('2026-04-30', 3, 'ouvre', metropole)).toBe('2026-05-06');
	});

	test('counting back leaves out the same days', () => {
		expect(addDays('2026-05-04', -1, 'ouvrable', metropole)).toBe('2026-05-02');
		expect(addDays('2026-05-04', -1, 'ouvre', metropole)).toBe('2026-04-30');
	});

	test('10 June is off in Guyane alone', () => {
		expect(isHoliday('2026-06-10', guyane)).toBe(true);
		expect(addDays('2026-06-09', 1, 'ouvre', metropole)).toBe('2026-06-10');
		expect(addDays('2026-06-09', 1, 'ouvre', guyane)).toBe('2026-06-11');
	});

	test('Good Friday makes a four-day weekend in Alsace and Moselle', () => {
		expect(addDays('2026-04-02', 1, 'ouvre', metropole)).toBe('2026-04-03');
		expect(addDays('2026-04-02', 1, 'ouvre', alsace)).toBe('2026-04-07');
		expect(addDays('2026-04-02', 1, 'ouvrable', alsace)).toBe('2026-04-04');
	});

	test('a holiday on a Saturday costs a jour ouvrable, not a jour ouvré', () => {
		const saturday = new Set(['2026-08-15']);
		expect(isCounted('2026-08-15', 'ouvrable', saturday)).toBe(false);
		expect(isCounted('2026-08-15', 'calendar', saturday)).toBe(true);
		expect(addDays('2026-08-14', 1, 'ouvre', saturday)).toBe(addDays('2026-08-14', 1, 'ouvre', NONE));
	});

	test('months keep the day, or end with the month', () => {
		expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
		expect(addMonths('2028-01-31', 1)).toBe('2028-02-29');
		expect(addMonths('2026-08-31', 6)).toBe('2027-02-28');
		expect(addMonths('2026-12-15', 2)).toBe('2027-02-15');
		expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
	});

	test('days between two days count midnights, not hours', () => {
		expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
		expect(daysBetween('2026-12-31', '2027-12-31')).toBe(365);
		expect(daysBetween('2026-03-30', '2026-03-28')).toBe(-2);
		expect(daysBetween('2026-03-30', '2026-03-30')).toBe(0);
	});
});

describe('quiet hours', () => {
	const tuesday = '2026-03-10';
	const at = (day: string, time: string, zone = PARIS) => instantOf(day, time, zone);
	const before = (day: string, time: string, holidays = NONE) =>
		shown(lastAllowedBefore(at(day, time), PARIS, holidays), PARIS);
	const after = (day: string, time: string, holidays = NONE) =>
		shown(nextAllowed(at(day, time), PARIS, holidays), PARIS);

	test('8:00 and 20:00 are allowed, the minutes outside are not', () => {
		expect(isQuiet(at(tuesday, '07:59'), PARIS, NONE)).toBe(true);
		expect(isQuiet(at(tuesday, '08:00'), PARIS, NONE)).toBe(false);
		expect(isQuiet(at(tuesday, '20:00'), PARIS, NONE)).toBe(false);
		expect(isQuiet(new Date(at(tuesday, '20:00').getTime() + 1), PARIS, NONE)).toBe(true);
	});

	test('what is allowed stays where it is', () => {
		const instant = new Date('2026-03-10T12:34:56.789Z');
		expect(lastAllowedBefore(instant, PARIS, NONE)).toEqual(instant);
		expect(nextAllowed(instant, PARIS, NONE)).toEqual(instant);
	});

	test('the last quarter of an hour is left for what was planned before it', () => {
		expect(before(tuesday, '19:45')).toBe('2026-03-10 19:45');
		for (const time of ['19:46', '20:00']) expect(before(tuesday, time)).toBe('2026-03-10 19:45');
		expect(after(tuesday, '19:59')).toBe('2026-03-10 19:59');
	});

	test('at night, the last time to plan for is 19:45 and the next 8:00', () => {
		expect(before(tuesday, '07:30')).toBe('2026-03-09 19:45');
		expect(before(tuesday, '22:00')).toBe('2026-03-10 19:45');
		expect(after(tuesday, '07:30')).toBe('2026-03-10 08:00');
		expect(after(tuesday, '22:00')).toBe('2026-03-11 08:00');
	});

	test('a Sunday goes back to Saturday evening, on to Monday morning', () => {
		expect(before('2026-03-15', '10:00')).toBe('2026-03-14 19:45');
		expect(after('2026-03-15', '10:00')).toBe('2026-03-16 08:00');
		expect(before('2026-03-16', '07:00')).toBe('2026-03-14 19:45');
		expect(after('2026-03-14', '21:00')).toBe('2026-03-16 08:00');
	});

	test('holidays and Sundays in a row are all left out', () => {
		const easter = new Set(['2026-04-03', '2026-04-06']);
		expect(before('2026-04-06', '10:00', easter)).toBe('2026-04-04 19:45');
		expect(after('2026-04-04', '20:30', easter)).toBe('2026-04-07 08:00');
		// Christmas 2026 is a Friday; in Alsace the 26th is off as well, then comes Sunday.
		const christmas = new Set(['2026-12-25', '2026-12-26']);
		expect(before('2026-12-27', '10:00', christmas)).toBe('2026-12-24 19:45');
		expect(after('2026-12-25', '10:00', christmas)).toBe('2026-12-28 08:00');
	});

	test('a reminder of 10:00 on 10 June leaves the evening before in Guyane, and on time in Paris', () => {
		const guyane = new Set(['2026-06-10']);
		const morning = at('2026-06-10', '10:00', CAYENNE);
		expect(shown(lastAllowedBefore(morning, CAYENNE, guyane), CAYENNE)).toBe('2026-06-09 19:45');
		expect(isQuiet(morning, PARIS, NONE)).toBe(false);
	});

	test('quiet is that of the zone: 18:00 in Cayenne is late evening in Paris', () => {
		const evening = at(tuesday, '18:00', CAYENNE);
		expect(isQuiet(evening, CAYENNE, NONE)).toBe(false);
		expect(isQuiet(evening, PARIS, NONE)).toBe(true);
	});

	test('the morning after a clock change still starts at 8:00 on the wall', () => {
		expect(iso(nextAllowed(new Date('2026-03-28T20:00:00Z'), PARIS, NONE))).toBe('2026-03-30T06:00Z');
		expect(iso(nextAllowed(new Date('2026-10-24T20:00:00Z'), PARIS, NONE))).toBe('2026-10-26T07:00Z');
	});
});

test('days between instants are those of the calendar, to the millisecond around each change of the clock', () => {
	const edges = ['2025-10-26T01:00Z', '2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-03-08T05:00Z'];
	const middays = edges.flatMap((edge) => [0, 1, 30, 100].map((days) => Date.parse(edge) + days * 86_400_000));
	const midnights = ['T22:00Z', 'T23:00Z', 'T02:00Z', 'T03:00Z'].map((time) => Date.parse(`2026-03-29${time}`));
	const instants = [...middays, ...midnights].flatMap((at) => [at, at - 1, at + 1].map((ms) => new Date(ms)));
	for (const zone of [PARIS, CAYENNE, 'America/Miquelon', REUNION]) {
		const between = daysIn(zone);
		const [from] = instants as [Date];
		for (const to of instants)
			expect(between(from, to), `${zone} ${to.toISOString()}`).toBe(
				daysBetween(localDay(from, zone), localDay(to, zone)),
			);
	}
});
