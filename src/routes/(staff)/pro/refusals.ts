import { m } from '$lib/paraglide/messages.js';

/** Refusals of appointments, in the words of professionals. */
export const appointmentRefusals = {
	referent_busy: m.appointment_pro_conflict_referent,
	second_busy: m.appointment_pro_conflict_second,
	day_away: m.appointment_pro_conflict_away,
	second_unknown: m.appointment_pro_error_second,
	workshop_full: m.appointment_pro_workshop_full,
	already_in_workshop: m.appointment_pro_workshop_already,
	title_missing: m.appointment_pro_workshop_error_title,
	seats_outside: m.appointment_pro_workshop_error_seats,
	weeks_outside: m.appointment_pro_workshop_error_weeks,
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
