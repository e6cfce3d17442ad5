import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { noteElsewhere, openAid, openElsewhere } from '$lib/server/childcare/commands';
import { parseFollow, parseNoted } from '$lib/server/childcare/forms-ask';
import { aidsOf } from '$lib/server/childcare/queries';
import { listSchemes } from '$lib/server/childcare/schemes';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { openFollowedFile } from '$lib/server/people/opening';
import { getFollowedPerson } from '$lib/server/people/queries';
import { seesTheme } from '$lib/server/people/rules';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { tellAidChange } from '../../../../../aids.server';
import type { Actions, PageServerLoad } from './$types';

/** Status only, for who follows the person (domain.md §7.2); the file itself belongs to those who decide. */
export const load: PageServerLoad = async ({ locals, params }) => {
	const viewer = requireStaff();
	const { now } = locals;
	const { themes } = await openFollowedFile(db, { viewer, personId: params.id, part: 'aids', now }).catch(errorFrom);
	const { zone } = await getTerritory(db.read, viewer.territoryId);
	const schemes = await listSchemes(db.read, viewer.territoryId, localDay(now, zone));
	const themeOf = (kind: string) => schemes.find(({ code }) => code === kind)?.theme ?? 'childcare';
	const seen = seesTheme(themes, 'childcare');
	const aids = (await aidsOf(db.read, params.id, now)).filter(({ kind }) => seesTheme(themes, themeOf(kind)));
	const isOpen = aids.some(
		({ kind, facts }) =>
			kind === 'childcare' &&
			!facts.implicitlyRefused &&
			['draft', 'submitted', 'incomplete', 'under_review'].includes(facts.status),
	);
	return {
		now,
		aids: aids.map((aid) => ({
			...aid,
			opensHere: viewer.role === 'referent' && aid.deciderStructureId === viewer.structureId,
		})),
		mayOpen: seen && !isOpen,
		mayNote: seen,
	};
};

/** Childcare of somebody one follows. @throws DomainError `not_found` */
async function followed(by: ReturnType<typeof requireStaff>, personId: string) {
	const { themes, person } = await getFollowedPerson(db.read, by, personId).catch(errorFrom);
	if (!seesTheme(themes, 'childcare')) throw new DomainError('not_found', 'not_found');
	return { personId: person.id, territoryId: person.territoryId };
}

export const actions: Actions = {
	open: async ({ locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		try {
			const whose = await followed(by, params.id);
			await db.write(async (tx) => {
				const opened = await openAid(tx, { ...whose, sent: true, by, now });
				if (!opened) throw new DomainError('aid_open', 'conflict');
				await tellAidChange(tx, { ...opened, ...whose, now });
			});
		} catch (problem) {
			return failFrom(problem, { aid_open: m.error_changed_meanwhile, aid_closed: m.aid_scheme_closed });
		}
		redirect(303, href(`/pro/personnes/${params.id}/aides`));
	},
	/** A file that another body decides. */
	follow: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const form = await request.formData();
		try {
			const whose = await followed(by, params.id);
			const parsed = parseFollow(form);
			if (!parsed.ok) return fail(400, parsed);
			await db.write(async (tx) => {
				const opened = await openElsewhere(tx, { ...whose, body: parsed.value.body, by, now });
				if (!opened) throw new DomainError('aid_open', 'conflict');
			});
		} catch (problem) {
			return failFrom(problem, { aid_open: m.aid_pro_error_follow });
		}
		redirect(303, href(`/pro/personnes/${params.id}/aides`));
	},
	/** What the other body said; the person reads it in their own file. */
	note: async ({ request, locals, params }) => {
		const by = requireStaff();
		const { now } = locals;
		const form = await request.formData();
		const reference = String(form.get('reference') ?? '');
		try {
			const whose = await followed(by, params.id);
			const parsed = parseNoted(form);
			if (!parsed.ok) return fail(400, { ...parsed, values: { ...parsed.values, reference } });
			const { amount: amountCents, ...said } = parsed.value;
			await db.write(async (tx) => {
				await noteElsewhere(tx, { ...whose, ...said, reference, amountCents, by, now });
				await tellAidChange(tx, { reference, personId: whose.personId, now });
			});
		} catch (problem) {
			return failFrom(
				problem,
				{ aid_as_of_outside: m.aid_error_as_of, aid_open: m.aid_pro_error_follow },
				{ reference },
			);
		}
		redirect(303, href(`/pro/personnes/${params.id}/aides`));
	},
};
