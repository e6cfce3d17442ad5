import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import {
	addDaysAway,
	addWeeklyHours,
	availabilityOf,
	removeDaysAway,
	removeWeeklyHours,
} from '$lib/server/appointments/availability';
import { parseDaysAway, parseWeeklyHours } from '$lib/server/appointments/forms';
import { bookedWhileAway } from '$lib/server/appointments/queries';
import { followCalendar, followedCalendar, leaveCalendar } from '$lib/server/appointments/outside';
import { workshopsWhileAway } from '$lib/server/appointments/workshop-queries';
import { db } from '$lib/server/db';
import { config } from '$lib/server/platform/config';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory, listStructures } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { accountId, territoryId, structureId } = requireStaff();
	const { now } = locals;
	const { zone, settings } = await getTerritory(db.read, territoryId);
	const today = localDay(now, zone);
	const own = (await listStructures(db.read, territoryId)).find(({ id }) => id === structureId);
	const hours = await availabilityOf(db.read, accountId, today);
	return {
		now,
		zone,
		today,
		...hours,
		/** Hours that stand on those days: the people are not told by themselves. */
		booked: await bookedWhileAway(db.read, accountId, hours.exceptions, now),
		workshops: await workshopsWhileAway(db.read, accountId, hours.exceptions, now),
		outside: await followedCalendar(db.read, accountId),
		travelMinutes: settings.travelMinutes,
		place: { placeName: own?.name ?? '', address: own?.address ?? '' },
	};
};

const refusals = {
	hours_malformed: m.appointment_hours_error,
	hours_overlap: m.appointment_hours_error_overlap,
	days_malformed: m.appointment_hours_error_days,
	calendar_address: m.appointment_hours_outside_error,
	too_many_rows: m.appointment_hours_error_many,
};
const here = () => href('/pro/agenda/disponibilites');
const idIn = (form: FormData) => String(form.get('id') ?? '');

export const actions: Actions = {
	add: async ({ request, locals }) => {
		const { accountId } = requireStaff();
		const parsed = parseWeeklyHours(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => addWeeklyHours(tx, { ...parsed.value, accountId, now: locals.now }));
		} catch (error) {
			return failFrom(error, refusals, parsed.value);
		}
		redirect(303, here());
	},
	remove: async ({ request }) => {
		const { accountId } = requireStaff();
		const id = idIn(await request.formData());
		await db.write((tx) => removeWeeklyHours(tx, { accountId, id }));
		redirect(303, here());
	},
	away: async ({ request, locals }) => {
		const { accountId } = requireStaff();
		const parsed = parseDaysAway(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => addDaysAway(tx, { ...parsed.value, accountId, now: locals.now }));
		} catch (error) {
			return failFrom(error, refusals, parsed.value);
		}
		redirect(303, here());
	},
	follow: async ({ request, locals }) => {
		const by = requireStaff();
		const address = String((await request.formData()).get('address_ics') ?? '');
		try {
			const { pushHosts: hosts } = config();
			await db.write((tx) => followCalendar(tx, { address, hosts, by, now: locals.now }));
		} catch (error) {
			return failFrom(error, refusals, {});
		}
		redirect(303, `${here()}#autre`);
	},
	leave: async ({ locals }) => {
		const by = requireStaff();
		await db.write((tx) => leaveCalendar(tx, { by, now: locals.now }));
		redirect(303, `${here()}#autre`);
	},
	back: async ({ request }) => {
		const { accountId } = requireStaff();
		const id = idIn(await request.formData());
		await db.write((tx) => removeDaysAway(tx, { accountId, id }));
		redirect(303, here());
	},
};
