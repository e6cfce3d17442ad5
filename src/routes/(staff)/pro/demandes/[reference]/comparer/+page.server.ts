import { redirect } from '@sveltejs/kit';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { mergePeople } from '$lib/server/merging';
import { possibleDuplicates } from '$lib/server/people/duplicates';
import { comparedOf, inCommon, sayDifferent, whichIsKept, type Compared } from '$lib/server/people/identity';
import { noteOpening } from '$lib/server/people/opening';
import { notFound } from '$lib/server/platform/errors';
import { planNotice } from '$lib/server/reminders/commands';
import { getRequestFor } from '$lib/server/requests/reading';
import { maskContact } from '$lib/server/requests/rules';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

/** The person of the request, and another that the portal itself found alike: nobody browses files by their address. */
async function pairOf(event: RequestEvent, viewer: ReturnType<typeof requireStaff>) {
	try {
		const { person, answers } = await getRequestFor(db.read, viewer, event.params.reference);
		if (!answers || !('searchName' in person)) throw notFound();
		const wanted = event.url.searchParams.get('avec');
		const other = (await possibleDuplicates(db.read, person)).find(({ id }) => id === wanted);
		if (!other) throw notFound();
		return [await comparedOf(db.read, person.id), await comparedOf(db.read, other.id)] as const;
	} catch (problem) {
		return errorFrom(problem);
	}
}

/** Enough of a contact to see whether it is the same. */
const shown = ({ email, phone, ...rest }: Compared) => ({
	...rest,
	email: email && maskContact(email),
	phone: phone && maskContact(phone),
});

export const load: PageServerLoad = async (event) => {
	const viewer = requireStaff();
	const pair = await pairOf(event, viewer);
	const { now } = event.locals;
	for (const { id } of pair) await noteOpening(db, { viewer, personId: id, part: 'request', now });
	const { zone } = await getTerritory(db.read, viewer.territoryId);
	return {
		now,
		zone,
		reference: event.params.reference,
		one: shown(pair[0]),
		other: shown(pair[1]),
		common: inCommon(...pair),
		keptId: whichIsKept(...pair).id,
	};
};

export const actions: Actions = {
	same: async (event) => {
		const by = requireStaff();
		const pair = await pairOf(event, by);
		const { now } = event.locals;
		const kept = whichIsKept(...pair);
		const from = pair.find(({ id }) => id !== kept.id)!.id;
		await db.write(async (tx) => {
			const { id } = await mergePeople(tx, { from, to: kept.id, by, now });
			const told = { personId: kept.id, path: '/demande', onceKey: `merged:${id}`, subjectId: id, now };
			await planNotice(tx, { kind: 'pathway_changed', ...told });
		});
		redirect(303, href('/pro/demandes?fait=reunies'));
	},
	different: async (event) => {
		const by = requireStaff();
		const [one, other] = await pairOf(event, by);
		await db.write((tx) => sayDifferent(tx, { one: one.id, other: other.id, by, now: event.locals.now }));
		redirect(303, href(`/pro/demandes/${event.params.reference}`));
	},
};
