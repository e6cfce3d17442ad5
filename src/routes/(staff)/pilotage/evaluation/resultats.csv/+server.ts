import { error } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { csvOf } from '$lib/server/evaluation/csv';
import { resultsOf } from '$lib/server/evaluation/results';
import { requireCoordinator } from '$lib/server/web/guards';
import { asFile } from '../../file.server';
import { readFilters } from '../filters.server';
import { csvRows, tablesOf } from '../tables';
import type { RequestHandler } from './$types';

/** One table of the page (`?tableau=`), or all of them, with the filters of the page. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const { now, locale } = locals;
	const { filters, names } = await readFilters(url, { territoryId, now, locale });
	const tables = tablesOf(await resultsOf(db.read, territoryId, filters), names);
	const asked = url.searchParams.get('tableau');
	const chosen = asked ? tables.filter(({ id }) => id === asked) : tables;
	if (asked && chosen.length === 0) error(404, 'not_found');
	return asFile(csvOf(chosen.flatMap(csvRows)), `avis-${territoryId}-${asked ?? 'tout'}-${filters.to}.csv`);
};
