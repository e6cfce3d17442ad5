import { href } from '$lib/shared/links';
import { START } from '$lib/server/requests/pages';
import { urgenciesOf } from '$lib/server/requests/rules';
import { openToAll } from '$lib/server/web/guards';
import { fillingOf, nextQuestion } from '../../draft.server';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	openToAll();
	const next = nextQuestion(event);
	// What was said stays out of the address: a history is read by others.
	const said = next ? urgenciesOf((await fillingOf(event)).answers) : [];
	return { next: next ?? href(START), said };
};
