import { db } from '$lib/server/db';
import { csvOf } from '$lib/server/evaluation/csv';
import { teamOf } from '$lib/server/people/steering';
import { requireCoordinator } from '$lib/server/web/guards';
import { asFile } from '../../file.server';
import { indicatorsOfMonth } from '../indicateurs/published.server';
import { caseloadRows, tablesOf } from '../indicateurs/tables';
import type { RequestHandler } from './$types';

/** The figures of the page, with the period and what each means. */
export const GET: RequestHandler = async ({ locals }) => {
	const { territoryId } = requireCoordinator();
	const { indicators } = await indicatorsOfMonth(territoryId, locals.now);
	const tables = [...tablesOf(indicators), caseloadRows(await teamOf(db.read, territoryId))];
	const rows = tables.flatMap(({ title, columns, rows }) => [
		[title, '', indicators.from, indicators.to, ...columns],
		...rows.map(({ label, definition, older, cells }) => [
			label,
			definition,
			older?.from ?? '',
			older?.to ?? '',
			...cells,
		]),
	]);
	return asFile(csvOf(rows), `indicateurs-${territoryId}-${indicators.to}.csv`);
};
