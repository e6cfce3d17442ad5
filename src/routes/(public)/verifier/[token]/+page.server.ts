import { proofOf, type ProofFacts } from '$lib/server/childcare/proofs';
import { db } from '$lib/server/db';
import { errorFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import type { PageServerLoad } from './$types';

/** What a printed sheet says, for who reads its code; the same « proves nothing » for every other address. */
export const load: PageServerLoad = async (event) => {
	openToAll();
	event.setHeaders({ 'cache-control': 'no-store' });
	await limitByAddress(event, 'proof').catch(errorFrom);
	const facts: ProofFacts | null = await proofOf(db.read, event.params.token, event.locals.now);
	return { facts };
};
