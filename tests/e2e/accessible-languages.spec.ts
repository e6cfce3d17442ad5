import { expect, test, type Page } from '@playwright/test';
import { measuredProblems, spacingProblems } from '../support/measured.ts';
import type { Portal } from '../support/portal.ts';
import { browsersOf, visitsOf } from '../support/visit.ts';
import { startWorld, type World } from '../support/world.ts';

/**
 * Words are as long as their language: what is measured in French and Arabic on every page (accessible-every.spec.ts) is measured
 * in the two others as well, on a small phone. Without axe, which reads the same structure.
 */
let portal: Portal;
let world: World;
test.beforeAll(async () => {
	({ portal, world } = await startWorld({ ROLE: 'web' }));
});
test.afterAll(() => portal?.stop());

test('in English and Ukrainian each page of people fits a small phone, also with wide spacing', async ({ browser }) => {
	const jars = await browsersOf(portal, world);
	const pages = new Map<string, Page>();
	const problems: Record<string, string[]> = {};
	const seen = new Set<string>();
	for (const { at, actor } of visitsOf(world).filter(({ at }) => !/\/(pro|pilotage)(\/|$)/.test(at)))
		for (const locale of ['en', 'uk']) {
			const address = `/${locale}${at === '/' ? '' : at}`;
			if (seen.has(address)) continue;
			const page = pages.get(actor) ?? (await open(actor));
			pages.set(actor, page);
			const response = await page.goto(portal.origin + address, { waitUntil: 'domcontentloaded' });
			if (response?.status() !== 200) continue;
			seen.add(address);
			const { scrollWidth, clientWidth } = await page.evaluate(() => {
				const { scrollWidth, clientWidth } = document.documentElement;
				return { scrollWidth, clientWidth };
			});
			const found = [
				...(scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} > ${clientWidth}`] : []),
				...(await measuredProblems(page, { isDesk: false })),
				...(await spacingProblems(page, { asIs: true })),
			];
			if (found.length > 0) problems[address] = found;
		}
	await Promise.all([...pages.values()].map((page) => page.context().close()));
	expect(problems).toEqual({});
	console.log(`people in en and uk: ${seen.size} pages`);
	expect(seen.size, 'pages looked at').toBeGreaterThan(80);

	async function open(actor: keyof typeof jars): Promise<Page> {
		const context = await browser.newContext({
			serviceWorkers: 'block',
			viewport: { width: 320, height: 640 },
			// The policy of our pages refuses the styles of the spacing check.
			bypassCSP: true,
			reducedMotion: 'reduce',
		});
		await context.addCookies([...jars[actor].jar].map(([name, value]) => ({ name, value, url: portal.origin })));
		return context.newPage();
	}
});
