import type { SignedIn } from '$lib/server/accounts/sessions';
import { db } from '$lib/server/db';
import type { Joined } from '$lib/server/papers/queries';
import { notFound } from '$lib/server/platform/errors';
import { getRequestFor } from '$lib/server/requests/reading';

/** What of a request is before this professional: all of it, or the needs of some themes. */
export interface Seen {
	answers: unknown;
	needs: { theme: string }[];
}

/** A paper joined to a request is read with the request: a member reads those of their own themes. */
export const seesPaper = ({ answers, needs }: Seen, theme: string | null): boolean =>
	answers !== null || needs.some((need) => need.theme === theme);

/**
 * Who reads a paper (domain.md §7.2): of a request, those who read the request; of an aid, the structure that decides it.
 * @throws DomainError `not_found` for everybody else
 */
export async function checkReader(viewer: SignedIn, { paper, reference, deciderStructureId }: Joined): Promise<void> {
	const may = paper.aidId
		? viewer.role === 'referent' && deciderStructureId !== null && viewer.structureId === deciderStructureId
		: seesPaper(await getRequestFor(db.read, viewer, reference), paper.theme);
	if (!may) throw notFound();
}
