import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { answerDiagnosis, saveSelf } from '$lib/server/diagnosis/commands';
import { parseAnswer, parseSelfPage } from '$lib/server/diagnosis/forms';
import { ownDiagnosis } from '$lib/server/diagnosis/queries';
import { stateAfter } from '$lib/server/diagnosis/rules';
import { touchContact } from '$lib/server/people/commands';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { SELF_PAGES } from '$lib/shared/diagnosis';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

/** The page asked for, from 1; null: what was said so far. */
function pageOf(url: URL): number | null {
	const page = Number(url.searchParams.get('page'));
	return Number.isInteger(page) && page >= 1 && page <= SELF_PAGES.length ? page : null;
}

export const load: PageServerLoad = async ({ locals, url }) => {
	const { personId, territoryId } = requireBeneficiary();
	const { now } = locals;
	const view = await ownDiagnosis(db.read, personId, now);
	const { zone } = await getTerritory(db.read, territoryId);
	const mayWrite = !view || stateAfter('self', view, localDay(now, zone)) !== null;
	const page = mayWrite ? pageOf(url) : null;
	return {
		now,
		zone,
		mayWrite,
		page,
		topics: page ? SELF_PAGES[page - 1]! : [],
		pages: SELF_PAGES.length,
		isKept: url.searchParams.has('garde'),
		view,
	};
};

const sentences = { diagnosis_refused: m.diagnosis_error_refused };
const HERE = '/parcours/diagnostic';

export const actions: Actions = {
	save: async ({ request, locals, url }) => {
		const by = requireBeneficiary();
		const page = pageOf(url) ?? 1;
		const parsed = parseSelfPage(page, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { personId } = by;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await saveSelf(tx, { personId, part: parsed.value, by, now });
				await touchContact(tx, personId, now);
			});
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href(page < SELF_PAGES.length ? `${HERE}?page=${page + 1}` : `${HERE}?garde`));
	},
	answer: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const parsed = parseAnswer(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { answer, point, why, seen } = parsed.value;
		const { personId } = by;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				await answerDiagnosis(tx, { personId, agrees: answer === 'agree', point, why, seen, by, now });
				await touchContact(tx, personId, now);
			});
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href(HERE));
	},
};
