import { m } from '$lib/paraglide/messages.js';
import type { CheckInAnswer, EndReason } from '$lib/shared/closing';

export const endReasonWords: Record<EndReason, () => string> = {
	work: m.pro_end_work,
	goals_met: m.pro_end_goals_met,
	moved: m.pro_end_moved,
	own_wish: m.pro_end_own_wish,
	no_contact: m.pro_end_no_contact,
	other: m.pro_end_other,
};
export const checkInWords: Record<CheckInAnswer | 'none', () => string> = {
	fine: m.pro_check_in_fine,
	call: m.pro_check_in_call,
	hard: m.pro_check_in_hard,
	none: m.pro_check_in_none,
};
