import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { problemsOf } from '../support/axe.ts';
import { focusProblems, measuredProblems, spacingProblems } from '../support/measured.ts';
import type { Portal } from '../support/portal.ts';
import { browsersOf, visitsOf } from '../support/visit.ts';
import { startWorld, type ActorName, type World } from '../support/world.ts';

/**
 * Every page there is, as somebody who may see it: enumerated from the routes, so that a new page cannot be forgotten.
 * Texts of this world are long words without a space: what does not wrap shows at 320 px.
 */
let portal: Portal;
let world: World;

test.beforeAll(async () => {
	({ portal, world } = await startWorld({ ROLE: 'web' }));
});
test.afterAll(() => portal?.stop());

test('every page is accessible on a small phone', async ({ browser }) => {
	test.setTimeout(900_000);
	const jars = await browsersOf(portal, world);
	const contexts = new Map<ActorName, BrowserContext>();
	const problems: Record<string, string[]> = {};
	let seen = 0;
	for (const { id, at, actor } of visitsOf(world)) {
		if (!contexts.has(actor)) {
			const context = await browser.newContext({
				serviceWorkers: 'block',
				viewport: { width: 320, height: 640 },
				// The policy of our pages refuses the styles of the spacing check.
				bypassCSP: true,
				reducedMotion: 'reduce',
			});
			await context.addCookies([...jars[actor].jar].map(([name, value]) => ({ name, value, url: portal.origin })));
			contexts.set(actor, context);
		}
		const page = await contexts.get(actor)!.newPage();
		const response = await page.goto(portal.origin + at);
		if (response?.status() === 200) {
			seen += 1;
			const isDesk = /\/(pro|pilotage)(\/|$)/.test(at);
			const found = [
				...(await problemsOf(page)),
				...(await measuredProblems(page, { isDesk })),
				...(await focusProblems(page)),
				...(await spacingProblems(page)),
				...(await moving(page)),
			];
			if (found.length > 0) problems[`${id} as ${actor}`] = found;
		}
		await page.close();
	}
	for (const context of contexts.values()) await context.close();
	expect(seen, 'pages looked at').toBeGreaterThan(60);
	expect(problems).toEqual({});
});

/** Asked to keep still, nothing moves. */
const moving = (page: Page) =>
	page.evaluate(() =>
		document
			.getAnimations()
			.filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 1)
			.map((animation) => `moves: ${(animation as CSSAnimation).animationName}`),
	);
