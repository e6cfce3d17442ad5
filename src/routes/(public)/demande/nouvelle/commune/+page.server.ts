import { fail } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { formatDay } from '$lib/shared/dates';
import { db } from '$lib/server/db';
import { parseCommune, returnOf } from '$lib/server/requests/forms';
import { findMunicipality, searchMunicipalities, territoryForMunicipality } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { chooseCommune, chosenCommune } from '$lib/server/web/territory';
import { redirect, type RequestEvent } from '@sveltejs/kit';
import { fillingToShow, frameOf, goOn, savePage, SENTENCES } from '../../draft.server';
import type { Actions, PageServerLoad } from './$types';

const MAX_TYPED = 80;
const RESULTS = 8;

export const load: PageServerLoad = async (event) => {
	openToAll();
	const filling = await fillingToShow(event);
	const typed = event.url.searchParams.get('nom')?.slice(0, MAX_TYPED).trim() ?? '';
	// Said on the start page already: only confirmed here.
	const chosen = filling.answers.inseeCode ?? chosenCommune(event);
	const commune = chosen ? await findMunicipality(db.read, chosen) : undefined;
	const found = typed ? await search(event, typed) : commune ? [commune] : [];
	return {
		...frameOf(event, 'commune', filling),
		typed,
		found: found.map(({ inseeCode, name, departmentName, departmentCode }) => ({
			value: inseeCode,
			label: name,
			hint: departmentName ?? departmentCode,
		})),
		chosen: found.length === 1 ? found[0]!.inseeCode : chosen,
		outside: commune && !typed ? await outsideOf(event, commune) : null,
	};
};

async function search(event: RequestEvent, typed: string) {
	try {
		await limitByAddress(event, 'search');
	} catch {
		return [];
	}
	return searchMunicipalities(db.read, typed, RESULTS);
}

/** Whom to call when no territory serves the commune; null when one does. */
async function outsideOf({ locals }: RequestEvent, commune: { inseeCode: string; name: string }) {
	const coverage = await territoryForMunicipality(db.read, commune.inseeCode, locals.now);
	if (coverage.kind === 'inside') return null;
	const { orientation, coming } = coverage;
	const day = coming && formatDay(coming.on, 'UTC', locals.locale, locals.now);
	return { commune: commune.name, ...orientation, coming: coming && { name: coming.territoryName, day } };
}

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const parsed = parseCommune(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors });
		const { inseeCode } = parsed.value;
		if (!(await findMunicipality(db.read, inseeCode)))
			return fail(400, { errors: { inseeCode: m.request_error_commune() } as Record<string, string> });
		try {
			const draft = await savePage(event, 'commune', (answers) => ({ ...answers, inseeCode }));
			const coverage = await territoryForMunicipality(db.read, inseeCode, event.locals.now);
			chooseCommune(event, inseeCode, coverage.kind === 'inside' ? coverage.territory.id : null);
			const back = returnOf(form);
			const again = `/demande/nouvelle/commune${back ? `?retour=${encodeURIComponent(back)}` : ''}`;
			if (coverage.kind === 'outside') redirect(303, href(again));
			return await goOn(event, form, 'commune', draft);
		} catch (error) {
			return failFrom(error, SENTENCES);
		}
	},
};
