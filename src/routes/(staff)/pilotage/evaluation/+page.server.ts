import { fail, redirect } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { addImprovement, publishImprovement } from '$lib/server/evaluation/commands';
import { parseImprovement, parsePublication } from '$lib/server/evaluation/forms';
import { commentsOf, improvementsOf, resultsOf } from '$lib/server/evaluation/queries';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	const results = await resultsOf(db.read, { territoryId, zone, now });
	return {
		now,
		zone,
		results,
		comments: await commentsOf(db.read, territoryId, results),
		improvements: await improvementsOf(db.read, territoryId, { publishedOnly: false }),
		done: url.searchParams.has('fait'),
	};
};

export const actions: Actions = {
	add: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parseImprovement(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		await db.write((tx) => addImprovement(tx, parsed.value, { by, now: locals.now }));
		redirect(303, `${href('/pilotage/evaluation')}?fait=1`);
	},
	publish: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parsePublication(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => publishImprovement(tx, { ...parsed.value, by, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, {});
		}
		redirect(303, `${href('/pilotage/evaluation')}?fait=1`);
	},
};
