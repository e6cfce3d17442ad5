import { m } from '$lib/paraglide/messages.js';
import type { CheckInAnswer, EndReason, WorkContract } from '$lib/shared/closing';

export const endReasonWords: Record<EndReason, () => string> = {
	work: m.pro_end_work,
	training: m.pro_end_training,
	goals_met: m.pro_end_goals_met,
	moved: m.pro_end_moved,
	own_wish: m.pro_end_own_wish,
	no_contact: m.pro_end_no_contact,
	other: m.pro_end_other,
};
export const contractWords: Record<WorkContract, () => string> = {
	permanent: m.pro_contract_permanent,
	six_months: m.pro_contract_six_months,
	one_month: m.pro_contract_one_month,
	shorter: m.pro_contract_shorter,
	business: m.pro_contract_business,
	unknown: m.pro_contract_unknown,
};
export const checkInWords: Record<CheckInAnswer | 'none', () => string> = {
	fine: m.pro_check_in_fine,
	call: m.pro_check_in_call,
	hard: m.pro_check_in_hard,
	none: m.pro_check_in_none,
};
