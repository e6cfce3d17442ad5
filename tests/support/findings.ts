import { expect } from '@playwright/test';
import type { Asked } from './http.ts';

const INSIDE = /node_modules|\bat \w+.*:\d+:\d+|\.(?:ts|js):\d+|SQLITE|SqliteError|TypeError|ReferenceError|drizzle/;

/**
 * What is wrong among thousands of answers, said at once. An `expect` for each took longer than the portal to answer: Playwright
 * looks through all those before at every one.
 */
export function findings() {
	const found: string[] = [];
	const unless = (isRight: boolean, what: string) => {
		if (!isRight) found.push(what);
	};
	return {
		unless,
		/** Neither a 500 nor a word about how the portal is made. */
		noFault({ status, body }: Asked, what: string) {
			unless(status < 500, `${what}: ${status}`);
			const inside = INSIDE.exec(body)?.[0];
			unless(inside === undefined, `${what} shows the inside: ${inside}`);
		},
		/** Fails with all of them; what follows in the test is looked at too. */
		expectNone: () => expect.soft(found).toEqual([]),
	};
}
