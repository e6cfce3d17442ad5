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

export const isMutable = (kind: ReminderKind): boolean => (MUTABLE_KINDS as readonly string[]).includes(kind);

export const isMuted = (kind: ReminderKind, mutedKinds: readonly string[]): boolean =>
	isMutable(kind) && mutedKinds.includes(kind);
