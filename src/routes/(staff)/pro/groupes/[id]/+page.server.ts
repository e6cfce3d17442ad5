import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { parseMeeting, typedLines } from '$lib/server/pathway/decision-forms';
import { goalsOf } from '$lib/server/pathway/goals';
import { groupFor } from '$lib/server/pathway/group-queries';
import { holdGroup } from '$lib/server/pathway/groups';
import { pathwayOf } from '$lib/server/pathway/queries';
import { isOpenStep } from '$lib/server/pathway/rules';
import { noteOpening } from '$lib/server/people/opening';
import { followersNow, personOf } from '$lib/server/people/queries';
import { seesTheme } from '$lib/server/people/rules';
import { notFound } from '$lib/server/platform/errors';
import { planNotice } from '$lib/server/reminders/commands';
import { localDay } from '$lib/server/territories/calendar';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { askedToKeep } from '$lib/server/web/private-text';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now, locale } = locals;
	const { file, personId, ...group } = await groupFor(db.read, viewer, params.id, now).catch(errorFrom);
	const shown = { now, today: localDay(now, group.zone), group };
	if (!file) return { ...shown, file: null };
	await noteOpening(db, { viewer, personId, part: 'pathway', now });
	const { id, firstName, lastName } = await personOf(db.read, personId);
	const way = await pathwayOf(db.read, personId, locale);
	const team = await followersNow(db.read, personId, now);
	const pair = team.filter(({ part }) => part !== 'member').map(({ accountId, name }) => ({ id: accountId, name }));
	const others = file.members.filter((member) => !pair.some((one) => one.id === member.id));
	return {
		...shown,
		file: {
			...file,
			person: { id: group.decides ? id : null, name: `${firstName} ${lastName}` },
			owners: [...pair, ...others].map(({ id: value, name: label }) => ({ value, label })),
			stage: way?.stages.find(({ state }) => state === 'current')?.name ?? null,
			goals: way
				? (await goalsOf(db.read, way.pathway.id))
						.filter(({ state, theme }) => state === 'open' && seesTheme(file.themes, theme))
						.map(({ id, theme, text }) => ({ id, theme, text }))
				: [],
			steps: (way?.steps ?? [])
				.filter(({ state, theme }) => isOpenStep(state) && seesTheme(file.themes, theme))
				.map(({ id, title, theme, owner, ownerName, state, dueOn }) => ({
					id,
					title,
					theme,
					owner,
					ownerName,
					state,
					dueOn,
				})),
			mayHold: group.decides && group.state === 'planned' && group.startsAt <= now,
		},
	};
};

const sentences = {
	group_over: m.error_changed_meanwhile,
	group_not_begun: m.pathway_pro_error_not_begun,
	no_pathway: m.pathway_pro_error_none,
	not_a_referent: m.pathway_pro_error_members,
};

export const actions: Actions = {
	/** What was decided: steps, and an answer the person is told of. */
	default: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const { decides } = await groupFor(db.read, by, params.id, now).catch(errorFrom);
		if (!decides) errorFrom(notFound());
		const form = await request.formData();
		const parsed = parseMeeting(form);
		if (!parsed.ok) return fail(400, parsed);
		const { looked, answer, decisions } = parsed.value;
		const asked = askedToKeep(form, [looked, answer, ...decisions.map(({ title }) => title)], typedLines(form));
		if (asked) return asked;
		try {
			await db.write(async (tx) => {
				const { personId } = await holdGroup(tx, { ...parsed.value, groupId: params.id, by, now });
				const told = { kind: 'pathway_changed', path: '/parcours', subjectId: params.id, personId } as const;
				await planNotice(tx, { ...told, onceKey: `group_held:${params.id}`, now });
			});
		} catch (error) {
			return failFrom(error, sentences, typedLines(form));
		}
		redirect(303, href(`/pro/groupes/${params.id}`));
	},
};
