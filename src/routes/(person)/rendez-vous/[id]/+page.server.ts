import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { openAfter } from '$lib/server/appointments/again';
import { answerOwnAppointment } from '$lib/server/appointments/answers';
import { cancelAppointment } from '$lib/server/appointments/commands';
import { declineEarlier, openProposal, takeEarlier, wantEarlier } from '$lib/server/appointments/earlier';
import { mayWait } from '$lib/server/appointments/earlier-rules';
import { parseAnswer, sequenceOf } from '$lib/server/appointments/forms';
import { getAppointmentFor } from '$lib/server/appointments/queries';
import { mayAnswer, stillBefore } from '$lib/server/appointments/rules';
import { freeSlots } from '$lib/server/appointments/slots';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { saidAtOf } from '$lib/server/web/phone';
import { href } from '$lib/shared/links';
import { tellColleagues } from '../../../meeting-news.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const viewer = requireBeneficiary();
	const { now } = locals;
	const appointment = await getAppointmentFor(db.read, viewer, params.id).catch(errorFrom);
	if (appointment.state === 'invited') redirect(303, href(`/rendez-vous/${params.id}/choisir`));
	const { settings } = await getTerritory(db.read, appointment.territoryId);
	const isWorkshop = appointment.workshopId !== null;
	const open = mayAnswer(appointment.state, appointment.endsAt, now);
	return {
		now,
		appointment,
		mayAnswer: open,
		mayCancel: open && stillBefore(appointment.startsAt, settings.cancelUntilHours, now),
		mayMove: open && !isWorkshop && stillBefore(appointment.startsAt, settings.moveUntilHours, now),
		/** Times were proposed for it: the button stands out. Free hours to move to are behind « another moment ». */
		isOffered: appointment.chooseBy !== null && appointment.chooseBy > now,
		otherTimes: open && !isWorkshop && (await freeSlots(db.read, params.id, now, 1)).length > 0,
		again: await openAfter(db.read, params.id, now),
		earlier: open ? ((await openProposal(db.read, params.id, now)) ?? null) : null,
		mayWait: open && !isWorkshop && mayWait(appointment.startsAt, now),
	};
};

const sentences = {
	answer_too_late: m.appointment_error_too_late,
	appointment_over: m.appointment_error_too_late,
	appointment_refused: m.appointment_error_refused,
	appointment_changed: m.appointment_error_changed,
	cancel_too_late: m.appointment_cancel_too_late,
	slot_taken: m.appointment_choose_taken,
	earlier_refused: m.appointment_earlier_refused,
};

export const actions: Actions = {
	answer: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const parsed = parseAnswer(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { answer, from, sequence } = parsed.value;
		const { now } = locals;
		const said = { answer, sequence, saidAt: saidAtOf(request, now), by, now };
		try {
			await db.write((tx) => answerOwnAppointment(tx, { appointmentId: params.id, personId: by.personId, ...said }));
		} catch (error) {
			return failFrom(error, sentences);
		}
		if (answer !== 'coming') redirect(303, href(`/rendez-vous/${params.id}/reponse`));
		redirect(303, href(from === 'accueil' ? '/accueil' : `/rendez-vous/${params.id}`));
	},
	cancel: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const sequence = sequenceOf(await request.formData());
		const own = { appointmentId: params.id, personId: by.personId, by, now: locals.now };
		try {
			await db.write((tx) => cancelAppointment(tx, { ...own, sequence }));
			tellColleagues(own);
		} catch (error) {
			return failFrom(error, sentences);
		}
		redirect(303, href(`/rendez-vous/${params.id}`));
	},
	/** Waits for an earlier hour, or no longer. */
	wait: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const wanted = (await request.formData()).get('wanted') === '1';
		const own = { appointmentId: params.id, personId: by.personId, by, now: locals.now };
		try {
			await db.write((tx) => wantEarlier(tx, { ...own, wanted }));
		} catch (error) {
			return failFrom(error, sentences);
		}
		redirect(303, href(`/rendez-vous/${params.id}`));
	},
	/** Takes the earlier hour that was proposed, or keeps the one they have. */
	earlier: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const form = await request.formData();
		const takes = form.get('take') === '1';
		const proposalId = form.get('proposal')?.toString();
		const own = { appointmentId: params.id, personId: by.personId, proposalId, by, now: locals.now };
		try {
			await db.write((tx) => (takes ? takeEarlier(tx, own) : declineEarlier(tx, own)));
		} catch (error) {
			return failFrom(error, sentences);
		}
		redirect(303, href(`/rendez-vous/${params.id}`));
	},
};
