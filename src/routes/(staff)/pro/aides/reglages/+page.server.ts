import { grantedThisYear, listSchemes } from '$lib/server/childcare/schemes';
import { db } from '$lib/server/db';
import { LEAST_COUNT } from '$lib/server/evaluation/disclosure';
import { figuresOf } from '$lib/server/childcare/statistics';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireCoordinator } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

/** Aids of the territory with the rules of today and what is left of each envelope, when that tells about nobody. */
export const load: PageServerLoad = async ({ locals }) => {
	const { territoryId } = requireCoordinator();
	const { zone } = await getTerritory(db.read, territoryId);
	const today = localDay(locals.now, zone);
	const granted = await grantedThisYear(db.read, territoryId, today);
	const figures = await figuresOf(db.read, territoryId, today.slice(0, 4));
	const isShown = (kind: string) => {
		const found = figures.find((line) => line.kind === kind);
		return !found || found.granted + found.partly === 0 || found.granted + found.partly >= LEAST_COUNT;
	};
	const schemes = (await listSchemes(db.read, territoryId, today)).map((scheme) => ({
		...scheme,
		left:
			scheme.content.budgetCents !== null && isShown(scheme.code)
				? scheme.content.budgetCents - (granted.get(scheme.code) ?? 0)
				: null,
	}));
	return { zone, year: today.slice(0, 4), schemes };
};
