import { describe, expect, test } from 'vitest';
import {
	dayParts,
	daysUntil,
	formatDate,
	formatDay,
	formatDayTime,
	formatDayWhen,
	formatDuration,
	formatRelativeDays,
	formatTime,
	formatWhen,
} from './dates.ts';

const PARIS = 'Europe/Paris';
const CAYENNE = 'America/Cayenne';
const saturday = new Date('2026-02-28T09:00:00Z');
const tuesday = new Date('2026-03-03T13:00:00Z');

describe('in French', () => {
	test('a day is said with its weekday', () => {
		expect(formatDay(tuesday, PARIS, 'fr')).toBe('mardi 3 mars');
		expect(formatDay('2026-03-03', PARIS, 'fr')).toBe('mardi 3 mars');
	});

	test('the first of a month is « 1er », other days with a 1 are not', () => {
		expect(formatDay('2026-03-01', PARIS, 'fr')).toBe('dimanche 1er mars');
		expect(formatDate('2026-03-01', PARIS, 'fr')).toBe('1er mars 2026');
		expect(formatDate('2026-03-11', PARIS, 'fr')).toBe('11 mars 2026');
		expect(formatDay('2026-03-21', PARIS, 'fr')).toBe('samedi 21 mars');
	});

	test('the year is said when it is not the present one', () => {
		expect(formatDay('2027-01-04', PARIS, 'fr', tuesday)).toBe('lundi 4 janvier 2027');
		expect(formatDay('2026-12-31', PARIS, 'fr', tuesday)).toBe('jeudi 31 décembre');
	});

	test('a day without a zone is the same day for everybody', () => {
		for (const zone of [PARIS, CAYENNE, 'Indian/Reunion'])
			expect(formatDay('2026-03-03', zone, 'fr')).toBe('mardi 3 mars');
	});

	test('hours are whole or with minutes, kept on one line', () => {
		expect(formatTime(tuesday, PARIS, 'fr')).toBe('14\u00a0h');
		expect(formatTime(new Date('2026-03-03T13:30:00Z'), PARIS, 'fr')).toBe('14\u00a0h\u00a030');
		expect(formatTime(new Date('2026-03-03T07:05:00Z'), PARIS, 'fr')).toBe('8\u00a0h\u00a005');
		expect(formatTime(new Date('2026-03-02T23:00:00Z'), PARIS, 'fr')).toBe('0\u00a0h');
		expect(formatTime(tuesday, CAYENNE, 'fr')).toBe('10\u00a0h');
	});

	test('an appointment is said with how far it is', () => {
		expect(formatWhen(tuesday, PARIS, 'fr', saturday)).toBe('mardi 3 mars à 14\u00a0h (dans 3 jours)');
		expect(formatWhen(tuesday, PARIS, 'fr', new Date('2026-03-02T22:59:00Z'))).toBe(
			'mardi 3 mars à 14\u00a0h (demain)',
		);
		expect(formatWhen(tuesday, PARIS, 'fr', new Date('2026-03-02T23:00:00Z'))).toBe(
			'mardi 3 mars à 14\u00a0h (aujourd’hui)',
		);
		expect(formatWhen(tuesday, PARIS, 'fr', new Date('2026-03-04T08:00:00Z'))).toBe('mardi 3 mars à 14\u00a0h (hier)');
		expect(formatDayTime(tuesday, PARIS, 'fr')).toBe('mardi 3 mars à 14\u00a0h');
	});

	test('far away, the number of days is left out and the year comes in', () => {
		expect(formatWhen(new Date('2027-01-04T09:00:00Z'), PARIS, 'fr', tuesday)).toBe('lundi 4 janvier 2027 à 10\u00a0h');
		expect(formatDayWhen('2026-05-02', PARIS, 'fr', tuesday)).toBe('samedi 2 mai (dans 60 jours)');
		expect(formatDayWhen('2026-05-03', PARIS, 'fr', tuesday)).toBe('dimanche 3 mai');
	});

	test('days are counted from midnight to midnight of the zone', () => {
		const late = new Date('2026-03-03T02:00:00Z');
		expect(daysUntil('2026-03-03', PARIS, late)).toBe(0);
		expect(daysUntil('2026-03-03', CAYENNE, late)).toBe(1);
		// The night of 28 March has 23 hours.
		expect(daysUntil('2026-03-30', PARIS, new Date('2026-03-28T12:00:00Z'))).toBe(2);
		expect(formatRelativeDays('2026-02-28', PARIS, 'fr', tuesday)).toBe('il y a 3 jours');
	});

	test('a calendar leaf has three parts', () => {
		expect(dayParts(tuesday, PARIS, 'fr')).toEqual({ weekday: 'mar.', day: '3', month: 'mars' });
	});
});

describe('in other languages', () => {
	test('English says pm, and days before months', () => {
		expect(formatWhen(tuesday, PARIS, 'en', saturday)).toBe('Tuesday 3 March at 2\u00a0pm (in 3 days)');
		expect(formatTime(new Date('2026-03-03T13:30:00Z'), PARIS, 'en')).toBe('2:30\u00a0pm');
		expect(formatWhen(tuesday, PARIS, 'en', tuesday)).toBe('Tuesday 3 March at 2\u00a0pm (today)');
		expect(formatDay('2026-03-01', PARIS, 'en')).toBe('Sunday 1 March');
	});

	test('a zone with half hours still has whole hours', () => {
		expect(formatTime(new Date('2026-03-03T08:30:00Z'), 'Asia/Kolkata', 'en')).toBe('2\u00a0pm');
	});

	test('Ukrainian and Arabic follow their own words, with digits people can compare', () => {
		expect(formatDay(tuesday, PARIS, 'uk')).toBe('вівторок, 3 березня');
		expect(formatDate(tuesday, PARIS, 'uk'), 'no full stop of its own').toBe('3 березня 2026 року');
		expect(formatDay('2027-06-08', PARIS, 'uk', tuesday)).toBe('вівторок, 8 червня 2027 року');
		expect(formatTime(tuesday, PARIS, 'uk')).toBe('14:00');
		expect(formatWhen(tuesday, PARIS, 'uk', saturday)).toBe('вівторок, 3 березня, 14:00 (через 3 дні)');
		expect(formatWhen(tuesday, PARIS, 'ar', saturday)).toBe('الثلاثاء، 3 مارس على الساعة 14:00 (خلال 3 أيام)');
		expect(formatTime(new Date('2026-03-03T07:05:00Z'), PARIS, 'ar')).toBe('08:05');
		expect(dayParts(tuesday, PARIS, 'ar')).toEqual({ weekday: 'الثلاثاء', day: '3', month: 'مارس' });
	});
});

describe('how long', () => {
	test('one is not several, in each language', () => {
		const read = (locale: string) => [1, 2, 5].map((count) => formatDuration(count, 'day', locale));
		expect(read('fr')).toEqual(['1\u00a0jour', '2\u00a0jours', '5\u00a0jours']);
		expect(read('en')).toEqual(['1 day', '2 days', '5 days']);
		expect(read('uk')).toEqual(['1 день', '2 дні', '5 днів']);
		expect(read('ar')).toEqual(['يوم', 'يومان', '5 أيام']);
	});

	test('zero and halves are singular in French, and months never change', () => {
		expect(formatDuration(0, 'hour', 'fr')).toBe('0\u00a0heure');
		expect(formatDuration(1.5, 'year', 'fr')).toBe('1,5\u00a0an');
		expect(formatDuration(6, 'month', 'fr')).toBe('6\u00a0mois');
	});
});
