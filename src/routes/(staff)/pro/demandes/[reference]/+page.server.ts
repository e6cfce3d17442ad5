import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { db, type Tx } from '$lib/server/db';
import { openPathway } from '$lib/server/pathway/commands';
import { pathwayOf } from '$lib/server/pathway/queries';
import { assignSecond } from '$lib/server/people/commands';
import { possibleDuplicates } from '$lib/server/people/duplicates';
import { noteOpening } from '$lib/server/people/opening';
import { ageOn } from '$lib/server/people/rules';
import { teamOf } from '$lib/server/people/steering';
import { DomainError } from '$lib/server/platform/errors';
import { parseForm } from '$lib/server/platform/forms';
import { assignRequest, takeRequest } from '$lib/server/requests/commands';
import { getRequestFor, type RequestFile } from '$lib/server/requests/inbox';
import { ticksInWords } from '$lib/server/requests/questions';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireCoordinator, requireStaff } from '$lib/server/web/guards';
import type { PathwayKind } from '$lib/shared/codes';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';
import { assignForm, takeForm } from './forms';

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now, locale } = locals;
	try {
		const file = await getRequestFor(db.read, viewer, params.reference);
		await noteOpening(db, { viewer, personId: file.request.personId, part: 'request', now });
		const { zone, settings } = await getTerritory(db.read, viewer.territoryId);
		const { id, reference, status, submittedAt, respondBy, urgent, stillWaitingAt } = file.request;
		const today = localDay(now, zone);
		const waiting = status === 'submitted';
		const team = waiting ? await teamOf(db.read, viewer.territoryId) : [];
		return {
			now,
			zone,
			today,
			role: viewer.role,
			request: {
				id,
				reference,
				status,
				submittedAt,
				respondBy,
				urgent,
				stillWaitingAt,
				personId: file.request.personId,
			},
			access: file.access,
			person: personShown(file, today),
			needs: file.needs.map(({ id, theme, status, answers }) => ({
				id,
				theme,
				status,
				ticks: ticksInWords(theme, answers.ticks, locale),
				note: answers.note,
			})),
			answers: file.answers && { household: file.answers.household, contact: file.answers.contact },
			duplicates: waiting && 'searchName' in file.person ? await possibleDuplicates(db.read, file.person) : [],
			limit: settings.caseloadLimit,
			pairs: settings.worksInPairs,
			own: team.find((member) => member.id === viewer.accountId)?.leads ?? 0,
			side: viewer.side,
			team: team
				.filter(({ status, role, id }) => status === 'active' && role === 'referent' && id !== viewer.accountId)
				.map(({ id, name, side, structureName, leads }) => ({ id, name, side, structureName, leads })),
		};
	} catch (problem) {
		errorFrom(problem);
	}
};

function personShown({ person }: RequestFile, today: string) {
	if (!('searchName' in person)) return { ...person, age: null, details: null };
	const { id, firstName, lastName, birthDate, email, phone, contactConfirmedAt, locale } = person;
	const details = { birthDate, email, phone, confirmed: contactConfirmedAt !== null, locale };
	return { id, firstName, lastName, age: ageOn(birthDate, today), details };
}

const REFUSALS = {
	already_assigned: () => m.pro_error_taken(),
	caseload_full: () => m.pro_error_full(),
	not_a_referent: () => m.pro_error_not_referent(),
};

/** Whoever comes second may no longer open the request: the list tells them. */
function tellTaken(problem: unknown, reference: string) {
	if (problem instanceof DomainError && problem.code === 'request_already_taken')
		redirect(303, href(`/pro/demandes?prise=${encodeURIComponent(reference)}`));
}

interface Follow {
	personId: string;
	territoryId: string;
	kind: PathwayKind;
	second: string;
	by: SignedIn;
	now: Date;
}

/** The pathway opens with the follow-up; one that is already open goes on. */
async function beginFollowUp(tx: Tx, { personId, territoryId, kind, second, by, now }: Follow) {
	const way = await pathwayOf(tx, personId, by.locale);
	if (!way || way.pathway.endedAt) await openPathway(tx, { personId, territoryId, kind, by, now });
	if (second) await assignSecond(tx, { personId, accountId: second, by, now });
}

export const actions: Actions = {
	take: async ({ params, request, locals }) => {
		const by = requireStaff();
		const { territoryId } = by;
		const parsed = parseForm(takeForm, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { kind, second } = parsed.value;
		const { now } = locals;
		let personId: string;
		try {
			personId = await db.write(async (tx) => {
				const taken = await takeRequest(tx, { reference: params.reference, account: by, now });
				await beginFollowUp(tx, { personId: taken.personId, territoryId, kind, second, by, now });
				return taken.personId;
			});
		} catch (problem) {
			tellTaken(problem, params.reference);
			return failFrom(problem, REFUSALS, parsed.value);
		}
		redirect(303, href(`/pro/personnes/${personId}`));
	},
	assign: async ({ params, request, locals }) => {
		const by = requireCoordinator();
		const { territoryId } = by;
		const parsed = parseForm(assignForm, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { kind, accountId, second, reason } = parsed.value;
		const { now } = locals;
		try {
			await db.write(async (tx) => {
				const given = await assignRequest(tx, { reference: params.reference, accountId, by, now, reason });
				await beginFollowUp(tx, { personId: given.personId, territoryId, kind, second, by, now });
			});
		} catch (problem) {
			tellTaken(problem, params.reference);
			const sentences = { ...REFUSALS, caseload_full: () => m.pro_error_full_reason() };
			return failFrom(problem, sentences, parsed.value);
		}
		redirect(303, href('/pro/demandes'));
	},
};
