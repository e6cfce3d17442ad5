import type { AppointmentMode } from '../../shared/codes.ts';
import {
	addDays,
	instantOf,
	localDay,
	startOfDay,
	wallClock,
	weekdayOf,
	type Holidays,
} from '../territories/calendar.ts';
import { DAY_MS, hasPlace, plan } from './rules.ts';

export interface Where {
	mode: AppointmentMode;
	placeName: string | null;
}
/** Every week, from `fromTime` to `toTime` (`HH:MM`), at one place. */
export interface WeeklyHours extends Where {
	/** 1 Monday … 7 Sunday. */
	weekday: number;
	fromTime: string;
	toTime: string;
}
interface Span {
	startsAt: Date;
	endsAt: Date;
}
export interface Busy extends Where, Span {}
/** Day and time as they are shown where the appointment is. */
export interface FreeHour {
	/** `YYYY-MM-DD` */
	day: string;
	/** `HH:MM` */
	time: string;
	startsAt: Date;
	endsAt: Date;
}

/** Days `YYYY-MM-DD`, both included. */
export interface DaysAway {
	fromDay: string;
	toDay: string;
}
export const isAway = (day: string, away: DaysAway[]): boolean =>
	away.some(({ fromDay, toDay }) => fromDay <= day && day <= toDay);
/** When the last of these days is over in any zone; undefined without one. */
export function endOfAway(away: DaysAway[]): Date | undefined {
	const last = away
		.map(({ toDay }) => toDay)
		.sort()
		.at(-1);
	// A day further: it ends later in a zone to the west.
	return last === undefined ? undefined : new Date(Date.parse(last) + 2 * DAY_MS);
}

/** What of these hours falls on a day of the zone: one that lasts for days is on each of them. */
export function partsOn(day: string, spans: Span[], zone: string): Span[] {
	const [from, to] = [startOfDay(day, zone), startOfDay(addDays(day, 1), zone)];
	return spans
		.filter(({ startsAt, endsAt }) => startsAt < to && endsAt > from)
		.map(({ startsAt, endsAt }) => ({
			startsAt: startsAt < from ? from : startsAt,
			endsAt: endsAt > to ? to : endsAt,
		}));
}

export interface Diary {
	weekly: WeeklyHours[];
	/** Of the other one, of a meeting held by two, wherever they are: it is in their hours too. None were said: any hour will do. */
	secondWeekly?: WeeklyHours[];
	/** Of either professional: both must be there. */
	exceptions: DaysAway[];
	holidays: Holidays;
	/** Hours already held, by the professional or by the person. */
	busy: Busy[];
	/** Of the professional: weekly hours, days away and holidays are theirs. */
	zone: string;
	/** Of the appointment, where it is another one. */
	shownIn: string;
	travelMinutes: number;
}

/** From tomorrow, so that there is time to read and to come, for four weeks. */
const HORIZON_DAYS = 28;
/** Hours begin on the quarter. */
const STEP_MINUTES = 15;
/** One day must not be the whole choice. */
const MOST_PER_DAY = 6;

const REMOTE: readonly AppointmentMode[] = ['phone', 'video'];
const MINUTE_MS = 60_000;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const timeOf = (minutes: number): string =>
	`${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Homes are all elsewhere; one calls from wherever one is. */
const isElsewhere = (one: Where, other: Where): boolean => {
	if (REMOTE.includes(one.mode) || REMOTE.includes(other.mode)) return false;
	return one.mode === 'home' || other.mode === 'home' || one.placeName !== other.placeName;
};

/** A place is where somebody goes: beside a call or a visit, what is written there says nothing. */
const samePlace = (one: Where, other: Where) =>
	one.mode === other.mode && (!hasPlace(one.mode) || one.placeName === other.placeName);

function isFree(hour: FreeHour, where: Where, { busy, travelMinutes }: Diary): boolean {
	return busy.every((held) => {
		const travelMs = isElsewhere(held, where) ? travelMinutes * MINUTE_MS : 0;
		return (
			hour.startsAt.getTime() >= held.endsAt.getTime() + travelMs ||
			hour.endsAt.getTime() + travelMs <= held.startsAt.getTime()
		);
	});
}

/** Whether the other professional says that they may be met then. */
function suitsSecond(day: string, from: number, to: number, { secondWeekly = [] }: Diary): boolean {
	if (secondWeekly.length === 0) return true;
	const weekday = weekdayOf(day);
	return secondWeekly.some(
		(hours) => hours.weekday === weekday && minutesOf(hours.fromTime) <= from && to <= minutesOf(hours.toTime),
	);
}

/** Free hours of one day, earliest first, whatever they leave of one another; worked out one at a time, most are not asked for. */
function* hoursOf(day: string, where: Where, durationMinutes: number, diary: Diary, now: Date): Generator<FreeHour> {
	const { weekly, exceptions, holidays, zone, shownIn } = diary;
	if (holidays.has(day) || isAway(day, exceptions)) return;
	const ofDay = weekly
		.filter((hours) => hours.weekday === weekdayOf(day) && samePlace(hours, where))
		.sort((one, other) => minutesOf(one.fromTime) - minutesOf(other.fromTime));
	for (const { fromTime, toTime } of ofDay) {
		const last = minutesOf(toTime) - durationMinutes;
		for (let minutes = minutesOf(fromTime); minutes <= last; minutes += STEP_MINUTES) {
			if (!suitsSecond(day, minutes, minutes + durationMinutes, diary)) continue;
			const startsAt = instantOf(day, timeOf(minutes), zone);
			const shown = zone === shownIn ? { day, time: timeOf(minutes) } : wallClock(startsAt, shownIn);
			const hour = { ...shown, startsAt, endsAt: new Date(startsAt.getTime() + durationMinutes * MINUTE_MS) };
			// What is held is looked at first: the rules of the clock cost a hundred times more.
			if (!isFree(hour, where, diary)) continue;
			if (plan(shown.day, shown.time, shownIn, durationMinutes, now).problem === null) yield hour;
		}
	}
}

/**
 * Free hours at one place, nearest day first and earliest in the day first, none over another: from tomorrow to four weeks ahead,
 * outside holidays, days away, what is held and the time to get there.
 */
export function freeHours(where: Where, durationMinutes: number, diary: Diary, now: Date, most: number): FreeHour[] {
	const today = localDay(now, diary.zone);
	const kept: FreeHour[] = [];
	for (let ahead = 1; ahead <= HORIZON_DAYS && kept.length < most; ahead += 1) {
		let ofDay = 0;
		for (const hour of hoursOf(addDays(today, ahead), where, durationMinutes, diary, now)) {
			const previous = kept.at(-1);
			if (previous && hour.startsAt < previous.endsAt) continue;
			kept.push(hour);
			ofDay += 1;
			if (ofDay === MOST_PER_DAY || kept.length === most) break;
		}
	}
	return kept;
}

/** Whether this very hour may still be taken, shown or not when the person last looked. */
export function isFreeHour(
	wanted: { day: string; time: string },
	where: Where,
	durationMinutes: number,
	diary: Diary,
	now: Date,
) {
	const today = localDay(now, diary.zone);
	const dayThere = localDay(instantOf(wanted.day, wanted.time, diary.shownIn), diary.zone);
	if (dayThere <= today || dayThere > addDays(today, HORIZON_DAYS)) return false;
	for (const { day, time } of hoursOf(dayThere, where, durationMinutes, diary, now))
		if (day === wanted.day && time === wanted.time) return true;
	return false;
}
