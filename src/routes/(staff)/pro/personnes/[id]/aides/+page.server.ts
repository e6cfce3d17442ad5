import { redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { openAid } from '$lib/server/childcare/commands';
import { aidsOf } from '$lib/server/childcare/queries';
import { decides } from '$lib/server/childcare/queue';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { getFollowedPerson } from '$lib/server/people/queries';
import { seesTheme } from '$lib/server/people/rules';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { tellAidChange } from '../../../aides/tell.server';
import type { Actions, PageServerLoad } from './$types';

/** Status only, for who follows the person (domain.md §7.2); the file itself belongs to those who decide. */
export const load: PageServerLoad = async ({ locals, params }) => {
	const viewer = requireStaff();
	const { now } = locals;
	const { themes } = await getFollowedPerson(db.read, viewer, params.id).catch(errorFrom);
	const { zone } = await getTerritory(db.read, viewer.territoryId);
	const seen = seesTheme(themes, 'childcare');
	const aids = seen ? await aidsOf(db.read, params.id, now) : [];
	const isOpen = aids.some(({ facts }) => ['draft', 'submitted', 'incomplete', 'under_review'].includes(facts.status));
	return {
		now,
		zone,
		today: localDay(now, zone),
		aids,
		mayOpen: seen && !isOpen,
		decides: await decides(db.read, viewer),
	};
};

export const actions: Actions = {
	default: async ({ locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const { themes, person } = await getFollowedPerson(db.read, by, params.id).catch(errorFrom);
		try {
			if (!seesTheme(themes, 'childcare')) throw new DomainError('not_found', 'not_found');
			await db.write(async (tx) => {
				const opening = { personId: person.id, territoryId: person.territoryId, sent: true, by, now };
				const opened = await openAid(tx, opening);
				if (!opened) throw new DomainError('aid_open', 'conflict');
				await tellAidChange(tx, { ...opened, personId: person.id, now });
			});
		} catch (problem) {
			return failFrom(problem, { aid_open: m.error_changed_meanwhile });
		}
		redirect(303, href(`/pro/personnes/${params.id}/aides`));
	},
};
