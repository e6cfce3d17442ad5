/** Where a request stands, read once for its page and for the messages about it (shared/request-progress.ts has the words). */
import type { NeedProgress, Progress } from '../../shared/request-progress.ts';
import { progressLines } from '../../shared/request-progress.ts';
import type { Locale } from '../../paraglide/runtime.js';
import type { Queries } from '../db/client.ts';
import { leadOf } from '../people/queries.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import type { RequestRow } from './drafts.ts';
import { findSent, needsOf, usualStructures, type SentRequest } from './queries.ts';
import { orientationsOf } from './reading.ts';
import { isLateOn } from './rules.ts';

export interface RequestProgress extends Progress {
	needs: (NeedProgress & { id: string })[];
	/** Number of the lead's structure. */
	leadPhone: string | null;
	zone: string;
}

/** Who reads it was checked by the caller; answers are left out. */
export async function progressOf(q: Queries, request: RequestRow & SentRequest, now: Date): Promise<RequestProgress> {
	const [{ zone }, needs, lead, standing, usual] = await Promise.all([
		getTerritory(q, request.territoryId),
		needsOf(q, request.id),
		leadOf(q, request.personId),
		orientationsOf(q, request.id),
		usualStructures(q, request, now),
	]);
	const whereIs = (needId: string | null) => {
		const at = standing.get(needId);
		return at ? { state: at.state, structure: at.structureName } : null;
	};
	return {
		status: request.status as Progress['status'],
		respondBy: request.respondBy,
		isLate: isLateOn(request, localDay(now, zone)),
		whole: request.status === 'submitted' ? whereIs(null) : null,
		lead: lead ? { name: lead.name, structure: lead.structureName } : null,
		leadPhone: lead?.structurePhone ?? null,
		needs: needs.map(({ id, theme, status, expectedOn }) => ({
			id,
			theme,
			status,
			expectedOn,
			at: whereIs(id),
			usual: usual(theme),
		})),
		zone,
	};
}

/** The same in a message, for who wants detail in messages. Empty when the request is no longer there. */
export async function progressMessage(q: Queries, requestId: string, locale: Locale, now: Date): Promise<string[]> {
	const request = await findSent(q, requestId);
	if (!request) return [];
	const progress = await progressOf(q, request, now);
	return progressLines(progress, { locale, zone: progress.zone });
}
