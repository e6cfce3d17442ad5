import type { AppointmentMode } from '../../shared/codes.ts';
import { addDays, instantOf, lastAllowedBefore, nextAllowed, type Holidays } from '../territories/calendar.ts';
import type { PlannedKind } from './kinds.ts';

const HOUR_MS = 60 * 60_000;

/** What was agreed: wall clock first. */
export interface Agreed {
	localDay: string;
	localTime: string;
	zone: string;
	mode: AppointmentMode;
	startsAt: Date;
}

export interface PlannedReminder {
	kind: PlannedKind;
	dueAt: Date;
	/** The next reminder's hour, or the start: a late one never doubles the next. */
	usefulUntil: Date;
}

/**
 * The whole plan of an appointment (product.md §5), whatever the hour it is now: 7 days before at 10:00, 2 days before at
 * 10:00, the evening before at 18:00, 2 hours before by phone and video; in the wall-clock time of the appointment's
 * zone. What falls in a quiet hour moves to the last allowed one before; two that then meet are one.
 */
export function wholePlan(agreed: Agreed, holidays: Holidays): PlannedReminder[] {
	const { localDay, zone, startsAt } = agreed;
	const daysBefore = (days: number, time: string) => instantOf(addDays(localDay, -days), time, zone);
	const ideal: [PlannedKind, Date][] = [
		['appointment_7d', daysBefore(7, '10:00')],
		['appointment_2d', daysBefore(2, '10:00')],
		['appointment_evening', daysBefore(1, '18:00')],
	];
	if (agreed.mode === 'phone' || agreed.mode === 'video')
		ideal.push(['appointment_2h', new Date(startsAt.getTime() - 2 * HOUR_MS)]);
	const moved = ideal.map(([kind, instant]) => ({ kind, dueAt: lastAllowedBefore(instant, zone, holidays) }));
	const kept = moved.filter(({ dueAt }, at) => dueAt < startsAt && !(moved[at - 1] && dueAt <= moved[at - 1]!.dueAt));
	return kept.map((one, at) => ({ ...one, usefulUntil: kept[at + 1]?.dueAt ?? startsAt }));
}

/**
 * What is left to plan now. What is past is not planned; when nothing else is left, the nearest of the past is, at the
 * first allowed hour, provided the appointment has not begun by then. A moved appointment (`sequence` over 0) is told by
 * its own notice: nothing of the past is caught up.
 */
export function planFrom(
	plan: PlannedReminder[],
	{ startsAt, zone, sequence }: Pick<Agreed, 'startsAt' | 'zone'> & { sequence: number },
	holidays: Holidays,
	now: Date,
): PlannedReminder[] {
	const left = plan.filter(({ dueAt }) => dueAt > now);
	const nearest = plan.at(-1);
	if (left.length > 0 || !nearest || sequence > 0) return left;
	const dueAt = nextAllowed(now, zone, holidays);
	return dueAt < startsAt ? [{ ...nearest, dueAt }] : [];
}
