import { redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { reopenRequest, sayStillWaiting } from '$lib/server/requests/commands';
import { findDraft } from '$lib/server/requests/drafts';
import { listRequests, needsOf } from '$lib/server/requests/queries';
import { openMove } from '$lib/server/people/moves';
import { isLateOn } from '$lib/server/requests/rules';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { OPEN_REQUEST_STATUSES } from '$lib/shared/codes';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const isOpen = (status: string) => (OPEN_REQUEST_STATUSES as readonly string[]).includes(status);

export const load: PageServerLoad = async ({ locals }) => {
	const { personId, territoryId } = requireBeneficiary();
	const [requests, draft, territory] = await Promise.all([
		listRequests(db.read, personId),
		findDraft(db.read, { personId, browserHash: null }),
		getTerritory(db.read, territoryId),
	]);
	const today = localDay(locals.now, territory.zone);
	const views = await Promise.all(
		requests.map(async (request) => ({
			reference: request.reference,
			status: request.status as Exclude<typeof request.status, 'draft'>,
			isOpen: isOpen(request.status),
			submittedOn: localDay(request.submittedAt, territory.zone),
			respondBy: request.respondBy,
			isLate: isLateOn(request, today),
			saidToday: request.stillWaitingAt !== null && localDay(request.stillWaitingAt, territory.zone) === today,
			mayReopen: request.status === 'withdrawn' || request.status === 'closed',
			needs: isOpen(request.status)
				? (await needsOf(db.read, request.id)).map(({ id, theme, status }) => ({ id, theme, status }))
				: [],
		})),
	);
	return {
		open: views.find((request) => request.isOpen) ?? null,
		past: views.filter((request) => !request.isOpen),
		hasDraft: draft !== undefined,
		/** A professional was told of a move: the person answers. */
		moveProposed: (await openMove(db.read, personId)) !== undefined,
		zone: territory.zone,
		phone: territory.phone,
	};
};

const referenceOf = async ({ request }: RequestEvent) => String((await request.formData()).get('reference') ?? '');

export const actions: Actions = {
	waiting: async (event) => {
		const { personId } = requireBeneficiary();
		const reference = await referenceOf(event);
		try {
			await db.write((tx) => sayStillWaiting(tx, { personId, reference, now: event.locals.now }));
		} catch (error) {
			return failFrom(error, { not_late_yet: m.request_not_late });
		}
		redirect(303, href('/demande'));
	},
	reopen: async (event) => {
		const { personId } = requireBeneficiary();
		const reference = await referenceOf(event);
		try {
			await db.write((tx) => reopenRequest(tx, { personId, reference, now: event.locals.now }));
		} catch (error) {
			return failFrom(error, { request_already_open: m.request_reopen_late, reopen_too_late: m.request_reopen_late });
		}
		redirect(303, href('/demande'));
	},
};
