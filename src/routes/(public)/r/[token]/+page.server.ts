import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { answerByLink, appointmentOfLink } from '$lib/server/appointments/answers';
import { threeOthers } from '$lib/server/appointments/others';
import { chooseByLink } from '$lib/server/appointments/slots';
import { parseAnswer, parseNote } from '$lib/server/appointments/forms';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { saidAtOf } from '$lib/server/web/phone';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

/** Shows buttons and changes nothing: mail scanners open links. */
export const load: PageServerLoad = async (event) => {
	openToAll();
	event.setHeaders({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
	try {
		await limitByAddress(event, 'answer_link');
		const link = await appointmentOfLink(db.read, event.params.token, event.locals.now);
		const { appointmentId, startsAt, zone, answer } = link;
		const others = answer === 'cannot' ? await threeOthers(db.read, appointmentId, event.locals.now) : [];
		return { now: event.locals.now, appointmentId, startsAt, zone, answer, others };
	} catch (error) {
		errorFrom(error);
	}
};

export const actions: Actions = {
	answer: async (event) => {
		openToAll();
		const parsed = parseAnswer(await event.request.formData());
		if (!parsed.ok) return fail(400, { errors: { form: m.error_choose() } as Record<string, string> });
		const { token } = event.params;
		const { now } = event.locals;
		const saidAt = saidAtOf(event.request, now);
		try {
			await limitByAddress(event, 'answer_link');
			await db.write((tx) => answerByLink(tx, { token, answer: parsed.value.answer, saidAt, now }));
		} catch (error) {
			errorFrom(error);
		}
		redirect(303, href(`/r/${token}`));
	},
	/** Another hour for the same appointment: the link to the former one dies, and the page goes on under the new one. */
	choose: async (event) => {
		openToAll();
		const slotId = String((await event.request.formData()).get('slot') ?? '');
		const { now } = event.locals;
		let next: string;
		try {
			await limitByAddress(event, 'answer_link');
			next = await db.write((tx) => chooseByLink(tx, { token: event.params.token, slotId, now }));
		} catch (error) {
			if (error instanceof DomainError && error.code === 'slot_taken')
				return failFrom(error, { slot_taken: m.appointment_choose_taken });
			errorFrom(error);
		}
		redirect(303, href(`/r/${next}`));
	},
	note: async (event) => {
		openToAll();
		const parsed = parseNote(await event.request.formData());
		if (!parsed.ok) return fail(400, { errors: parsed.errors });
		const { token } = event.params;
		const { now } = event.locals;
		const saidAt = saidAtOf(event.request, now);
		try {
			await limitByAddress(event, 'answer_link');
			const { answer } = await appointmentOfLink(db.read, token, now);
			if (answer !== 'none')
				await db.write((tx) => answerByLink(tx, { token, answer, note: parsed.value, saidAt, now }));
		} catch (error) {
			errorFrom(error);
		}
		redirect(303, `${href(`/r/${token}`)}?note=1`);
	},
};
