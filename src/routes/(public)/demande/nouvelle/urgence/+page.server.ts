import { href } from '$lib/shared/links';
import { START } from '$lib/server/requests/pages';
import { urgenciesOf } from '$lib/server/requests/rules';
import { openToAll } from '$lib/server/web/guards';
import { fillingOf } from '../../draft.server';
import type { PageServerLoad } from './$types';

/** The next question only: an address given by a link leads nowhere else. */
const NEXT_QUESTION = /^(\/[a-z]{2})?\/demande\/nouvelle(\/[a-z]+)?(\?retour=verifier(\.[a-z]+)*)?$/;

export const load: PageServerLoad = async (event) => {
	openToAll();
	const next = event.url.searchParams.get('suite') ?? '';
	const isNext = NEXT_QUESTION.test(next);
	// What was said stays out of the address: a history is read by others.
	const said = isNext ? urgenciesOf((await fillingOf(event)).answers) : [];
	return { next: isNext ? next : href(START), said };
};
