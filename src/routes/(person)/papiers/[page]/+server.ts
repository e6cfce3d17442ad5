import type { SignedIn } from '$lib/server/accounts/sessions';
import { db } from '$lib/server/db';
import { getPage, type Joined } from '$lib/server/papers/queries';
import { notFound } from '$lib/server/platform/errors';
import { errorFrom } from '$lib/server/web/failures';
import { requireSignedIn } from '$lib/server/web/guards';
import { pageResponse } from '../../../papers.server';
import { ownerOf } from '../../aides/reader.server';
import type { RequestHandler } from './$types';

/** One's own; another adult of the file is given back what they sent themselves, as long as the file names them. */
async function checkOwner(account: SignedIn, { paper, personId, reference }: Joined): Promise<void> {
	if (account.role === 'beneficiary' && account.personId === personId) return;
	if (account.role !== 'coparent' || !paper.aidId || paper.joinedById !== account.accountId) throw notFound();
	await ownerOf(account, reference);
}

/** A page of a paper, as it is kept. */
export const GET: RequestHandler = async ({ params }) => {
	const account = requireSignedIn();
	try {
		const joined = await getPage(db.read, params.page);
		await checkOwner(account, joined);
		return await pageResponse(joined.page, 'attachment');
	} catch (problem) {
		return errorFrom(problem);
	}
};
