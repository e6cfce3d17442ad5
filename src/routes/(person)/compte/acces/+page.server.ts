import { fail, redirect } from '@sveltejs/kit';
import { listOpenings } from '$lib/server/audit/queries';
import { db } from '$lib/server/db';
import { touchContact } from '$lib/server/people/commands';
import { listExceptional } from '$lib/server/people/exceptional';
import { parseEnding } from '$lib/server/people/forms';
import { followersNow, reasonsToFollow } from '$lib/server/people/queries';
import { returnSteps } from '$lib/server/pathway/own-steps';
import { objectToMember } from '$lib/server/people/sharing';
import { needsTaken, tookThemes } from '$lib/server/requests/reading';
import { errorFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Theme } from '$lib/shared/themes';
import type { Actions, PageServerLoad } from './$types';

const SHOWN = 100;
/** « Nous gardons cette liste 12 mois. » */
const KEPT_MS = 365 * 86_400_000;

export const load: PageServerLoad = async ({ locals }) => {
	const { personId } = requireBeneficiary();
	const team = await followersNow(db.read, personId, locals.now);
	const reasons = await reasonsToFollow(db.read, personId);
	const taken = await needsTaken(db.read, personId);
	return {
		openings: await listOpenings(db.read, personId, SHOWN, new Date(locals.now.getTime() - KEPT_MS)),
		exceptions: (await listExceptional(db.read, { personId }, SHOWN)).map(
			({ id, byName, structureName, reason, openedAt, endsAt }) => ({
				id,
				byName,
				structureName,
				reason,
				openedAt,
				endsAt,
			}),
		),
		members: team
			.filter(({ part }) => part === 'member')
			.map(({ id, name, structureName, themes, endsAt, ...line }) => ({
				id,
				name,
				structureName,
				themes: (themes ?? []) as Theme[],
				reason: reasons.get(id) ?? null,
				took: tookThemes(taken, { ...line, themes }),
				endsAt,
			})),
	};
};

export const actions: Actions = {
	object: async ({ request, locals }) => {
		const by = requireBeneficiary();
		const parsed = parseEnding(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { personId } = by;
		const { now } = locals;
		await db
			.write(async (tx) => {
				await objectToMember(tx, { personId, memberId: parsed.value.member, by, now });
				await returnSteps(tx, { personId, by, now });
				await touchContact(tx, personId, now);
			})
			.catch(errorFrom);
		redirect(303, href('/compte/acces'));
	},
};
