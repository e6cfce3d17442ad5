import type { AppointmentMode } from '../../shared/codes.ts';
import { addDays, instantOf } from '../territories/calendar.ts';
import { DEFAULT_SETTINGS, type TerritorySettings } from '../territories/settings.ts';
import type { PlannedKind } from './kinds.ts';
import { allowedBefore, allowedFrom, type QuietRule } from './quiet.ts';

const HOUR_MS = 60 * 60_000;

/** What was agreed: wall clock first. */
export interface Agreed {
	localDay: string;
	localTime: string;
	zone: string;
	mode: AppointmentMode;
	startsAt: Date;
}

/** The numbers of a territory's plan. */
export type PlanSettings = Pick<
	TerritorySettings,
	'reminderTime' | 'reminderEveningTime' | 'reminderFirstDays' | 'reminderSecondDays' | 'reminderCallHours'
>;

export interface PlannedReminder {
	kind: PlannedKind;
	dueAt: Date;
	/** The next reminder's hour, or the start: a late one never doubles the next. */
	usefulUntil: Date;
}

/**
 * The whole plan of an appointment (product.md §5), whatever the hour it is now: 7 days before at 10:00, 2 days before at
 * 10:00, the evening before at 18:00, 2 hours before by phone and video, or as the territory says (`settings`); in the wall-clock time
 * of the appointment's zone. What falls in a quiet hour, where the person lives, moves to the last allowed one before; two that then
 * meet are one.
 */
export function wholePlan(
	agreed: Agreed,
	quiet: QuietRule,
	settings: PlanSettings = DEFAULT_SETTINGS,
): PlannedReminder[] {
	const { localDay, zone, startsAt } = agreed;
	const daysBefore = (days: number, time: string) => instantOf(addDays(localDay, -days), time, zone);
	const ideal: [PlannedKind, Date][] = [
		['appointment_7d', daysBefore(settings.reminderFirstDays, settings.reminderTime)],
		['appointment_2d', daysBefore(settings.reminderSecondDays, settings.reminderTime)],
		['appointment_evening', daysBefore(1, settings.reminderEveningTime)],
	];
	if (agreed.mode === 'phone' || agreed.mode === 'video')
		ideal.push(['appointment_2h', new Date(startsAt.getTime() - settings.reminderCallHours * HOUR_MS)]);
	const moved = ideal.map(([kind, instant]) => ({ kind, dueAt: allowedBefore(instant, quiet) }));
	const kept = moved.filter(({ dueAt }, at) => dueAt < startsAt && !(moved[at - 1] && dueAt <= moved[at - 1]!.dueAt));
	return kept.map((one, at) => ({ ...one, usefulUntil: kept[at + 1]?.dueAt ?? startsAt }));
}

/**
 * What is left to plan now. What is past is not planned; when nothing else is left, the nearest of the past is, at the
 * first allowed hour, provided the appointment has not begun by then. Where a notice of its own has just told the hour (`isTold`), as
 * of a moved one, nothing of the past is caught up.
 */
export function planFrom(
	plan: PlannedReminder[],
	{ startsAt, isTold }: Pick<Agreed, 'startsAt'> & { isTold: boolean },
	quiet: QuietRule,
	now: Date,
): PlannedReminder[] {
	const left = plan.filter(({ dueAt }) => dueAt > now);
	const nearest = plan.at(-1);
	if (left.length > 0 || !nearest || isTold) return left;
	const dueAt = allowedFrom(now, quiet);
	return dueAt < startsAt ? [{ ...nearest, dueAt }] : [];
}
