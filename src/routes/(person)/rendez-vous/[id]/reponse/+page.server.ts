import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { answerOwnAppointment } from '$lib/server/appointments/answers';
import { parseNote, sequenceOf } from '$lib/server/appointments/forms';
import { threeOthers } from '$lib/server/appointments/others';
import { getAppointmentFor } from '$lib/server/appointments/queries';
import { DomainError } from '$lib/server/platform/errors';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { saidAtOf } from '$lib/server/web/phone';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const viewer = requireBeneficiary();
	const appointment = await getAppointmentFor(db.read, viewer, params.id).catch(errorFrom);
	const { answer } = appointment;
	if (answer !== 'cannot' && answer !== 'needs_help') redirect(303, href(`/rendez-vous/${params.id}`));
	return {
		id: params.id,
		sequence: appointment.sequence,
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
		const form = await request.formData();
		const parsed = parseNote(form);
		if (!parsed.ok) return fail(400, parsed);
		const said = sequenceOf(form);
		const { answer, sequence } = await getAppointmentFor(db.read, by, params.id).catch(errorFrom);
		// Said of another hour, which has no answer any more: what waited on a phone hears of it.
		const isOfAnother = said !== undefined && said !== sequence;
		if (answer === 'none' && !isOfAnother) redirect(303, href(`/rendez-vous/${params.id}`));
		try {
			if (answer === 'none') throw new DomainError('appointment_changed', 'conflict');
			await db.write((tx) =>
				answerOwnAppointment(tx, {
					appointmentId: params.id,
					personId: by.personId,
					answer,
					note: parsed.value,
					sequence: said,
					by,
					saidAt: saidAtOf(request, locals.now),
					now: locals.now,
				}),
			);
		} catch (error) {
			return failFrom(error, {
				answer_too_late: m.appointment_error_too_late,
				appointment_changed: m.appointment_error_changed,
			});
		}
		redirect(303, href(`/rendez-vous/${params.id}`));
	},
};
