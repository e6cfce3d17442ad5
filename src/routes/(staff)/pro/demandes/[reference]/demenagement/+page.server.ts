import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { findAccountOfPerson } from '$lib/server/accounts/queries';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { destinationOf, movePerson } from '$lib/server/moving';
import { proposeMove } from '$lib/server/people/moves';
import { noteOpening } from '$lib/server/people/opening';
import { notFound } from '$lib/server/platform/errors';
import { planNotice } from '$lib/server/reminders/commands';
import { parseCommune } from '$lib/server/requests/forms';
import { getRequestFor } from '$lib/server/requests/reading';
import { findMunicipality, searchMunicipalities } from '$lib/server/territories/queries';
import { errorFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { tellColleagues } from '../../../../../meeting-news.server';
import { followMoved } from '../../../../../sent.server';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const MAX_TYPED = 80;
const RESULTS = 8;

/** Who leads the person, or the coordinator while nobody does. */
async function fileOf({ params }: RequestEvent, viewer: ReturnType<typeof requireStaff>) {
	try {
		const file = await getRequestFor(db.read, viewer, params.reference);
		if (!file.leads || file.access !== 'whole') throw notFound();
		return file;
	} catch (problem) {
		return errorFrom(problem);
	}
}

export const load: PageServerLoad = async (event) => {
	const viewer = requireStaff();
	const { person, request } = await fileOf(event, viewer);
	await noteOpening(db, { viewer, personId: person.id, part: 'request', now: event.locals.now });
	const typed = event.url.searchParams.get('nom')?.slice(0, MAX_TYPED).trim() ?? '';
	const found = typed ? await searchMunicipalities(db.read, typed, RESULTS) : [];
	const { now } = event.locals;
	const options = await Promise.all(
		found.map(async ({ inseeCode, name, departmentName }) => {
			const to = await destinationOf(db.read, { territoryId: request.territoryId, inseeCode, now });
			const where =
				to.kind === 'other'
					? to.territoryName
					: to.kind === 'same'
						? m.handling_pro_move_same()
						: m.handling_pro_move_outside();
			return { value: inseeCode, label: name, hint: [departmentName, where].filter(Boolean).join(' · ') };
		}),
	);
	return {
		reference: request.reference,
		name: `${person.firstName} ${person.lastName}`,
		typed,
		options,
		hasAccount: (await findAccountOfPerson(db.read, person.id)) !== undefined,
		done: event.url.searchParams.has('fait'),
	};
};

export const actions: Actions = {
	/** Proposed to the person; who has no account to answer with says so to the professional, who notes it. */
	default: async (event) => {
		const by = requireStaff();
		const { person } = await fileOf(event, by);
		const form = await event.request.formData();
		const parsed = parseCommune(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors });
		const { inseeCode } = parsed.value;
		if (!(await findMunicipality(db.read, inseeCode)))
			return fail(400, { errors: { inseeCode: m.request_error_commune() } as Record<string, string> });
		const { now } = event.locals;
		const personId = person.id;
		const hasAccount = (await findAccountOfPerson(db.read, personId)) !== undefined;
		if (!hasAccount && !form.has('agreed'))
			return fail(400, { errors: { agreed: m.handling_pro_move_agreed_error() } as Record<string, string> });
		await db.write(async (tx) => {
			if (hasAccount) {
				const { id } = await proposeMove(tx, { personId, inseeCode, by, now });
				const onceKey = `move_proposed:${id}`;
				const path = '/demande/demenager';
				await planNotice(tx, { kind: 'pathway_changed', personId, path, onceKey, subjectId: id, now });
			} else {
				await recordAudit(tx, {
					action: 'person.move_agreed_orally',
					actor: by,
					subjectId: personId,
					personId,
					at: now,
				});
				const moved = await movePerson(tx, { personId, inseeCode, by, now });
				await followMoved(tx, { ...moved, personId }, now);
			}
		});
		tellColleagues({ personId, by, now });
		redirect(303, href(hasAccount ? `/pro/demandes/${event.params.reference}/demenagement?fait` : '/pro/demandes'));
	},
};
