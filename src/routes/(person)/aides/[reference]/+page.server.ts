import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { declarePaper, noteElsewhere, submitAid, withdrawAid } from '$lib/server/childcare/commands';
import { parsePaper } from '$lib/server/childcare/forms';
import { parseNoted } from '$lib/server/childcare/forms-ask';
import { heldFor } from '$lib/server/childcare/held';
import { getOwnAid, forGuest, type AidFile } from '$lib/server/childcare/queries';
import { movesFrom } from '$lib/server/childcare/rules';
import { findScheme } from '$lib/server/childcare/schemes';
import { answerDelay } from '$lib/server/childcare/statistics';
import { db } from '$lib/server/db';
import { papersOf } from '$lib/server/papers/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireBeneficiary, requireSignedIn } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { tellAidChange } from '../../../aids.server';
import { ownerOf } from '../reader.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const account = requireSignedIn();
	const { now } = locals;
	const { personId, isGuest } = await ownerOf(account, params.reference).catch(errorFrom);
	const own = await getOwnAid(db.read, personId, params.reference, now).catch(errorFrom);
	const file = isGuest ? forGuest(own) : own;
	const papers = await papersOf(db.read, { aidId: own.id });
	return {
		now,
		held: (await heldFor(db.read, { aidId: own.id, today: own.today, zone: own.zone })).map(({ kind }) => kind),
		papers: papers.map(({ kind, state, reason }) => ({ kind, state, reason })),
		file,
		isGuest,
		// After silence nothing is left to withdraw: it is contested, or asked again.
		moves: isGuest || file.isReplaced || file.facts.implicitlyRefused ? [] : movesFrom('person', file.facts.status),
		mayAskAgain: !isGuest && file.facts.implicitlyRefused && !file.isReplaced && (await takesFiles(file)),
		delay: file.facts.elsewhere ? null : await answerDelay(db.read, file),
	};
};

const takesFiles = async ({ territoryId, kind, today }: AidFile) =>
	(await findScheme(db.read, { territoryId, code: kind, today }))?.content.open ?? true;

const sentences = {
	aid_refused_move: m.aid_error_move,
	aid_changed: m.error_changed_meanwhile,
	aid_closed: m.aid_scheme_closed,
	aid_child_taken: m.aid_error_child_taken,
	aid_as_of_outside: m.aid_error_as_of,
	aid_open: m.aid_error_follow,
};

export const actions: Actions = {
	send: async ({ locals, params }) => {
		const by = requireBeneficiary();
		try {
			const own = { reference: params.reference, personId: by.personId, by, now: locals.now };
			await db.write(async (tx) => {
				await submitAid(tx, own);
				await tellAidChange(tx, own);
			});
		} catch (problem) {
			return failFrom(problem, sentences);
		}
		redirect(303, href(`/aides/${params.reference}`));
	},
	/** The person or an adult whom the file names. */
	declare: async ({ request, locals, params }) => {
		const by = requireSignedIn();
		const { personId } = await ownerOf(by, params.reference).catch(errorFrom);
		const parsed = parsePaper(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { kind } = parsed.value;
		try {
			await db.write((tx) => declarePaper(tx, { reference: params.reference, personId, by, kind, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, sentences);
		}
		redirect(303, href(`/aides/${params.reference}`));
	},
	note: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const parsed = parseNoted(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { amount: amountCents, ...said } = parsed.value;
		const own = { reference: params.reference, personId: by.personId, by, now: locals.now };
		try {
			await db.write((tx) => noteElsewhere(tx, { ...own, ...said, amountCents }));
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
