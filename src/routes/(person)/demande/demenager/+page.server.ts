import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { formatDay } from '$lib/shared/dates';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { destinationOf, movePerson } from '$lib/server/moving';
import { answerMove, openMove } from '$lib/server/people/moves';
import { personOf } from '$lib/server/people/queries';
import { parseCommune } from '$lib/server/requests/forms';
import { findOpenRequest } from '$lib/server/requests/queries';
import { findMunicipality, searchMunicipalities } from '$lib/server/territories/queries';
import { requireBeneficiary } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { tellColleagues } from '../../../meeting-news.server';
import { followMoved } from '../../../sent.server';
import type { Actions, PageServerLoad } from './$types';

const MAX_TYPED = 80;
const RESULTS = 8;

export const load: PageServerLoad = async (event) => {
	const { personId, territoryId } = requireBeneficiary();
	const typed = event.url.searchParams.get('nom')?.slice(0, MAX_TYPED).trim() ?? '';
	const proposal = await openMove(db.read, personId);
	const wanted = event.url.searchParams.get('commune') ?? (typed ? null : (proposal?.inseeCode ?? null));
	const commune = wanted ? await findMunicipality(db.read, wanted) : undefined;
	const { inseeCode: present } = await personOf(db.read, personId);
	const found = typed ? await search(event, typed) : [];
	return {
		typed,
		found: found.map(({ inseeCode, name, departmentName, departmentCode }) => ({
			value: inseeCode,
			label: name,
			hint: departmentName ?? departmentCode,
		})),
		proposal: proposal && proposal.inseeCode === commune?.inseeCode ? { by: proposal.byName } : null,
		present: present ? ((await findMunicipality(db.read, present))?.name ?? null) : null,
		hasRequest: (await findOpenRequest(db.read, personId)) !== undefined,
		commune: commune && { inseeCode: commune.inseeCode, name: commune.name },
		destination: commune ? await shown(event, territoryId, commune.inseeCode) : null,
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

/** What would happen, before anything does. */
async function shown({ locals }: RequestEvent, territoryId: string, inseeCode: string) {
	const destination = await destinationOf(db.read, { territoryId, inseeCode, now: locals.now });
	if (destination.kind !== 'outside') return destination;
	const { orientation, coming } = destination;
	const day = coming && formatDay(coming.on, 'UTC', locals.locale, locals.now);
	return { kind: 'outside' as const, ...orientation, coming: coming && { name: coming.territoryName, day } };
}

export const actions: Actions = {
	/** The person agrees: nothing was moved before this. */
	agree: async (event) => {
		const by = requireBeneficiary();
		const { personId } = by;
		const parsed = parseCommune(await event.request.formData());
		if (!parsed.ok) return fail(400, { errors: parsed.errors });
		const { inseeCode } = parsed.value;
		if (!(await findMunicipality(db.read, inseeCode)))
			return fail(400, { errors: { inseeCode: m.request_error_commune() } as Record<string, string> });
		const { now } = event.locals;
		const moved = await db.write(async (tx) => {
			const done = await movePerson(tx, { personId, inseeCode, by, now });
			await followMoved(tx, { ...done, personId }, now);
			return done;
		});
		tellColleagues({ personId, by, now });
		redirect(303, href(moved.reference ? `/demande/${moved.reference}` : '/demande'));
	},
	refuse: async ({ locals: { now } }) => {
		const { personId } = requireBeneficiary();
		await db.write((tx) => answerMove(tx, { personId, inseeCode: null, now }));
		redirect(303, href('/demande'));
	},
};
