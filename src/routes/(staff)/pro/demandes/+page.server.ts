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
import { holderOf, needHolderOf } from '$lib/server/requests/reading';
import { daysBetween, localDay } from '$lib/server/territories/calendar';
import { getTerritory, listEmploymentAreas } from '$lib/server/territories/queries';
import { requireStaff } from '$lib/server/web/guards';
import { pageOf } from '$lib/server/web/pages';
import { isTheme } from '$lib/shared/themes';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;

/** Somebody else was first: what of, and who; null when nobody has it any more. */
async function takenBefore(url: URL, at: { territoryId: string; structureId: string }) {
	const reference = url.searchParams.get('prise');
	const holder = reference ? await holderOf(db.read, { reference, territoryId: at.territoryId }) : undefined;
	const isOver = ['closed', 'withdrawn', 'transferred'].includes(holder?.status ?? '');
	if (holder && holder.status !== 'submitted')
		return { what: isOver ? ('over' as const) : ('request' as const), name: holder.name, reference };
	const needId = url.searchParams.get('pris');
	const taker = needId ? await needHolderOf(db.read, { needId, structureId: at.structureId }) : undefined;
	return taker ? { what: 'need' as const, name: taker.name, reference: '' } : null;
}

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
		taken: await takenBefore(url, { territoryId, structureId }),
		done: url.searchParams.get('fait'),
		totals: await inboxCounts(db.read, territoryId, today, onlyOf),
		areas: areas.map(({ id, name }) => ({ value: id, label: name })),
		filters: { show, theme, areaId, urgentOnly, text, page, themes: stillOpen || role === 'referent' },
		more: rows.length > PAGE_SIZE,
		needs: needs.map(ofNeed),
		// Field by field: what a line does not say is neither copied nor sent.
		rows: rows.slice(0, PAGE_SIZE).map((row) => ({
			reference: row.reference,
			status: row.status,
			firstName: row.firstName,
			lastName: row.lastName,
			commune: row.commune,
			urgent: row.urgent,
			wantsCall: row.wantsCall,
			submittedAt: row.submittedAt,
			respondBy: row.respondBy,
			stillWaitingAt: row.stillWaitingAt,
			assignedTo: row.assignedTo,
			sentTo: row.sentTo,
			orientationState: row.orientationState,
			isLate: row.isLate,
			themes: row.status === 'submitted' || row.assignedToId === accountId ? row.themes : [],
			isPriority: row.status === 'submitted' && row.priority,
			/** Calendar days since it was sent, and to the day to answer by. */
			age: daysBetween(localDay(row.submittedAt, zone), today),
			daysLeft: daysBetween(today, row.respondBy),
		})),
	};
};
