import type { AppointmentState } from '../../shared/codes.ts';
import type { ReminderKind } from '../db/schema/reminders.ts';

/** Reminders planned by the worker from booked appointments. */
export const APPOINTMENT_PLAN = ['appointment_7d', 'appointment_2d', 'appointment_evening', 'appointment_2h'] as const;
export type PlannedKind = (typeof APPOINTMENT_PLAN)[number];

/** What a person may turn off; the rest can only be moved to another channel. Receipts, decisions, changes and choices of an appointment are owed by law: never muted. */
export const MUTABLE_KINDS = [
	...APPOINTMENT_PLAN,
	'step_due',
	'paper_due',
	'draft_closing',
	'manual',
	'rating',
	'results_news',
	'check_in',
] as const satisfies readonly ReminderKind[];

/**
 * Said at once, at any hour (product.md §5, « receipt »): it answers what the person did a moment before, phone in hand. Quiet
 * hours are there for what we decide to say. An SMS rings, and is paid for: at night it waits, as the rule has it (« never »).
 */
export const isAtOnce = (kind: ReminderKind): boolean => kind === 'request_received';

export const isMutable = (kind: ReminderKind): boolean => (MUTABLE_KINDS as readonly string[]).includes(kind);

export const isMuted = (kind: ReminderKind, mutedKinds: readonly string[]): boolean =>
	isMutable(kind) && mutedKinds.includes(kind);

const NEVER_CALLED_FOR: readonly ReminderKind[] = ['rating', 'results_news', 'draft_closing'];

/** Whether a professional is told that nobody has seen it: not of a question about us, of our news, or of a draft they cannot see. */
export const isWorthACall = (kind: ReminderKind): boolean => !NEVER_CALLED_FOR.includes(kind);

/**
 * Whether somebody must call when it is too late to write: an hour set, moved or cancelled that the person knows nothing of. Who
 * excused themselves rang first.
 */
export const isOwedACall = (kind: ReminderKind, state: AppointmentState | undefined): boolean =>
	kind === 'appointment_changed' && state !== undefined && state !== 'excused';
