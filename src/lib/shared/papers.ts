/** What the bytes of a page are: decided by the content, never by the name (papers/content.ts). */
export const PAPER_TYPES = ['pdf', 'jpeg', 'png', 'webp', 'heic'] as const;
export type PaperType = (typeof PAPER_TYPES)[number];

/** `replaced`: the person sent another one in its place before it was examined. */
export const PAPER_STATES = ['sent', 'examined', 'refused', 'replaced'] as const;
export type PaperState = (typeof PAPER_STATES)[number];

/** Why a paper is asked for again: each says what to do. */
export const PAPER_REASONS = ['unreadable', 'cut', 'page_missing', 'other_paper', 'too_old', 'other_name'] as const;
export type PaperReason = (typeof PAPER_REASONS)[number];

/** Bytes of one file (product.md §5: 10 MB each). */
export const MOST_BYTES = 10 * 1024 * 1024;

/** What a phone offers to choose from; the content decides afterwards. */
export const ACCEPTED =
	'.pdf,.jpg,.jpeg,.png,.webp,.heic,.heif,application/pdf,image/jpeg,image/png,image/webp,image/heic';
