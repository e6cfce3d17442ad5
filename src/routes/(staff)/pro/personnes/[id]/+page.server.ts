import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { listStaff } from '$lib/server/accounts/queries';
import { nextAppointment } from '$lib/server/appointments/queries';
import { db } from '$lib/server/db';
import { passedDelays } from '$lib/server/people/delays';
import { lastMessages } from '$lib/server/people/messages';
import { openFile } from '$lib/server/people/opening';
import { parseEnding, parseInvitation } from '$lib/server/people/forms';
import { endMember, inviteMember } from '$lib/server/people/sharing';
import { followUpOf, getFollowedPerson } from '$lib/server/people/queries';
import { notFound } from '$lib/server/platform/errors';
import { reachableBy } from '$lib/server/people/caseload';
import { ageOn, seesTheme } from '$lib/server/people/rules';
import { pathwayOf } from '$lib/server/pathway/queries';
import { findOpenRequest, needsOf } from '$lib/server/requests/queries';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { planNotice } from '$lib/server/reminders/commands';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

const STEPS_SHOWN = 5;
const MESSAGES_SHOWN = 5;
const ENDED_STEPS = ['done', 'given_up', 'cancelled'];

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now, locale } = locals;
	try {
		const file = await openFile(db, { viewer, personId: params.id, part: 'overview', now });
		const { zone, settings, id: territoryId } = await getTerritory(db.read, viewer.territoryId);
		const today = localDay(now, zone);
		const { birthDate, ...person } = file.person;
		const team = await followUpOf(db.read, person.id);
		return {
			now,
			zone,
			today,
			access: file.access,
			person: { ...person, age: ageOn(birthDate, today) },
			// What others were invited for says what the person needs.
			team: file.themes === null ? team : team.map((member) => ({ ...member, themes: null })),
			guests: file.access === 'lead' ? await guestsFor(viewer.territoryId, team) : [],
			delays: await passedDelays(db.read, { personId: person.id }, { territoryId, zone, settings, now }),
			details: file.access === 'coordinator' ? null : await detailsOf(file, locale, now),
		};
	} catch (problem) {
		errorFrom(problem);
	}
};

/** What the coordinator does not see. A member sees the needs and steps of their themes. */
async function detailsOf(file: Awaited<ReturnType<typeof openFile>>, locale: string, now: Date) {
	const { id, email, phone } = file.person;
	const open = await findOpenRequest(db.read, id);
	const needs = open ? await needsOf(db.read, open.id) : [];
	const way = await pathwayOf(db.read, id, locale);
	const channels = await reachableBy(db.read, [{ id, email, phone }]);
	return {
		channels: channels.get(id) ?? [],
		reference: open?.reference ?? null,
		needs: needs
			.filter(({ theme, status }) => seesTheme(file.themes, theme) && (status === 'open' || status === 'in_progress'))
			.map(({ id, theme, status }) => ({ id, theme, status })),
		kind: way?.pathway.kind ?? null,
		stage: way?.stages.find(({ state }) => state === 'current') ?? null,
		steps: (way?.steps ?? [])
			.filter(({ theme, state }) => !ENDED_STEPS.includes(state) && seesTheme(file.themes, theme))
			.slice(0, STEPS_SHOWN)
			.map(({ id, title, owner, ownerName, dueOn, state }) => ({ id, title, owner, ownerName, dueOn, state })),
		appointment: (await nextAppointment(db.read, id, now)) ?? null,
		messages: await lastMessages(db.read, id, MESSAGES_SHOWN),
	};
}

/** Professionals of the territory who do not follow the person yet. */
async function guestsFor(territoryId: string, team: { accountId: string }[]) {
	const staff = await listStaff(db.read, territoryId);
	return staff
		.filter(({ id }) => !team.some(({ accountId }) => accountId === id))
		.map(({ id, displayName }) => ({ id, name: displayName }));
}

const sentences = {
	not_a_referent: m.pro_member_error_who,
	already_assigned: m.pro_member_error_taken,
	day_past: m.pro_member_error_day,
};

export const actions: Actions = {
	invite: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const personId = params.id;
		const { access } = await getFollowedPerson(db.read, by, personId, now).catch(errorFrom);
		if (access !== 'lead') errorFrom(notFound());
		const parsed = parseInvitation(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write(async (tx) => {
				const { id } = await inviteMember(tx, { ...parsed.value, personId, by, now });
				const onceKey = `member_invited:${id}`;
				await planNotice(tx, { kind: 'pathway_changed', personId, path: '/compte/acces', onceKey, subjectId: id, now });
			});
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href(`/pro/personnes/${personId}`));
	},
	end: async ({ request, locals, params }) => {
		const by = requireStaff();
		const personId = params.id;
		await getFollowedPerson(db.read, by, personId, locals.now).catch(errorFrom);
		const parsed = parseEnding(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const memberId = parsed.value.member;
		await db.write((tx) => endMember(tx, { personId, memberId, by, now: locals.now })).catch(errorFrom);
		redirect(303, href(`/pro/personnes/${personId}`));
	},
};
