import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { resultsCsv } from '$lib/server/evaluation/csv';
import { resultsOf } from '$lib/server/evaluation/queries';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals }) => {
	const { territoryId } = requireCoordinator();
	const { zone } = await getTerritory(db.read, territoryId);
	const results = await resultsOf(db.read, { territoryId, zone, now: locals.now });
	const faces = { bad: m.evaluation_face_bad, medium: m.evaluation_face_medium, good: m.evaluation_face_good };
	const csv = resultsCsv(results, {
		table: m.evaluation_csv_section(),
		label: m.evaluation_csv_label(),
		count: m.evaluation_col_count(),
		share: `${m.evaluation_col_share()} (%)`,
		faces: m.evaluation_pilot_faces(),
		months: m.evaluation_pilot_months(),
		total: m.evaluation_total(),
		mean: m.evaluation_mean(),
		rate: m.evaluation_response_rate(),
		few: m.evaluation_few(),
		hidden: m.evaluation_hidden(),
		face: (code) => faces[code](),
	});
	return new Response(csv, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="avis-${territoryId}-${results.to}.csv"`,
			'cache-control': 'private, no-store',
		},
	});
};
