import { href } from '$lib/shared/links';
import { START } from '$lib/server/requests/pages';
import { openToAll } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

/** The next question only: an address given by a link leads nowhere else. */
const NEXT_QUESTION = /^(\/[a-z]{2})?\/demande\/nouvelle(\/[a-z]+)?(\?retour=verifier)?$/;

export const load: PageServerLoad = ({ url }) => {
	openToAll();
	const next = url.searchParams.get('suite') ?? '';
	return { next: NEXT_QUESTION.test(next) ? next : href(START) };
};
