import { db } from '$lib/server/db';
import { inbox, inboxCounts, type InboxFilters } from '$lib/server/requests/inbox';
import { daysBetween, localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireStaff } from '$lib/server/web/guards';
import { isTheme } from '$lib/shared/themes';
import type { PageServerLoad } from './$types';

const SHOWN = ['waiting', 'late', 'still_waiting', 'taken', 'ended', 'all'] as const;
const PAGE_SIZE = 50;
const LAST_PAGE = 100;

export const load: PageServerLoad = async ({ url, locals }) => {
	const { accountId, role, territoryId } = requireStaff();
	const { zone } = await getTerritory(db.read, territoryId);
	const today = localDay(locals.now, zone);
	const show = SHOWN.find((code) => code === url.searchParams.get('etat')) ?? 'waiting';
	const wanted = url.searchParams.get('besoin') ?? '';
	// Needs of a request that was taken belong to its follow-up: the coordinator cannot look for them either.
	const stillOpen = show === 'waiting' || show === 'late' || show === 'still_waiting';
	const theme = isTheme(wanted) && (stillOpen || role === 'referent') ? wanted : undefined;
	const text = (url.searchParams.get('q') ?? '').slice(0, 100);
	const page = Math.min(Math.max(Math.trunc(Number(url.searchParams.get('page'))) || 1, 1), LAST_PAGE);
	const filters: InboxFilters = { show, theme, text, today, limit: PAGE_SIZE + 1, offset: (page - 1) * PAGE_SIZE };
	const rows = await inbox(db.read, territoryId, { ...filters, onlyOf: role === 'referent' ? accountId : undefined });
	return {
		now: locals.now,
		zone,
		role,
		taken: /^[0-9A-Z-]{4,20}$/.exec(url.searchParams.get('prise') ?? '')?.[0] ?? null,
		totals: await inboxCounts(db.read, territoryId, today),
		filters: { show, theme, text, page, themes: stillOpen || role === 'referent' },
		more: rows.length > PAGE_SIZE,
		rows: rows.slice(0, PAGE_SIZE).map(({ birthDate: _, personId: __, ...row }) => ({
			...row,
			themes: row.status === 'submitted' || row.assignedToId === accountId ? row.themes : [],
			daysLeft: daysBetween(today, row.respondBy),
		})),
	};
};
