import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { latestOf } from '$lib/server/appointments/again';
import { parseNote, sequenceOf } from '$lib/server/appointments/forms';
import { getAppointmentFor } from '$lib/server/appointments/queries';
import { askOtherTimes, chooseSlot, freeSlots } from '$lib/server/appointments/slots';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const viewer = requireBeneficiary();
	const appointment = await getAppointmentFor(db.read, viewer, params.id).catch(errorFrom);
	// After a cancellation the same link offers times again.
	const latest = await latestOf(db.read, params.id);
	if (latest !== params.id) redirect(303, href(`/rendez-vous/${latest}/choisir`));
	const slots = await freeSlots(db.read, params.id, locals.now);
	if (appointment.state !== 'invited' && slots.length === 0) redirect(303, href(`/rendez-vous/${params.id}`));
	return { now: locals.now, appointment, slots };
};

export const actions: Actions = {
	choose: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const form = await request.formData();
		const wanted = { slotId: String(form.get('slot') ?? ''), sequence: sequenceOf(form) };
		let appointmentId: string;
		try {
			const chosen = await db.write((tx) => chooseSlot(tx, { ...wanted, personId: by.personId, by, now: locals.now }));
			appointmentId = chosen.appointmentId;
		} catch (error) {
			return failFrom(error, {
				slot_taken: m.appointment_choose_taken,
				person_busy: m.appointment_choose_busy,
				appointment_changed: m.appointment_error_changed,
			});
		}
		redirect(303, href(`/rendez-vous/${appointmentId}`));
	},
	other: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const form = await request.formData();
		const parsed = parseNote(form);
		if (!parsed.ok) return fail(400, parsed);
		const own = { appointmentId: params.id, personId: by.personId, sequence: sequenceOf(form), by, now: locals.now };
		try {
			await db.write((tx) => askOtherTimes(tx, { ...own, note: parsed.value }));
		} catch (error) {
			return failFrom(error, {
				answer_too_late: m.appointment_error_too_late,
				appointment_changed: m.appointment_error_changed,
			});
		}
		redirect(303, href('/rendez-vous'));
	},
};
