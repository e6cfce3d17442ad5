import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { askPaperAgain, takePaper } from '$lib/server/childcare/deciding';
import { db } from '$lib/server/db';
import { examinePaper, refusePaper } from '$lib/server/papers/commands';
import { parseAskingAgain } from '$lib/server/papers/forms';
import { getPaper, type Joined } from '$lib/server/papers/queries';
import { dropNotices } from '$lib/server/reminders/commands';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { tellAidChange } from '../../../../aids.server';
import { tellPaperAskedAgain } from '../tell.server';
import { checkReader } from '../reading.server';
import type { Actions, PageServerLoad } from './$types';

/** Where the paper is part of. */
const fileOf = ({ paper, reference }: Joined) =>
	paper.aidId ? `/pro/aides/${reference}` : `/pro/demandes/${reference}`;
const backTo = (joined: Joined) => `${href(fileOf(joined))}#papiers`;

const REFUSALS = {
	paper_replaced: m.paper_pro_error_replaced,
	paper_over: m.paper_error_over,
	aid_due_outside: m.aid_error_due_outside,
};

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	try {
		const joined = await getPaper(db.read, params.id);
		await checkReader(viewer, joined);
		const { paper, reference } = joined;
		return { now: locals.now, paper, isAids: paper.aidId !== null, reference, back: fileOf(joined) };
	} catch (problem) {
		return errorFrom(problem);
	}
};

export const actions: Actions = {
	examine: async ({ params, locals }) => {
		const by = requireStaff();
		let joined;
		try {
			joined = await getPaper(db.read, params.id);
			await checkReader(by, joined);
			const examination = { ...joined, by, now: locals.now };
			const { id, aidId, kind } = joined.paper;
			await db.write(async (tx) => {
				await examinePaper(tx, examination);
				// « À renvoyer », said before and not gone yet.
				await dropNotices(tx, { personId: examination.personId, subjectId: id });
				if (!aidId || !kind) return;
				const { changed } = await takePaper(tx, { aidId, kind, by, now: locals.now });
				if (changed) await tellAidChange(tx, examination);
			});
		} catch (problem) {
			return failFrom(problem, REFUSALS);
		}
		redirect(303, backTo(joined));
	},
	again: async ({ params, locals, request }) => {
		const by = requireStaff();
		const parsed = parseAskingAgain(await request.formData());
		let joined;
		try {
			joined = await getPaper(db.read, params.id);
			await checkReader(by, joined);
			if (!parsed.ok) return fail(400, parsed);
			const { dueOn, ...said } = parsed.value;
			const refusal = { ...joined, ...said, by, now: locals.now };
			const { aidId, kind } = refusal.paper;
			await db.write(async (tx) => {
				await refusePaper(tx, refusal);
				if (aidId && kind) await askPaperAgain(tx, { aidId, kind, dueOn, by, now: locals.now });
				await tellPaperAskedAgain(tx, refusal);
			});
		} catch (problem) {
			const failed = failFrom(problem, REFUSALS, parsed.ok ? parsed.value : {});
			if ((problem as { code?: string }).code === 'aid_due_outside')
				failed.data.errors = { dueOn: failed.data.errors.form! };
			return failed;
		}
		redirect(303, backTo(joined));
	},
};
