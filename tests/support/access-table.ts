import type { Row } from './access-row.ts';
import { OF_SCRIPTS } from './access/api.ts';
import { OF_PERSONS } from './access/person.ts';
import { OF_STEERING } from './access/pilotage.ts';
import { OF_PROFESSIONALS } from './access/pro.ts';
import { OF_PUBLIC } from './access/public.ts';

export type { Posted, Row } from './access-row.ts';

/**
 * Who may what, for every page, action and endpoint, by area (access/): a route that is not listed there fails the tests, so
 * that nobody adds one without saying whose it is.
 */
export const ACCESS: Record<string, Row> = {
	...OF_PUBLIC,
	...OF_PERSONS,
	...OF_PROFESSIONALS,
	...OF_STEERING,
	...OF_SCRIPTS,
};
