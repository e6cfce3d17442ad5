import { fail } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { requestCall } from '$lib/server/evaluation/callbacks';
import { questionsOf } from '$lib/server/evaluation/choosing';
import { answerRating, invitationOf, skipRating, stopAsking, type Answerer } from '$lib/server/evaluation/commands';
import { parseAnswer } from '$lib/server/evaluation/forms';
import { appointmentAsked } from '$lib/server/evaluation/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';

const sentences = { rating_given: m.evaluation_error_given, rating_over: m.evaluation_error_over };

/** One invitation as its page shows it, whoever opens it: the person signed in, or the holder of its link. */
export async function showRating(answerer: Answerer, now: Date) {
	const invitation = await invitationOf(db.read, answerer).catch(errorFrom);
	const { outcome, expiresAt, moment, appointmentId, versionId } = invitation;
	return {
		now,
		moment,
		appointment: await appointmentAsked(db.read, appointmentId),
		questions: await questionsOf(db.read, versionId),
		closed: outcome ? ('given' as const) : now >= expiresAt ? ('over' as const) : null,
	};
}

/** Keeps the answer; a failed form, or who will call, if anybody. */
export async function giveRating(form: FormData, answerer: Answerer, now: Date) {
	const { versionId } = await invitationOf(db.read, answerer).catch(errorFrom);
	const parsed = parseAnswer(form, await questionsOf(db.read, versionId));
	if (!parsed.ok) return { failed: fail(400, parsed) };
	const { contact, ...answer } = parsed.value;
	try {
		const called = await db.write(async (tx) => {
			const { personId } = await answerRating(tx, { ...answerer, ...answer, now });
			return contact === 'anonymous' ? ('nobody' as const) : requestCall(tx, { personId, to: contact, now });
		});
		return { called };
	} catch (problem) {
		return { failed: failFrom(problem, sentences, parsed.value) };
	}
}

/** « Je ne veux pas répondre » or « ne plus me demander ». A failed form, or null. */
export async function passRating(answerer: Answerer, now: Date, { forEver }: { forEver: boolean }) {
	try {
		await db.write(async (tx) => void (await (forEver ? stopAsking : skipRating)(tx, { ...answerer, now })));
		return null;
	} catch (problem) {
		return failFrom(problem, sentences);
	}
}
