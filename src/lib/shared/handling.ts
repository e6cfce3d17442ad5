/** Where a request or a need stands at the structure it was sent to. Stored: codes never change. */
export const ORIENTATION_STATES = ['sent', 'taken', 'declined', 'recalled'] as const;
export type OrientationState = (typeof ORIENTATION_STATES)[number];

/** Why a structure sends a request or a need back. */
export const DECLINE_REASONS = ['not_competent', 'full', 'wrong_area', 'known_elsewhere', 'other'] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** How a professional heard what they typed. */
export const FILING_WAYS = ['desk', 'phone', 'outreach'] as const;
export type FilingWay = (typeof FILING_WAYS)[number];
