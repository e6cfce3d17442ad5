import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { declarePaper, submitAid, withdrawAid } from '$lib/server/childcare/commands';
import { parsePaper } from '$lib/server/childcare/forms';
import { getOwnAid } from '$lib/server/childcare/queries';
import { movesFrom } from '$lib/server/childcare/rules';
import { db } from '$lib/server/db';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { personId } = requireBeneficiary();
	const file = await getOwnAid(db.read, personId, params.reference, locals.now).catch(errorFrom);
	return { now: locals.now, file, moves: movesFrom('person', file.facts.status) };
};

const sentences = { aid_refused_move: m.aid_error_move, aid_changed: m.error_changed_meanwhile };

export const actions: Actions = {
	send: async ({ locals, params }) => {
		const by = requireBeneficiary();
		try {
			const own = { reference: params.reference, personId: by.personId, by, now: locals.now };
			await db.write((tx) => submitAid(tx, own));
		} catch (problem) {
			return failFrom(problem, sentences);
		}
		redirect(303, href(`/aides/${params.reference}`));
	},
	declare: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const parsed = parsePaper(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { kind } = parsed.value;
		try {
			const own = { reference: params.reference, personId: by.personId, by, now: locals.now };
			await db.write((tx) => declarePaper(tx, { ...own, kind }));
		} catch (problem) {
			return failFrom(problem, sentences);
		}
		redirect(303, href(`/aides/${params.reference}`));
	},
	withdraw: async ({ locals, params }) => {
		const by = requireBeneficiary();
		try {
			const own = { reference: params.reference, personId: by.personId, by, now: locals.now };
			await db.write((tx) => withdrawAid(tx, own));
		} catch (problem) {
			return failFrom(problem, sentences);
		}
		redirect(303, href(`/aides/${params.reference}`));
	},
};
