import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { listStaff } from '$lib/server/accounts/queries';
import { db } from '$lib/server/db';
import { parseGroup } from '$lib/server/pathway/decision-forms';
import { proposeGroup } from '$lib/server/pathway/groups';
import { earliestShown } from '$lib/server/pathway/rules';
import { newId } from '$lib/server/platform/ids';
import { planNotice } from '$lib/server/reminders/commands';
import { getTerritory, holidaysOf } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { askedToKeep } from '$lib/server/web/private-text';
import { href } from '$lib/shared/links';
import { getLedFile, openLedFile } from '../led.server';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now } = locals;
	const { person } = await openLedFile(viewer, params.id, now).catch(errorFrom);
	const { zone, holidayZone } = await getTerritory(db.read, person.territoryId);
	const staff = await listStaff(db.read, person.territoryId);
	return {
		name: `${person.firstName} ${person.lastName}`,
		now,
		zone,
		earliest: earliestShown(now, zone, await holidaysOf(db.read, holidayZone)),
		formId: newId(),
		staff: staff.map(({ id, displayName }) => ({ value: id, label: displayName })),
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const personId = params.id;
		await getLedFile(by, personId, now).catch(errorFrom);
		const form = await request.formData();
		const parsed = parseGroup(form);
		if (!parsed.ok) return fail(400, parsed);
		const asked = askedToKeep(form, [parsed.value.why, parsed.value.agenda], parsed.value);
		if (asked) return asked;
		let groupId = '';
		try {
			await db.write(async (tx) => {
				const { id } = await proposeGroup(tx, { ...parsed.value, personId, by, now });
				const told = { kind: 'pathway_changed', path: '/parcours', subjectId: id, personId } as const;
				await planNotice(tx, { ...told, onceKey: `group_proposed:${id}`, now });
				groupId = id;
			});
		} catch (error) {
			const sentences = {
				no_pathway: m.pathway_pro_error_none,
				group_past: m.pathway_pro_error_group_past,
				group_too_soon: m.pathway_pro_error_group_too_soon,
				not_a_referent: m.pathway_pro_error_members,
			};
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href(`/pro/groupes/${groupId}`));
	},
};
