import { expect, test } from 'vitest';
import { instantOf, USUAL_HOURS, wallClock } from '../territories/calendar.ts';
import { planFrom, wholePlan, type Agreed } from './rules.ts';

const NONE: ReadonlySet<string> = new Set();

const agreed = (day: string, time: string, options: Partial<Agreed> = {}) => {
	const zone = options.zone ?? 'Europe/Paris';
	return {
		localDay: day,
		localTime: time,
		zone,
		mode: 'on_site' as const,
		isTold: false,
		startsAt: instantOf(day, time, zone),
		...options,
	};
};

const quietIn = (zone = 'Europe/Paris', holidays = NONE) => ({ zone, holidays, hours: USUAL_HOURS });

/** « 2d 2027-03-25 10:00 » */
function planned(appointment: ReturnType<typeof agreed>, holidays = NONE, now?: Date) {
	const quiet = quietIn(appointment.zone, holidays);
	const whole = wholePlan(appointment, quiet);
	return (now ? planFrom(whole, appointment, quiet, now) : whole).map(({ kind, dueAt }) => {
		const { day, time } = wallClock(dueAt, appointment.zone);
		return `${kind.replace('appointment_', '')} ${day} ${time}`;
	});
}

test('an appointment on Thursday is announced a week before, asked two days before and the evening before', () => {
	expect(planned(agreed('2026-12-03', '10:00'))).toEqual([
		'7d 2026-11-26 10:00',
		'2d 2026-12-01 10:00',
		'evening 2026-12-02 18:00',
	]);
});

test('a call or a video is also announced two hours before', () => {
	for (const mode of ['phone', 'video'] as const)
		expect(planned(agreed('2026-12-03', '14:30', { mode })).at(-1)).toBe('2h 2026-12-03 12:30');
	expect(planned(agreed('2026-12-03', '14:30', { mode: 'home' }))).toHaveLength(3);
});

test('each is useful until the next one, the last until the start', () => {
	const appointment = agreed('2026-12-03', '10:00');
	const [week, two, evening] = wholePlan(appointment, quietIn());
	expect([week!.usefulUntil, two!.usefulUntil, evening!.usefulUntil]).toEqual([
		two!.dueAt,
		evening!.dueAt,
		appointment.startsAt,
	]);
});

test('the hour on the wall holds across both changes of clock', () => {
	// The clock goes forward on 28 March 2027 and back on 31 October 2027; Sundays are quiet.
	expect(planned(agreed('2027-03-29', '09:00'))).toEqual([
		'7d 2027-03-22 10:00',
		'2d 2027-03-27 10:00',
		'evening 2027-03-27 19:45',
	]);
	const autumn = wholePlan(agreed('2027-11-02', '09:00'), quietIn());
	expect(autumn[0]!.dueAt.toISOString()).toBe('2027-10-26T08:00:00.000Z');
	expect(autumn[2]!.dueAt.toISOString()).toBe('2027-11-01T17:00:00.000Z');
});

test('two days before an appointment of Sunday 28 March 2027 is ten on the wall, not nine', () => {
	const [, two, evening] = wholePlan(agreed('2027-03-28', '09:00'), quietIn());
	expect(two!.dueAt.toISOString()).toBe('2027-03-26T09:00:00.000Z');
	expect(evening!.dueAt.toISOString()).toBe('2027-03-27T17:00:00.000Z');
});

test('two days before an appointment of Monday 26 October 2026, the clock still shows summer time', () => {
	expect(wholePlan(agreed('2026-10-26', '09:00'), quietIn()).map(({ dueAt }) => dueAt.toISOString())).toEqual([
		'2026-10-19T08:00:00.000Z',
		'2026-10-24T08:00:00.000Z',
		'2026-10-24T17:45:00.000Z',
	]);
});

test('what falls on a Sunday moves to Saturday at a quarter to eight in the evening', () => {
	expect(planned(agreed('2026-12-08', '10:00'))).toEqual([
		'7d 2026-12-01 10:00',
		'2d 2026-12-05 19:45',
		'evening 2026-12-07 18:00',
	]);
});

test('the tenth of June is a holiday in Guyane, and a working day elsewhere', () => {
	const cayenne = agreed('2026-06-11', '09:30', { zone: 'America/Cayenne' });
	expect(planned(cayenne, new Set(['2026-06-10'])).at(-1)).toBe('evening 2026-06-09 19:45');
	expect(planned(agreed('2026-06-11', '09:30')).at(-1)).toBe('evening 2026-06-10 18:00');
	const [week] = wholePlan(cayenne, quietIn(cayenne.zone));
	expect(week!.dueAt.toISOString()).toBe('2026-06-04T13:00:00.000Z');
});

test('two that meet on the same evening are one', () => {
	// Tuesday after a long week-end: Sunday and the holiday of Monday both move to Saturday evening.
	expect(planned(agreed('2026-05-26', '10:00'), new Set(['2026-05-25']))).toEqual([
		'7d 2026-05-19 10:00',
		'2d 2026-05-23 19:45',
	]);
});

test('a call at nine is announced the evening before: seven is too early to ring', () => {
	expect(planned(agreed('2026-12-03', '09:00', { mode: 'phone' })).slice(-2)).toEqual([
		'evening 2026-12-02 18:00',
		'2h 2026-12-02 19:45',
	]);
});

test('what is past is not planned', () => {
	const appointment = agreed('2026-12-03', '10:00');
	const at = (iso: string) => planned(appointment, NONE, new Date(iso));
	expect(at('2026-11-26T08:59:59Z')).toHaveLength(3);
	expect(at('2026-11-26T09:00:00Z')).toEqual(['2d 2026-12-01 10:00', 'evening 2026-12-02 18:00']);
	expect(at('2026-12-01T12:00:00Z')).toEqual(['evening 2026-12-02 18:00']);
});

test('when nothing else is left, the nearest one leaves at the first allowed hour', () => {
	const appointment = agreed('2026-12-03', '10:00');
	expect(planned(appointment, NONE, new Date('2026-12-02T18:30:00Z'))).toEqual(['evening 2026-12-02 19:30']);
	expect(planned(appointment, NONE, new Date('2026-12-02T22:00:00Z'))).toEqual(['evening 2026-12-03 08:00']);
});

test('nothing is planned after the start, nor for the first hour of the morning', () => {
	expect(planned(agreed('2026-12-03', '10:00'), NONE, new Date('2026-12-03T09:00:00Z'))).toEqual([]);
	expect(planned(agreed('2026-12-03', '08:00'), NONE, new Date('2026-12-02T22:00:00Z'))).toEqual([]);
});

test('a moved appointment catches nothing up: its own notice told it', () => {
	const moved = { ...agreed('2026-12-03', '10:00'), isTold: true };
	expect(planned(moved, NONE, new Date('2026-12-02T18:30:00Z'))).toEqual([]);
});
