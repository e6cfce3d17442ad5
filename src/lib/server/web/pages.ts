/** Lists in pages, numbered in the address (`?page=2`). */

/** Further than anybody turns pages; a list that reads by offset would read for long. */
export const LAST_PAGE = 200;

/** The page that is asked for: the first one when it is none, `last` at most. */
export function pageOf(url: URL, last = LAST_PAGE): number {
	const asked = Math.trunc(Number(url.searchParams.get('page')));
	return Math.min(Math.max(asked || 1, 1), last);
}
