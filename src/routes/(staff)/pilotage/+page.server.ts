import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import { heldByNobody } from '$lib/server/appointments/queries';
import { db } from '$lib/server/db';
import { callsToMake } from '$lib/server/evaluation/callbacks';
import { handOverSteps } from '$lib/server/pathway/own-steps';
import { giveLead } from '$lib/server/people/commands';
import { getPersonFor } from '$lib/server/people/queries';
import { contactDelays, stageDelays, teamOf, teamPage, type TeamMember } from '$lib/server/people/steering';
import { trend } from '$lib/server/people/steering-rules';
import { unheardWhileAway } from '$lib/server/people/unheard';
import { peopleWithoutLead } from '$lib/server/people/without-lead';
import { parseForm, text } from '$lib/server/platform/forms';
import { planNotice } from '$lib/server/reminders/commands';
import { followLead } from '$lib/server/requests/commands';
import { inboxCounts } from '$lib/server/requests/inbox';
import { followedProposals } from '$lib/server/requests/orientation';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { pageOf } from '$lib/server/web/pages';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

const isWorking = ({ status, role }: TeamMember) => status === 'active' && role === 'referent';
const shown = ({ id, name, status, structureName, leads, seconds }: TeamMember) => ({
	...{ id, name, active: status === 'active' },
	...{ structureName, leads, seconds },
});

export const load: PageServerLoad = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const { now } = locals;
	const { zone, settings } = await getTerritory(db.read, territoryId);
	const contact = await contactDelays(db.read, { territoryId, zone, now });
	const { people: orphans, total: withoutLead } = await peopleWithoutLead(db.read, territoryId);
	const page = pageOf(url);
	const team = await teamPage(db.read, territoryId, page);
	return {
		now,
		zone,
		requests: await inboxCounts(db.read, territoryId, localDay(now, zone)),
		/** How often the rules were followed; said from five decisions on. */
		proposals: await followedProposals(db.read, territoryId, now),
		orphans,
		/** All of them: the list is as long as one can work through. */
		withoutLead,
		/** Hours that somebody would come to for nothing. */
		hours: await heldByNobody(db.read, territoryId, now),
		/** They were told that somebody rings within two working days. */
		calls: (await callsToMake(db.read, territoryId)).length,
		/** In their first months at work, and nobody there to ring them. */
		unheard: await unheardWhileAway(db.read, { territoryId, zone, now }),
		/** Whom they can be given to. */
		referents: orphans.length > 0 ? (await teamOf(db.read, territoryId)).filter(isWorking).map(shown) : [],
		contact: { ...contact, trend: trend(contact.before, contact.now), target: settings.firstContactDays },
		stages: await stageDelays(db.read, { territoryId, zone, now }),
		team: team.rows.map(shown),
		page,
		more: team.more,
		limit: settings.caseloadLimit,
		erased: url.searchParams.has('efface'),
		done: url.searchParams.has('fait'),
	};
};

/** More would not fit the page the list comes from. */
const MAX_AT_ONCE = 50;
const assignForm = v.object({
	people: v.pipe(
		v.optional(v.array(v.pipe(v.string(), v.maxLength(64))), []),
		v.minLength(1, () => m.error_choose()),
		v.maxLength(MAX_AT_ONCE, () => m.error_choose()),
	),
	accountId: v.pipe(
		v.optional(v.string(), ''),
		v.nonEmpty(() => m.pro_error_choose_referent()),
		v.maxLength(64),
	),
	reason: text(300, { tooLong: () => m.error_too_long({ max: 300 }), strange: () => m.error_strange() }),
});

export const actions: Actions = {
	/** Gives people whom nobody leads any more to one referent, all or none. */
	default: async ({ request, locals }) => {
		const by = requireCoordinator();
		const parsed = parseForm(assignForm, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { people, accountId, reason } = parsed.value;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				for (const personId of new Set(people)) {
					await getPersonFor(tx, by, personId);
					const { id, from } = await giveLead(tx, { personId, accountId, reason, by, now });
					await handOverSteps(tx, { personId, from, to: accountId, by, now });
					await followLead(tx, { personId, by, now });
					// Who follows them from now on: they read it where they read the rest.
					const told = { kind: 'pathway_changed', path: '/parcours', onceKey: `lead_changed:${id}` } as const;
					await planNotice(tx, { ...told, personId, subjectId: id, now });
				}
			});
		} catch (problem) {
			const sentences = {
				caseload_full: () => m.pro_error_full_reason(),
				not_a_referent: () => m.pro_error_not_referent(),
				already_assigned: () => m.error_changed_meanwhile(),
			};
			return failFrom(problem, sentences, parsed.value);
		}
		redirect(303, href('/pilotage?fait'));
	},
};
