import { fail, redirect } from '@sveltejs/kit';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { markOutcome } from '$lib/server/appointments/commands';
import { parseAttendance, parseWorkshopMove } from '$lib/server/appointments/forms';
import { possibleOutcomes } from '$lib/server/appointments/rules';
import { participantsToSettle, peopleToSeat, workshopFor } from '$lib/server/appointments/workshop-queries';
import {
	cancelWorkshop,
	inviteToWorkshop,
	joinWorkshop,
	moveWorkshop,
	ownWorkshop,
	type Told,
} from '$lib/server/appointments/workshops';
import { db, type Tx } from '$lib/server/db';
import { getFollowedPerson } from '$lib/server/people/queries';
import { localDay } from '$lib/server/territories/calendar';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { announceChange, announceChoice, followOpinion } from '../../../outcome.server';
import { appointmentRefusals } from '../../../refusals';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const viewer = requireStaff();
	const { now } = locals;
	const { workshop, isHost, participants } = await workshopFor(db.read, viewer, params.id, now).catch(errorFrom);
	const isOpen = !workshop.cancelledAt && workshop.startsAt > now;
	return {
		now,
		workshop,
		isHost,
		isOpen,
		today: localDay(now, workshop.zone),
		people: participants
			.filter(({ state }) => state !== 'invited' && state !== 'revoked')
			.map((each) => ({ ...each, outcomes: isHost ? possibleOutcomes(each.state, each, now) : [] })),
		invited: participants.filter(({ state }) => state === 'invited'),
		followed: isOpen ? await peopleToSeat(db.read, viewer.accountId, params.id, now) : [],
		said: url.searchParams.has('dit'),
	};
};

const here = (id: string) => href(`/pro/agenda/ateliers/${id}`);

/** Of the professional's own follow-up, and a workshop of the territory. */
async function chosenPerson(form: FormData, by: SignedIn & { territoryId: string }, workshopId: string, now: Date) {
	await workshopFor(db.read, by, workshopId, now).catch(errorFrom);
	const { person } = await getFollowedPerson(db.read, by, String(form.get('person') ?? ''), now).catch(errorFrom);
	return person.id;
}

async function tellAll(tx: Tx, told: Told[], now: Date) {
	for (const { state, ...one } of told)
		await (state === 'invited' ? announceChoice : announceChange)(tx, { ...one, now });
}

export const actions: Actions = {
	join: async ({ request, locals, params }) => {
		const by = requireStaff();
		const personId = await chosenPerson(await request.formData(), by, params.id, locals.now);
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				const { id } = await joinWorkshop(tx, { workshopId: params.id, personId, by, now });
				await announceChange(tx, { id, personId, sequence: 0, now });
			});
		} catch (error) {
			return failFrom(error, appointmentRefusals, {});
		}
		redirect(303, here(params.id));
	},
	propose: async ({ request, locals, params }) => {
		const by = requireStaff();
		const personId = await chosenPerson(await request.formData(), by, params.id, locals.now);
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				const { id } = await inviteToWorkshop(tx, { workshopId: params.id, personId, by, now });
				await announceChoice(tx, { id, personId, sequence: 0, now });
			});
		} catch (error) {
			return failFrom(error, appointmentRefusals, {});
		}
		redirect(303, here(params.id));
	},
	attendance: async ({ request, locals, params }) => {
		const by = requireStaff();
		const said = parseAttendance(await request.formData());
		const mine = await participantsToSettle(db.read, by.accountId, params.id).catch(errorFrom);
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				for (const { id, outcome } of said) {
					const participant = mine.find((each) => each.id === id);
					if (!participant) continue;
					const { changed, was } = await markOutcome(tx, { appointmentId: id, by, outcome, now });
					const met = { appointmentId: id, personId: participant.personId, outcome, was, now };
					if (changed) await followOpinion(tx, met);
				}
			});
		} catch (error) {
			return failFrom(error, appointmentRefusals, {});
		}
		redirect(303, `${here(params.id)}?dit=1`);
	},
	move: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { zone } = await ownWorkshop(db.read, params.id, by).catch(errorFrom);
		const parsed = parseWorkshopMove(await request.formData());
		if (!parsed.ok) return fail(400, { errors: parsed.errors });
		const { day, time, durationMinutes, sequence, ...place } = parsed.value;
		const { now } = locals;
		const hour = { day, time, zone, durationMinutes };
		try {
			await db.write(async (tx) =>
				tellAll(tx, await moveWorkshop(tx, { ...hour, workshopId: params.id, sequence, place, by, now }), now),
			);
		} catch (error) {
			return failFrom(error, appointmentRefusals, {});
		}
		redirect(303, here(params.id));
	},
	cancel: async ({ locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		await ownWorkshop(db.read, params.id, by).catch(errorFrom);
		try {
			await db.write(async (tx) => tellAll(tx, await cancelWorkshop(tx, { workshopId: params.id, by, now }), now));
		} catch (error) {
			return failFrom(error, appointmentRefusals, {});
		}
		redirect(303, here(params.id));
	},
};
