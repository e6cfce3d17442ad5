import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { changeAidStatus, recordAidOpening } from '$lib/server/childcare/commands';
import { parseDecision } from '$lib/server/childcare/forms';
import { heldFor } from '$lib/server/childcare/held';
import { getAidToDecide } from '$lib/server/childcare/queries';
import { aidOpenedRecently } from '$lib/server/childcare/queue';
import { currentScale } from '$lib/server/childcare/scale';
import { budgetLeft } from '$lib/server/childcare/schemes';
import { db } from '$lib/server/db';
import { papersOf } from '$lib/server/papers/queries';
import { tellAidChange } from '../../../../aids.server';
import { listStructures } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { formatEuros } from '$lib/shared/aids';
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
	const papers = await papersOf(db.read, { aidId: shown.file.id });
	const read = papers.find(({ id }) => id === url.searchParams.get('papier')) ?? null;
	const { territoryId, kind, today } = shown.file;
	return {
		now,
		...shown,
		chosen,
		papers,
		held: await heldFor(db.read, { aidId: shown.file.id, today, zone: shown.file.zone }),
		read,
		bodies: await bodiesFor(viewer),
		budgetLeft: await budgetLeft(db.read, { territoryId, kind, today }),
		ageLimit: currentScale().ageLimit,
		done: url.searchParams.get('fait'),
	};
};

/** Who a request may be handed to: structures of the territory but one's own. */
const bodiesFor = async ({ territoryId, structureId }: { territoryId: string; structureId: string }) =>
	(await listStructures(db.read, territoryId)).filter(({ id }) => id !== structureId).map(({ name }) => name);

/** Refusals by a rule, each beside the field it is about. */
const FIELDS: Record<string, string> = {
	aid_papers_needed: 'papers',
	aid_paper_held: 'papers',
	aid_due_needed: 'dueOn',
	aid_due_outside: 'dueOn',
	aid_amount_needed: 'amount',
	aid_over_budget: 'overBudget',
	aid_reason_needed: 'reason',
	aid_period_wrong: 'periodTo',
	aid_body_needed: 'transmittedTo',
	aid_paid_outside: 'paidOn',
};
const SENTENCES = {
	aid_papers_needed: m.aid_error_papers,
	aid_paper_held: m.aid_pro_error_held,
	aid_due_needed: m.aid_error_due,
	aid_due_outside: m.aid_error_due_outside,
	aid_amount_needed: m.aid_error_amount,
	aid_reason_needed: m.aid_error_reason,
	aid_period_wrong: m.aid_pro_error_period,
	aid_body_needed: m.aid_pro_error_body,
	aid_paid_outside: m.aid_pro_error_paid,
	aid_refused_move: m.aid_error_move,
	aid_changed: m.error_changed_meanwhile,
	aid_child_taken: m.aid_pro_error_child,
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const form = await request.formData();
		const { file } = await getAidToDecide(db.read, by, params.reference, now).catch(errorFrom);
		const parsed = parseDecision(form);
		if (!parsed.ok) return fail(400, parsed);
		const { amount: amountCents, transmittedTo: typed, ...change } = parsed.value;
		const transmittedTo = (await bodiesFor(by)).find((name) => name === typed);
		let proposed: boolean;
		try {
			proposed = await db.write(async (tx) => {
				const changed = await changeAidStatus(tx, { ...change, transmittedTo, amountCents, aidId: file.id, by, now });
				if (!changed.proposed) await tellAidChange(tx, { ...file, now });
				return changed.proposed;
			});
		} catch (problem) {
			const values = { ...Object.fromEntries(form), papers: change.papers, changedPapers: change.changedPapers };
			const { territoryId, kind, today } = file;
			const left = (await budgetLeft(db.read, { territoryId, kind, today })) ?? 0;
			const said = {
				...SENTENCES,
				aid_over_budget: () => m.aid_pro_error_budget({ left: formatEuros(left, locals.locale) }),
			};
			const failed = failFrom(problem, said, values);
			const field = FIELDS[(problem as { code?: string }).code ?? ''];
			if (field) failed.data.errors = { [field]: failed.data.errors.form! };
			return failed;
		}
		redirect(303, `${href(`/pro/aides/${params.reference}`)}?fait=${proposed ? 'propose' : '1'}`);
	},
};
