import { db } from '$lib/server/db';
import { panelWords } from '$lib/server/evaluation/questionnaires';
import { lastMonths, type Filters } from '$lib/server/evaluation/results';
import { getTerritory, listEmploymentAreas } from '$lib/server/territories/queries';
import { MOMENTS } from '$lib/shared/questions';
import { THEMES } from '$lib/shared/themes';
import type { Names } from './tables';

const MONTH = /^20\d\d-(?:0[1-9]|1[0-2])$/;
/** domain.md §6.3: no cross of more than two variables. */
const MOST_CROSSED = 2;

/**
 * Filters of the address: `de`, `a`, `bassin`, `moment`, `theme`. What is not one of ours is no filter; a third of the last
 * three is left out and said so (`tooMany`).
 */
export async function readFilters(
	url: URL,
	{ territoryId, now, locale }: { territoryId: string; now: Date; locale: string },
) {
	const { zone } = await getTerritory(db.read, territoryId);
	const areas = await listEmploymentAreas(db.read, territoryId);
	const asked = (name: string) => url.searchParams.get(name);
	const last = lastMonths(now, zone);
	const month = (name: string, otherwise: string) => {
		const value = asked(name) ?? '';
		return MONTH.test(value) && value <= last.to ? value : otherwise;
	};
	const to = month('a', last.to);
	const from = month('de', last.from);
	const crossed = [
		['areaId', areas.find(({ id }) => id === asked('bassin'))?.id],
		['moment', MOMENTS.find((code) => code === asked('moment'))],
		['theme', THEMES.find((code) => code === asked('theme'))],
	].filter(([, value]) => value !== undefined);
	const filters: Filters = {
		...(from <= to ? { from, to } : last),
		...Object.fromEntries(crossed.slice(0, MOST_CROSSED)),
	};
	const names: Names = {
		areas: areas.map(({ id, name }) => ({ id, name })),
		panel: await panelWords(db.read, territoryId),
		locale,
	};
	return { zone, filters, names, tooMany: crossed.length > MOST_CROSSED, search: searchOf(filters) };
}

/** The same filters for the links of the page. */
function searchOf({ from, to, areaId, moment, theme }: Filters): string {
	const search = new URLSearchParams({ de: from, a: to });
	if (areaId) search.set('bassin', areaId);
	if (moment) search.set('moment', moment);
	if (theme) search.set('theme', theme);
	return search.toString();
}
