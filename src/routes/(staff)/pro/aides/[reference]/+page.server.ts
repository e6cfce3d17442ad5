import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { changeAidStatus, recordAidOpening } from '$lib/server/childcare/commands';
import { parseDecision } from '$lib/server/childcare/forms';
import { aidOpenedRecently, getAidToDecide } from '$lib/server/childcare/queries';
import { db } from '$lib/server/db';
import { tellAidChange } from '../tell.server';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const viewer = requireStaff();
	const { now } = locals;
	const shown = await getAidToDecide(db.read, viewer, params.reference, now).catch(errorFrom);
	if (!(await aidOpenedRecently(db.read, viewer.accountId, shown.file.id, now)))
		await db.write((tx) => recordAidOpening(tx, shown.file, viewer, now));
	const asked = url.searchParams.get('decision');
	const chosen = shown.moves.find((to) => to === asked) ?? null;
	return { now, ...shown, chosen, done: url.searchParams.has('fait') };
};

/** Refusals by a rule, each beside the field it is about. */
const FIELDS: Record<string, string> = {
	aid_papers_needed: 'papers',
	aid_due_needed: 'dueOn',
	aid_due_outside: 'dueOn',
	aid_amount_needed: 'amount',
	aid_reason_needed: 'reason',
};
const SENTENCES = {
	aid_papers_needed: m.aid_error_papers,
	aid_due_needed: m.aid_error_due,
	aid_due_outside: m.aid_error_due_outside,
	aid_amount_needed: m.aid_error_amount,
	aid_reason_needed: m.aid_error_reason,
	aid_refused_move: m.aid_error_move,
	aid_changed: m.error_changed_meanwhile,
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const form = await request.formData();
		const { file } = await getAidToDecide(db.read, by, params.reference, now).catch(errorFrom);
		const parsed = parseDecision(form);
		if (!parsed.ok) return fail(400, parsed);
		const { amount: amountCents, ...change } = parsed.value;
		try {
			await db.write(async (tx) => {
				await changeAidStatus(tx, { ...change, amountCents, aidId: file.id, by, now });
				await tellAidChange(tx, { ...file, now });
			});
		} catch (problem) {
			const values = { ...Object.fromEntries(form), papers: change.papers };
			const failed = failFrom(problem, SENTENCES, values);
			const field = FIELDS[(problem as { code?: string }).code ?? ''];
			if (field) failed.data.errors = { [field]: failed.data.errors.form! };
			return failed;
		}
		redirect(303, `${href(`/pro/aides/${params.reference}`)}?fait=1`);
	},
};
