/** Where a request stands, read once for its page and for the messages about it (shared/request-progress.ts has the words). */
import type { NeedProgress, Progress } from '../../shared/request-progress.ts';
import { progressLines } from '../../shared/request-progress.ts';
import type { Locale } from '../../paraglide/runtime.js';
import type { Queries } from '../db/client.ts';
import { leadOf, personOf } from '../people/queries.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import type { RequestRow } from './drafts.ts';
import { findSent, needsOf, usualStructures, type NeedView, type SentRequest } from './queries.ts';
import { orientationsOf } from './reading.ts';
import { isLateOn } from './rules.ts';

export interface RequestProgress extends Progress {
	needs: (NeedProgress & { id: string })[];
	/** Number of the lead's structure. */
	leadPhone: string | null;
	zone: string;
}

/** Who took it is gone: nobody has begun it, and the lead answers for it. */
const asItStands = (row: NeedView, standing: Awaited<ReturnType<typeof orientationsOf>>): NeedView =>
	row.status === 'in_progress' && standing.get(row.id)?.isLeft ? { ...row, status: 'open' } : row;

/** The needs of a request as its person reads them. */
export async function needsStanding(
	q: Queries,
	request: { id: string; personId: string },
	now: Date,
): Promise<NeedView[]> {
	const [needs, standing] = await Promise.all([needsOf(q, request.id), orientationsOf(q, request, now)]);
	return needs.map((row) => asItStands(row, standing));
}

/** Who reads it was checked by the caller; answers are left out. */
export async function progressOf(q: Queries, request: RequestRow & SentRequest, now: Date): Promise<RequestProgress> {
	const [{ zone }, person, needs, lead, standing, usual] = await Promise.all([
		getTerritory(q, request.territoryId),
		personOf(q, request.personId),
		needsOf(q, request.id),
		leadOf(q, request.personId),
		orientationsOf(q, request, now),
		usualStructures(q, request, now),
	]);
	const today = localDay(now, zone);
	const whereIs = (needId: string | null) => {
		const at = standing.get(needId);
		return at && !at.isLeft ? { state: at.state, structure: at.structureName } : null;
	};
	const isLeft = (needId: string) => standing.get(needId)?.isLeft ?? false;
	return {
		status: request.status as Progress['status'],
		respondBy: request.respondBy,
		isLate: isLateOn(request, today),
		byEmail: person.phone === null && person.email !== null,
		whole: request.status === 'submitted' ? whereIs(null) : null,
		lead: lead ? { name: lead.name, structure: lead.structureName } : null,
		leadPhone: lead?.structurePhone ?? null,
		needs: needs
			.map((row) => asItStands(row, standing))
			.map(({ id, theme, status, expectedOn: day, structureId }) => ({
				id,
				theme,
				status,
				// The day of an answer: once somebody works on it, one that is over says nothing.
				expectedOn: status === 'in_progress' && day && day < today ? null : day,
				isLate: status === 'open' && day !== null && day < today,
				at: whereIs(id),
				structure: isLeft(id) ? (lead?.structureName ?? null) : usual.named(structureId),
				usual: usual.for(theme),
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
