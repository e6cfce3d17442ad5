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
