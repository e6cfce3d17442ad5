import { json } from '@sveltejs/kit';
import { answerByLink } from '$lib/server/appointments/answers';
import { parseAnswer } from '$lib/server/appointments/forms';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { openToAll } from '$lib/server/web/guards';
import { statusOf } from '$lib/server/web/failures';
import { limitByAddress } from '$lib/server/web/limits';
import type { RequestHandler } from './$types';

/** The same answer for a script, such as the service worker: a form body, and JSON back. */
export const POST: RequestHandler = async (event) => {
	openToAll();
	const form = await event.request.formData().catch(() => null);
	const parsed = form && parseAnswer(form);
	if (!parsed?.ok) return json({ ok: false, reason: 'malformed' }, { status: 400 });
	const { token } = event.params;
	try {
		await limitByAddress(event, 'answer_link');
		await db.write((tx) => answerByLink(tx, { token, answer: parsed.value.answer, now: event.locals.now }));
		return json({ ok: true });
	} catch (error) {
		if (!(error instanceof DomainError)) throw error;
		return json({ ok: false, reason: error.code }, { status: statusOf(error) });
	}
};
