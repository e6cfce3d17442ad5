import { db } from '$lib/server/db';
import { csvOf } from '$lib/server/evaluation/csv';
import { microdata } from '$lib/server/evaluation/results';
import { requireCoordinator } from '$lib/server/web/guards';
import { asFile } from '../../file.server';
import { readFilters } from '../filters.server';
import type { RequestHandler } from './$types';

const COLUMNS = ['mois', 'bassin', 'moment', 'variable', 'modalite', 'effectif'];

/** For the impact study: codes, one line per level, as many answers as `effectif` says (microdonnees.txt). */
export const GET: RequestHandler = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const { now, locale } = locals;
	const { filters } = await readFilters(url, { territoryId, now, locale });
	const rows = await microdata(db.read, territoryId, filters);
	const lines = rows.map((row) => [row.month, row.areaId, row.moment, row.field, row.level, row.answers]);
	return asFile(csvOf([COLUMNS, ...lines]), `microdonnees-${territoryId}-${filters.from}-${filters.to}.csv`);
};
