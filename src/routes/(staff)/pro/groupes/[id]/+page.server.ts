import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { parseGroupHour, parseMeeting, typedLines } from '$lib/server/pathway/decision-forms';
import { goalsOf } from '$lib/server/pathway/goals';
import { groupFor } from '$lib/server/pathway/group-queries';
import { cancelGroup, holdGroup, moveGroup } from '$lib/server/pathway/groups';
import { pathwayOf } from '$lib/server/pathway/queries';
import { earliestShown, isOpenStep } from '$lib/server/pathway/rules';
import { noteOpening } from '$lib/server/people/opening';
import { followersNow, personOf } from '$lib/server/people/queries';
import { seesTheme } from '$lib/server/people/rules';
import { notFound } from '$lib/server/platform/errors';
import { planNotice } from '$lib/server/reminders/commands';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory, holidaysOf } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { askedToKeep } from '$lib/server/web/private-text';
import { href } from '$lib/shared/links';
import { tellColleagues } from '../../../../meeting-news.server';
import { tellAgain } from '../tell.server';
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
			/** Until it begins: the first moment it may be moved to. */
			movesFrom:
				group.decides && group.state === 'planned' && group.startsAt > now ? await earliestOf(group, now) : null,
		},
	};
};

async function earliestOf({ territoryId, zone }: { territoryId: string; zone: string }, now: Date) {
	const { holidayZone } = await getTerritory(db.read, territoryId);
	return earliestShown(now, zone, await holidaysOf(db.read, holidayZone));
}

const sentences = {
	group_over: m.error_changed_meanwhile,
	group_past: m.pathway_pro_error_group_past,
	group_too_soon: m.pathway_pro_error_group_too_soon,
	group_not_begun: m.pathway_pro_error_not_begun,
	no_pathway: m.pathway_pro_error_none,
	not_a_referent: m.pathway_pro_error_members,
};

/** Those invited read; lead and second decide. */
async function requireDecides(by: ReturnType<typeof requireStaff>, groupId: string, now: Date): Promise<void> {
	const { decides } = await groupFor(db.read, by, groupId, now).catch(errorFrom);
	if (!decides) errorFrom(notFound());
}

export const actions: Actions = {
	/** What was decided: steps, and an answer the person is told of. */
	decide: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		await requireDecides(by, params.id, now);
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
	/** Another day or hour: the person is told, and may still refuse. */
	move: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		await requireDecides(by, params.id, now);
		const parsed = parseGroupHour(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			const personId = await db.write(async (tx) => {
				const { personId, changed } = await moveGroup(tx, { ...parsed.value, groupId: params.id, by, now });
				if (changed) await tellAgain(tx, { personId, subjectId: params.id, now }, 'moved');
				return personId;
			});
			tellColleagues({ personId, by, now });
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href(`/pro/groupes/${params.id}`));
	},
	cancel: async ({ locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		await requireDecides(by, params.id, now);
		try {
			const personId = await db.write(async (tx) => {
				const { personId } = await cancelGroup(tx, { groupId: params.id, by, now });
				await tellAgain(tx, { personId, subjectId: params.id, now }, 'cancelled');
				return personId;
			});
			tellColleagues({ personId, by, now });
		} catch (error) {
			return failFrom(error, sentences);
		}
		redirect(303, href(`/pro/groupes/${params.id}`));
	},
};
