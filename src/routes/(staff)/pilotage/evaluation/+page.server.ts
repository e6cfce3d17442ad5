import { fail, redirect } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import type { Tx } from '$lib/server/db';
import { callsToMake, markCalled } from '$lib/server/evaluation/callbacks';
import { parseFinishing, parseImprovement, parsePublication } from '$lib/server/evaluation/forms';
import {
	addImprovement,
	finishImprovement,
	improvementsOf,
	peopleToTell,
	publishImprovement,
	type Coordinator,
} from '$lib/server/evaluation/improvements';
import { resultsOf } from '$lib/server/evaluation/results';
import { newId } from '$lib/server/platform/ids';
import { planNotice, takeBackNews } from '$lib/server/reminders/commands';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { readFilters } from './filters.server';
import { sentencesOf } from './sentences';
import { tablesOf } from './tables';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const { now, locale } = locals;
	const { names, ...asked } = await readFilters(url, { territoryId, now, locale });
	const results = await resultsOf(db.read, territoryId, asked.filters);
	return {
		now,
		...asked,
		areas: names.areas,
		sentences: sentencesOf(results, names),
		tables: tablesOf(results, names),
		calls: await callsToMake(db.read, territoryId),
		improvements: await improvementsOf(db.read, territoryId, { publishedOnly: false }),
		formId: newId(),
		done: url.searchParams.has('fait'),
	};
};

/** Those who took part are told once what was done: who has answered is all that is known of them. */
async function tellAll(tx: Tx, { id, by, now }: { id: string; by: Coordinator; now: Date }) {
	for (const { personId } of await peopleToTell(tx, { id, by, now }))
		await planNotice(tx, {
			kind: 'results_news',
			personId,
			subjectId: id,
			path: '/resultats',
			onceKey: `results_news:${id}:${personId}`,
			now,
		});
}

const todayIn = async (territoryId: string, now: Date) =>
	localDay(now, (await getTerritory(db.read, territoryId)).zone);

const back = () => redirect(303, `${href('/pilotage/evaluation')}?fait=1`);

export const actions: Actions = {
	add: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parseImprovement(await request.formData(), await todayIn(by.territoryId, locals.now));
		if (!parsed.ok) return fail(400, parsed);
		const { now } = locals;
		await db.write(async (tx) => {
			const { id } = await addImprovement(tx, parsed.value, { by, now });
			await tellAll(tx, { id, by, now });
		});
		return back();
	},
	publish: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parsePublication(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await publishImprovement(tx, { ...parsed.value, by, now });
				if (!parsed.value.publish) await takeBackNews(tx, parsed.value.id);
				await tellAll(tx, { id: parsed.value.id, by, now });
			});
		} catch (problem) {
			return failFrom(problem, {});
		}
		return back();
	},
	finish: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parseFinishing(await request.formData(), await todayIn(by.territoryId, locals.now));
		if (!parsed.ok) return fail(400, parsed);
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await finishImprovement(tx, { ...parsed.value, by, now });
				await tellAll(tx, { id: parsed.value.id, by, now });
			});
		} catch (problem) {
			return failFrom(problem, {});
		}
		return back();
	},
	called: async ({ request, locals }) => {
		const by = requireCoordinator();
		const id = String((await request.formData()).get('id') ?? '');
		try {
			await db.write((tx) => markCalled(tx, { id, by, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, {});
		}
		return back();
	},
};
