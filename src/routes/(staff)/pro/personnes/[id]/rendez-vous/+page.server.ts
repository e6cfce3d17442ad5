import { fail, redirect } from '@sveltejs/kit';
import { bookAppointment, moveAppointment } from '$lib/server/appointments/commands';
import { firstConvocationDay, isFirstContact } from '$lib/server/appointments/convocation';
import { parseBooking, parseInvitation, parseMove, parseOffer } from '$lib/server/appointments/forms';
import { getAppointmentFor, lastAbsences, listAppointments } from '$lib/server/appointments/queries';
import { possibleOutcomes } from '$lib/server/appointments/rules';
import { inviteToChoose, offerSlots } from '$lib/server/appointments/slots';
import { db } from '$lib/server/db';
import { openFollowedFile } from '$lib/server/people/opening';
import { followersNow, getFollowedPerson } from '$lib/server/people/queries';
import { leads } from '$lib/server/people/rules';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory, listStructures, listTerritories } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { tellColleagues } from '../../../../../meeting-news.server';
import { announceChange, announceChoice, sayAbsence, sayOutcome, withAbsence } from '../../../outcome.server';
import { appointmentRefusals } from '../../../refusals';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const viewer = requireStaff();
	const { now } = locals;
	const file = await openFollowedFile(db, { viewer, personId: params.id, part: 'appointments', now }).catch(errorFrom);
	const territory = await getTerritory(db.read, file.person.territoryId);
	const structures = await listStructures(db.read, territory.id);
	const own = structures.find(({ id }) => id === viewer.structureId);
	const all = await listAppointments(db.read, params.id);
	// A plain member sees the hours they hold (domain.md §7.2).
	const visible = all.filter(
		(each) => file.access !== 'member' || [each.referentId, each.secondReferentId].includes(viewer.accountId),
	);
	const busy = all.filter((each) => !visible.includes(each) && each.state === 'booked' && each.startsAt > now);
	const shown = visible.map((each) => ({ ...each, outcomes: possibleOutcomes(each.state, each, now) }));
	const isUpcoming = ({ state, startsAt }: (typeof shown)[number]) =>
		state === 'invited' || (state === 'booked' && startsAt > now);
	return {
		now,
		personId: params.id,
		name: `${file.person.firstName} ${file.person.lastName}`,
		zone: territory.zone,
		today: localDay(now, territory.zone),
		place: { placeName: own?.name ?? '', address: own?.address ?? '', phone: own?.phone ?? '' },
		toSettle: shown.filter(({ state, startsAt }) => state === 'booked' && startsAt <= now),
		upcoming: shown.filter(isUpcoming).reverse(),
		past: shown.filter((each) => !isUpcoming(each) && each.state !== 'booked'),
		firstContact: await isFirstContact(db.read, params.id),
		convocationFrom: await firstConvocationDay(db.read, territory.id, territory.zone, now),
		/** Hours held with others: when, nothing else. */
		busy: busy.map(({ id, startsAt, zone }) => ({ id, startsAt, zone })).reverse(),
		absences: leads(file.access) ? await lastAbsences(db.read, params.id) : [],
		team: await teamOf(params.id, now),
		zones: await zonesFrom(territory.zone),
		absentId: url.searchParams.get('absence'),
		inviting: url.searchParams.has('proposer'),
		viewerId: viewer.accountId,
		moving: shown.find((each) => each.id === url.searchParams.get('deplacer') && isUpcoming(each)),
	};
};

/** Who may hold a meeting with the person: who follows them, and works here. */
async function teamOf(personId: string, now: Date) {
	const members = await followersNow(db.read, personId, now);
	return members.filter(({ active }) => active).map(({ accountId, name }) => ({ accountId, name }));
}

/** The territory's own first: a place may be in another zone than the person. */
async function zonesFrom(own: string): Promise<string[]> {
	const all = (await listTerritories(db.read)).map(({ zone }) => zone);
	return [...new Set([own, ...all.sort()])];
}

const here = (id: string) => href(`/pro/personnes/${id}/rendez-vous`);

export const actions: Actions = {
	book: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { person } = await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const parsed = parseBooking(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const zones = await zonesFrom((await getTerritory(db.read, person.territoryId)).zone);
		const zone = zones.find((each) => each === parsed.value.zone) ?? zones[0]!;
		const { now } = locals;
		const secondReferentId = parsed.value.secondReferentId || null;
		const input = { ...parsed.value, secondReferentId, personId: person.id, referent: by, zone, now };
		try {
			await db.write(async (tx) => {
				const { id } = await bookAppointment(tx, input);
				await announceChange(tx, { id, personId: person.id, sequence: 0, now });
			});
		} catch (error) {
			return failFrom(error, appointmentRefusals, parsed.value);
		}
		redirect(303, here(params.id));
	},
	invite: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { person } = await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const form = await request.formData();
		const parsed = parseInvitation(form);
		if (!parsed.ok) return fail(400, parsed);
		const { zone } = await getTerritory(db.read, person.territoryId);
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				const secondReferentId = parsed.value.secondReferentId || null;
				const input = { ...parsed.value, secondReferentId, personId: person.id, referent: by, zone, now };
				const { id } = await inviteToChoose(tx, input);
				await announceChoice(tx, { id, personId: person.id, sequence: 0, now });
			});
		} catch (error) {
			return failFrom(error, appointmentRefusals, parsed.value);
		}
		redirect(303, here(params.id));
	},
	move: async ({ request, locals, params }) => {
		const by = requireStaff();
		const parsed = parseMove(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { id: appointmentId, referentId, secondReferentId, ...hour } = parsed.value;
		const found = await getAppointmentFor(db.read, by, appointmentId).catch(errorFrom);
		const { now } = locals;
		const { personId, zone } = found;
		try {
			await db.write(async (tx) => {
				await moveAppointment(tx, {
					...hour,
					appointmentId,
					...(referentId && { referentId }),
					// Left out of an older form: the same as before.
					...(hour.meeting && { secondReferentId: secondReferentId || null }),
					zone,
					by,
					now,
				});
				await announceChange(tx, { id: appointmentId, personId, sequence: found.sequence + 1, now });
			});
			tellColleagues({ personId, by, now });
		} catch (error) {
			return failFrom(error, appointmentRefusals, parsed.value);
		}
		redirect(303, here(params.id));
	},
	offer: async ({ request, locals, params }) => {
		const by = requireStaff();
		const parsed = parseOffer(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { id: appointmentId, ...offered } = parsed.value;
		const { personId } = await getAppointmentFor(db.read, by, appointmentId).catch(errorFrom);
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await offerSlots(tx, { ...offered, appointmentId, by, now });
				await announceChoice(tx, { id: appointmentId, personId, sequence: now.getTime(), now });
			});
		} catch (error) {
			return failFrom(error, appointmentRefusals, { id: appointmentId });
		}
		redirect(303, here(params.id));
	},
	outcome: async ({ request, locals, params }) => {
		const by = requireStaff();
		const said = await sayOutcome(await request.formData(), by, locals.now);
		if (said.refused) return said.refused;
		redirect(303, said.absentId ? withAbsence(here(params.id), said.absentId) : here(params.id));
	},
	absence: async ({ request, locals, params }) => {
		const by = requireStaff();
		const refused = await sayAbsence(await request.formData(), by, locals.now);
		if (refused) return refused;
		redirect(303, here(params.id));
	},
};
