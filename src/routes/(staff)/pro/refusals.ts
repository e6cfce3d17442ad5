import { m } from '$lib/paraglide/messages.js';

/** Refusals of appointments, in the words of professionals. */
export const appointmentRefusals = {
	referent_busy: m.appointment_pro_conflict_referent,
	person_busy: m.appointment_pro_conflict_person,
	hour_past: m.appointment_pro_error_past,
	hour_missing: m.appointment_pro_error_missing,
	hour_outside: m.appointment_pro_error_outside,
	hour_malformed: m.appointment_pro_error_malformed,
	duration_outside: m.appointment_pro_error_duration,
	convocation_too_soon: m.appointment_pro_error_notice,
	convocation_reason_missing: m.appointment_pro_error_reason,
	too_few_slots: m.appointment_pro_error_slots,
	appointment_changed: m.appointment_pro_error_changed,
	appointment_refused: m.appointment_pro_error_refused,
	appointment_over: m.appointment_pro_error_refused,
	outcome_too_early: m.appointment_pro_error_early,
};
