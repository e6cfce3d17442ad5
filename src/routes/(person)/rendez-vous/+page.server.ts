import { redirect } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { listAppointments, onCard, toChoose } from '$lib/server/appointments/queries';
import { personOf } from '$lib/server/people/queries';
import { getTerritory } from '$lib/server/territories/queries';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { shownFeed, subscribe, unsubscribe } from '../../feed.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, cookies }) => {
	const account = requireBeneficiary();
	const { personId, territoryId } = account;
	const { now } = locals;
	const all = await listAppointments(db.read, personId);
	const isComing = (each: (typeof all)[number]) => each.state === 'booked' && each.endsAt > now;
	const isToChoose = (each: (typeof all)[number]) => each.state === 'invited' && each.chooseBy && each.chooseBy > now;
	const [first, ...later] = all.filter(isComing).reverse();
	const past = all.filter((each) => !isComing(each) && !isToChoose(each));
	const { zone } = await getTerritory(db.read, territoryId);
	const { wording } = await personOf(db.read, personId);
	const feed = await shownFeed(cookies, account);
	return {
		now,
		zone,
		toChoose: all.filter(isToChoose).map(toChoose),
		first,
		later: later.map(onCard),
		past: past.map(({ id, startsAt, zone, state }) => ({ id, startsAt, zone, state })),
		feed,
		detailed: wording === 'detailed',
	};
};

const HERE = '/rendez-vous';

export const actions: Actions = {
	subscribe: async ({ cookies, locals }) => {
		await subscribe(cookies, requireBeneficiary(), locals.now);
		redirect(303, `${href(HERE)}#abonnement`);
	},
	unsubscribe: async ({ cookies, locals }) => {
		await unsubscribe(cookies, requireBeneficiary(), locals.now);
		redirect(303, href(HERE));
	},
};
