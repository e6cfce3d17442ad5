import { error, json } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { openToAll } from '$lib/server/web/guards';
import { agendaOf, guestAgendaOf } from './agenda.server';
import type { RequestHandler } from './$types';

/**
 * What a person's own phone keeps for reading without network. Answered to a script: a redirection to the sign-in page would
 * look like an agenda. A phone that is not theirs keeps nothing.
 */
export const GET: RequestHandler = async ({ locals, setHeaders }) => {
	openToAll();
	const { account, locale, now } = locals;
	if (!account) error(401, 'sign_in_first');
	const { accountId, personId, territoryId, role, kind } = account;
	if (kind !== 'own_phone' || !territoryId) error(403, 'not_for_you');
	setHeaders({ 'cache-control': 'no-store' });
	if (role === 'coparent') return json(await guestAgendaOf(db.read, { accountId, territoryId }, locale, now));
	if (role !== 'beneficiary' || !personId) error(403, 'not_for_you');
	return json(await agendaOf(db.read, { accountId, personId, territoryId }, locale, now));
};
