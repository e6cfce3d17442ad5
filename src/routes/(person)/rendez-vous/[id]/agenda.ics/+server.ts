import { m } from '$lib/paraglide/messages.js';
import { calendarFile } from '$lib/server/appointments/calendar-file';
import { getAppointmentFor } from '$lib/server/appointments/queries';
import { db } from '$lib/server/db';
import { errorFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
	const viewer = requireBeneficiary();
	const appointment = await getAppointmentFor(db.read, viewer, params.id).catch(errorFrom);
	return new Response(calendarFile(appointment, m.appointment_calendar_title(), locals.now), {
		headers: {
			'content-type': 'text/calendar; charset=utf-8',
			'content-disposition': 'attachment; filename="rendez-vous.ics"',
			'cache-control': 'no-store',
		},
	});
};
