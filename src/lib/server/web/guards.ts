import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { getRequestEvent } from '$app/server';
import { localizeHref } from '$lib/paraglide/runtime.js';
import { homeOf } from '../accounts/rules.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { toStaffLanguage } from './staff-language.ts';

/**
 * Three fences (style.md §b): this gate by route group, `requireX()` at the top of every load and action, and the
 * person's or structure's id in every `where`.
 */
export function gate(event: RequestEvent): Response | Promise<Response> | null {
	const route = event.route.id ?? '';
	const { account } = event.locals;
	const needs = route.startsWith('/(person)')
		? (account: SignedIn) => account.role === 'beneficiary' || account.role === 'coparent'
		: route.startsWith('/(staff)/pilotage')
			? (account: SignedIn) => account.role === 'coordinator'
			: route.startsWith('/(staff)')
				? (account: SignedIn) => account.role === 'referent' || account.role === 'coordinator'
				: null;
	if (!needs) return null;
	if (!account) return signInFirst(event);
	const own = fromIcon(event, account);
	if (own) return own;
	// A page of another role looks like no page at all, in the portal's own words. Not compressed: it would come unpacked, with
	// headers that say otherwise, and the browser would show nothing.
	if (!needs(account)) return event.fetch(localizeHref('/introuvable'), { headers: { 'accept-encoding': 'identity' } });
	return toStaffLanguage(event);
}

/** In the addresses of static/manifest.webmanifest, which lead to the pages of a person: anybody else starts at their own. */
const FROM_ICON = 'icone';

function fromIcon({ url, request }: RequestEvent, { role }: SignedIn): Response | null {
	if (role === 'beneficiary' || request.method !== 'GET' || !url.searchParams.has(FROM_ICON)) return null;
	return new Response(null, { status: 303, headers: { location: localizeHref(homeOf(role)) } });
}

/** Characters of an address one comes back to after signing in. */
const MOST_OF_ADDRESS = 2_000;

function signInFirst(event: RequestEvent): Response {
	const here = encodeURIComponent(event.url.pathname + event.url.search);
	// Longer, it was no page of ours, and the answer's own headers would be refused.
	const back = event.request.method === 'GET' && here.length <= MOST_OF_ADDRESS ? `?suite=${here}` : '';
	return new Response(null, { status: 303, headers: { location: localizeHref('/connexion') + back } });
}

function requireAccount(): SignedIn {
	const { locals, url } = getRequestEvent();
	if (!locals.account) redirect(303, `${localizeHref('/connexion')}?suite=${encodeURIComponent(url.pathname)}`);
	return locals.account;
}

/** Anybody signed in. */
export const requireSignedIn = requireAccount;

/** The person themselves; `personId` goes in every `where`. */
export function requireBeneficiary(): SignedIn & { personId: string; territoryId: string } {
	const account = requireAccount();
	if (account.role !== 'beneficiary' || !account.personId || !account.territoryId) error(404, 'not_found');
	return account as SignedIn & { personId: string; territoryId: string };
}

/** A referent or a coordinator, within a structure and a territory. */
export function requireStaff(): SignedIn & { structureId: string; territoryId: string } {
	const account = requireAccount();
	if (account.role !== 'referent' && account.role !== 'coordinator') error(404, 'not_found');
	if (!account.structureId || !account.territoryId) error(404, 'not_found');
	return account as SignedIn & { structureId: string; territoryId: string };
}

export function requireCoordinator(): SignedIn & { structureId: string; territoryId: string } {
	const account = requireStaff();
	if (account.role !== 'coordinator') error(404, 'not_found');
	return account;
}

/** Pages open to all say so, so that the test of guards can tell a decision from a forgotten line. */
export const openToAll = () => undefined;
