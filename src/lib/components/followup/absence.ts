import { m } from '$lib/paraglide/messages.js';
import type { AbsenceReason } from '$lib/shared/codes';

/** For professionals. */
export const absenceWords: Record<AbsenceReason, () => string> = {
	transport: m.appointment_pro_reason_transport,
	childcare: m.appointment_pro_reason_childcare,
	health: m.appointment_pro_reason_health,
	work: m.appointment_pro_reason_work,
	forgot: m.appointment_pro_reason_forgot,
	other: m.appointment_pro_reason_other,
};
