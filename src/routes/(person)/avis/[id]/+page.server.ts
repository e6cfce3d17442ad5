import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { getAppointmentFor } from '$lib/server/appointments/queries';
import { db } from '$lib/server/db';
import type { Tx } from '$lib/server/db';
import { answerRating, ownInvitation, skipRating } from '$lib/server/evaluation/commands';
import { parseAnswer } from '$lib/server/evaluation/forms';
import { addStep } from '$lib/server/pathway/steps';
import { leadOf } from '$lib/server/people/queries';
import { DomainError } from '$lib/server/platform/errors';
import { addDays, localDay } from '$lib/server/territories/calendar';
import { getTerritory, holidaysOf } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const viewer = requireBeneficiary();
	const { now } = locals;
	const invitation = await ownInvitation(db.read, viewer.personId, params.id).catch(errorFrom);
	const { startsAt, zone } = await getAppointmentFor(db.read, viewer, invitation.appointmentId).catch(errorFrom);
	const closed = invitation.outcome ? 'given' : now >= invitation.expiresAt ? 'over' : null;
	return { now, startsAt, zone, closed };
};

const sentences = { rating_given: m.evaluation_error_given, rating_over: m.evaluation_error_over };
/** Working days to call back. */
const CALL_WITHIN_DAYS = 2;

/** A task for the lead referent, in the person's pathway. It says nothing of the answer. @returns whether somebody will call */
async function askToBeCalled(tx: Tx, by: ReturnType<typeof requireBeneficiary>, now: Date): Promise<boolean> {
	const lead = await leadOf(tx, by.personId);
	if (!lead) return false;
	const { zone, holidayZone } = await getTerritory(tx, by.territoryId);
	const dueOn = addDays(localDay(now, zone), CALL_WITHIN_DAYS, 'ouvre', await holidaysOf(tx, holidayZone));
	const title = m.evaluation_step_callback({}, { locale: 'fr' });
	const { personId } = by;
	const referent = { accountId: lead.accountId, role: 'referent' as const, structureId: lead.structureId };
	try {
		await addStep(tx, { personId, title, owner: 'referent', dueOn, by: referent, now });
	} catch (problem) {
		if (problem instanceof DomainError && problem.code === 'no_pathway') return false;
		throw problem;
	}
	return true;
}

export const actions: Actions = {
	answer: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const { now } = locals;
		const parsed = parseAnswer(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { callback, ...answer } = parsed.value;
		const own = { invitationId: params.id, personId: by.personId, now };
		let called: boolean | null;
		try {
			called = await db.write(async (tx) => {
				await answerRating(tx, { ...own, ...answer });
				return callback ? askToBeCalled(tx, by, now) : null;
			});
		} catch (problem) {
			return failFrom(problem, sentences);
		}
		redirect(303, href(`/avis?fait=${called === null ? 'oui' : called ? 'rappel' : 'appeler'}`));
	},
	skip: async ({ locals, params }) => {
		const { personId } = requireBeneficiary();
		try {
			await db.write((tx) => skipRating(tx, { invitationId: params.id, personId, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, sentences);
		}
		redirect(303, href('/avis?fait=passe'));
	},
};
