import { db } from '$lib/server/db';
import { csvOf } from '$lib/server/evaluation/csv';
import { indicatorsOf } from '$lib/server/evaluation/indicators';
import { teamOf } from '$lib/server/people/steering';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import { asFile } from '../../file.server';
import { caseloadRows, tablesOf } from '../indicateurs/tables';
import type { RequestHandler } from './$types';

/** The figures of the page, with the period and what each means. */
export const GET: RequestHandler = async ({ locals }) => {
	const { territoryId } = requireCoordinator();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	const indicators = await indicatorsOf(db.read, { territoryId, zone, now });
	const tables = [...tablesOf(indicators), caseloadRows(await teamOf(db.read, territoryId))];
	const rows = tables.flatMap(({ title, columns, rows }) => [
		[title, '', indicators.from, indicators.to, ...columns],
		...rows.map(({ label, definition, cells }) => [label, definition, '', '', ...cells]),
	]);
	return asFile(csvOf(rows), `indicateurs-${territoryId}-${indicators.to}.csv`);
};
