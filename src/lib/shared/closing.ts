/** Why a pathway ends. Stored: codes never change. `work`: support goes on during the first months at work. */
export const END_REASONS = ['work', 'training', 'goals_met', 'moved', 'own_wish', 'no_contact', 'other'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** The contract of a return to work: what programme 102 counts as back to work (a month), and as durable (six). */
export const WORK_CONTRACTS = ['permanent', 'six_months', 'one_month', 'shorter', 'business', 'unknown'] as const;
export type WorkContract = (typeof WORK_CONTRACTS)[number];

/** What somebody says of their first months at work. */
export const CHECK_IN_ANSWERS = ['fine', 'call', 'hard'] as const;
export type CheckInAnswer = (typeof CHECK_IN_ANSWERS)[number];
/** Weeks after the return to work (product.md §5: in-work support, 3 months). */
export const CHECK_IN_WEEKS = [1, 4, 8, 12] as const;
/** Asked at 10:00: without an answer by this hour, in the territory's zone, the referent sees it the same day. */
export const CHECK_IN_SILENT_AT = '18:00';
