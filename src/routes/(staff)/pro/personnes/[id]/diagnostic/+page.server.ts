import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import {
	notePoints,
	notWritten,
	planInterview,
	shareDiagnosis,
	type PointConflict,
} from '$lib/server/diagnosis/commands';
import { parseGrid, parseSharing } from '$lib/server/diagnosis/forms';
import { diagnosisFor } from '$lib/server/diagnosis/queries';
import { seenOf, stateAfter } from '$lib/server/diagnosis/rules';
import { openFollowedFile } from '$lib/server/people/opening';
import { getFollowedPerson } from '$lib/server/people/queries';
import { leads, seesTheme } from '$lib/server/people/rules';
import { DomainError, notFound } from '$lib/server/platform/errors';
import { planNotice } from '$lib/server/reminders/commands';
import { localDay } from '$lib/server/territories/calendar';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { themeOfPoint } from '$lib/shared/diagnosis';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now } = locals;
	const file = await openFollowedFile(db, { viewer, personId: params.id, part: 'diagnosis', now }).catch(errorFrom);
	const view = await diagnosisFor(db.read, params.id, file.themes, now);
	const today = view ? localDay(now, view.zone) : '';
	const may = (act: 'note' | 'share' | 'renew') => view !== null && stateAfter(act, view, today) !== null;
	return {
		now,
		name: `${file.person.firstName} ${file.person.lastName}`,
		leads: leads(file.access),
		mayNote: may('note'),
		mayShare: may('share') && leads(file.access),
		/** The grid as it is shown: what is shared is what was read. */
		seen: seenOf(view?.points ?? []),
		mayRenew: may('renew') && leads(file.access),
		view,
	};
};

const sentences = {
	diagnosis_refused: m.diagnosis_error_refused,
	diagnosis_empty: m.pro_diagnosis_error_empty,
	diagnosis_changed: m.pro_diagnosis_error_changed,
};
const here = (id: string) => href(`/pro/personnes/${id}/diagnostic`);
const OWN = '/parcours/diagnostic';

/** The file, for those who lead it. */
async function getLedFile(by: ReturnType<typeof requireStaff>, personId: string) {
	const file = await getFollowedPerson(db.read, by, personId);
	if (!leads(file.access)) throw notFound();
	return file;
}

export const actions: Actions = {
	plan: async ({ locals, params }) => {
		const by = requireStaff();
		await getLedFile(by, params.id).catch(errorFrom);
		const { now } = locals;
		const personId = params.id;
		await db.write(async (tx) => {
			const { id, changed } = await planInterview(tx, { personId, by, now });
			const onceKey = `diagnosis_planned:${id}`;
			if (changed) await planNotice(tx, { kind: 'pathway_changed', personId, path: OWN, onceKey, subjectId: id, now });
		});
		redirect(303, here(params.id));
	},
	note: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { themes } = await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		const parsed = parseGrid(await request.formData());
		if (!parsed.ok) return fail(400, { ...parsed, conflicts: [] as PointConflict[] });
		const changes = parsed.value.filter(({ point }) => seesTheme(themes, themeOfPoint(point)));
		let conflicts: PointConflict[];
		try {
			({ conflicts } = await db.write((tx) => notePoints(tx, { personId: params.id, by, changes, now: locals.now })));
		} catch (error) {
			if (!(error instanceof DomainError && error.code === 'diagnosis_refused')) return failFrom(error, sentences);
			return fail(409, {
				errors: { form: m.pro_diagnosis_error_shared() } as Record<string, string>,
				values: {},
				conflicts: await notWritten(db.read, params.id, changes),
			});
		}
		// Both are shown: what somebody else saved, and what was being written.
		if (conflicts.length > 0)
			return fail(409, {
				errors: { form: m.pro_diagnosis_conflict() } as Record<string, string>,
				values: {},
				conflicts,
			});
		redirect(303, here(params.id));
	},
	share: async ({ request, locals, params }) => {
		const by = requireStaff();
		await getLedFile(by, params.id).catch(errorFrom);
		const parsed = parseSharing(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { seen } = parsed.value;
		const { now } = locals;
		const personId = params.id;
		try {
			await db.write(async (tx) => {
				const { id } = await shareDiagnosis(tx, { personId, seen, by, now });
				const onceKey = `diagnosis_shared:${id}:${now.getTime()}`;
				await planNotice(tx, { kind: 'pathway_changed', personId, path: OWN, onceKey, subjectId: id, now });
			});
		} catch (error) {
			return failFrom(error, sentences);
		}
		redirect(303, here(params.id));
	},
};
