/** Why a person cannot come, or what would help them come. Stored sealed with the answer; labels are messages. */
export const CANNOT_REASONS = ['transport', 'childcare', 'health', 'work', 'other'] as const;
export type CannotReason = (typeof CANNOT_REASONS)[number];
export const HELP_KINDS = ['transport', 'childcare', 'interpreter', 'other'] as const;
export type HelpKind = (typeof HELP_KINDS)[number];
/** Half-days that suit, for another time. */
export const HALF_DAYS = ['morning', 'afternoon'] as const;
export type HalfDay = (typeof HALF_DAYS)[number];

/** What a person adds to an answer, in their own words or by a tap. */
export interface AnswerNote {
	reason?: CannotReason | HelpKind;
	text?: string;
	/** « Rappelez-moi ». */
	callBack?: boolean;
	halfDays?: HalfDay[];
}
