import { redirect } from '@sveltejs/kit';
import { partsOn } from '$lib/server/appointments/availability-rules';
import { outsideBetween } from '$lib/server/appointments/held';
import { agenda, listToRearrange, listUnsettled } from '$lib/server/appointments/queries';
import { mondayOf, possibleOutcomes } from '$lib/server/appointments/rules';
import { unsettledWorkshops, workshopsOf } from '$lib/server/appointments/workshop-queries';
import { db } from '$lib/server/db';
import { followedByName } from '$lib/server/people/caseload';
import { addDays, localDay, startOfDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { shownFeed, subscribe, unsubscribe } from '../../../feed.server';
import { sayAbsence, sayOutcome, withAbsence } from '../outcome.server';
import type { Actions, PageServerLoad } from './$types';

const WEEK_DAYS = 7;

export const load: PageServerLoad = async ({ locals, url, cookies }) => {
	const account = requireStaff();
	const { accountId, territoryId } = account;
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	const today = localDay(now, zone);
	const monday = mondayOf(url.searchParams.get('semaine') ?? '') ?? mondayOf(today)!;
	const next = addDays(monday, WEEK_DAYS);
	const found = await agenda(db.read, accountId, startOfDay(monday, zone), startOfDay(next, zone));
	const days = Array.from({ length: WEEK_DAYS }, (_, index) => addDays(monday, index));
	const [from, to] = [startOfDay(monday, zone), startOfDay(next, zone)];
	const workshops = await workshopsOf(db.read, accountId, from, to);
	const busy = await outsideBetween(db.read, accountId, from, to);
	const unsettled = await listUnsettled(db.read, accountId, now);
	const rearrange = await listToRearrange(db.read, accountId, now);
	const whose = [...found, ...unsettled, ...rearrange].map(({ personId }) => personId);
	const followed = new Set((await followedByName(db.read, accountId, whose, now)).map(({ id }) => id));
	/** The file of somebody they follow no more is closed to them. */
	const opens = ({ personId }: { personId: string }) => followed.has(personId);
	return {
		now,
		zone,
		today,
		monday,
		previous: addDays(monday, -WEEK_DAYS),
		next,
		isThisWeek: monday === mondayOf(today),
		// The day on the wall of the place, which may not be the territory's.
		days: days.map((day) => ({
			day,
			appointments: found.filter((each) => each.localDay === day).map((each) => ({ ...each, isFollowed: opens(each) })),
			workshops: workshops.filter((each) => each.localDay === day),
			busy: partsOn(day, busy, zone),
		})),
		unsettled: unsettled.map((each) => ({
			...each,
			outcomes: possibleOutcomes(each.state, each, now),
			isFollowed: opens(each),
		})),
		sheets: await unsettledWorkshops(db.read, accountId, now),
		absentId: url.searchParams.get('absence'),
		feed: await shownFeed(cookies, account),
		// Whoever follows the person now arranges it.
		rearrange: rearrange.filter(opens),
	};
};

/** The week one was looking at. */
function weekOf({ searchParams }: URL): string {
	const week = searchParams.get('semaine');
	return href('/pro/agenda') + (week ? `?semaine=${encodeURIComponent(week)}` : '');
}

export const actions: Actions = {
	outcome: async ({ request, locals, url }) => {
		const by = requireStaff();
		const said = await sayOutcome(await request.formData(), by, locals.now);
		if (said.refused) return said.refused;
		redirect(303, said.absentId ? withAbsence(weekOf(url), said.absentId) : weekOf(url));
	},
	absence: async ({ request, locals, url }) => {
		const by = requireStaff();
		const refused = await sayAbsence(await request.formData(), by, locals.now);
		if (refused) return refused;
		redirect(303, weekOf(url));
	},
	subscribe: async ({ cookies, locals, url }) => {
		await subscribe(cookies, requireStaff(), locals.now);
		redirect(303, `${weekOf(url)}#abonnement`);
	},
	unsubscribe: async ({ cookies, locals, url }) => {
		await unsubscribe(cookies, requireStaff(), locals.now);
		redirect(303, weekOf(url));
	},
};
