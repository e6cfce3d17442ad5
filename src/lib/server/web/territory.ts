import type { RequestEvent } from '@sveltejs/kit';
import { db } from '../db/index.ts';
import { DomainError } from '../platform/errors.ts';
import { getTerritory } from '../territories/queries.ts';
import { readCookie, writeCookie } from './cookies.ts';

const TERRITORY = 'territory';
const COMMUNE = 'commune';
const YEAR_MS = 365 * 24 * 3_600_000;
const FRESH_MS = 60_000;

export type CurrentTerritory = Awaited<ReturnType<typeof getTerritory>>;

const known = new Map<string, { territory: CurrentTerritory; readAt: number }>();

/** The territory of who is signed in, else of the commune this browser chose, else none. Read again once a minute. */
export async function currentTerritory(
	event: Pick<RequestEvent, 'locals' | 'cookies'>,
): Promise<CurrentTerritory | null> {
	const id = event.locals.account?.territoryId ?? readCookie(event.cookies, TERRITORY);
	if (!id || !/^[a-z0-9-]{1,60}$/.test(id)) return null;
	const at = event.locals.now.getTime();
	const cached = known.get(id);
	if (cached && Math.abs(at - cached.readAt) < FRESH_MS) return cached.territory;
	try {
		const territory = await getTerritory(db.read, id);
		known.set(id, { territory, readAt: at });
		return territory;
	} catch (error) {
		if (error instanceof DomainError) return null;
		throw error;
	}
}

/** Insee code of the commune this browser chose. Says where, not who. */
export function chosenCommune({ cookies }: Pick<RequestEvent, 'cookies'>): string | null {
	const code = readCookie(cookies, COMMUNE);
	return code && /^[0-9AB]{5}$/.test(code) ? code : null;
}

/** `territoryId` null: the commune is outside every perimeter, and the start page says whom to call. */
export function chooseCommune(
	{ cookies }: Pick<RequestEvent, 'cookies'>,
	inseeCode: string,
	territoryId: string | null,
) {
	writeCookie(cookies, COMMUNE, inseeCode, YEAR_MS);
	writeCookie(cookies, TERRITORY, territoryId ?? '', YEAR_MS);
}
