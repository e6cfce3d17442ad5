import { describe, expect, test } from 'vitest';
import { APPOINTMENT_STATES, type AppointmentState } from '../../shared/codes.ts';
import {
	mayAnswer,
	mondayOf,
	plan,
	possibleOutcomes,
	refusesTransition,
	stillBefore,
	type AppointmentActor,
} from './rules.ts';

const startsAt = new Date('2026-03-10T13:00:00Z');
const endsAt = new Date('2026-03-10T14:00:00Z');
const hours = { startsAt, endsAt };
const at = { before: new Date('2026-03-10T12:59:59Z'), during: startsAt, after: endsAt };

describe('which state of an appointment may follow which', () => {
	type When = keyof typeof at;
	const allowed: [AppointmentActor, AppointmentState, AppointmentState, When[]][] = [
		['person', 'invited', 'booked', ['before', 'during']],
		['person', 'booked', 'excused', ['before', 'during']],
		['professional', 'invited', 'revoked', ['before', 'during', 'after']],
		['professional', 'booked', 'revoked', ['before', 'during', 'after']],
		['professional', 'booked', 'invited', ['before', 'during']],
		['professional', 'booked', 'seen', ['during', 'after']],
		['professional', 'booked', 'excused', ['before', 'during', 'after']],
		['professional', 'booked', 'noshow', ['during', 'after']],
		['professional', 'seen', 'excused', ['during', 'after']],
		['professional', 'seen', 'noshow', ['during', 'after']],
		['professional', 'noshow', 'seen', ['during', 'after']],
		['professional', 'noshow', 'excused', ['during', 'after']],
		['professional', 'excused', 'seen', ['during', 'after']],
		['professional', 'excused', 'noshow', ['during', 'after']],
	];
	for (const actor of ['person', 'professional'] as const)
		for (const from of APPOINTMENT_STATES)
			for (const to of APPOINTMENT_STATES) {
				const moments = allowed.find(([a, b, c]) => a === actor && b === from && c === to)?.[3] ?? [];
				test(`a ${actor} may turn ${from} into ${to}: ${moments.join(', ') || 'never'}`, () => {
					const possible = (Object.keys(at) as When[]).filter(
						(moment) => refusesTransition(actor, from, to, hours, at[moment]) === null,
					);
					expect(possible).toEqual(moments);
				});
			}

	test('the reason of a refusal is named', () => {
		expect(refusesTransition('professional', 'booked', 'seen', hours, at.before)).toBe('outcome_too_early');
		expect(refusesTransition('person', 'booked', 'excused', hours, at.after)).toBe('appointment_over');
		expect(refusesTransition('professional', 'revoked', 'seen', hours, at.after)).toBe('appointment_refused');
	});

	test('a professional is offered what may be said now', () => {
		expect(possibleOutcomes('booked', hours, at.before)).toEqual(['excused', 'revoked']);
		expect(possibleOutcomes('booked', hours, at.during)).toEqual(['seen', 'excused', 'noshow', 'revoked']);
		expect(possibleOutcomes('revoked', hours, at.after)).toEqual([]);
	});
});

test('an answer counts while the appointment stands, until its last moment', () => {
	expect(mayAnswer('booked', endsAt, new Date(endsAt.getTime() - 1))).toBe(true);
	expect(mayAnswer('booked', endsAt, endsAt)).toBe(false);
	expect(mayAnswer('excused', endsAt, at.before)).toBe(false);
	expect(mayAnswer('invited', endsAt, at.before)).toBe(false);
});

test('« until 4 hours before » includes that very moment', () => {
	expect(stillBefore(startsAt, 4, new Date('2026-03-10T09:00:00Z'))).toBe(true);
	expect(stillBefore(startsAt, 4, new Date('2026-03-10T09:00:00.001Z'))).toBe(false);
});

describe('the hour on the wall', () => {
	const now = new Date('2026-01-05T09:00:00Z');
	const utc = (day: string, time: string, zone: string) => {
		const planned = plan(day, time, zone, 60, now);
		return planned.problem ?? planned.startsAt.toISOString().slice(0, 16);
	};

	test('« à 9 h » stays 9 o’clock across both clock changes of Paris', () => {
		expect(utc('2026-03-28', '09:00', 'Europe/Paris')).toBe('2026-03-28T08:00');
		expect(utc('2026-03-29', '09:00', 'Europe/Paris')).toBe('2026-03-29T07:00');
		expect(utc('2026-10-24', '09:00', 'Europe/Paris')).toBe('2026-10-24T07:00');
		expect(utc('2026-10-25', '09:00', 'Europe/Paris')).toBe('2026-10-25T08:00');
	});

	test('9 o’clock in Cayenne is the same instant of the day while Paris is at +1 and at +2', () => {
		expect(utc('2026-01-20', '09:00', 'America/Cayenne')).toBe('2026-01-20T12:00');
		expect(utc('2026-07-20', '09:00', 'America/Cayenne')).toBe('2026-07-20T12:00');
	});

	test('an hour the clock jumps over is refused, not moved in silence', () => {
		expect(utc('2026-03-29', '02:30', 'Europe/Paris')).toBe('hour_missing');
	});

	test('too early, too late, past midnight and the past are refused', () => {
		expect(utc('2026-03-10', '06:59', 'Europe/Paris')).toBe('hour_outside');
		expect(utc('2026-03-10', '07:00', 'Europe/Paris')).toBe('2026-03-10T06:00');
		expect(utc('2026-03-10', '20:00', 'Europe/Paris')).toBe('2026-03-10T19:00');
		expect(utc('2026-03-10', '20:01', 'Europe/Paris')).toBe('hour_outside');
		expect(utc('2026-03-10', '23:30', 'Europe/Paris')).toBe('hour_outside');
		expect(utc('2026-01-05', '10:00', 'Europe/Paris')).toBe('hour_past');
		expect(utc('2026-01-05', '10:01', 'Europe/Paris')).toBe('2026-01-05T09:01');
	});

	test('what is no day, hour, zone or length is refused', () => {
		for (const [day, time, zone] of [
			['2026-02-30', '09:00', 'Europe/Paris'],
			['10/03/2026', '09:00', 'Europe/Paris'],
			['2026-03-10', '9 h', 'Europe/Paris'],
			['2026-03-10', '25:00', 'Europe/Paris'],
			['2026-03-10', '09:00', 'Europe/Sedan'],
		] as const)
			expect(utc(day, time, zone)).toBe('hour_malformed');
		for (const minutes of [0, 9, 481, 30.5, Number.NaN])
			expect(plan('2026-03-10', '09:00', 'Europe/Paris', minutes, now).problem).toBe('duration_outside');
	});
});

test('a week begins on Monday, across months and years', () => {
	expect(mondayOf('2026-03-02')).toBe('2026-03-02');
	expect(mondayOf('2026-03-08')).toBe('2026-03-02');
	expect(mondayOf('2027-01-01')).toBe('2026-12-28');
	expect(mondayOf('2026-02-30')).toBeNull();
	expect(mondayOf('demain')).toBeNull();
});
