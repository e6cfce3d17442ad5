import { db } from '$lib/server/db';
import { getPage } from '$lib/server/papers/queries';
import { notFound } from '$lib/server/platform/errors';
import { errorFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { openPage, pageResponse } from '../../../../../papers.server';
import { checkReader } from '../../reading.server';
import type { RequestHandler } from './$types';

/** One page, to keep or (`?voir`) to show in a frame of ours. */
export const GET: RequestHandler = async ({ params, locals, url }) => {
	const viewer = requireStaff();
	try {
		const joined = await getPage(db.read, params.page);
		if (joined.paper.id !== params.id) throw notFound();
		await checkReader(viewer, joined);
		const response = await pageResponse(joined.page, url.searchParams.has('voir') ? 'inline' : 'attachment');
		await openPage(joined, viewer, locals.now);
		return response;
	} catch (problem) {
		return errorFrom(problem);
	}
};
