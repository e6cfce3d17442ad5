import { expect, test } from 'vitest';
import { LAST_PAGE, pageOf } from './pages.ts';

const asked = (search: string, last?: number) => pageOf(new URL(`https://portal.example/pro/demandes${search}`), last);

test.each([
	['', 1],
	['?page=', 1],
	['?page=deux', 1],
	['?page=NaN', 1],
	['?page=0', 1],
	['?page=-3', 1],
	['?page=1', 1],
	['?page=2', 2],
	['?page=2.9', 2],
	['?page=3&page=7', 3],
	[`?page=${LAST_PAGE}`, LAST_PAGE],
	[`?page=${LAST_PAGE + 1}`, LAST_PAGE],
	['?page=1e99', LAST_PAGE],
	['?page=Infinity', LAST_PAGE],
	['?page=-Infinity', 1],
])('the page of « %s » is %i', (search, page) => {
	expect(asked(search)).toBe(page);
});

test('a list may end sooner', () => {
	expect(asked('?page=99', 10)).toBe(10);
});
