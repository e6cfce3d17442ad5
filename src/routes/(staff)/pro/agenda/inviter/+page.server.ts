import { error, fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { availabilityOf, availableHours } from '$lib/server/appointments/availability';
import { parseManyInvited } from '$lib/server/appointments/forms';
import { alreadyPlanned, inviteMany, MOST_INVITED } from '$lib/server/appointments/invite-many';
import { db } from '$lib/server/db';
import { followedByName } from '$lib/server/people/caseload';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { announceChoice } from '../../outcome.server';
import { appointmentRefusals } from '../../refusals';
import type { Actions, PageServerLoad } from './$types';

/** What the free hours are counted for before a length is said. */
const USUAL_MINUTES = 45;
/** « 30 heures libres » and more are many. */
const COUNTED = 60;
const FIRST_SHOWN = 6;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { accountId, territoryId } = requireStaff();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	const chosen = url.searchParams.getAll('personne').slice(0, MOST_INVITED);
	const followed = await followedByName(db.read, accountId, chosen, now);
	const planned = await alreadyPlanned(db.read, chosen, now);
	const { weekly } = await availabilityOf(db.read, accountId, localDay(now, zone));
	const places = new Map(weekly.toReversed().map((row) => [`${row.mode} ${row.placeName}`, row]));
	const open = await Promise.all(
		[...places.values()].toReversed().map(async ({ id, mode, placeName }) => {
			const sought = { referentId: accountId, territoryId, zone, mode, placeName, durationMinutes: USUAL_MINUTES };
			return { id, mode, placeName, free: await availableHours(db.read, sought, now, COUNTED) };
		}),
	);
	return {
		now,
		zone,
		people: followed.filter(({ id }) => !planned.has(id)),
		planned: followed.filter(({ id }) => planned.has(id)),
		places: open.map(({ free, ...place }) => ({ ...place, count: free.length, first: free.slice(0, FIRST_SHOWN) })),
		invited: Number(url.searchParams.get('invites')) || null,
	};
};

const refusals = {
	...appointmentRefusals,
	nobody_chosen: m.appointment_many_nobody,
	too_few_slots: m.appointment_many_few,
	too_many: m.appointment_many_too_many,
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const by = requireStaff();
		const parsed = parseManyInvited(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { people, hours, ...meeting } = parsed.value;
		const { now } = locals;
		const { territoryId } = by;
		const { zone } = await getTerritory(db.read, territoryId);
		const { weekly } = await availabilityOf(db.read, by.accountId, localDay(now, zone));
		const where = weekly.find(({ id }) => id === hours);
		if (!where)
			return fail(400, { errors: { hours: m.appointment_many_no_hours() } as Record<string, string>, values: meeting });
		if ((await followedByName(db.read, by.accountId, people, now)).length < new Set(people).size)
			error(404, 'not_found');
		const { mode, placeName, address } = where;
		const invitation = {
			...meeting,
			mode,
			placeName,
			address,
			referent: by,
			zone,
			territoryId,
			personIds: people,
			now,
		};
		let count: number;
		try {
			count = await db.write(async (tx) => {
				const { invited } = await inviteMany(tx, invitation);
				for (const one of invited) await announceChoice(tx, { ...one, sequence: 0, now });
				return invited.length;
			});
		} catch (problem) {
			return failFrom(problem, refusals, meeting);
		}
		redirect(303, `${href('/pro/agenda/inviter')}?invites=${count}`);
	},
};
