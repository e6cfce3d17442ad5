import type { AppointmentAnswer } from './codes.ts';

/** Why a person cannot come, or what would help them come. Stored sealed with the answer; labels are messages. */
export const CANNOT_REASONS = ['transport', 'childcare', 'health', 'work', 'other'] as const;
export type CannotReason = (typeof CANNOT_REASONS)[number];
export const HELP_KINDS = ['transport', 'childcare', 'interpreter', 'other'] as const;
export type HelpKind = (typeof HELP_KINDS)[number];
/** Half-days that suit, for another time. */
export const WEEK_HALF_DAYS = [
	'morning_1',
	'afternoon_1',
	'morning_2',
	'afternoon_2',
	'morning_3',
	'afternoon_3',
	'morning_4',
	'afternoon_4',
	'morning_5',
	'afternoon_5',
] as const;
/** Stored: codes never change. 1 is Monday; without a day, of any. */
export const HALF_DAYS = ['morning', 'afternoon', ...WEEK_HALF_DAYS] as const;
export type HalfDay = (typeof HALF_DAYS)[number];

/** What a person adds to an answer, in their own words or by a tap. */
export interface AnswerNote {
	reason?: CannotReason | HelpKind;
	text?: string;
	/** « Rappelez-moi ». */
	callBack?: boolean;
	halfDays?: HalfDay[];
}

/** How long times that are offered may be chosen (product.md §5). */
export const INVITATION_DAYS = 10;

/**
 * Other times were offered since the person said they cannot come, and still wait to be chosen: it is their turn, not the
 * professional's. Whatever they say after that, « aucune ne me va » or « appelez-moi », is with the professional again.
 */
export function isPersonsTurn(
	{ answer, answeredAt, chooseBy }: { answer: AppointmentAnswer; answeredAt: Date | null; chooseBy: Date | null },
	now: Date,
): boolean {
	if (answer !== 'cannot' || !chooseBy || chooseBy <= now) return false;
	const offeredAt = chooseBy.getTime() - INVITATION_DAYS * 86_400_000;
	return !answeredAt || answeredAt.getTime() < offeredAt;
}
