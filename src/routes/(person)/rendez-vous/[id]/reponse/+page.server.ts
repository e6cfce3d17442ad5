import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { answerOwnAppointment } from '$lib/server/appointments/answers';
import { parseNote } from '$lib/server/appointments/forms';
import { threeOthers } from '$lib/server/appointments/others';
import { getAppointmentFor } from '$lib/server/appointments/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const viewer = requireBeneficiary();
	const appointment = await getAppointmentFor(db.read, viewer, params.id).catch(errorFrom);
	const { answer } = appointment;
	if (answer !== 'cannot' && answer !== 'needs_help') redirect(303, href(`/rendez-vous/${params.id}`));
	return {
		id: params.id,
		answer,
		note: appointment.answerNote,
		phone: appointment.phone,
		zone: appointment.zone,
		now: locals.now,
		others: answer === 'cannot' ? await threeOthers(db.read, params.id, locals.now) : [],
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const parsed = parseNote(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { answer } = await getAppointmentFor(db.read, by, params.id).catch(errorFrom);
		if (answer === 'none') redirect(303, href(`/rendez-vous/${params.id}`));
		try {
			await db.write((tx) =>
				answerOwnAppointment(tx, {
					appointmentId: params.id,
					personId: by.personId,
					answer,
					note: parsed.value,
					by,
					now: locals.now,
				}),
			);
		} catch (error) {
			return failFrom(error, { answer_too_late: m.appointment_error_too_late });
		}
		redirect(303, href(`/rendez-vous/${params.id}`));
	},
};
