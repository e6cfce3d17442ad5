import { listSchemes } from '$lib/server/childcare/schemes';
import { db } from '$lib/server/db';
import { emptyFigures, figuresOf } from '$lib/server/childcare/statistics';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';
import { maskFigures } from '../chiffres/masked';

/** Aids of the territory with the rules of today and what is left of each envelope, when that tells about nobody. */
export const load: PageServerLoad = async ({ locals }) => {
	const { territoryId } = requireCoordinator();
	const { zone } = await getTerritory(db.read, territoryId);
	const today = localDay(locals.now, zone);
	const figures = await figuresOf(db.read, { territoryId, year: today.slice(0, 4), today });
	const schemes = (await listSchemes(db.read, territoryId, today)).map((scheme) => {
		const raw = figures.find(({ kind }) => kind === scheme.code) ?? emptyFigures(scheme.code);
		const { spentCents: spent } = maskFigures(raw);
		const { budgetCents } = scheme.content;
		return { ...scheme, left: budgetCents !== null && spent !== null ? budgetCents - spent : null };
	});
	return { zone, year: today.slice(0, 4), schemes };
};
