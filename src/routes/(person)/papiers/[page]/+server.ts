import { db } from '$lib/server/db';
import { getPage } from '$lib/server/papers/queries';
import { notFound } from '$lib/server/platform/errors';
import { errorFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { pageResponse } from '../../../papers.server';
import type { RequestHandler } from './$types';

/** One's own page, given back as it is kept. */
export const GET: RequestHandler = async ({ params }) => {
	const { personId } = requireBeneficiary();
	try {
		const { page, personId: owner } = await getPage(db.read, params.page);
		if (owner !== personId) throw notFound();
		return await pageResponse(page, 'attachment');
	} catch (problem) {
		return errorFrom(problem);
	}
};
