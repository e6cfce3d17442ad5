import { fail, redirect } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { withdrawPaper } from '$lib/server/papers/commands';
import { dropFiles } from '$lib/server/papers/files';
import { getPaper, papersOf } from '$lib/server/papers/queries';
import { DomainError, notFound } from '$lib/server/platform/errors';
import { newId } from '$lib/server/platform/ids';
import { getOwnRequest, needsOf } from '$lib/server/requests/queries';
import { errorFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { OPEN_REQUEST_STATUSES, type RequestStatus } from '$lib/shared/codes';
import { href } from '$lib/shared/links';
import { failPaper, MOST_MEGABYTES, mostFiles, receivePaper } from '../../../../papers.server';
import type { Actions, PageServerLoad } from './$types';

const isOpen = (status: RequestStatus) => (OPEN_REQUEST_STATUSES as readonly RequestStatus[]).includes(status);
const own = (personId: string, reference: string) =>
	getOwnRequest(db.read, { personId, browserHash: null }, reference).catch(errorFrom);

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const { personId } = requireBeneficiary();
	const request = await own(personId, params.reference);
	const papers = await papersOf(db.read, { requestId: request.id });
	const needs = await needsOf(db.read, request.id);
	const most = await mostFiles(request.territoryId);
	return {
		now: locals.now,
		reference: request.reference,
		isOpen: isOpen(request.status),
		papers,
		themes: [...new Set(needs.filter(({ status }) => status !== 'dropped').map(({ theme }) => theme))],
		most,
		megabytes: MOST_MEGABYTES,
		isFull: papers.reduce((sum, { pages }) => sum + pages.length, 0) >= most,
		formKey: newId(),
		done: url.searchParams.get('fait'),
	};
};

export const actions: Actions = {
	join: async (event) => {
		const by = requireBeneficiary();
		const { personId } = by;
		const { reference, id, status, territoryId } = await own(personId, event.params.reference);
		const most = await mostFiles(territoryId);
		try {
			if (!isOpen(status)) throw new DomainError('paper_over', 'conflict');
			const failed = await receivePaper(event, { of: { requestId: id }, personId, most, by });
			if (failed) return fail(400, failed);
		} catch (problem) {
			return failPaper(problem, most);
		}
		redirect(303, `${href(`/demande/${reference}/papiers`)}?fait=recu`);
	},
	withdraw: async ({ request, params, locals }) => {
		const by = requireBeneficiary();
		const { personId } = by;
		const { id: requestId, territoryId } = await own(personId, params.reference);
		const paperId = String((await request.formData()).get('paper') ?? '');
		try {
			const files = await db.write(async (tx) => {
				const found = await getPaper(tx, paperId);
				if (found.paper.requestId !== requestId) throw notFound();
				return withdrawPaper(tx, { ...found, by, now: locals.now });
			});
			await dropFiles(files);
		} catch (problem) {
			return failPaper(problem, await mostFiles(territoryId));
		}
		redirect(303, `${href(`/demande/${params.reference}/papiers`)}?fait=retire`);
	},
};
