import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { listStaff } from '$lib/server/accounts/queries';
import { db } from '$lib/server/db';
import { passedDelays } from '$lib/server/people/delays';
import { openFile } from '$lib/server/people/opening';
import { parseEnding, parseInvitation, parseNote } from '$lib/server/people/forms';
import { endMember, inviteMember } from '$lib/server/people/sharing';
import { followersNow, getFollowedPerson } from '$lib/server/people/queries';
import { notFound } from '$lib/server/platform/errors';
import { ageOn, follows, leads, type Access } from '$lib/server/people/rules';
import { keepNote, ownNote } from '$lib/server/people/working-notes';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { planNotice } from '$lib/server/reminders/commands';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { askedToKeep } from '$lib/server/web/private-text';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';
import { detailsOf } from './details.server';

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now, locale } = locals;
	try {
		const file = await openFile(db, { viewer, personId: params.id, part: 'overview', now });
		const { zone, settings, id: territoryId } = await getTerritory(db.read, viewer.territoryId);
		const today = localDay(now, zone);
		const { birthDate, ...person } = file.person;
		const team = await followersNow(db.read, person.id, now);
		return {
			now,
			zone,
			today,
			access: file.access,
			until: file.until,
			person: { ...person, age: ageOn(birthDate, today) },
			team: teamFor(file.access, viewer.accountId, team),
			guests: file.access === 'lead' ? await guestsFor(viewer.territoryId, team) : [],
			delays: await passedDelays(db.read, { personId: person.id }, { territoryId, zone, settings, now }),
			details: file.access === 'coordinator' ? null : await detailsOf(file, viewer, { locale, now }),
			note: follows(file.access) ? ((await ownNote(db.read, person.id, viewer.accountId))?.text ?? '') : null,
		};
	} catch (problem) {
		errorFrom(problem);
	}
};

/**
 * Lead and second, and the coordinator who says who follows whom, know them all. Where others come from says what the person
 * needs: a member, or who opened the file for an hour, knows the pair and themselves.
 */
function teamFor(access: Access, accountId: string, team: Awaited<ReturnType<typeof followersNow>>) {
	if (leads(access)) return team;
	return team
		.filter((member) => access === 'coordinator' || member.part !== 'member' || member.accountId === accountId)
		.map((member) => ({ ...member, themes: null }));
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
	/** Working notes: for whoever follows the person, and theirs alone. */
	note: async ({ request, locals, params }) => {
		const by = requireStaff();
		const personId = params.id;
		await getFollowedPerson(db.read, by, personId, locals.now).catch(errorFrom);
		const form = await request.formData();
		const parsed = parseNote(form);
		if (!parsed.ok) return fail(400, parsed);
		const { workingNote: text } = parsed.value;
		const asked = askedToKeep(form, [text], parsed.value);
		if (asked) return asked;
		await db.write((tx) => keepNote(tx, { personId, text, by, now: locals.now }));
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
