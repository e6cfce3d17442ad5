import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { listStaff } from '$lib/server/accounts/queries';
import { db } from '$lib/server/db';
import { handOverSteps, returnSteps } from '$lib/server/pathway/own-steps';
import { changeSecond, noteSpokenWith } from '$lib/server/people/commands';
import { ownDelays } from '$lib/server/people/own-delays';
import { openFile } from '$lib/server/people/opening';
import { parseEnding, parseInvitation, parseNote, parseSecond } from '$lib/server/people/forms';
import { endMember, inviteMember } from '$lib/server/people/sharing';
import { followersNow, getFollowedPerson, getPersonFor, leadOf, reasonsToFollow } from '$lib/server/people/queries';
import { notFound } from '$lib/server/platform/errors';
import { ageOn, follows, leads, type Access } from '$lib/server/people/rules';
import { keepNote, ownNote } from '$lib/server/people/working-notes';
import { needsTaken, tookThemes } from '$lib/server/requests/reading';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { planNotice } from '$lib/server/reminders/commands';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { askedToKeep } from '$lib/server/web/private-text';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';
import { detailsOf } from './details.server';
import { getLedFile } from './led.server';

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
			mayErase: viewer.role === 'coordinator',
			until: file.until,
			person: { ...person, age: ageOn(birthDate, today) },
			team: await teamFor(file.access, viewer.accountId, team, person.id),
			guests: file.access === 'lead' ? await guestsFor(viewer.territoryId, team) : [],
			pair: maySayPair(file.access, viewer.role) ? await secondsFor(viewer.territoryId, team) : null,
			delays: await ownDelays(db.read, person.id, { territoryId, zone, settings, now }),
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
async function teamFor(
	access: Access,
	accountId: string,
	team: Awaited<ReturnType<typeof followersNow>>,
	personId: string,
) {
	if (leads(access)) {
		const reasons = await reasonsToFollow(db.read, personId);
		const taken = await needsTaken(db.read, personId);
		return team.map((member) => ({
			...member,
			reason: reasons.get(member.id) ?? null,
			took: member.part === 'member' ? tookThemes(taken, member) : [],
		}));
	}
	return team
		.filter((member) => access === 'coordinator' || member.part !== 'member' || member.accountId === accountId)
		.map((member) => ({ ...member, themes: null, reason: null, took: [] }));
}

/** Professionals of the territory who do not follow the person yet. */
async function guestsFor(territoryId: string, team: { accountId: string }[]) {
	const staff = await listStaff(db.read, territoryId);
	return staff
		.filter(({ id }) => !team.some(({ accountId }) => accountId === id))
		.map(({ id, displayName }) => ({ id, name: displayName }));
}

/** The lead, and the coordinator of the territory, say who the second is. */
const maySayPair = (access: Access, role: string) => access === 'lead' || role === 'coordinator';

/** Who is second now, and who may be. */
async function secondsFor(territoryId: string, team: { id: string; accountId: string; part: string }[]) {
	const pair = team.filter(({ part }) => part !== 'member');
	return {
		secondLine: pair.find(({ part }) => part === 'second')?.id ?? '',
		candidates: await guestsFor(territoryId, pair),
	};
}

const sentences = {
	second_changed: m.error_changed_meanwhile,
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
		const form = await request.formData();
		const parsed = parseInvitation(form);
		if (!parsed.ok) return fail(400, parsed);
		const { memberReason: reason, ...invited } = parsed.value;
		const asked = askedToKeep(form, [reason], parsed.value);
		if (asked) return asked;
		try {
			await db.write(async (tx) => {
				const { id } = await inviteMember(tx, { ...invited, reason, personId, by, now });
				const onceKey = `member_invited:${id}`;
				await planNotice(tx, { kind: 'pathway_changed', personId, path: '/compte/acces', onceKey, subjectId: id, now });
			});
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href(`/pro/personnes/${personId}`));
	},
	second: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const personId = params.id;
		const { access } = await getPersonFor(db.read, by, personId, now).catch(errorFrom);
		if (!maySayPair(access, by.role)) errorFrom(notFound());
		const form = await request.formData();
		const parsed = parseSecond(form);
		if (!parsed.ok) return fail(400, parsed);
		const { secondId: accountId, secondReason: reason, shown } = parsed.value;
		const asked = askedToKeep(form, [reason], parsed.value);
		if (asked) return asked;
		try {
			await db.write(async (tx) => {
				const { id, from } = await changeSecond(tx, { personId, accountId, reason, shown, by, now });
				const to = accountId ?? (await leadOf(tx, personId))?.accountId;
				if (to) await handOverSteps(tx, { personId, from, to, by, now });
				const onceKey = `second_changed:${id ?? shown}:${now.getTime()}`;
				const about = { personId, path: '/compte/acces', onceKey, subjectId: id ?? shown, now };
				await planNotice(tx, { kind: 'pathway_changed', ...about });
			});
		} catch (error) {
			return failFrom(error, sentences, parsed.value);
		}
		redirect(303, href(`/pro/personnes/${personId}`));
	},
	/** The call that was to be made, because no message arrived. */
	spoken: async ({ locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const personId = params.id;
		await getLedFile(by, personId, now).catch(errorFrom);
		await db.write((tx) => noteSpokenWith(tx, { personId, by, now }));
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
		const { member: memberId, endReason: reason } = parsed.value;
		const { now } = locals;
		await db
			.write(async (tx) => {
				await endMember(tx, { personId, memberId, reason, by, now });
				await returnSteps(tx, { personId, by, now });
			})
			.catch(errorFrom);
		redirect(303, href(`/pro/personnes/${personId}`));
	},
};
