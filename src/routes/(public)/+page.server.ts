import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { formatDay } from '$lib/shared/dates';
import { db } from '$lib/server/db';
import { hashToken } from '$lib/server/platform/ids';
import { findDraft } from '$lib/server/requests/drafts';
import { NATIONAL_SERVICES } from '$lib/server/territories/orientation';
import { findMunicipality, searchMunicipalities, territoryForMunicipality } from '$lib/server/territories/queries';
import { findBrowser } from '$lib/server/web/browser';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { chooseCommune, chosenCommune } from '$lib/server/web/territory';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const MAX_TYPED = 80;
const RESULTS = 6;

export const load: PageServerLoad = async (event) => {
	openToAll();
	const typed = event.url.searchParams.get('commune')?.slice(0, MAX_TYPED).trim() ?? null;
	return {
		place: await placeOf(event),
		search: await searchFor(event, typed),
		hasDraft: await hasDraft(event),
		services: [...NATIONAL_SERVICES],
	};
};

/** The commune this browser chose; outside every perimeter, whom to call. */
async function placeOf(event: RequestEvent) {
	const inseeCode = chosenCommune(event);
	const commune = inseeCode && (await findMunicipality(db.read, inseeCode));
	if (!commune) return null;
	const coverage = await territoryForMunicipality(db.read, commune.inseeCode, event.locals.now);
	if (coverage.kind === 'inside') return { name: commune.name, outside: null };
	const { orientation, coming } = coverage;
	const day = coming && formatDay(coming.on, 'UTC', event.locals.locale, event.locals.now);
	return { name: commune.name, outside: { ...orientation, coming: coming && { name: coming.territoryName, day } } };
}

async function searchFor(event: RequestEvent, typed: string | null) {
	if (typed === null) return null;
	if (!typed) return { typed, error: m.start_place_empty(), found: [] };
	try {
		await limitByAddress(event, 'search');
	} catch {
		return { typed, error: m.start_too_many(), found: [] };
	}
	const found = await searchMunicipalities(db.read, typed, RESULTS);
	return { typed, error: null, found };
}

async function hasDraft(event: RequestEvent): Promise<boolean> {
	const browser = findBrowser(event);
	const owner = { personId: event.locals.account?.personId ?? null, browserHash: browser && hashToken(browser) };
	return Boolean(await findDraft(db.read, owner));
}

export const actions: Actions = {
	/** Keeps the commune in this browser: it says where, not who. */
	choose: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const inseeCode = form.get('insee');
		try {
			await limitByAddress(event, 'search');
		} catch (error) {
			return failFrom(error, { too_many_requests: m.start_too_many });
		}
		const isCode = typeof inseeCode === 'string' && /^[0-9AB]{5}$/.test(inseeCode);
		const commune = isCode ? await findMunicipality(db.read, inseeCode) : undefined;
		if (!commune)
			return fail(400, { errors: { commune: m.start_error_commune() } as Record<string, string>, values: {} });
		const coverage = await territoryForMunicipality(db.read, commune.inseeCode, event.locals.now);
		chooseCommune(event, commune.inseeCode, coverage.kind === 'inside' ? coverage.territory.id : null);
		redirect(303, `${href('/')}#lieu`);
	},
};
