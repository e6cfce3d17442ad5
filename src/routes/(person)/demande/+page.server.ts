import { redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { endHelp, reopenableUntil, reopenRequest } from '$lib/server/requests/commands';
import { findBrought, findDraft, type RequestRow } from '$lib/server/requests/drafts';
import { listRequests, needsOf } from '$lib/server/requests/queries';
import { needsStanding } from '$lib/server/requests/progress';
import { sayWaiting } from '$lib/server/still-waiting';
import { saidWaitingAt } from '$lib/server/pathway/queries';
import { openMove } from '$lib/server/people/moves';
import { openAnswers } from '$lib/server/requests/answers';
import { helperOn, isLateOn } from '$lib/server/requests/rules';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { OPEN_REQUEST_STATUSES } from '$lib/shared/codes';
import { ownerOf } from '../../(public)/demande/draft.server';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

/** Last day on which it can be reopened, of the territory that it was sent to; null when it cannot. */
async function reopenUntil(request: RequestRow & { territoryId: string }, now: Date): Promise<string | null> {
	const { zone } = await getTerritory(db.read, request.territoryId);
	const until = reopenableUntil(request, zone);
	return until && localDay(now, zone) <= until ? until : null;
}

const isOpen = (status: string) => (OPEN_REQUEST_STATUSES as readonly string[]).includes(status);

export const load: PageServerLoad = async (event) => {
	const { personId, territoryId } = requireBeneficiary();
	const { locals } = event;
	const [requests, draft, territory] = await Promise.all([
		listRequests(db.read, personId),
		findDraft(db.read, { personId, browserHash: null }),
		getTerritory(db.read, territoryId),
	]);
	const today = localDay(locals.now, territory.zone);
	const saidOn = (at: Date | null | undefined) => (at ? localDay(at, territory.zone) : null);
	/** What was asked passed its day and nobody has begun: it is said of the pathway, which whoever took the request follows. */
	const unanswered = async (needs: Awaited<ReturnType<typeof needsOf>>) => {
		if (!needs.some(({ status, expectedOn }) => status === 'open' && expectedOn !== null && expectedOn < today))
			return {};
		const at = await saidWaitingAt(db.read, personId);
		return { isLate: at !== undefined, saidToday: saidOn(at) === today };
	};
	const views = await Promise.all(
		requests.map(async (request) => {
			const needs = isOpen(request.status) ? await needsOf(db.read, request.id) : [];
			const shown = isOpen(request.status) ? await needsStanding(db.read, request, locals.now) : [];
			return {
				reference: request.reference,
				status: request.status as Exclude<typeof request.status, 'draft'>,
				isOpen: isOpen(request.status),
				submittedOn: localDay(request.submittedAt, territory.zone),
				respondBy: request.respondBy,
				isLate: isLateOn(request, today),
				saidToday: saidOn(request.stillWaitingAt) === today,
				...(request.status === 'submitted' ? {} : await unanswered(needs)),
				reopenUntil: await reopenUntil(request, locals.now),
				helper: isOpen(request.status) ? helperOn(openAnswers(request.id, request.answersSealed).contact, today) : null,
				needs: shown.map(({ id, theme, status }) => ({ id, theme, status })),
			};
		}),
	);
	return {
		open: views.find((request) => request.isOpen) ?? null,
		past: views.filter((request) => !request.isOpen),
		hasDraft: draft !== undefined,
		/** Somebody began one in this browser before signing in. */
		isBrought: (await findBrought(db.read, ownerOf(event))) !== undefined,
		/** A professional was told of a move: the person answers. */
		moveProposed: (await openMove(db.read, personId)) !== undefined,
		zone: territory.zone,
		phone: territory.phone,
	};
};

const referenceOf = async ({ request }: RequestEvent) => String((await request.formData()).get('reference') ?? '');

export const actions: Actions = {
	waiting: async (event) => {
		const by = requireBeneficiary();
		const { personId } = by;
		const reference = await referenceOf(event);
		try {
			await db.write((tx) => sayWaiting(tx, { personId, reference, by, now: event.locals.now }));
		} catch (error) {
			return failFrom(error, { not_late_yet: m.request_not_late, no_pathway: m.request_not_late });
		}
		redirect(303, href('/demande'));
	},
	endHelp: async (event) => {
		const { personId } = requireBeneficiary();
		const reference = await referenceOf(event);
		try {
			await db.write((tx) => endHelp(tx, { personId, reference, now: event.locals.now }));
		} catch (error) {
			return failFrom(error, {});
		}
		redirect(303, href('/demande'));
	},
	reopen: async (event) => {
		const { personId } = requireBeneficiary();
		const reference = await referenceOf(event);
		try {
			await db.write((tx) => reopenRequest(tx, { personId, reference, now: event.locals.now }));
		} catch (error) {
			return failFrom(error, { request_already_open: m.request_reopen_open, reopen_too_late: m.request_reopen_late });
		}
		redirect(303, href('/demande'));
	},
};
