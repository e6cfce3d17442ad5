import { m } from '../paraglide/messages.js';
import type { Locale } from '../paraglide/runtime.js';
import type { PaperReason } from './papers.ts';

type Words = Record<PaperReason, (inputs: Record<string, never>, options: { locale?: Locale }) => string>;
const REASONS: Words = {
	unreadable: m.paper_reason_unreadable,
	cut: m.paper_reason_cut,
	page_missing: m.paper_reason_page_missing,
	other_paper: m.paper_reason_other_paper,
	too_old: m.paper_reason_too_old,
	other_name: m.paper_reason_other_name,
};
export const paperReasonLabel = (reason: PaperReason, locale?: string): string =>
	REASONS[reason]({}, { locale: locale as Locale | undefined });
