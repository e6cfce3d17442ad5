import { listSchemes } from '$lib/server/childcare/schemes';
import { answerDelay, emptyFigures, figuresOf, tellableCents } from '$lib/server/childcare/statistics';
import { db } from '$lib/server/db';
import { maskTable } from '$lib/server/evaluation/disclosure';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

/** Decisions of a calendar year, masked before they leave the server: no row tells about one family. */
export const load: PageServerLoad = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const { zone } = await getTerritory(db.read, territoryId);
	const today = localDay(locals.now, zone);
	const thisYear = Number(today.slice(0, 4));
	const asked = Number(url.searchParams.get('annee') ?? thisYear);
	const year = Number.isInteger(asked) && asked > thisYear - 5 && asked <= thisYear ? asked : thisYear;
	const figures = await figuresOf(db.read, territoryId, String(year));
	const rows = [];
	for (const { code, content } of await listSchemes(db.read, territoryId, today)) {
		const raw = figures.find(({ kind }) => kind === code) ?? emptyFigures(code);
		const table = maskTable([raw.granted, raw.partly, raw.refused]);
		const reasons = Object.entries(raw.reasons).sort(([one], [other]) => one.localeCompare(other));
		const masked = maskTable(reasons.map(([, count]) => count));
		const spentCents = tellableCents(raw);
		rows.push({
			code,
			name: content.name,
			total: table.total,
			cells: table.cells,
			// One reason alone is the number of refusals, which its own cell shows or hides.
			reasons: reasons.length > 1 ? reasons.map(([reason], index) => ({ reason, cell: masked.cells[index]! })) : [],
			spentCents,
			leftCents:
				spentCents !== null && content.budgetCents !== null && year === thisYear
					? content.budgetCents - spentCents
					: null,
			delay: await answerDelay(db.read, { territoryId, kind: code, zone, today }),
		});
	}
	return { year, years: Array.from({ length: 5 }, (_, ago) => thisYear - ago), rows };
};
