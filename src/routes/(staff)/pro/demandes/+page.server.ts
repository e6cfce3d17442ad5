import { db } from '$lib/server/db';
import {
	inbox,
	INBOX_VIEWS,
	inboxCounts,
	isWaitingView,
	needsReturned,
	needsSentTo,
	type InboxFilters,
	type NeedRowListed,
} from '$lib/server/requests/inbox';
import { daysBetween, localDay } from '$lib/server/territories/calendar';
import { getTerritory, listEmploymentAreas } from '$lib/server/territories/queries';
import { requireStaff } from '$lib/server/web/guards';
import { pageOf } from '$lib/server/web/pages';
import { isTheme } from '$lib/shared/themes';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;

export const load: PageServerLoad = async ({ url, locals }) => {
	const { accountId, role, structureId, territoryId } = requireStaff();
	const { zone } = await getTerritory(db.read, territoryId);
	const areas = await listEmploymentAreas(db.read, territoryId);
	const today = localDay(locals.now, zone);
	const show = INBOX_VIEWS.find((code) => code === url.searchParams.get('etat')) ?? 'waiting';
	const wanted = url.searchParams.get('besoin') ?? '';
	// Needs of a request that was taken belong to its follow-up: the coordinator cannot look for them either.
	const stillOpen = isWaitingView(show);
	const theme = isTheme(wanted) && (stillOpen || role === 'referent') ? wanted : undefined;
	const areaId = areas.find(({ id }) => id === url.searchParams.get('bassin'))?.id;
	const urgentOnly = url.searchParams.has('urgent');
	const text = (url.searchParams.get('q') ?? '').slice(0, 100);
	const page = pageOf(url);
	const filters: InboxFilters = { show, theme, areaId, urgentOnly, text, today };
	const onlyOf = role === 'referent' ? { accountId, structureId } : undefined;
	const offset = (page - 1) * PAGE_SIZE;
	const rows = await inbox(db.read, territoryId, { ...filters, onlyOf, limit: PAGE_SIZE + 1, offset });
	const needs = await (role === 'coordinator'
		? needsReturned(db.read, territoryId)
		: needsSentTo(db.read, structureId));
	const ofNeed = ({ sentAt, expectedOn, ...need }: NeedRowListed) => ({
		...need,
		sentAt,
		expectedOn,
		isLate: expectedOn !== null && expectedOn < today,
	});
	return {
		now: locals.now,
		zone,
		role,
		taken: /^[0-9A-Z-]{4,20}$/.exec(url.searchParams.get('prise') ?? '')?.[0] ?? null,
		done: url.searchParams.get('fait'),
		totals: await inboxCounts(db.read, territoryId, today, onlyOf),
		areas: areas.map(({ id, name }) => ({ value: id, label: name })),
		filters: { show, theme, areaId, urgentOnly, text, page, themes: stillOpen || role === 'referent' },
		more: rows.length > PAGE_SIZE,
		needs: needs.map(ofNeed),
		rows: rows.slice(0, PAGE_SIZE).map(({ personId: _, ...row }) => ({
			...row,
			themes: row.status === 'submitted' || row.assignedToId === accountId ? row.themes : [],
			isPriority: row.status === 'submitted' && row.priority,
			/** Calendar days since it was sent, and to the day to answer by. */
			age: daysBetween(localDay(row.submittedAt, zone), today),
			daysLeft: daysBetween(today, row.respondBy),
		})),
	};
};
