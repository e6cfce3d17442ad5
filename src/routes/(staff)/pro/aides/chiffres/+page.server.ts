import { listSchemes } from '$lib/server/childcare/schemes';
import { answerDelay, emptyFigures, figuresOf } from '$lib/server/childcare/statistics';
import { db } from '$lib/server/db';
import { addDays, localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';
import { maskFigures } from './masked';

/** Decisions of a calendar year, masked before they leave the server: no row tells about one family. */
export const load: PageServerLoad = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const { zone } = await getTerritory(db.read, territoryId);
	const today = localDay(locals.now, zone);
	const thisYear = Number(today.slice(0, 4));
	const asked = Number(url.searchParams.get('annee') ?? thisYear);
	const year = Number.isInteger(asked) && asked > thisYear - 5 && asked <= thisYear ? asked : thisYear;
	const figures = await figuresOf(db.read, { territoryId, year: String(year), today });
	// The delay too stands still within a month.
	const lastDay = addDays(`${today.slice(0, 7)}-01`, -1);
	const rows = [];
	for (const { code, content } of await listSchemes(db.read, territoryId, today)) {
		const raw = figures.find(({ kind }) => kind === code) ?? emptyFigures(code);
		const masked = maskFigures(raw);
		const { spentCents } = masked;
		rows.push({
			code,
			name: content.name,
			...masked,
			leftCents:
				spentCents !== null && content.budgetCents !== null && year === thisYear
					? content.budgetCents - spentCents
					: null,
			delay: await answerDelay(db.read, { territoryId, kind: code, zone, today: lastDay }),
		});
	}
	return { year, years: Array.from({ length: 5 }, (_, ago) => thisYear - ago), rows };
};
