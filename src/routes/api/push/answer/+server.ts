import { json } from '@sveltejs/kit';
import * as v from 'valibot';
import { answerByLink, appointmentOfLink } from '$lib/server/appointments/answers';
import { db } from '$lib/server/db';
import { markAnswered } from '$lib/server/reminders/commands';
import { errorFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { readJson } from '$lib/server/web/json';
import { saidAtOf } from '$lib/server/web/phone';
import { APPOINTMENT_ANSWERS } from '$lib/shared/codes';
import type { RequestHandler } from './$types';

const given = v.object({
	token: v.pipe(v.string(), v.maxLength(200)),
	answer: v.picklist(APPOINTMENT_ANSWERS.filter((answer) => answer !== 'none')),
});

/** An answer tapped in the notification: the token is the proof, no session is needed. Said twice, it counts once. */
export const POST: RequestHandler = async ({ request, locals }) => {
	openToAll();
	const { token, answer } = await readJson(request, given);
	const { now } = locals;
	const saidAt = saidAtOf(request, now);
	try {
		// Read first: anybody can post tokens that are not ours, and there is one writer.
		await appointmentOfLink(db.read, token, now);
		await db.write(async (tx) => {
			const { appointmentId } = await answerByLink(tx, { token, answer, via: 'notification', saidAt, now });
			await markAnswered(tx, { appointmentId, now });
		});
	} catch (problem) {
		return errorFrom(problem);
	}
	return json({ answer });
};
